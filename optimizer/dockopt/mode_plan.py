"""The plan for one RUN that sets the mode of copied files: what changes, and why it may."""

import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.crowding import crowds
from dockopt.editing import RunEditor
from dockopt.facts import Facts
from dockopt.facts.environments import word_path
from dockopt.facts.footprint import within
from dockopt.facts.modes import ChangeMode, mode_changes
from dockopt.facts.ownership import change_of_owner
from dockopt.immutable import immutable
from dockopt.model import Copy, Run
from dockopt.owner_edits import copy_flag
from dockopt.remarks import left_alone
from dockopt.shell import Script
from dockopt.staging import removal
from dockopt.syntax import Comment
from dockopt.text import Edit
from dockopt.transform import Evidence, Saving

_FRONTEND = re.compile(r"^(?:docker\.io/)?docker/dockerfile(?::(?P<tag>[\w.-]+))?(?:@.*)?$")
_NOTHING = frozenset({"set", "true", ":"})


def mode_plans(facts: Facts) -> Iterator["ModePlan"]:
    """A plan for every RUN of a shipped stage that sets the mode of copied files."""
    for stage in facts.shipped:
        for run in stage.runs:
            if "chmod" in run.logical.text:
                found = mode_changes(stage, run, facts.context)
                if found:
                    yield ModePlan(facts, run, found)


@immutable(eq=False)
class ModePlan:
    """What becomes of one RUN and of the COPYs whose files it changes."""

    facts: Facts
    run: Run
    found: tuple[ChangeMode, ...]

    @cached_property
    def changes(self) -> tuple[ChangeMode, ...]:
        """The steps that COPY can do."""
        return tuple(change for change in self.found if not change.obstacle)

    @cached_property
    def obstacle(self) -> str:
        """Why nothing is proposed; empty where something is."""
        if self.facts.assumes("legacy-builder"):
            return "COPY --chmod needs BuildKit, and a builder without it is assumed"
        if reason := self._frontend():
            return reason
        if self.run.instruction.heredocs:
            return "the RUN is a here-document"
        if not self.changes:
            return self.found[0].obstacle
        copies = [id(copy) for change in self.changes for copy in change.copies]
        if len(copies) > len(set(copies)):
            return "the RUN sets the mode of a file twice"
        if self._is_left_with_one and (self._twin() or crowds(self.facts.document, self.edits)):
            return "it would leave a RUN of one command beside another, which are better joined"
        return ""

    @property
    def _is_left_with_one(self) -> bool:
        script = self.run.script
        steps = script.steps if isinstance(script, Script) else ()
        return len(self._gone) > 0 and len(steps) - len(self._gone) == 1

    @cached_property
    def _gone(self) -> frozenset[int]:
        """The steps of which nothing is left, by identity."""
        going = (change for change in self.changes if not _folders(change))
        return frozenset(id(step) for change in going for step in change.steps)

    def _twin(self) -> bool:
        """Whether a RUN of the same kind stands beside it, and both would be left with little."""
        instructions = self.facts.document.instructions
        starts = [instruction.span.start for instruction in instructions]
        index = starts.index(self.run.instruction.span.start)
        beside = instructions[max(0, index - 1) : index] + instructions[index + 1 : index + 2]
        return any(i.keyword == "RUN" and "chmod" in i.body.text for i in beside)

    def _frontend(self) -> str:
        """`--chmod` is known since docker/dockerfile 1.2."""
        name = self.facts.document.directives.get("syntax")
        if name is None:
            return ""
        match = _FRONTEND.match(name)
        if not match:
            return f"whether the syntax {name} knows --chmod is not known"
        parts = re.findall(r"\d+", (match["tag"] or "latest").partition("-")[0])
        old = len(parts) > 1 and (int(parts[0]), int(parts[1])) < (1, 2)
        return f"the syntax {name} does not know --chmod" if old else ""

    @property
    def modes(self) -> str:
        """The modes, for the title."""
        return " and ".join(sorted({change.mode for change in self.changes}))

    @property
    def because(self) -> str:
        """Why the level holds."""
        assumed = next((c.tree.assumed for c in self.changes if c.tree and c.tree.assumed), "")
        if assumed:
            return f"every file has the same mode: {assumed}, which leaves no files in the folder"
        if any(change.recursive for change in self.changes):
            return "nothing but these COPYs brings files to the folder; BuildKit is needed"
        if any("x" in change.mode_text and self.facts.context is None for change in self.changes):
            return "git keeps a file as 644 or 755, and with +x both are 755; BuildKit is needed"
        return "the COPY brings just what the RUN names; BuildKit is needed"

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Flags on the COPYs, and the steps taken out of the RUN."""
        copies = [(copy, change.mode) for change in self.changes for copy in change.copies]
        flags = [
            copy_flag(copy, f"--chmod={mode}")
            for copy, mode in copies
            if copy.instruction.flag("chmod") is None
        ]
        editor = RunEditor(self.facts.document, self.run)
        steps = editor.script.steps
        gone = {index for index, step in enumerate(steps) if id(step) in self._gone}
        rest = [step for index, step in enumerate(steps) if index not in gone]
        if all(step.command and step.command.name in _NOTHING for step in rest):
            return (*flags, *removal(self.facts.document, self.run.instruction))
        for change in self.changes:
            if folders := _folders(change):
                _name(editor, change, folders)
        editor.remove_steps(gone)
        return (*flags, *editor.edits())

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments about steps that go."""
        return left_alone(self.facts.document, self.run, self.edits)

    def evidence(self) -> Iterator[Evidence]:
        """The lines and files that the change rests on."""
        for change in self.changes:
            for copy in change.copies:
                brings = f"brings {', '.join(change.paths)} and nothing else"
                yield Evidence(
                    "copies files there" if change.recursive else brings,
                    copy.instruction.span.start,
                )
                yield from self._files(copy)

    @property
    def _is_given_away(self) -> bool:
        """Whether a `chown -R` of the RUN is about all these files: its layer holds them anyway."""
        script = self.run.script
        steps = script.steps if isinstance(script, Script) else ()
        words = [word for found in map(change_of_owner, steps) if found for word in found.paths]
        stage = self.changes[0].stage
        given = [path for word in words if (path := word_path(stage, self.run, word))]
        paths = [path for change in self.changes for path in change.paths]
        return all(any(within(path, folder) for folder in given) for path in paths)

    def _files(self, copy: Copy) -> Iterator[Evidence]:
        context = self.facts.context
        for source in copy.sources if context and not copy.from_ else ():
            mode = context.mode(source) if context else None
            if mode is not None:
                yield Evidence(f"has mode {mode:o}", file=source.removeprefix("./"))

    @cached_property
    def saving(self) -> Saving:
        """The bytes of the files that are no longer stored twice."""
        if self._is_given_away:
            return Saving(0, "the same RUN stores the files again to change their owner")
        context = self.facts.context
        copies = [copy for change in self.changes for copy in change.copies]
        if context is None or context.truncated or any(copy.from_ for copy in copies):
            return Saving(None, "the files a second time, and a layer; their size is not known")
        files = {f for copy in copies for f in context.copied_files(*copy.sources)}
        return Saving(sum(map(context.size_bytes, files)), "size of the files in the build context")


def _folders(change: ChangeMode) -> tuple[str, ...]:
    """The folders that a step still has to name, none where it goes as a whole."""
    return change.tree.folders if change.tree else ()


def _name(editor: RunEditor, change: ChangeMode, folders: tuple[str, ...]) -> None:
    """Takes the `-R` out of a step, and lets it name `folders` instead."""
    for step in change.steps:
        program = editor.script.text[step.start :].split(maxsplit=1)[0]
        text = f"{program} {change.mode_text} {' '.join(folders)}"
        editor.replace(step.start, step.end, text)
