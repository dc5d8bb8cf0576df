"""The stages of a variant: copies of those that install the project, with other extras."""

import re
from collections.abc import Iterable, Iterator, Mapping

from dockopt.facts import Facts
from dockopt.facts.bases import is_windows
from dockopt.facts.extra_choices import Choice, NotChosen, choices
from dockopt.facts.project_groups import ProjectGroups, project_groups
from dockopt.facts.shipping import contributing_stages
from dockopt.facts.variant import Variant
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.staging import before_stage, edited, end_of_stage, free_name, in_lines_of, word_span
from dockopt.syntax import Comment, Instruction
from dockopt.text import Edit, Insert, replace
from dockopt.variant_edits import chosen_edits

_PRAGMA = re.compile(r"#\s*(?:hadolint|dockopt:|tally|check=)")


@immutable(eq=False)
class VariantPlan:
    """What makes a variant, or why it cannot be made."""

    variant: Variant
    obstacle: str = ""
    edits: tuple[Edit, ...] = ()
    names: tuple[str, ...] = ()
    """The stages that it adds, in order; the last one is the variant itself."""
    installs: tuple[Instruction, ...] = ()
    """The RUNs that install the project, as the target has them."""
    others: tuple[Instruction, ...] = ()
    """RUNs of the copied stages that install from requirement files, whatever the variant."""


def variant_plans(facts: Facts) -> Iterator[VariantPlan]:
    """A plan for each variant that is asked for and not there yet; the first ones come first."""
    for rank, variant in enumerate(facts.variants):
        if facts.dockerfile.stage_named(variant.name) is None:
            try:
                yield _Maker(facts, variant).plan(rank)
            except NotChosen as error:
                yield VariantPlan(variant, error.reason)


class _Maker:
    """Makes the stages of one variant."""

    def __init__(self, facts: Facts, variant: Variant) -> None:
        self.facts = facts
        self.variant = variant
        self.document = facts.document
        self.target = facts.dockerfile.target
        self.groups = self._declared()

    def _declared(self) -> ProjectGroups:
        if self.facts.context is None:
            raise NotChosen("without the build context the project's extras are not known")
        found = project_groups(self.facts.context)
        if found is None:
            raise NotChosen("the build context has no pyproject.toml that declares extras")
        if strange := found.unknown(self.variant.extras):
            raise NotChosen(f"{found.file} declares no extra or group {strange[0]}")
        return found

    def plan(self, rank: int) -> VariantPlan:
        """The plan; raises NotChosen with the reason where there can be none."""
        self._refuse()
        found = {run.instruction.start: (run, c) for run, c in self._choosing()}
        if not found:
            raise NotChosen("no command installs the project in a way that chooses its extras")
        edits = {
            start: chosen_edits(self.document, run, chosen, self.variant, self.groups)
            for start, (run, chosen) in found.items()
        }
        if not any(edits.values()):
            raise NotChosen(f"the stage {self.target.reference} installs just these extras already")
        stages = self._copied(found)
        names = self._names(stages)
        texts = [self._stage_text(stage, names, edits) for stage in stages]
        at = before_stage(self.facts, self.target)
        text = in_lines_of(self.document, "\n").join([*texts, ""])
        return VariantPlan(
            self.variant,
            edits=(Insert(at, text, rank),),
            names=tuple(names[stage.index] for stage in stages),
            installs=tuple(run.instruction for run, _ in found.values()),
            others=tuple(self._from_files(stages)),
        )

    def _refuse(self) -> None:
        name, stages = self.variant.name, self.facts.dockerfile.stages
        if any(is_windows(stage) for stage in self.target.chain):
            raise NotChosen("the stages are for Windows")
        if any(stage.from_image_text.lower() == name for stage in stages):
            raise NotChosen(f"{name} is the name of an image that the Dockerfile uses")
        for stage in stages[self.target.index :]:
            for instruction in stage.of("COPY"):
                for source in instruction.flags_named("from"):
                    if source.isdecimal() and int(source) >= self.target.index:
                        raise NotChosen(f"line {instruction.line} names a stage by its number")
                    if source.lower() == name:
                        raise NotChosen(f"line {instruction.line} copies from an image {name}")

    def _choosing(self) -> Iterator[tuple[Run, tuple[Choice, ...]]]:
        for stage in contributing_stages(self.facts.dockerfile, (self.target,)):
            for run in stage.runs:
                if chosen := choices(run, self.groups):
                    yield run, chosen

    def _copied(self, installing: Iterable[int]) -> tuple[Stage, ...]:
        """The stages that install, those that depend on them, and the target."""
        starts = set(installing)
        copied: set[int] = {self.target.index}
        needed = contributing_stages(self.facts.dockerfile, (self.target,))
        for stage in needed:
            sources = {source.index for source, _, _ in self.facts.dockerfile.references(stage)}
            sources |= {stage.parent.index} if stage.parent else set()
            if sources & copied or any(run.instruction.start in starts for run in stage.runs):
                copied.add(stage.index)
        return tuple(stage for stage in needed if stage.index in copied)

    def _names(self, stages: tuple[Stage, ...]) -> Mapping[int, str]:
        names: dict[int, str] = {}
        for stage in stages:
            wanted = f"{self.variant.name}-{stage.name.lower() or 'builder'}"
            while wanted in names.values():
                wanted += "-2"
            names[stage.index] = free_name(self.facts, wanted)
        return {**names, self.target.index: self.variant.name}

    def _stage_text(
        self, stage: Stage, names: Mapping[int, str], edits: Mapping[int, tuple[Edit, ...]]
    ) -> str:
        parts = [in_lines_of(self.document, self._heading(stage) + "\n")]
        parts += [
            self.document.text_of(comment)
            for comment in self.document.attached_comments(stage.from_)
            if _PRAGMA.match(comment.text)
        ]
        references = {
            instruction.start: (name, names[source.index])
            for source, instruction, name in self.facts.dockerfile.references(stage)
            if source.index in names
        }
        end = end_of_stage(stage)
        for node in self.document.nodes:
            if node.start < stage.from_.start or node.end > end:
                continue
            if isinstance(node, Instruction):
                own = edits.get(node.start, ())
                if node is stage.from_:
                    own = tuple(self._from_edits(stage, names))
                elif node.start in references:
                    own = (*own, *_reference_edits(node, *references[node.start]))
                parts.append(
                    edited(self.document, node, own) if own else self.document.text_of(node)
                )
            elif not isinstance(node, Comment) or node.start > stage.from_.start:
                parts.append(self.document.text_of(node))
        text = "".join(parts)
        return text if text.endswith("\n") else text + self.document.newline

    def _heading(self, stage: Stage) -> str:
        extras = ", ".join(self.variant.extras)
        if stage is self.target:
            what = f"with the extras {extras}" if extras else "without extras"
            default = f"stage {stage.name}" if stage.name else "last stage"
            return f"# Variant of the {default}, {what}"
        return f"# What the variant {self.variant.name} is built from"

    def _from_edits(self, stage: Stage, names: Mapping[int, str]) -> Iterator[Edit]:
        if stage.parent is not None and stage.parent.index in names:
            yield from replace(word_span(stage.from_, 0), names[stage.parent.index])
        if stage.name:
            yield from replace(word_span(stage.from_, 2), names[stage.index])
        else:
            yield Insert(stage.from_.after, f" AS {names[stage.index]}")

    def _from_files(self, stages: tuple[Stage, ...]) -> Iterator[Instruction]:
        for stage in stages:
            for found in self.facts.installs(stage):
                if any(
                    not (f or "").endswith("pyproject.toml") for f in found.pip.requirement_files
                ):
                    yield found.run.instruction


def _reference_edits(instruction: Instruction, name: str, new: str) -> Iterator[Edit]:
    """`--from=name` and `--mount=…,from=name` with the name of the copied stage."""
    for flag in instruction.flags:
        text = flag.value or ""
        if flag.name == "from" and text == name:
            yield from replace(flag.span, f"--from={new}")
        elif flag.name == "mount" and f"from={name}" in text.split(","):
            parts = [f"from={new}" if part == f"from={name}" else part for part in text.split(",")]
            yield from replace(flag.span, f"--mount={','.join(parts)}")
