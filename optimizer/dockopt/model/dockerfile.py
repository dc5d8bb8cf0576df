"""From the tree to the model: stages, and which of them depend on which."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dockopt.errors import ParseError
from dockopt.model.images import ImageReference
from dockopt.model.stages import Stage
from dockopt.model.variables import PLATFORM_ARGUMENTS, ExpansionError, Scope, Unknown, Value, expand
from dockopt.syntax import Document, Instruction

KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL "
    "STOPSIGNAL USER VOLUME WORKDIR".split()
)
"""https://docs.docker.com/reference/dockerfile/#overview"""


@dataclass(frozen=True, eq=False)
class Dockerfile:
    """The whole Dockerfile."""

    document: Document
    stages: tuple[Stage, ...]
    global_scope: Scope
    """The ARGs before the first FROM, with their defaults."""
    target_name: str | None = None
    """The stage that is shipped, where it is not the last one."""

    def stage_named(self, reference: str) -> Stage | None:
        """The stage that `reference` names, by name (letter case does not matter) or number."""
        for stage in self.stages:
            if stage.name and stage.name.lower() == reference.lower():
                return stage
        if reference.isdigit() and int(reference) < len(self.stages):
            return self.stages[int(reference)]
        return None

    @cached_property
    def target(self) -> Stage:
        """The stage that is built when none is named, or the one that was asked for."""
        found = self.stage_named(self.target_name) if self.target_name else None
        return found or self.stages[-1]

    def stage_of(self, instruction: Instruction) -> Stage | None:
        """The stage that `instruction` belongs to, None before the first FROM."""
        found = None
        for stage in self.stages:
            if stage.from_.span.start <= instruction.span.start:
                found = stage
        return found

    def references(self, stage: Stage) -> Iterator[tuple[Stage, Instruction, str]]:
        """The stages that copy from another stage: the stage, the instruction, and the name used."""
        for instruction in stage.instructions:
            names = [*instruction.flags_named("from")] if instruction.keyword == "COPY" else []
            if instruction.keyword == "RUN":
                for mount in instruction.flags_named("mount"):
                    names += [p[5:] for p in mount.split(",") if p.startswith("from=")]
            for name in names:
                found = self.stage_named(name)
                if found is not None and found.index < stage.index:
                    yield found, instruction, name

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
        return tuple(other for other in self.stages if other.parent is stage)


def build(document: Document, file: str = "Dockerfile", target: str | None = None) -> Dockerfile:
    """The model of `document`.

    Raises ParseError for what BuildKit's frontend refuses: an unknown instruction, an instruction
    before the first FROM, a FROM that does not say what to start from; and for an unknown `target`.
    """
    scope = _global_scope(document)
    groups = _grouped(document, file)
    stages: list[Stage] = []
    for from_, instructions in groups:
        stages.append(_stage(stages, from_, tuple(instructions), scope, document, file))
    dockerfile = Dockerfile(document, tuple(stages), scope, target)
    if target is not None and dockerfile.stage_named(target) is None:
        raise ParseError(f"there is no stage {target!r} to use as target", 1, file)
    return dockerfile


def _global_scope(document: Document) -> Scope:
    values: dict[str, Value] = {
        name: Unknown(f"{name} depends on the platform") for name in PLATFORM_ARGUMENTS
    }
    for instruction in document.instructions:
        if instruction.keyword != "ARG":
            break
        for word in instruction.value:
            name, equals, default = word.partition("=")
            if equals:
                values[name] = _expanded(default, Scope(dict(values), closed=True), document.escape)
            else:
                values.setdefault(name, Unknown(f"{name} has no default"))
    return Scope(values, closed=True)


def _expanded(text: str, scope: Scope, escape: str) -> Value:
    try:
        return expand(text, scope, escape)
    except ExpansionError as error:
        return Unknown(str(error))


def _grouped(document: Document, file: str) -> list[tuple[Instruction, list[Instruction]]]:
    groups: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in document.instructions:
        if instruction.keyword not in KEYWORDS:
            raise ParseError(
                f"unknown instruction {instruction.keyword}; is a line continuation missing above?",
                instruction.line,
                file,
            )
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
    before: list[Stage],
    from_: Instruction,
    instructions: tuple[Instruction, ...],
    scope: Scope,
    document: Document,
    file: str,
) -> Stage:
    name = from_.value[2] if len(from_.value) == 3 else ""
    image = _expanded(from_.value[0], scope, document.escape)
    if image == "":
        raise ParseError(f"the base name {from_.value[0]!r} is empty", from_.line, file)
    parent = None
    if isinstance(image, str):
        parent = next((s for s in reversed(before) if s.name.lower() == image.lower() != ""), None)
    reference = ImageReference.parse(image) if isinstance(image, str) else image
    return Stage(
        index=len(before),
        name=name,
        from_=from_,
        instructions=instructions,
        parent=parent,
        image=None if parent else reference,
        global_scope=scope,
        escape=document.escape,
    )
