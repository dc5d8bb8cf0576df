"""What of the build context a RUN needs that installs, where that can be told exactly."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from dockopt.facts.apt import PROGRAMS as APT
from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import within
from dockopt.facts.installer_commands import InstallerCommand, installer_command
from dockopt.facts.pip import PipCommand, pip_command, pip_commands, spec_text
from dockopt.facts.prefixes import invocation
from dockopt.facts.requirement import PATH, VCS, requirement
from dockopt.facts.requirement_files import RequirementsFile, read_requirements
from dockopt.facts.venvs import venv_argument
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Command, Script, Word
from dockopt.syntax import Instruction

if TYPE_CHECKING:
    from dockopt.facts.project_installs import ProjectInstall

FILES = ("--requirement", "--constraint", "--build-constraint", "--override")
"""Options of pip and uv that name requirements files."""
_OTHER_INPUTS = ("--target", "--root", "--group", "--requirements-from-script", "--excludes",
                 "--python-version", "--project", "--directory", "--config-file", "--script")  # fmt: skip
_HARMLESS = APT | {
    "apk", "dnf", "yum", "microdnf", "apt-key", "add-apt-repository", "useradd", "groupadd",
    "adduser", "addgroup", "usermod", "mkdir", "rm", "echo", "true", ":", "set", "locale-gen",
    "ldconfig", "update-ca-certificates",
}  # fmt: skip
"""Programs that read no file but those that their arguments name."""
_NO_FILES = frozenset(
    {"cache", "config", "list", "freeze", "show", "check", "uninstall", "debug", ""}
)
"""Actions of pip and uv that read nothing of a project."""
_INPUT_VARIABLES = re.compile(
    r"^(?:PIP|UV)_(?:BUILD_)?(?:REQUIREMENT|CONSTRAINT|OVERRIDE|FIND_LINKS|CONFIG_FILE|EDITABLE|SRC)S?$"
)
_UV_SETTINGS = ("uv.toml", "pyproject.toml")
"""https://docs.astral.sh/uv/concepts/configuration-files/"""


WITHOUT_PROJECT = {
    "uv": "--no-install-project",
    "poetry": "--no-root",
    "pdm": "--no-self",
    "pipenv": "",
}
"""The managers of projects that are looked into, with the option that leaves the project out."""


class NotExact(Exception):  # noqa: N818
    """What a RUN needs cannot be told; the message says why."""


@immutable(eq=False)
class CodeCopy:
    """A COPY of a folder of the build context."""

    stage: Stage
    copy: Copy
    source: str
    """The folder in the build context, empty for its root."""
    root: str
    """Where it is copied to, an absolute path."""

    def context_path(self, path: str) -> str | None:
        """What in the context an absolute path of the image is a copy of; None for another."""
        if not within(path, self.root):
            return None
        return posixpath.join(self.source, posixpath.relpath(path, self.root))


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
    _check_surroundings(code, command)
    called = invocation(command)
    if not called.words:
        return
    manager = installer_command(command)
    if manager is not None and manager.tool in WITHOUT_PROJECT:
        yield from _of_manager(context, code, manager, installs.get(command.start))
    elif (pip := pip_command(command)) is not None:
        yield from _of_pip(context, code, run, pip)
    elif (folder := venv_argument(command)) is not None and called.name != "uv":
        _check_word(code, folder, "makes an environment in")
    elif called.name in _HARMLESS:
        for word in called.words[1:]:
            _check_word(code, word, f"{called.name} names", absolute_only=False)
    else:
        raise NotExact(f"it calls {called.name or called.words[0].text}")


def _check_surroundings(code: CodeCopy, command: Command) -> None:
    """Raises NotExact for redirections into the code, and variables that name files."""
    for redirect in command.redirects:
        _check_word(code, redirect.target, "writes")
    for name, word in command.assignments:
        if word is not None and word.value is None and any(mark in word.text for mark in "`("):
            raise NotExact(f"the value of {name} is known only when it runs")
        if _INPUT_VARIABLES.match(name):
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


def _check_word(
    code: CodeCopy, word: Word | None, does: str, *, absolute_only: bool = True
) -> None:
    """Raises NotExact for a word that may name something of the code."""
    text = (word.text if word else "?").strip("\"'")
    if text in ("&1", "&2", "1", "2"):
        return
    if any(mark in text for mark in "$`"):
        if absolute_only or "(" in text or "`" in text:
            raise NotExact(f"it {does} {text}, which is known only when it runs")
        return
    names_file = absolute_only or "/" in text or text.startswith(".")
    if not names_file or text.startswith("-"):
        return
    if not text.startswith("/") or within(posixpath.normpath(text), code.root):
        raise NotExact(f"it {does} {text}")


def _of_pip(context: Context, code: CodeCopy, run: Run, pip: PipCommand) -> Iterator[str]:
    if pip.group != "pip" or (not pip.installs and pip.action not in _NO_FILES):
        raise NotExact(f"{pip.tool} {pip.action} may build the project")
    if not pip.installs:
        return
    if (other := pip.option(*_OTHER_INPUTS)) is not None:
        raise NotExact(f"{other.name} is not looked into")
    for name, value in pip.environment:
        if _INPUT_VARIABLES.match(name):
            raise NotExact(f"{name} names {value}")
    for option in ("--find-links", "--index-url", "--extra-index-url", "--editable"):
        if any("://" not in (value or "/") for value in pip.values(option)):
            raise NotExact(f"{option} names a folder, or something that is not known")
    if pip.editables:
        raise NotExact("an editable install needs its sources")
    _check_specs(pip)
    named = [value for option in FILES for value in pip.values(option)]
    if pip.action == "sync":
        named += [spec_text(word) for word in pip.specs]
    for path in dict.fromkeys(named):
        yield from _of_file(context, code, run, path)
    if pip.tool == "uv":
        yield from _uv_settings(context, code, run)


def _check_specs(pip: PipCommand) -> None:
    for word in pip.specs if pip.action == "install" else ():
        text = spec_text(word)
        named = requirement(text) if text is not None else None
        if text is None and "/" not in word.text and "." not in word.text.partition("$")[0][:1]:
            if "$" in word.text and not _is_versioned(word.text):
                raise NotExact(f"what {word.text} stands for is not known")
            continue
        if named is None:
            raise NotExact(f"what {word.text} stands for is not known")
        if named.kind == PATH:
            raise NotExact(f"it installs from the path {named.target}")


def _is_versioned(text: str) -> bool:
    """Whether a word is a name with a version from a variable: `pip==$PIP_VERSION`."""
    return bool(re.match(r"[\"']?[A-Za-z0-9][\w.-]*(?:\[[\w,.-]*\])?[=<>~!]=?=?\$", text))


def _of_file(context: Context, code: CodeCopy, run: Run, path: str | None) -> Iterator[str]:
    where = absolute(code.stage, run.instruction, path) if path else None
    if where is None or path is None:
        raise NotExact("a requirements file is named by a variable")
    inside = code.context_path(where)
    source = (
        inside if inside is not None else brought_from(context, code.stage, run.instruction, where)
    )
    elsewhere = brought_from(context, code.stage, run.instruction, where)
    if inside is not None and context.is_file(inside):
        elsewhere = None
    source = elsewhere or inside
    if source is None:
        raise NotExact(f"what {path} says is not known")
    file = read_requirements(context, source)
    if problem := next(iter(file.problems + file.constraint_problems), ""):
        raise NotExact(problem)
    _check_file(file)
    if elsewhere is not None:
        return  # another COPY brought it, and stays where it is
    for name in file.files:
        if not context.is_file(name) or not context.sent(name):
            raise NotExact(f"{name} is not sent to the builder as a file")
        if not within("/" + name, "/" + code.source):
            raise NotExact(f"{name} is not among what is copied")
        yield name


def brought_from(context: Context, stage: Stage, before: Instruction, path: str) -> str | None:
    """The file of the context that a COPY before an instruction brings to an absolute path."""
    found = None
    for copy in stage.copies:
        target = absolute(stage, copy.instruction, copy.destination)
        if copy.instruction.start >= before.start or copy.from_ is not None or target is None:
            continue
        for text in copy.sources:
            source = posixpath.normpath("/" + text).lstrip("/")
            if context.is_dir(source) and within(path, target):
                inside = posixpath.normpath(posixpath.join(source, posixpath.relpath(path, target)))
            elif path in (target, posixpath.join(target, posixpath.basename(source))):
                inside = source
            else:
                continue
            found = inside if context.is_file(inside) and context.sent(inside) else found
    return found


def _check_file(file: RequirementsFile) -> None:
    """Raises NotExact where installing from a file needs more than the file."""
    for one in (*file.requirements, *file.constraints):
        if one.kind == PATH:
            raise NotExact(f"line {one.line} of {one.file} installs from the path {one.target}")
        if one.kind == VCS and one.editable:
            raise NotExact(f"line {one.line} of {one.file} checks out sources beside the code")
    for option in file.options:
        if option.name == "--find-links" and "://" not in option.value:
            raise NotExact(f"line {option.line} of {option.file} looks into {option.value}")


def _uv_settings(context: Context, code: CodeCopy, run: Run) -> Iterator[str]:
    """The settings that uv reads in the folder where it runs."""
    here = absolute(code.stage, run.instruction, ".")
    folder = code.context_path(here) if here else None
    for name in _UV_SETTINGS if folder is not None else ():
        path = posixpath.normpath(posixpath.join(folder or "", name))
        text = context.read_text(path) if context.sent(path) else None
        if text and (name == "uv.toml" or "[tool.uv" in text):
            yield path
