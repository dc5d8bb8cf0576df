"""Which files of the code a pip or `uv pip` command reads, where that can be told exactly."""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.code_copies import CodeCopy, NotExact
from dockopt.facts.context import Context
from dockopt.facts.context_origins import brought_from
from dockopt.facts.environments import absolute
from dockopt.facts.pip import PipCommand, spec_text
from dockopt.facts.requirement import PATH, VCS, requirement
from dockopt.facts.requirement_files import RequirementsFile, read_requirements
from dockopt.model import Run

FILES = ("--requirement", "--constraint", "--build-constraint", "--override")
"""Options of pip and uv that name requirements files."""
_OTHER_INPUTS = ("--target", "--root", "--group", "--requirements-from-script", "--excludes",
                 "--python-version", "--project", "--directory", "--config-file", "--script")  # fmt: skip
_NO_FILES = frozenset(
    {"cache", "config", "list", "freeze", "show", "check", "uninstall", "debug", ""}
)
"""Actions of pip and uv that read nothing of a project."""
INPUT_VARIABLES = re.compile(
    r"^(?:PIP|UV)_(?:BUILD_)?(?:REQUIREMENT|CONSTRAINT|OVERRIDE|FIND_LINKS|CONFIG_FILE|EDITABLE|SRC)S?$"
)
"""Variables that name files or folders."""
_UV_SETTINGS = ("uv.toml", "pyproject.toml")
"""https://docs.astral.sh/uv/concepts/configuration-files/"""


def files_of_pip(context: Context, code: CodeCopy, run: Run, pip: PipCommand) -> Iterator[str]:
    """The files of the code that a command reads.

    Raises NotExact where it needs more, or that cannot be told.
    """
    if pip.group != "pip" or (not pip.installs and pip.action not in _NO_FILES):
        raise NotExact(f"{pip.tool} {pip.action} may build the project")
    if not pip.installs:
        return
    if (other := pip.option(*_OTHER_INPUTS)) is not None:
        raise NotExact(f"{other.name} is not looked into")
    for name, value in pip.environment:
        if INPUT_VARIABLES.match(name):
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
    source = inside
    if inside is None or not context.is_file(inside):
        source = brought_from(context, code.stage, run.instruction, where) or inside
    if source is None:
        raise NotExact(f"what {path} says is not known")
    file = read_requirements(context, source)
    if problem := next(iter(file.problems + file.constraint_problems), ""):
        raise NotExact(problem)
    _check_file(file)
    for name in file.files:
        # Files name each other as they stand beside each other, in the image as in the context.
        beside = posixpath.relpath(name, posixpath.dirname(source) or ".")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(where), beside))
        yield from _in_code(context, code, run, name, there)


def _in_code(context: Context, code: CodeCopy, run: Run, name: str, there: str) -> Iterator[str]:
    """`name`, a file of the context that stands at `there` in the image, if the code brings it.

    Raises NotExact where nothing is known to bring it.
    """
    if not context.is_file(name) or not context.sent(name):
        raise NotExact(f"{name} is not sent to the builder as a file")
    if brought_from(context, code.stage, run.instruction, there) != name:
        raise NotExact(f"{name} is not known to be at {there}")
    if code.context_path(there) == name:  # else another COPY brought it, and stays where it is
        yield name


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
