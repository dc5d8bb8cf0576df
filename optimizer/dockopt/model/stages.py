"""Stages: what each starts from, and the variables and shell in force at each instruction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dockopt.model.copying import Copy
from dockopt.model.images import ImageReference
from dockopt.model.running import Run
from dockopt.model.variables import PLATFORM_ARGUMENTS, ExpansionError, Scope, Unknown, Value, expand
from dockopt.syntax import Instruction

DEFAULT_SHELL = ("/bin/sh", "-c")
SCRATCH = "scratch"


@dataclass(frozen=True, eq=False)
class Stage:
    """A FROM and what follows it."""

    index: int
    name: str
    """The name after AS as it is written, empty where there is none."""
    from_: Instruction
    instructions: tuple[Instruction, ...]
    """Those after the FROM."""
    parent: "Stage | None"
    """The earlier stage that this one starts from, None where it starts from an image."""
    image: ImageReference | Unknown | None
    """The image that it starts from, None where it starts from a stage."""
    global_scope: Scope
    escape: str

    @cached_property
    def chain(self) -> tuple["Stage", ...]:
        """This stage and those it starts from, itself first."""
        return (self, *self.parent.chain) if self.parent else (self,)

    @property
    def root(self) -> "Stage":
        """The stage of the chain that starts from an image."""
        return self.chain[-1]

    @property
    def reference(self) -> str:
        """How other instructions name this stage: its name, else its number."""
        return self.name or str(self.index)

    @cached_property
    def from_image_text(self) -> str:
        """The image or stage as the FROM writes it."""
        return self.from_.value[0]

    def of(self, *keywords: str) -> tuple[Instruction, ...]:
        """The instructions with one of these keywords, in order."""
        return tuple(i for i in self.instructions if i.keyword in keywords)

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction `keyword` of this stage or, failing that, of its ancestors."""
        for stage in self.chain:
            found = stage.of(keyword)
            if found:
                return found[-1]
        return None

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The RUN instructions."""
        shell = self.parent.final_shell if self.parent else DEFAULT_SHELL
        found: list[Run] = []
        for instruction in self.instructions:
            if instruction.keyword == "SHELL" and instruction.is_json and instruction.value:
                shell = instruction.value
            elif instruction.keyword == "RUN":
                found.append(Run(instruction, shell))
        return tuple(found)

    @cached_property
    def final_shell(self) -> tuple[str, ...]:
        """The SHELL that is in force at the end."""
        shell = self.last("SHELL")
        return shell.value if shell is not None and shell.value else DEFAULT_SHELL

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The COPY and ADD instructions."""
        found = (Copy.of(i) for i in self.of("COPY", "ADD"))
        return tuple(copy for copy in found if copy is not None)

    @cached_property
    def _scopes(self) -> Mapping[int, Scope]:
        scopes: dict[int, Scope] = {}
        values: dict[str, Value] = dict(self.parent.final_environment) if self.parent else {}
        closed = False
        for instruction in self.instructions:
            scopes[instruction.span.start] = Scope(dict(values), closed)
            if instruction.keyword == "ENV":
                self._set_environment(values, instruction)
            elif instruction.keyword == "ARG":
                self._declare(values, instruction)
        scopes[-1] = Scope(dict(values), closed)
        return scopes

    def scope_at(self, instruction: Instruction) -> Scope:
        """The variables that `instruction` sees."""
        return self._scopes[instruction.span.start]

    @cached_property
    def final_scope(self) -> Scope:
        """The variables after the last instruction."""
        return self._scopes[-1]

    @cached_property
    def final_environment(self) -> Mapping[str, Value]:
        """The ENV of this stage and its ancestors, by name; not that of the image they start from."""
        values: dict[str, Value] = dict(self.parent.final_environment) if self.parent else {}
        for instruction in self.instructions:
            if instruction.keyword == "ENV":
                scope = Scope({**self.scope_at(instruction).values})
                for name, text in _pairs(instruction.value):
                    values[name] = self._expanded(text, scope)
        return values

    def _set_environment(self, values: dict[str, Value], instruction: Instruction) -> None:
        scope = Scope(dict(values))
        for name, text in _pairs(instruction.value):
            values[name] = self._expanded(text, scope)

    def _declare(self, values: dict[str, Value], instruction: Instruction) -> None:
        for word in instruction.value:
            name, equals, default = word.partition("=")
            if equals:
                values.setdefault(name, self._expanded(default, Scope(dict(values))))
            else:
                inherited = self.global_scope.get(name)
                if name in PLATFORM_ARGUMENTS:
                    inherited = Unknown(f"{name} depends on the platform")
                values.setdefault(name, "" if inherited is None else inherited)

    def _expanded(self, text: str, scope: Scope) -> Value:
        try:
            return expand(text, scope, self.escape)
        except ExpansionError as error:
            return Unknown(str(error))

    def expand(self, text: str, at: Instruction) -> Value:
        """`text` with the variables that `at` sees."""
        return self._expanded(text, self.scope_at(at))

    @cached_property
    def workdir(self) -> Value:
        """The WORKDIR at the end."""
        return self._workdir(len(self.instructions))

    def workdir_at(self, instruction: Instruction) -> Value:
        """The WORKDIR that `instruction` sees."""
        position = next(
            n for n, i in enumerate(self.instructions) if i.span.start == instruction.span.start
        )
        return self._workdir(position)

    def _workdir(self, position: int) -> Value:
        current: Value = (
            self.parent.workdir if self.parent else Unknown("the base image sets the WORKDIR")
        )
        if isinstance(current, Unknown) and self.parent is None and self._starts_from_root():
            current = "/"
        for instruction in self.instructions[:position]:
            if instruction.keyword != "WORKDIR" or not instruction.value:
                continue
            path = self.expand(instruction.value[0], instruction)
            if isinstance(path, Unknown) or path.startswith("/"):
                current = path
            elif isinstance(current, str):
                current = current.rstrip("/") + "/" + path
        return current

    def _starts_from_root(self) -> bool:
        """Official Python and Debian images set no WORKDIR."""
        image = self.image
        return isinstance(image, ImageReference) and (
            image.is_official_python
            or (not image.registry and image.repository in ("debian", "ubuntu", SCRATCH))
        )


def _pairs(value: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(value[::2], value[1::2], strict=False))
