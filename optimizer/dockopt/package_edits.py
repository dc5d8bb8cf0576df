"""Taking Debian packages out of the RUNs that install them, and putting others in their place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from dockopt.editing import RunEditor
from dockopt.facts.apt import REMOVES, AptCommand, apt_commands, name_in, package_lists
from dockopt.facts.packages import BuildPackage
from dockopt.model import Run
from dockopt.shell import Command, Script, Word
from dockopt.shell.assigned import Assigned, variable_of
from dockopt.staging import removal
from dockopt.syntax import Document
from dockopt.text import Edit

_HARMLESS = frozenset(["set", "export", "echo", "true", ":"])
_NAMING = REMOVES | {"install"}
_UPKEEP = frozenset({"update", "clean", "autoclean", "autoremove", "purge", "remove", "autopurge"})


def without_packages(document: Document, group: list[BuildPackage]) -> Iterator[Edit]:
    """Edits of the one RUN that installs all of `group`: they go, their replacements come.

    Where nothing else is left to install, the whole RUN goes, with the comments directly above it.
    """
    run = group[0].run
    commands = apt_commands(run)
    going = _Going(RunEditor(document, run), commands, _replacements(group, commands))
    if not going.brought and _nothing_left(run, commands, going.names):
        yield from removal(document, run.instruction)
        return
    going.edit()
    yield from going.editor.edits()


def without_removals(document: Document, run: Run, names: Iterable[str]) -> tuple[Edit, ...] | None:
    """Edits of a RUN that removes packages which are no longer installed: they are not named there.

    None where the RUN cannot be taken apart like that.
    """
    commands = tuple(c for c in apt_commands(run) if c.action in REMOVES)
    if run.instruction.heredocs or any(c.has_unknown or c.has_pattern for c in commands):
        return None
    going = _Going(RunEditor(document, run), commands, dict.fromkeys(names, ()))
    going.edit()
    if going.empties_all:
        return removal(document, run.instruction)
    return None if going.is_stuck else going.editor.edits()


def _replacements(
    group: list[BuildPackage], commands: Iterable[AptCommand]
) -> dict[str, tuple[str, ...]]:
    """By package that goes: what comes in its place, each once and not if it is installed anyway."""
    gone = {package.name for package in group}
    seen = {name for c in commands if c.action == "install" for name in c.names} - gone
    found: dict[str, tuple[str, ...]] = dict.fromkeys(gone, ())
    for package in group:
        new = tuple(n for n in dict.fromkeys(package.replacements or ()) if n not in seen)
        seen.update(new)
        found[package.name] += new
    return found


def _nothing_left(run: Run, commands: tuple[AptCommand, ...], gone: frozenset[str]) -> bool:
    """Whether the RUN would only update lists and clean up."""
    script = run.script
    if not isinstance(script, Script):
        return False
    apt = {id(c.command): c for c in commands}
    return all(_idle(command, apt, gone) for command in script.commands)


def _idle(command: Command, apt: dict[int, AptCommand], gone: frozenset[str]) -> bool:
    found = apt.get(id(command))
    if found is None:
        return not command.words or command.name in _HARMLESS or command.name == "rm"
    if found.action == "install":
        return not found.has_unknown and set(found.names) <= gone
    return found.action in _UPKEEP


@dataclass
class _Going:
    """Takes packages out of the apt commands of one RUN."""

    editor: RunEditor
    commands: tuple[AptCommand, ...]
    replacements: dict[str, tuple[str, ...]]
    """By name of each package that goes."""
    _emptied: list[int] = field(default_factory=list)
    """The steps that have nothing left to do."""

    @property
    def names(self) -> frozenset[str]:
        """The packages that go."""
        return frozenset(self.replacements)

    @property
    def brought(self) -> bool:
        """Whether anything comes in their place."""
        return any(self.replacements.values())

    def edit(self) -> None:
        """Edits the commands, and the assignments that hold their packages."""
        steps = {id(s.command): n for n, s in enumerate(self.editor.script.steps) if s.command}
        kept: list[AptCommand] = []
        for command in self.commands:
            if command.action not in _NAMING or not self._words(command):
                continue
            if id(command.command) in steps and self._is_emptied(command):
                self._emptied.append(steps[id(command.command)])
            else:
                kept.append(command)
        for command in kept:
            self._shorten(command)
        self._edit_variables(kept, steps)
        if self._can_remove_steps:
            self.editor.remove_steps(self._emptied)

    @property
    def empties_all(self) -> bool:
        """Whether nothing is left to do for the RUN."""
        return len(set(self._emptied)) == len(self.editor.script.steps)

    @property
    def is_stuck(self) -> bool:
        """Whether a command with nothing left to do cannot go."""
        return bool(self._emptied) and not self._can_remove_steps

    @property
    def _can_remove_steps(self) -> bool:
        script, count = self.editor.script, len(set(self._emptied))
        return 0 < count < len(script.steps) and script.stops_on_failure

    def _words(self, command: AptCommand) -> list[Word]:
        return [word for word in command.packages if name_in(word) in self.replacements]

    def _is_emptied(self, command: AptCommand) -> bool:
        if command.action == "autoremove" or len(self._words(command)) < len(command.packages):
            return False
        return command.action != "install" or not self.brought

    def _shorten(self, command: AptCommand) -> None:
        """Takes the words of a command out; each makes room for what stands for it."""
        separator = _separator(self.editor, command)
        here = command.command.words
        for word in self._words(command):
            new = self.replacements[name_in(word)] if command.action == "install" else ()
            if new:
                self.replacements[name_in(word)] = ()
            if new and word in here:
                self.editor.replace(word.start, word.end, separator.join(new))
            elif new:
                # Other commands name the variable too, and must not purge what comes in its place.
                self.editor.insert_after(command.place_for_option, " " + " ".join(new))
            elif word in here:
                self.editor.remove_words([word])

    def _edit_variables(self, kept: list[AptCommand], steps: dict[int, int]) -> None:
        """Takes words out of the assignments; those with nothing left go, with what reads them."""
        for variable in package_lists(self.editor.run):
            going = [word for word in variable.words if name_in(word) in self.replacements]
            if len(going) < len(variable.words) or not self.editor.script.stops_on_failure:
                self._shorten_list(variable, going)
                continue
            self._emptied.append(steps[id(variable.command)])
            for command in kept:
                words = command.command.words
                self.editor.remove_words(
                    word for word in words if variable_of(word) == variable.name
                )

    def _shorten_list(self, variable: Assigned, going: list[Word]) -> None:
        """Takes words out of a list in quotes; none of the blanks between them leads it then."""
        line = partial(_line_of, self.editor)
        for word, following in pairwise(variable.words):
            if word not in going or line(word) != line(following):
                break
            self.editor.delete(word.start, following.start)
            going.remove(word)
        self.editor.remove_words(going)


def _line_of(editor: RunEditor, word: Word) -> int:
    return editor.document.line_at(editor.run.logical.to_source(word.start))


def _separator(editor: RunEditor, found: AptCommand) -> str:
    """A blank, or a new line where the packages stand on lines of their own."""
    document, run = editor.document, editor.run
    lines = {_line_of(editor, word) for word in found.packages}
    if len(lines) < max(2, len(found.packages)):
        return " "
    last = run.logical.to_source(found.packages[-1].start)
    start = document.line_starts[document.line_at(last) - 1]
    indent = document.source[start:last]
    if indent.strip():
        return " "
    return f" {document.escape}{document.newline}{indent}"
