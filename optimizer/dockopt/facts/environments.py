"""Python environments in a stage: which virtual environments there are, and which one is active.

https://docs.python.org/3/library/venv.html#how-venvs-work
"""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator

from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Word
from dockopt.syntax import Instruction

SYSTEM = "system"
_PYTHON = re.compile(r"^python(?:3(?:\.\d+)?)?$")
_PATH_REFERENCE = ("$PATH", "${PATH}")


@immutable(eq=False)
class Venv:
    """A virtual environment and the command that made it."""

    path: str
    """Absolute path in the image."""
    stage: Stage
    run: Run
    command: Command
    with_pip: bool


def absolute(stage: Stage, instruction: Instruction, text: str) -> str | None:
    """`text` with variables expanded, as an absolute path; None where it cannot be known."""
    expanded = stage.expand(text, instruction)
    if not isinstance(expanded, str) or any(mark in expanded for mark in "$`*?~"):
        return None
    workdir = stage.workdir_at(instruction)
    if not expanded.startswith("/"):
        if not isinstance(workdir, str):
            return None
        expanded = f"{workdir}/{expanded}"
    return posixpath.normpath(expanded).replace("//", "/")


def word_path(stage: Stage, run: Run, word: Word) -> str | None:
    """The absolute path that a word of a RUN names, None where it cannot be known."""
    return absolute(stage, run.instruction, word.text)


def created_venvs(stage: Stage) -> tuple[Venv, ...]:
    """The virtual environments that RUNs of this stage make."""
    return tuple(_created(stage))


def _created(stage: Stage) -> Iterator[Venv]:
    for run in stage.runs:
        if "venv" not in run.logical.text and "virtualenv" not in run.logical.text:
            continue
        if not isinstance(run.script, Script):
            continue
        for command in run.script.commands:
            target = venv_argument(command)
            path = word_path(stage, run, target) if target else None
            if path:
                bare = command.name == "uv" or command.has("--without-pip", "--no-pip")
                yield Venv(path, stage, run, command, not bare)


def venv_argument(command: Command) -> Word | None:
    """The folder that a command makes a virtual environment in."""
    values = command.values
    if (_PYTHON.match(command.name) and values[:2] == ("-m", "venv")) or (
        _PYTHON.match(command.name) and values[:2] == ("-m", "virtualenv")
    ):
        rest = command.args[2:]
    elif command.name == "virtualenv":
        rest = command.args
    elif command.name == "uv" and values[:1] == ("venv",):
        rest = command.args[1:]
    else:
        return None
    return _last_plain(rest)


_WITH_VALUE = frozenset({"-p", "--python", "--prompt", "--extra-search-dir", "--cache-dir"})


def _last_plain(words: tuple[Word, ...]) -> Word | None:
    plain: Word | None = None
    skip = False
    for word in words:
        if skip:
            skip = False
        elif (word.value or "").startswith("-"):
            skip = word.value in _WITH_VALUE
        else:
            plain = word
    return plain


def path_entries(stage: Stage, before: Instruction | None = None) -> tuple[str | None, ...]:
    """The entries of PATH in a stage, at its end or before an instruction.

    None stands for what the base image has in PATH.
    """
    starts, entries = _paths(stage)
    return entries[-1] if before is None else entries[bisect_left(starts, before.start)]


@remembered
def _paths(stage: Stage) -> tuple[list[int], list[tuple[str | None, ...]]]:
    """Where a stage sets PATH, and its entries before each of these places and at the end."""
    starts: list[int] = []
    entries = [path_entries(stage.parent) if stage.parent else (None,)]
    for instruction in stage.of("ENV"):
        for name, text in zip(instruction.value[::2], instruction.value[1::2], strict=False):
            if name == "PATH":
                starts.append(instruction.start)
                entries.append(_extended(stage, instruction, text, entries[-1]))
    return starts, entries


def _extended(
    stage: Stage, instruction: Instruction, text: str, before: tuple[str | None, ...]
) -> tuple[str | None, ...]:
    found: list[str | None] = []
    for part in text.strip("\"'").split(":"):
        if part in _PATH_REFERENCE:
            found.extend(before)
        else:
            expanded = stage.expand(part, instruction)
            found.append(expanded if isinstance(expanded, str) else "?")
    # A folder is searched where it stands first.
    return tuple(dict.fromkeys(found))


def active_venv(stage: Stage, venvs: frozenset[str], before: Instruction | None = None) -> str:
    """The environment that a plain `pip` or `python` uses: a path of `venvs`, else `system`."""
    for entry in path_entries(stage, before):
        if entry is None:
            return SYSTEM
        if entry.rstrip("/").endswith("/bin") and entry.rstrip("/")[:-4] in venvs:
            return entry.rstrip("/")[:-4]
    return SYSTEM
