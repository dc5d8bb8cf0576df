"""Edits that take development dependencies out of the RUNs that install them."""

import re
from collections.abc import Sequence

from dockopt.editing import RunEditor
from dockopt.facts.development_installs import DevelopmentInstall
from dockopt.facts.installer_commands import installer_command
from dockopt.facts.pip import pip_command
from dockopt.model import Run
from dockopt.remarks import left_alone, without
from dockopt.shell import Command, Word
from dockopt.staging import removal
from dockopt.syntax import Comment, Document
from dockopt.text import Edit

_ABOUT = re.compile(
    r"\bdev(?:elopment|elopers?|el)?\b|\b(?:tests?|testing|lint\w*)\b.*\b(?:dep|req|tool|pack|group)\w*",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:no|not|non|without|except|exclud\w*)\b|dockopt:|hadolint|tally", re.IGNORECASE
)


def without_development(
    document: Document, found: Sequence[DevelopmentInstall]
) -> tuple[tuple[Edit, ...], tuple[str, ...]] | None:
    """The edits of one RUN that take out what `found` asks for, and the texts of comments that go.

    None where the RUN cannot be taken apart like that.
    """
    run = found[0].run
    editor = RunEditor(document, run)
    commands = {one.command.start: one.command for one in found}
    emptied = [c for c in commands.values() if _is_emptied(c, found)]
    steps = [n for n, s in enumerate(editor.script.steps) if s.command in emptied]
    if len(steps) < len(emptied) or (steps and not editor.script.stops_on_failure):
        return None
    if len(steps) == len(editor.script.steps):
        return removal(document, run.instruction), ()
    for one in found:
        if one.command not in emptied:
            _shorten(editor, one)
    editor.remove_steps(steps)
    edits = editor.edits()
    comments = (*_misleading(document, run), *left_alone(document, run, edits))
    return (*edits, *without(comments)), tuple(comment.text for comment in comments)


def _misleading(document: Document, run: Run) -> tuple[Comment, ...]:
    """The comment above a RUN, where it is one line that speaks of what goes."""
    above = document.attached_comments(run.instruction)
    if len(above) != 1 or not _ABOUT.search(above[0].text) or _NOT.search(above[0].text):
        return ()
    return above


def _is_emptied(command: Command, found: Sequence[DevelopmentInstall]) -> bool:
    """Whether a pip command has nothing left to install."""
    pip = pip_command(command)
    if pip is None or pip.group != "pip" or installer_command(command) is not None:
        return False
    cut: list[Word] = [word for one in found if one.command is command for word in one.cut]
    names = ("--requirement", "--editable", "--group")
    asked = [*pip.specs, *(option.word for option in pip.options if option.name in names)]
    return bool(cut) and all(word in cut for word in asked)


def _shorten(editor: RunEditor, one: DevelopmentInstall) -> None:
    editor.remove_words(one.cut)
    for word, text in one.put:
        editor.replace(word.start, word.end, text)
    action = _action(one.command)
    if one.options and action is not None:
        editor.insert_after(action.end, f" {one.options}")


def _action(command: Command) -> Word | None:
    manager = installer_command(command)
    return manager.action_word if manager is not None else None
