"""Python environments in a stage: which virtual environments there are, and which one is active.

https://docs.python.org/3/library/venv.html#how-venvs-work
"""

import posixpath
from bisect import bisect_left

from dockopt.model import Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Script, Word
from dockopt.syntax import Instruction

SYSTEM = "system"
HIDDEN = "hidden"
"""A virtual environment that a tool keeps for itself, in a folder that only the tool knows."""
_PATH_REFERENCE = ("$PATH", "${PATH}")


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


def activated(stage: Stage, run: Run, venvs: frozenset[str]) -> str:
    """The virtual environment that the script activates with `. PATH/bin/activate`."""
    if "activate" not in run.logical.text or not isinstance(run.script, Script):
        return ""
    for command in run.script.commands:
        if command.path in (".", "source") and command.args:
            path = absolute(stage, run.instruction, command.args[0].text)
            folder = (path or "").removesuffix("/bin/activate")
            if folder in venvs:
                return folder
    return ""
