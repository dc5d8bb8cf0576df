"""Recursive changes of owner that reach copied files: which COPY could have done it instead.

A `chown -R` after a COPY writes every file anew into another layer. A claim says what has to happen
in its stead so that everything below the folder has the same owner as before.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dockopt.facts.base_folders import has_find, may_have_files
from dockopt.facts.context import Context, normal
from dockopt.facts.environments import absolute, word_path
from dockopt.facts.footprint import FILE_TOOLS, Footprint, footprint, within
from dockopt.facts.ownership import ChangeOwner, Owner, change_of_owner
from dockopt.facts.pip import PYTHON, pip_command, spec_text
from dockopt.facts.prefixes import Invocation, invocation
from dockopt.facts.users import accounts
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Script, Word
from dockopt.syntax import Instruction

_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".Z")
_OCTAL = re.compile(r"^0?[0-7]{3,4}$")
_PATTERN = frozenset("*?[")
WORTH_BYTES = 100_000
"""Below this, one more copy of the files is not worth a command that looks for others."""


@dataclass(frozen=True, eq=False)
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
        stage = next(s for s in self.stage.chain if copy.instruction in s.instructions)
        return absolute(stage, copy.instruction, copy.destination)

    @cached_property
    def to_own(self) -> tuple[Copy, ...]:
        """The COPYs that need `--chown`: not those that have it, or are copied over later."""
        if self.change.owner.for_copy in ("root:root", "0:0"):
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
            if within(target, self.path) or within(self.path, target):
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
            for _, run in self._runs():
                if self._arguments(run.logical.text, run.instruction):
                    return "a build argument may name folders in it"
            if self._arguments(self.word.text, self.run.instruction):
                return "a build argument names it"
        return ""

    def _homes(self) -> str:
        """Home folders below the folder that belong to somebody else."""
        for _, run in self._runs():
            for account in accounts(run.script.steps if isinstance(run.script, Script) else ()):
                owner = self.change.owner
                same = owner.user in account.names and (
                    owner.group in (None, account.primary_group)
                )
                if account.home and within(account.home, self.path) and not same:
                    return f"line {run.instruction.line} makes a home folder there"
        return ""

    def _runs(self) -> Iterator[tuple[Stage, Run]]:
        for stage in self.stage.chain:
            for run in stage.runs:
                if run.instruction.span.start <= self.run.instruction.span.start:
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
        if first is None or (first not in self.to_own and first.instruction.flag("chown") is None):
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

    @cached_property
    def obstacle(self) -> str:
        """Why the claim has to stay as it is; empty where it can be replaced."""
        if self.path == "/":
            return "the whole file system is given away"
        return (
            self._volume()
            or self._other_arguments()
            or next((why for copy in self.reached if (why := self._refuses(copy))), "")
            or self._between()
            or self._changed_mode()
            or (
                ""
                if not self.others or has_find(self.stage)
                else f"{self.others}, and it may lack `find`"
            )
        )

    def _changed_mode(self) -> str:
        """A `chmod -R` that no COPY can do stores the same files again, whoever owns them."""
        start = self.run.instruction.span.start
        for run in self.stage.runs:
            if run.instruction.span.start < start or not isinstance(run.script, Script):
                continue
            for command in run.script.commands:
                if (
                    command.name == "chmod"
                    and command.has("-R", "--recursive")
                    and any(
                        within(self.path, word_path(self.stage, run, word) or "")
                        for word in command.args
                    )
                    and not any(value and _OCTAL.match(value) for value in command.values)
                ):
                    return f"line {run.instruction.line} has a chmod -R that stores the files again"
        return ""

    def _volume(self) -> str:
        for stage in self.stage.chain:
            for instruction in stage.of("VOLUME"):
                if instruction.span.start < self.run.instruction.span.start:
                    places = [absolute(stage, instruction, v) for v in instruction.value]
                    if any(
                        p is None or within(p, self.path) or within(self.path, p) for p in places
                    ):
                        return f"line {instruction.line} makes a volume there before"
        return ""

    def _other_arguments(self) -> str:
        """A path that a build argument decides must be decided by the same one everywhere."""
        wanted = self._arguments(self.word.text, self.run.instruction)
        for copy in self.reached:
            if self._arguments(copy.destination, copy.instruction) != wanted:
                return "a build argument decides the folder in one place, and not in the other"
        return ""

    def _arguments(self, text: str, at: Instruction) -> frozenset[str]:
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

    def _refuses(self, copy: Copy) -> str:
        line, owner = copy.instruction.line, self.change.owner
        given = copy.instruction.flag("chown")
        if given is not None:
            return "" if same_owner(given, owner) else f"line {line} has --chown={given}"
        linked = any(flag.name == "link" for flag in copy.instruction.flags)
        if linked and (owner.names or owner.user is None or owner.group is None):
            return f"line {line} has --link, which knows no user names"
        if copy.is_add and any(_is_fetched(source) for source in copy.sources):
            return f"line {line} unpacks or fetches what it adds"
        return ""

    def _between(self) -> str:
        """Commands after the COPY that look at who owns the folder they work in."""
        first = min((c.instruction.span.start for c in self.to_own), default=None)
        for run, print_ in self.footprints:
            if first is None or run.instruction.span.start < first or not print_.unknown:
                continue
            for program in _suspects(run):
                line = f"line {run.instruction.line} ({program})"
                if program in ("npm", "npx", "yarn", "pnpm"):
                    return f"{line} works as the owner of the folder"
                if self._git_possible():
                    return f"{line} may use git, which refuses a work tree of another owner"
        return ""

    def _git_possible(self) -> bool:
        if all(copy.from_ for copy in self.to_own):
            return False
        known = self.context is not None and not self.context.truncated
        if (
            known
            and self.context
            and not (self.context.exists(".git") and self.context.sent(".git"))
        ):
            return False
        image = self.stage.root.image
        tag = getattr(image, "python_tag", None)
        slim = tag is not None and tag.variant in ("slim", "alpine")
        return not slim or any("git" in run.logical.text.split() for _, run in self._runs())


def _suspects(run: Run) -> Iterator[str]:
    """The programs of a RUN that may look at the owner of a folder, or call one that does."""
    if not isinstance(run.script, Script):
        yield "a shell that is not read"
        return
    for command in run.script.commands:
        called = invocation(command)
        pip = pip_command(command)
        if pip and not (pip.editables or any(_is_local(spec_text(w)) for w in pip.specs)):
            if pip.group == "pip":
                continue
        elif called.name in FILE_TOOLS or not called.words or _runs_python(called):
            continue
        yield called.name or called.words[0].text


def _runs_python(called: Invocation) -> bool:
    return bool(PYTHON.match(called.name)) and not any("setup.py" in w.text for w in called.words)


def _is_local(spec: str | None) -> bool:
    return spec is None or spec.startswith((".", "/"))


def same_owner(given: str, owner: Owner) -> bool:
    """Whether a `--chown` says the same as `owner`."""
    user, _, group = given.partition(":")
    if owner.login_group:
        return user == owner.user
    return user == (owner.user or "root") and (group or user) == (owner.group or "root")


def _is_fetched(source: str) -> bool:
    return "://" in source or source.startswith("git@") or source.endswith(_ARCHIVES)


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
