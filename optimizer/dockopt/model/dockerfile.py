"""From the tree to the model: stages, and which of them depend on which."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from dockopt.errors import ParseError, TargetError
from dockopt.immutable import immutable
from dockopt.model.images import ImageReference
from dockopt.model.stages import Stage
from dockopt.model.variables import (
    PLATFORM_ARGUMENTS,
    ExpansionError,
    Scope,
    Unknown,
    Value,
    expand,
)
from dockopt.remembering import cached_property
from dockopt.syntax import Document, Instruction

KEYWORDS = frozenset(
    (
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    )
)
"""https://docs.docker.com/reference/dockerfile/#overview"""
MAX_DEPTH = 100
"""How many stages may start from one another; images cannot have many more layers either."""
_STAGE_NAME = re.compile(r"[a-z][a-z0-9._-]*", re.IGNORECASE | re.ASCII)
_MANY_DIGITS = 10


@immutable(eq=False)
class Dockerfile:
    """The whole Dockerfile."""

    document: Document
    stages: tuple[Stage, ...]
    global_scope: Scope
    """The ARGs before the first FROM, with their defaults."""
    target_name: str | None = None
    """The stage that is shipped, where it is not the last one."""

    def stage_named(self, reference: str) -> Stage | None:
        """The stage that `reference` names, by name (letter case does not matter) or number.

        Of several stages with one name, it is the last.
        """
        named = self._by_name.get(reference.lower())
        if named is not None:
            return named
        # isdecimal() holds for the digits of other scripts too, which BuildKit does not read.
        if reference.isascii() and reference.isdecimal() and len(reference) < _MANY_DIGITS:
            number = int(reference)
            return self.stages[number] if number < len(self.stages) else None
        return None

    @cached_property
    def _by_name(self) -> Mapping[str, Stage]:
        return {stage.name.lower(): stage for stage in self.stages if stage.name}

    @cached_property
    def target(self) -> Stage:
        """The stage that is built when none is named, or the one that was asked for."""
        found = self.stage_named(self.target_name) if self.target_name else None
        return found or self.stages[-1]

    def stage_of(self, instruction: Instruction) -> Stage | None:
        """The stage that `instruction` belongs to, None before the first FROM."""
        index = bisect_right(self._starts, instruction.start) - 1
        return self.stages[index] if index >= 0 else None

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(stage.from_.start for stage in self.stages)

    def references(self, stage: Stage) -> Iterator[tuple[Stage, Instruction, str]]:
        """What `stage` takes from other stages: that stage, the instruction, and the name used."""
        for instruction in stage.instructions:
            if instruction.keyword == "COPY":
                found = [(name, self.stage_named(name)) for name in instruction.flags_named("from")]
            elif instruction.keyword == "RUN":
                # A mount names a stage; unlike COPY, it does not take its number.
                found = [(name, self._by_name.get(name.lower())) for name in _mounted(instruction)]
            else:
                continue
            for name, source in found:
                if source is not None and source.index < stage.index:
                    yield source, instruction, name

    @cached_property
    def copied_from(self) -> dict[int, tuple[int, ...]]:
        """For every stage's index, the indexes of the stages that copy from it."""
        table: dict[int, list[int]] = {stage.index: [] for stage in self.stages}
        for stage in self.stages:
            for source, _, _ in self.references(stage):
                table[source.index].append(stage.index)
        return {index: tuple(users) for index, users in table.items()}

    def children(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages whose FROM names this stage."""
        return self._children.get(stage.index, ())

    def built_upon(self, stage: Stage) -> tuple[Stage, ...]:
        """The stage itself and all that start from it, at whatever distance, in order."""
        return tuple(other for other in self.stages if stage in other.chain)

    @cached_property
    def _children(self) -> Mapping[int, tuple[Stage, ...]]:
        table: dict[int, tuple[Stage, ...]] = {}
        for stage in self.stages:
            if stage.parent is not None:
                table[stage.parent.index] = (*table.get(stage.parent.index, ()), stage)
        return table


def _mounted(instruction: Instruction) -> Iterator[str]:
    """What the `--mount` flags of a RUN take files from."""
    for mount in instruction.flags_named("mount"):
        yield from (part[5:] for part in mount.split(",") if part.startswith("from="))


def build(document: Document, file: str = "Dockerfile", target: str | None = None) -> Dockerfile:
    """The model of `document`.

    Raises ParseError for what BuildKit's frontend refuses: an unknown instruction, an instruction
    before the first FROM, a FROM that does not say what to start from, an invalid name of a stage;
    and TargetError, which is one too, for an unknown `target`.
    """
    scope = _global_scope(document)
    groups = _grouped(document, file)
    stages: list[Stage] = []
    named: dict[str, Stage] = {}
    for from_, instructions in groups:
        stage = _stage(len(stages), named, from_, tuple(instructions), scope, document, file)
        stages.append(stage)
        if stage.name:
            named[stage.name.lower()] = stage
    dockerfile = Dockerfile(document, tuple(stages), scope, target)
    if target is not None and dockerfile.stage_named(target) is None:
        raise TargetError(f"there is no stage {target!r} to use as target", 1, file)
    return dockerfile


def _global_scope(document: Document) -> Scope:
    values: dict[str, Value] = {
        name: Unknown(f"{name} depends on the platform") for name in PLATFORM_ARGUMENTS
    }
    scope = Scope(values, closed=True)
    for instruction in document.instructions:
        if instruction.keyword != "ARG":
            break
        for word in instruction.value:
            name, equals, default = word.partition("=")
            if equals:
                values[name] = _expanded(default, scope, document.escape)
            else:
                values.setdefault(name, Unknown(f"{name} has no default"))
    return scope


def _expanded(text: str, scope: Scope, escape: str) -> Value:
    try:
        return expand(text, scope, escape)
    except ExpansionError as error:
        return Unknown(str(error))


def _check_trigger(instruction: Instruction, file: str) -> None:
    """ONBUILD holds anything but another ONBUILD, a FROM or a MAINTAINER."""
    inner = instruction.inner
    if inner is not None and inner.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
        raise ParseError(f"{inner.keyword} cannot be used in ONBUILD", instruction.line, file)


def _grouped(document: Document, file: str) -> list[tuple[Instruction, list[Instruction]]]:
    groups: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in document.instructions:
        if instruction.keyword not in KEYWORDS:
            raise ParseError(
                f"unknown instruction {instruction.keyword!r}; is a continuation missing above?",
                instruction.line,
                file,
            )
        if instruction.keyword == "ONBUILD":
            _check_trigger(instruction, file)
        if instruction.keyword == "FROM":
            if not _is_from(instruction.value):
                raise ParseError(
                    "FROM needs one image or stage, or three words: FROM image AS name",
                    instruction.line,
                    file,
                )
            groups.append((instruction, []))
        elif groups:
            groups[-1][1].append(instruction)
        elif instruction.keyword != "ARG":
            raise ParseError(
                f"{instruction.keyword} stands before the first FROM; only ARG may",
                instruction.line,
                file,
            )
    if not groups:
        raise ParseError("there is no FROM", 1, file)
    return groups


def _is_from(value: tuple[str, ...]) -> bool:
    return len(value) == 1 or (len(value) == 3 and value[1].upper() == "AS")


def _stage(
    index: int,
    named: Mapping[str, Stage],
    from_: Instruction,
    instructions: tuple[Instruction, ...],
    scope: Scope,
    document: Document,
    file: str,
) -> Stage:
    name = from_.value[2] if len(from_.value) == 3 else ""
    if name and not _STAGE_NAME.fullmatch(name):
        raise ParseError(
            f"invalid stage name {name!r}: it starts with a letter, and holds letters, digits, "
            "'-', '_' and '.' only",
            from_.line,
            file,
        )
    image = _expanded(from_.value[0], scope, document.escape)
    if image == "":
        raise ParseError(f"the base name {from_.value[0]!r} is empty", from_.line, file)
    parent = named.get(image.lower()) if isinstance(image, str) else None
    if parent is not None and parent.depth >= MAX_DEPTH:
        raise ParseError(f"more than {MAX_DEPTH} stages start from one another", from_.line, file)
    reference = ImageReference.parse(image) if isinstance(image, str) else image
    return Stage(
        index=index,
        name=name,
        from_=from_,
        instructions=instructions,
        parent=parent,
        image=None if parent else reference,
        global_scope=scope,
        escape=document.escape,
        depth=parent.depth + 1 if parent else 1,
    )
