"""Taking Debian packages out of the RUNs that install them, and putting others in their place."""

from collections.abc import Iterable, Iterator

from dockopt.editing import RunEditor
from dockopt.facts.apt import AptCommand, apt_commands, package_name
from dockopt.facts.packages import BuildPackage
from dockopt.model import Run
from dockopt.shell import Command, Script
from dockopt.staging import removal
from dockopt.syntax import Document
from dockopt.text import Edit

_HARMLESS = frozenset(["set", "export", "echo", "true", ":"])
_UPKEEP = frozenset({"update", "clean", "autoclean", "autoremove", "purge", "remove", "autopurge"})


def without_packages(document: Document, group: list[BuildPackage]) -> Iterator[Edit]:
    """Edits of the one RUN that installs all of `group`: they go, their replacements come.

    Where nothing else is left to install, the whole RUN goes, with the comments directly above it.
    """
    run = group[0].run
    commands = apt_commands(run)
    gone = {package.name for package in group}
    needed = _needed(group, commands)
    if not needed and _nothing_left(run, commands, gone):
        yield from removal(document, run.instruction)
        return
    editor = RunEditor(document, run)
    _edit(editor, commands, gone, needed)
    yield from editor.edits()


def _needed(group: list[BuildPackage], commands: Iterable[AptCommand]) -> list[str]:
    """The replacements that the RUN does not install anyway."""
    present = {name for c in commands if c.action == "install" for name in c.names}
    gone = {package.name for package in group}
    wanted = dict.fromkeys(r for package in group for r in package.replacements or ())
    return [name for name in wanted if name not in present - gone]


def _nothing_left(run: Run, commands: tuple[AptCommand, ...], gone: set[str]) -> bool:
    """Whether the RUN would only update lists and clean up."""
    script = run.script
    if not isinstance(script, Script):
        return False
    apt = {id(c.command): c for c in commands}
    return all(_idle(command, apt, gone) for command in script.commands)


def _idle(command: Command, apt: dict[int, AptCommand], gone: set[str]) -> bool:
    found = apt.get(id(command))
    if found is None:
        return command.name in _HARMLESS or command.name == "rm"
    if found.action == "install":
        return not found.has_unknown and set(found.names) <= gone
    return found.action in _UPKEEP


def _edit(
    editor: RunEditor, commands: tuple[AptCommand, ...], gone: set[str], needed: list[str]
) -> None:
    steps = {id(s.command): n for n, s in enumerate(editor.script.steps) if s.command}
    emptied: list[int] = []
    for found in commands:
        if found.action not in ("install", "purge", "remove", "autoremove", "autopurge"):
            continue
        words = [w for w in found.packages if w.value and package_name(w.value) in gone]
        if not words:
            continue
        installing = found.action == "install"
        rest = len(words) < len(found.packages) or (installing and needed)
        if not rest and id(found.command) in steps and found.action != "autoremove":
            emptied.append(steps[id(found.command)])
            continue
        if installing and needed:
            first = words.pop(0)
            separator = _separator(editor, found)
            editor.replace(first.start, first.end, separator.join(needed))
            needed = []
        editor.remove_words(words)
    if emptied and len(emptied) < len(editor.script.steps) and editor.script.stops_on_failure:
        editor.remove_steps(emptied)


def _separator(editor: RunEditor, found: AptCommand) -> str:
    """A blank, or a new line where the packages stand on lines of their own."""
    document, run = editor.document, editor.run
    lines = {document.line_at(run.logical.to_source(word.start)) for word in found.packages}
    if len(lines) < max(2, len(found.packages)):
        return " "
    last = run.logical.to_source(found.packages[-1].start)
    start = document.line_starts[document.line_at(last) - 1]
    indent = document.source[start:last]
    if indent.strip():
        return " "
    return f" {document.escape}{document.newline}{indent}"
