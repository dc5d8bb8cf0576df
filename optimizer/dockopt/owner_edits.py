"""The edits that take a `chown -R` away: a RUN with less to do, and users that are made earlier."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dockopt.chaining import chain_of_file
from dockopt.editing import RunEditor
from dockopt.facts.claims import Claim
from dockopt.facts.footprint import within
from dockopt.facts.users import Account
from dockopt.model import Copy, Run
from dockopt.moving import moved
from dockopt.owner_steps import OwnerStep
from dockopt.shell import Script, Step, Word
from dockopt.staging import edited, removal, spans_of
from dockopt.syntax import Blank, Document, Instruction
from dockopt.text import Delete, Edit, Insert, Move, Span

_NOTHING = frozenset({"set", "true", ":"})
"""Commands that do nothing for a RUN that has no others."""


def copy_flag(copy: Copy, flag: str) -> Insert:
    """The edit that gives a COPY another flag, after those that it has."""
    instruction = copy.instruction
    last = instruction.flags[-1].span if instruction.flags else instruction.keyword_span
    return Insert(last.end, f" {flag}")


@dataclass
class OwnerEdits:
    """Puts together what happens to one RUN and to the steps that make its user."""

    document: Document
    run: Run
    runs: tuple[Run, ...]
    """All RUNs of the stage."""
    claims: tuple[Claim, ...]
    to: Instruction
    """The COPY above which the user must be made."""
    moving: tuple[tuple[Run, tuple[Account, ...]], ...]
    """The RUNs with steps that make the user and have to move, and these steps."""
    login_group: str = ""
    """The group that `user:` means."""
    join: bool = False
    """Whether what is left of the RUN joins the RUN before it."""
    _edits: list[Edit] = field(default_factory=list)
    _rank: int = 0

    def edits(self) -> tuple[Edit, ...]:
        """The edits of the RUN itself and of those whose steps move."""
        for run, made in self.moving:
            if run is not self.run:
                self._take_users(run, RunEditor(self.document, run), made, set())
        editor = RunEditor(self.document, self.run)
        gone = self._reduce(editor)
        made = next((found for run, found in self.moving if run is self.run), ())
        if made:
            self._take_users(self.run, editor, made, gone)
        else:
            self._leave(self.run, editor, gone, ())
        return tuple(self._edits)

    def _reduce(self, editor: RunEditor) -> set[int]:
        """Takes the recursion out of every step; gives the indexes of steps with nothing left."""
        gone: set[int] = set()
        for index, step in enumerate(editor.script.steps):
            own = [claim for claim in self.claims if claim.change.step is step]
            if own and not OwnerStep(editor, own[0].change, own, self.login_group).rewrite():
                gone.add(index)
        return gone

    def _take_users(
        self, run: Run, editor: RunEditor, made: tuple[Account, ...], gone: set[int]
    ) -> None:
        steps = editor.script.steps
        users = {index for index, step in enumerate(steps) if _is_of(step, made)}
        rest = set(range(len(steps))) - users - gone
        if all(self._ready(steps[index], run) for index in rest):
            if gone:
                editor.remove_steps(gone)
            self._move_whole(run, editor.edits())
        else:
            self._leave(run, editor, gone | users, tuple(steps[i] for i in sorted(users)))

    def _ready(self, step: Step, run: Run) -> bool:
        """Whether a step can run above the COPY as well: it is about folders that are there."""
        command = step.command
        if command is None or command.conditional or run is not self.run:
            return False
        if command.name in ("set", "mkdir"):
            return command.name == "set" or (
                command.has("-p") and all(_is_plain(word) for word in command.args)
            )
        own = [claim for claim in self.claims if claim.change.step is step]
        return bool(own) and not any(c.others or not self._there(c, run) for c in own)

    def _there(self, claim: Claim, run: Run) -> bool:
        """Whether all that the step still names exists above the COPY, or is made by the RUN."""
        start = self.to.span.start
        there = set(claim.standing(start))
        there.update(f for r, print_ in claim.footprints if r is run for f in print_.folders)
        others = [w for w in claim.change.paths if w not in {c.word for c in self.claims}]
        homes = {a.home for _, made in self.moving for a in made}
        return set(claim.folders) <= there and all(
            w.value is not None and (w.value in homes or _made_in(run, w.value)) for w in others
        )

    def _move_whole(self, run: Run, edits: tuple[Edit, ...]) -> None:
        whole, blank = spans_of(self.document, run.instruction)
        to = self.document.attached_start(self.to)
        parts = moved(whole, edits, to, self._rank)
        self._rank += len(parts)
        self._edits += parts
        if not self.document.source[: whole.end].endswith("\n"):
            self._insert(to, self.document.newline)
        self._part_from_next(to)
        if len(blank):
            self._edits.append(Delete(blank))

    def _leave(self, run: Run, editor: RunEditor, gone: set[int], users: tuple[Step, ...]) -> None:
        """Leaves the RUN where it is without some steps; those that make users move up."""
        rest = [step for index, step in enumerate(editor.script.steps) if index not in gone]
        if all(step.command and step.command.name in _NOTHING for step in rest):
            edits: tuple[Edit, ...] = removal(self.document, run.instruction)
        else:
            if gone:
                editor.remove_steps(gone)
            edits = self._joined(run, editor.edits()) if self.join else editor.edits()
        pieces = [list(run.logical.pieces(step.start, step.end)) for step in users]
        lost = any(
            e.span.contains(run.instruction.keyword_span) for e in edits if isinstance(e, Delete)
        )
        comments = [c.span for c in self.document.attached_comments(run.instruction)]
        told = comments if users and lost else []
        self._edits += _without(edits, [*told, *(span for group in pieces for span in group)])
        if users:
            self._move_steps(told, pieces)

    def _joined(self, run: Run, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """What is left of the RUN as a last step of the RUN before it, where that can be."""
        before = next(
            (
                r
                for r in self.runs
                if r.instruction.span.end <= run.instruction.span.start
                and r.instruction.span.start == self._previous(run)
            ),
            None,
        )
        if before is None or before.instruction.flags or before.instruction.heredocs:
            return edits
        if not isinstance(before.script, Script) or not before.script.stops_on_failure:
            return edits
        text = edited(self.document, run.instruction, edits).strip()
        if "\n" in text or run.instruction.flags:
            return edits
        editor = RunEditor(self.document, before)
        editor.append_step(text[len("RUN") :].strip())
        return (*editor.edits(), *removal(self.document, run.instruction))

    def _previous(self, run: Run) -> int:
        starts = [i.span.start for i in self.document.instructions]
        return starts[starts.index(run.instruction.span.start) - 1]

    def _move_steps(self, comments: list[Span], pieces: list[list[Span]]) -> None:
        to = self.document.attached_start(self.to)
        for span in comments:
            self._edits.append(Move(span, to, self._rank))
            self._rank += 1
        joint = "RUN "
        for spans in pieces:
            self._insert(to, joint)
            for span in spans:
                self._edits.append(Move(span, to, self._rank))
                self._rank += 1
            joint = chain_of_file(self.document).joint
        self._insert(to, self.document.newline)
        self._part_from_next(to)

    def _insert(self, at: int, text: str) -> None:
        self._edits.append(Insert(at, text, self._rank))
        self._rank += 1

    def _part_from_next(self, to: int) -> None:
        """A blank line after what was moved, where one stands before it."""
        above = next((n for n in self.document.nodes if n.span.end == to), None)
        if isinstance(above, Blank):
            self._insert(to, self.document.newline)


def _is_of(step: Step, made: tuple[Account, ...]) -> bool:
    return any(account.step is step for account in made)


def _is_plain(word: Word) -> bool:
    return word.value is not None and word.text.startswith(("/", "-p"))


def _made_in(run: Run, path: str) -> bool:
    """Whether a `mkdir` of the RUN makes `path`."""
    if not isinstance(run.script, Script):
        return False
    made = (c for c in run.script.commands if c.name == "mkdir" and not c.conditional)
    return any(within(value, path) for c in made for value in c.values if value)


def _without(edits: tuple[Edit, ...], kept: list[Span]) -> Iterator[Edit]:
    """The edits, their cuts parted around what moves instead."""
    for edit in edits:
        if not isinstance(edit, Delete):
            yield edit
            continue
        start = edit.span.start
        for span in sorted(s for s in kept if edit.span.contains(s)):
            if span.start > start:
                yield Delete(Span(start, span.start))
            start = span.end
        if edit.span.end > start:
            yield Delete(Span(start, edit.span.end))
