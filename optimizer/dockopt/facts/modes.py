"""`chmod` steps that are about copied files, and nothing else; `mode_trees` has those with `-R`."""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.context import Context, normal
from dockopt.facts.environments import absolute, word_path
from dockopt.facts.footprint import NO_FILES, within
from dockopt.facts.mode_trees import DEFAULT_FOLDER_MODE, ModeTree, looks_like_file
from dockopt.facts.pip import pip_command
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Command, Script, Step, Word
from dockopt.syntax import Instruction

_OCTAL = re.compile(r"^0?[0-7]{3}$")
"""A leading 4, 2 or 1 (set-uid and the like) is not: builders lose it."""
_EXECUTABLE = re.compile(r"^(?:a|ugo)?\+(?:x|rx|xr)$")
_KEEP_MODE = frozenset({
        "sed", "dos2unix", "ls", "cat", "test", "[", "chown", "chgrp", "head", "tail", "grep",
        "file", "ln",
    })  # fmt: skip
"""Commands that may name the file in between: they leave its mode as it is."""
_IDLE = NO_FILES | {"mkdir"}
"""The same, and commands whose words are no paths: a package `git` is not the file `./git`."""
_PATTERN = frozenset("*?[$")
_SCRIPT_PLACES = (
    "/",
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
)


@immutable(eq=False)
class ChangeMode:
    """Steps with one `chmod` mode that together name just what certain COPYs bring."""

    stage: Stage
    run: Run
    steps: tuple[Step, ...]
    mode_text: str
    recursive: bool
    copies: tuple[Copy, ...]
    paths: tuple[str, ...]
    words: tuple[Word, ...]
    """The words that name the paths."""
    context: Context | None

    @cached_property
    def tree(self) -> ModeTree | None:
        """The folders whose mode changes with all that is in them; None without `-R`."""
        if not self.recursive:
            return None
        named = tuple(zip(self.words, self.paths, strict=True))
        return ModeTree(self.stage, self.run, named, self.copies, int(self.mode, 8), self.context)

    @cached_property
    def mode(self) -> str:
        """The octal mode for `--chmod`."""
        return self.mode_text if _OCTAL.match(self.mode_text) else "755"

    @cached_property
    def obstacle(self) -> str:
        """Why COPY cannot do it; empty where it can."""
        if not (_OCTAL.match(self.mode_text) or _EXECUTABLE.match(self.mode_text)):
            return f"the mode {self.mode_text} cannot be said in numbers"
        if self.recursive and not _OCTAL.match(self.mode_text):
            return f"what {self.mode_text} means differs from file to file"
        return next(filter(None, self._reasons()), "")

    def _reasons(self) -> Iterator[str]:
        for copy in self.copies:
            line, given = copy.instruction.line, copy.instruction.flag("chmod")
            if given is not None and given.lstrip("0") != self.mode.lstrip("0"):
                yield f"line {line} has --chmod={given}"
            if copy.is_add and any("://" in s or s.endswith(_ARCHIVES) for s in copy.sources):
                yield f"line {line} unpacks or fetches what it adds"
            if not self.recursive:
                yield from self._not_files(copy)
                yield from self._new_folders(copy)
        yield from self._in_between()
        if self.tree is not None:
            yield from self.tree.obstacles()

    def _not_files(self, copy: Copy) -> Iterator[str]:
        for source in copy.sources:
            name = normal(source)
            if copy.from_ is None and self.context is not None and not self.context.truncated:
                yield self._real_mode(self.context, name)
            elif _EXECUTABLE.match(self.mode_text) and copy.from_:
                yield f"the mode of {source} in {copy.from_} is not known"
            elif not _is_taken_for_file(name, self.paths):
                yield f"whether {source} is a file or a folder is not known without the context"

    def _real_mode(self, context: Context, name: str) -> str:
        mode = context.mode(name)
        if mode is None or not context.is_file(name):
            return f"{name} is not a file of the build context"
        readable = mode & 0o444 == 0o444
        if _EXECUTABLE.match(self.mode_text) and not readable:
            return f"{name} has mode {mode:o} in the build context"
        return ""

    def _new_folders(self, copy: Copy) -> Iterator[str]:
        """Some builders give the mode to the folders that they make on the way."""
        if int(self.mode, 8) == DEFAULT_FOLDER_MODE:
            return
        for path in self.paths:
            parent = posixpath.dirname(path)
            workdirs = {self.stage.workdir_at(copy.instruction)}
            if parent not in workdirs and parent not in _SCRIPT_PLACES:
                yield f"the folder of {path} may be made by the COPY, with the mode {self.mode}"

    def _in_between(self) -> Iterator[str]:
        """What else happens to the files between COPY and `chmod`."""
        first = min(copy.instruction.span.start for copy in self.copies)
        for copy in self.stage.copies:
            start = copy.instruction.span.start
            if first < start < self.run.instruction.span.start and copy not in self.copies:
                place = absolute(self.stage, copy.instruction, copy.destination)
                if place is None or any(within(p, place) or within(place, p) for p in self.paths):
                    yield f"line {copy.instruction.line} may copy the files again"
        for run in self.stage.runs:
            if first < run.instruction.span.start <= self.run.instruction.span.start:
                yield from self._commands(run)

    def _commands(self, run: Run) -> Iterator[str]:
        for command in run.script.commands if isinstance(run.script, Script) else ():
            if run is self.run and command.start >= self.steps[-1].start:
                return
            if run is self.run and any(s.start <= command.start < s.end for s in self.steps):
                continue
            if self._keeps_mode(command):
                continue
            if any(self._names(run, word) for word in command.words):
                yield f"line {run.instruction.line} uses the files before their mode is set"

    def _keeps_mode(self, command: Command) -> bool:
        """Whether a command does the same with any mode; pip only reads lists of requirements."""
        if self.recursive and (command.name in _IDLE or pip_command(command) is not None):
            return True
        return command.name in _KEEP_MODE

    def _names(self, run: Run, word: Word) -> bool:
        place = word_path(self.stage, run, word)
        if place is None:
            return any(posixpath.basename(path) in word.text for path in self.paths)
        return any(within(place, path) for path in self.paths)


_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst")


def _is_taken_for_file(name: str, paths: tuple[str, ...]) -> bool:
    """Whether a source is taken for a file: it has a suffix, or lands where programs are."""
    if looks_like_file(name):
        return True
    return all(posixpath.dirname(path) in _SCRIPT_PLACES[1:] for path in paths)


def mode_changes(stage: Stage, run: Run, context: Context | None) -> tuple[ChangeMode, ...]:
    """The `chmod` steps of a RUN that name only copied files, each alone or all with one mode."""
    if not isinstance(run.script, Script) or not run.script.stops_on_failure:
        return ()
    read = [one for step in run.script.steps if (one := _read(stage, run, step)) is not None]
    found = [_change(stage, run, [one], context) for one in read]
    rest = [one for one, change in zip(read, found, strict=True) if not change]
    for mode in dict.fromkeys(one.mode for one in rest if not one.recursive):
        same = [one for one in rest if one.mode == mode and not one.recursive]
        found.append(_change(stage, run, same, context))
    return tuple(change for change in found if change is not None)


@immutable(eq=False)
class _Chmod:
    step: Step
    mode: str
    recursive: bool
    paths: tuple[str, ...]
    words: tuple[Word, ...]


def _change(
    stage: Stage, run: Run, steps: list[_Chmod], context: Context | None
) -> ChangeMode | None:
    paths = tuple(path for one in steps for path in one.paths)
    words = tuple(word for one in steps for word in one.words)
    recursive = steps[0].recursive
    find = _copies_below if recursive else _copies_of
    copies = find(stage, run.instruction, paths)
    if copies is None:
        return None
    own = tuple(one.step for one in steps)
    return ChangeMode(stage, run, own, steps[0].mode, recursive, copies, paths, words, context)


def _read(stage: Stage, run: Run, step: Step) -> _Chmod | None:
    command = step.command
    if command is None or command.conditional or command.name != "chmod" or command.redirects:
        return None
    flags = [w.text for w in command.args if w.text.startswith(("-R", "-v", "-c", "--recursive"))]
    plain = [w for w in command.args if w.text not in flags]
    if len(plain) < 2 or plain[0].value is None or any(w.text.startswith("-") for w in plain):
        return None
    recursive = any("R" in flag or flag == "--recursive" for flag in flags)
    paths = [path for word in plain[1:] if (path := word_path(stage, run, word)) is not None]
    if len(paths) < len(plain) - 1:
        return None
    return _Chmod(step, plain[0].value, recursive, tuple(paths), tuple(plain[1:]))


def _copies_below(stage: Stage, at: Instruction, paths: tuple[str, ...]) -> tuple[Copy, ...] | None:
    """The COPYs that bring files to these folders, None where one of them gets none."""
    found: dict[int, Copy] = {}
    for path in paths:
        before = len(found)
        for copy in stage.copies:
            place = absolute(stage, copy.instruction, copy.destination)
            start = copy.instruction.span.start
            if start < at.span.start and place is not None and within(place, path):
                found[start] = copy
        if len(found) == before:
            return None
    return tuple(found.values())


def _copies_of(stage: Stage, at: Instruction, paths: tuple[str, ...]) -> tuple[Copy, ...] | None:
    """The COPYs that bring exactly these paths, None where they bring more or less."""
    wanted, found = set(paths), list[Copy]()
    for copy in reversed(stage.copies):
        if copy.instruction.span.start < at.span.start and wanted:
            brought = _brought(stage, copy)
            match = next((set(b) for b in brought if set(b) <= wanted), None)
            if match:
                found.append(copy)
                wanted -= match
    return None if wanted else tuple(reversed(found))


def _brought(stage: Stage, copy: Copy) -> Iterator[tuple[str, ...]]:
    """The paths that a COPY makes, read in each way that its text allows."""
    place = absolute(stage, copy.instruction, copy.destination)
    if place is None or copy.instruction.heredocs or any(_PATTERN & set(s) for s in copy.sources):
        return
    if len(copy.sources) == 1 and not copy.destination.endswith("/") and copy.destination != ".":
        yield (place,)
    names = [posixpath.basename(normal(source)) for source in copy.sources]
    if all(names):
        yield tuple(posixpath.join(place, name) for name in names)
