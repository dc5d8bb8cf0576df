"""Stages: what each starts from, and the variables and shell in force at each instruction."""

import posixpath
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from dockopt.immutable import immutable
from dockopt.model.copying import Copy
from dockopt.model.images import ImageReference
from dockopt.model.running import Run
from dockopt.model.variables import (
    PLATFORM_ARGUMENTS,
    ExpansionError,
    Scope,
    Unknown,
    Value,
    expand,
)
from dockopt.remembering import cached_property
from dockopt.syntax import Instruction

DEFAULT_SHELL = ("/bin/sh", "-c")
SCRATCH = "scratch"
MAX_LAYERS = 127
"""Container engines stack no more layers upon each other, so that a stage with more is not built.
https://docs.docker.com/engine/storage/drivers/overlayfs-driver/"""


@immutable(eq=False)
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
    depth: int = 1
    """How many stages its chain has."""

    @cached_property
    def ancestors(self) -> tuple["Stage", ...]:
        """The stages that this one starts from, the nearest first."""
        return (self.parent, *self.parent.ancestors) if self.parent else ()

    @property
    def chain(self) -> tuple["Stage", ...]:
        """This stage and those it starts from, itself first.

        It is not kept: a stage that holds itself would have to wait for the cycle collector.
        """
        return (self, *self.ancestors)

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
        if len(keywords) == 1:
            return self._by_keyword.get(keywords[0], ())
        return tuple(i for i in self.instructions if i.keyword in keywords)

    @cached_property
    def _by_keyword(self) -> Mapping[str, tuple[Instruction, ...]]:
        found: dict[str, list[Instruction]] = {}
        for instruction in self.instructions:
            found.setdefault(instruction.keyword, []).append(instruction)
        return {keyword: tuple(instructions) for keyword, instructions in found.items()}

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction `keyword` of this stage or, failing that, of its ancestors."""
        for stage in self.chain:
            found = stage.of(keyword)
            if found:
                return found[-1]
        return None

    def is_beyond_layers(self, instruction: Instruction) -> bool:
        """Whether more instructions that make layers stand before it than an image can hold.

        What compares each instruction with all those before it stops there, for time's sake.
        """
        return bisect_left(self._layers, instruction.start) > MAX_LAYERS

    @cached_property
    def _layers(self) -> tuple[int, ...]:
        return tuple(i.start for i in self.of("RUN", "COPY", "ADD"))

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
    def _scopes(self) -> "_Scopes":
        scopes = _Scopes(self.parent.final_environment if self.parent else {})
        for instruction in self.instructions:
            if instruction.keyword == "ENV":
                start, scope = instruction.start, scopes.at(instruction.start)
                # All values of one ENV see the variables as they were before it.
                for name, text in _pairs(instruction.value):
                    scopes.set(name, self._expanded(text, scope), start, lasts=True)
            elif instruction.keyword == "ARG":
                self._declare(scopes, instruction)
        return scopes

    def scope_at(self, instruction: Instruction) -> Scope:
        """The variables that `instruction` sees."""
        return self._scopes.at(instruction.start)

    @cached_property
    def final_scope(self) -> Scope:
        """The variables after the last instruction."""
        return self._scopes.at(None)

    @cached_property
    def final_environment(self) -> Mapping[str, Value]:
        """The ENV of this stage and its ancestors, by name; not that of the image below them."""
        return self._scopes.environment

    def _declare(self, scopes: "_Scopes", instruction: Instruction) -> None:
        """ARG: it takes the place of an ENV of that name, but only until the end of the stage."""
        for word in instruction.value:
            name, equals, default = word.partition("=")
            if equals:
                value: Value | None = self._expanded(default, scopes.at(None))
            elif name in PLATFORM_ARGUMENTS:
                value = Unknown(f"{name} depends on the platform")
            else:
                value = self.global_scope.get(name)
            if value is not None:
                scopes.set(name, value, instruction.start, lasts=False)
            elif name not in scopes.current:
                scopes.set(name, "", instruction.start, lasts=False)

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
        return self._workdirs[1][-1]

    def workdir_at(self, instruction: Instruction) -> Value:
        """The WORKDIR that `instruction` sees."""
        starts, paths = self._workdirs
        return paths[bisect_left(starts, instruction.start)]

    @cached_property
    def _workdirs(self) -> tuple[list[int], list[Value]]:
        """The offsets of the WORKDIR instructions, and the path before each and after the last."""
        current = self._first_workdir()
        starts, paths = [], [current]
        for instruction in self.of("WORKDIR"):
            if not instruction.value:
                continue
            path = self.expand(instruction.value[0], instruction)
            if isinstance(path, Unknown):
                current = path
            elif path.startswith("/"):
                current = _clean(path)
            elif isinstance(current, str):
                current = _clean(f"{current}/{path}")
            starts.append(instruction.start)
            paths.append(current)
        return starts, paths

    def _first_workdir(self) -> Value:
        if self.parent:
            return self.parent.workdir
        return "/" if self._starts_from_root() else Unknown("the base image sets the WORKDIR")

    def _starts_from_root(self) -> bool:
        """Official Python and Debian images set no WORKDIR."""
        image = self.image
        return isinstance(image, ImageReference) and (
            image.official_name in ("python", "debian", "ubuntu", SCRATCH)
        )


class _Scopes:
    """The variables of a stage over its length: every value with the place where it is set."""

    def __init__(self, inherited: Mapping[str, Value]) -> None:
        self.environment = dict(inherited)
        self.current = dict(inherited)
        self.history: dict[str, tuple[list[int], list[Value]]] = {
            name: ([-1], [value]) for name, value in inherited.items()
        }

    def set(self, name: str, value: Value, start: int, *, lasts: bool) -> None:
        """Notes what the instruction at `start` sets; it `lasts` where stages inherit it."""
        starts, values = self.history.setdefault(name, ([], []))
        starts.append(start)
        values.append(value)
        self.current[name] = value
        if lasts:
            self.environment[name] = value

    def at(self, start: int | None) -> Scope:
        """What an instruction at `start` sees; None stands for the end so far."""
        if start is None:
            return Scope(self.current)
        return Scope(_ValuesBefore(self.history, start))


class _ValuesBefore(Mapping[str, Value]):
    """The variables that are set before one place; a copy of them all would cost too much."""

    def __init__(self, history: Mapping[str, tuple[list[int], list[Value]]], start: int) -> None:
        self._history = history
        self._start = start

    def __getitem__(self, name: str) -> Value:
        starts, values = self._history[name]
        index = bisect_left(starts, self._start)
        if not index:
            raise KeyError(name)
        return values[index - 1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, (starts, _) in self._history.items() if starts[0] < self._start)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _clean(path: str) -> str:
    """An absolute path without `.`, `..` and doubled slashes."""
    return posixpath.normpath("/" + path.lstrip("/"))


def _pairs(value: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(value[::2], value[1::2], strict=False))
