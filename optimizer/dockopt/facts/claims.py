"""Recursive changes of owner that reach copied files: which COPY could have done it instead.

A `chown -R` after a COPY writes every file anew into another layer. A claim says what has to happen
in its stead so that everything below the folder has the same owner as before.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.base_folders import may_have_files
from dockopt.facts.context import Context, normal
from dockopt.facts.environments import absolute, word_path
from dockopt.facts.footprint import Footprint, footprint, within
from dockopt.facts.ownership import ChangeOwner, change_of_owner
from dockopt.facts.users import accounts
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Script, Word
from dockopt.syntax import Instruction

_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".Z")
_OCTAL = re.compile(r"^0?[0-7]{3,4}$")
_PATTERN = frozenset("*?[")
WORTH_BYTES = 100_000
"""Below this, one more copy of the files is not worth a command that looks for others."""


@immutable(eq=False)
class Claim:
    """One folder of a recursive change of owner, with copied files in it."""

    stage: Stage
    run: Run
    change: ChangeOwner
    word: Word
    path: str
    context: Context | None

    @cached_property
    def before(self) -> tuple[Instruction, ...]:
        """The instructions of the stage before the RUN."""
        start = self.run.instruction.span.start
        return tuple(i for i in self.stage.instructions if i.span.start < start)

    @cached_property
    def reached(self) -> tuple[Copy, ...]:
        """The COPYs of the stage whose files all land below the folder."""
        start = self.run.instruction.span.start
        copies = (c for c in self.stage.copies if c.instruction.span.start < start)
        return tuple(c for c in copies if within(self.landing(c) or "", self.path))

    def landing(self, copy: Copy) -> str | None:
        """The absolute destination of a COPY, None where it is not known."""
        start = copy.instruction.start
        stage = next(s for s in self.stage.chain if s.from_.start < start)
        return absolute(stage, copy.instruction, copy.destination)

    @cached_property
    def to_own(self) -> tuple[Copy, ...]:
        """The COPYs that need `--chown`: not those that have it, or are copied over later."""
        if self.change.owner.is_root:
            return ()
        return tuple(
            copy
            for index, copy in enumerate(self.reached)
            if copy.instruction.flag("chown") is None
            and not any(self._covers(later, copy) for later in self.reached[index + 1 :])
        )

    def _covers(self, later: Copy, copy: Copy) -> bool:
        """Whether `later` is `COPY . …` and brings the same files to the same places."""
        whole = (
            not later.from_ and later.sources == (".",) and not later.instruction.flag("exclude")
        )
        target = self.landing(later)
        if not whole or target is None or copy.from_ or copy.instruction.heredocs:
            return False
        place = self.landing(copy) or ""
        return all(self._same_place(source, place, target) for source in copy.sources)

    def _same_place(self, source: str, place: str, root: str) -> bool:
        if "://" in source or "$" in source:
            return False
        name = normal(source)
        wanted = posixpath.join(root, name)
        if place == wanted:
            return True
        return place == posixpath.dirname(wanted) and self._is_file(name)

    def _is_file(self, name: str) -> bool:
        if self.context is not None and not _PATTERN & set(name):
            return self.context.is_file(name)
        return "." in posixpath.basename(name).strip(".")

    @cached_property
    def footprints(self) -> tuple[tuple[Run, Footprint], ...]:
        """What every RUN up to this one may leave below the folder."""
        found: list[tuple[Run, Footprint]] = []
        for stage in reversed(self.stage.chain):
            for run in stage.runs:
                if run.instruction.span.start > self.run.instruction.span.start:
                    break
                filled = any(
                    c.instruction.span.start < run.instruction.span.start for c in self.reached
                )
                found.append((run, footprint(stage, run, self.path, filled=filled)))
        return tuple(found)

    @cached_property
    def others(self) -> str:
        """Why files of another origin may be below the folder; empty where there are none."""
        if may_have_files(self.stage, self.path):
            return f"the base image may have files in {self.path}"
        for copy in self._not_reached():
            if (target := self.landing(copy)) is None:
                return f"where line {copy.instruction.line} copies to is not known"
            beside = all(self._is_file(normal(name)) for name in copy.sources) and not copy.from_
            if within(target, self.path) or (within(self.path, target) and not beside):
                return f"line {copy.instruction.line} may copy files there too"
        for run, print_ in self.footprints:
            if print_.unknown:
                return f"line {run.instruction.line} may write there ({print_.unknown})"
        return self._homes() or self._other_names()

    def _not_reached(self) -> Iterator[Copy]:
        start = self.run.instruction.span.start
        for stage in self.stage.chain:
            for copy in stage.copies:
                if copy.instruction.span.start < start and copy not in self.reached:
                    yield copy

    def _other_names(self) -> str:
        """Folders inside that a build argument names: they cannot be written down."""
        if self.folders and set(self.folders) != {self.path}:
            for _, run in self.runs():
                if self.arguments(run.logical.text, run.instruction):
                    return "a build argument may name folders in it"
            if self.arguments(self.word.text, self.run.instruction):
                return "a build argument names it"
        return ""

    def arguments(self, text: str, at: Instruction) -> frozenset[str]:
        """The build arguments that a text names, or the WORKDIR that it is relative to."""
        declared = {
            word.partition("=")[0]
            for stage in self.stage.chain
            for instruction in stage.of("ARG")
            for word in instruction.value
        }
        texts = [text]
        if not text.strip("\"'").startswith("/"):
            texts += [
                v for i in self.stage.of("WORKDIR") if i.span.start < at.span.start for v in i.value
            ]
        return frozenset(
            name for name in declared for t in texts if f"${name}" in t or f"${{{name}" in t
        )

    def _homes(self) -> str:
        """Home folders below the folder that belong to somebody else."""
        for _, run in self.runs():
            for account in accounts(run.script.steps if isinstance(run.script, Script) else ()):
                owner = self.change.owner
                same = owner.user in account.names and (
                    owner.group in (None, account.primary_group)
                )
                if account.home and within(account.home, self.path) and not same:
                    return f"line {run.instruction.line} makes a home folder there"
        return ""

    def runs(self) -> Iterator[tuple[Stage, Run]]:
        """The RUNs of the stage and its ancestors up to and with this one."""
        for stage in self.stage.chain:
            for run in stage.runs:
                if run.instruction.start > self.run.instruction.start:
                    break
                yield stage, run

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that have to change owner one by one, the claimed one first."""
        last = self.run.instruction.span.start
        made = {self.path, *self.standing(last)}
        made.update(f for run, print_ in self.footprints if run is self.run for f in print_.folders)
        return tuple(sorted(made - self._made_by_copy))

    @cached_property
    def _made_by_copy(self) -> frozenset[str]:
        """The folder itself, where a COPY that sets the owner is what makes it."""
        first = next((c for c in self.reached if self.landing(c) == self.path), None)
        if first is None:
            return frozenset()
        owned = first in self.to_own or first.instruction.flag("chown") is not None
        if not owned and not self.change.owner.is_root:
            return frozenset()
        start = first.instruction.span.start
        exists = bool(self.standing(start))
        below = any(c.instruction.span.start < start for c in self.reached if c is not first)
        return frozenset() if exists or below else frozenset({self.path})

    def standing(self, before: int) -> frozenset[str]:
        """The folders from the claimed one down that WORKDIR or `mkdir` made before an offset."""
        found = {
            folder
            for at, path in self._workdir_places()
            if at < before and within(path, self.path)
            for folder in _down(self.path, path)
        }
        found.update(
            folder
            for run, print_ in self.footprints
            if run.instruction.span.start < before
            for folder in print_.folders
        )
        return frozenset(found)

    def _workdir_places(self) -> Iterator[tuple[int, str]]:
        """Where WORKDIR makes folders up to the RUN: the instruction's start and the path."""
        for stage in self.stage.chain:
            for instruction in stage.of("WORKDIR"):
                start = instruction.span.start
                if start < self.run.instruction.span.start and instruction.value:
                    path = absolute(stage, instruction, instruction.value[0])
                    if path:
                        yield start, path

    @cached_property
    def assumed(self) -> str:
        """The command that is taken to write elsewhere though it runs within the folder."""
        for run, print_ in self.footprints:
            if print_.assumed:
                return f"line {run.instruction.line} runs {print_.assumed} there"
        return ""

    @cached_property
    def is_worth(self) -> bool:
        """Whether enough is stored twice: for a few small files, looking for more is no gain."""
        if not self.others:
            return True
        if any(copy.from_ for copy in self.reached):
            return True
        if self.context is not None and not self.context.truncated:
            sources = [s for copy in self.reached for s in copy.sources]
            files = self.context.copied_files(*sources)
            return sum(map(self.context.size_bytes, files)) >= WORTH_BYTES
        return not all(
            self._is_file(normal(source)) for copy in self.reached for source in copy.sources
        )


def _down(folder: str, path: str) -> Iterator[str]:
    current = path
    while within(current, folder):
        yield current
        if current == folder:
            return
        current = posixpath.dirname(current)


def claims(stage: Stage, run: Run, context: Context | None) -> tuple[Claim, ...]:
    """The claims of a RUN that reach copied files, in order."""
    if not isinstance(run.script, Script) or not run.script.stops_on_failure:
        return ()
    if stage.is_beyond_layers(run.instruction):
        return ()
    found: list[Claim] = []
    for step in run.script.steps:
        change = change_of_owner(step)
        for word in change.paths if change else ():
            path = word_path(stage, run, word)
            if change is not None and path is not None:
                claim = Claim(stage, run, change, word, path, context)
                if claim.reached and claim.is_worth:
                    found.append(claim)
    return tuple(found)
