"""What of the build context a RUN needs that installs, where that can be told exactly."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from dockopt.facts.apt import PROGRAMS as APT
from dockopt.facts.code_copies import CodeCopy, NotExact
from dockopt.facts.context import Context
from dockopt.facts.footprint import within
from dockopt.facts.installer_commands import InstallerCommand, installer_command
from dockopt.facts.pip import pip_command, pip_commands
from dockopt.facts.pip_needs import INPUT_VARIABLES, files_of_pip
from dockopt.facts.prefixes import invocation
from dockopt.facts.venvs import venv_argument
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.shell import Command, Script, Word

if TYPE_CHECKING:
    from dockopt.facts.project_installs import ProjectInstall

_HARMLESS = APT | {
    "apk", "dnf", "yum", "microdnf", "apt-key", "add-apt-repository", "useradd", "groupadd",
    "adduser", "addgroup", "usermod", "mkdir", "rm", "echo", "true", ":", "set", "locale-gen",
    "ldconfig", "update-ca-certificates",
}  # fmt: skip
"""Programs that read no file but those that their arguments name."""
_TEXTS = frozenset({"echo", "true", ":", "set"})
_ON_FILES = frozenset({"rm", "mkdir"})
WITHOUT_PROJECT = {
    "uv": "--no-install-project",
    "poetry": "--no-root",
    "pdm": "--no-self",
    "pipenv": "",
}
"""The managers of projects that are looked into, with the option that leaves the project out."""


@immutable()
class Needs:
    """The files of the build context that a RUN reads."""

    files: tuple[str, ...] = ()
    installs: bool = False
    """Whether it installs from requirements files or a lock file, of the code or from elsewhere."""
    project: ProjectInstall | None = None
    """The command that installs the project as well, which needs the code; None for none."""


def needs_of(
    context: Context, code: CodeCopy, run: Run, installs: Iterable[ProjectInstall]
) -> Needs:
    """What `run`, which stands after the copy, needs of the code; `installs` are those of its stage.

    Raises NotExact where it needs the code, or that cannot be told.
    """
    if not isinstance(run.script, Script):
        raise NotExact(f"its shell could not be read: {run.script.reason}")
    if run.instruction.heredocs and "<<" in run.logical.text:
        raise NotExact("it has a here-document within its shell")
    if any(mount.kind == "bind" for mount in run.mounts):
        raise NotExact("it mounts files")
    for name, value in code.stage.scope_at(run.instruction).values.items():
        if INPUT_VARIABLES.match(name) and value:
            raise NotExact(f"the variable {name} names files")
    own = {i.command.command.start: i for i in installs if i.run.instruction is run.instruction}
    files: dict[str, None] = {}
    for command in run.script.commands:
        files.update(dict.fromkeys(_of_command(context, code, run, command, own)))
    whole = [i for i in own.values() if i.project is not False]
    if len(own) > 1 and whole:
        raise NotExact("it installs the project more than once")
    from_files = bool(files or own) or any(pip.requirement_files for pip in pip_commands(run))
    return Needs(tuple(files), from_files, whole[0] if whole else None)


def _of_command(
    context: Context,
    code: CodeCopy,
    run: Run,
    command: Command,
    installs: Mapping[int, ProjectInstall],
) -> Iterator[str]:
    _check_surroundings(code, run, command)
    called = invocation(command)
    if not called.words:
        return
    manager = installer_command(command)
    if manager is not None and manager.tool in WITHOUT_PROJECT:
        yield from _of_manager(context, code, manager, installs.get(command.start))
    elif (pip := pip_command(command)) is not None:
        yield from files_of_pip(context, code, run, pip)
    elif (folder := venv_argument(command)) is not None and called.name != "uv":
        _check_word(code, run, folder, "it makes an environment in")
    elif called.name in _HARMLESS:
        for word in called.words[1:]:
            _check_argument(code, run, called.name, word)
    else:
        raise NotExact(f"it calls `{called.name or called.words[0].text}`")


def _check_surroundings(code: CodeCopy, run: Run, command: Command) -> None:
    """Raises NotExact for redirections into the code, and variables that name files."""
    for redirect in command.redirects:
        _check_word(code, run, redirect.target, "it writes")
    for name, word in command.assignments:
        if word is not None and word.value is None and any(mark in word.text for mark in "`("):
            raise NotExact(f"the value of {name} is known only when it runs")
        if INPUT_VARIABLES.match(name):
            raise NotExact(f"{name} names files")


def _of_manager(
    context: Context, code: CodeCopy, manager: InstallerCommand, install: ProjectInstall | None
) -> Iterator[str]:
    from dockopt.facts.project_needs import check_command, files_of_project

    if install is None:
        if manager.action != "config" or manager.group:
            raise NotExact(f"{manager.tool} {manager.group or manager.action} may need the code")
        return
    check_command(manager)
    yield from files_of_project(context, code, install)


def _check_argument(code: CodeCopy, run: Run, program: str, word: Word) -> None:
    """Raises NotExact for an argument that may name something of the code."""
    if word.value is None and ("`" in word.text or "$(" in word.text):
        raise NotExact(f"{program} gets {word.text}, which is known only when it runs")
    text = (word.value or word.text).strip("\"'")
    if program in _TEXTS or text.startswith("-"):
        return
    if program in _ON_FILES or "/" in text or text in (".", ".."):
        _check_word(code, run, word, f"{program} names")


def _check_word(code: CodeCopy, run: Run, word: Word | None, does: str) -> None:
    """Raises NotExact for a word that is not known to be a path outside of the code."""
    text = (word.text if word else "?").strip("\"'")
    if text in ("&1", "&2", "1", "2") or text.startswith("~/.cache"):
        return
    if "$" in text:
        expanded = code.stage.expand(text, run.instruction) if "$(" not in text else None
        text = expanded if isinstance(expanded, str) and "$" not in expanded else "`"
    if "`" in text:
        raise NotExact(f"{does} something that is known only when it runs")
    if not text.startswith("/") or within(posixpath.normpath(text), code.root):
        raise NotExact(f"{does} {text}")
