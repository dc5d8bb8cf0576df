"""Which minor version of Python a project names for itself: in its Dockerfile and in its files.

Only what names one minor version counts: a lower bound such as `>=3.10` allows many. Each place is
read as the tool that it belongs to reads it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from dockopt.facts.context import Context
from dockopt.facts.toml_tables import table, toml_tables
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, ImageReference
from dockopt.remembering import remembered

Minor = tuple[int, int]
_ARGUMENT = re.compile(r"PY(?:THON)?_?(?:BASE_|IMAGE_)?(?:VERSION|VER|TAG)", re.IGNORECASE)
_VERSION = re.compile(r"v?(3)\.(\d{1,2})(?:\.\d+)?")
_FOLDER = re.compile(r"/lib/python(3)\.(\d{1,2})/(?:site|dist)-packages\b")
_CANDIDATES = tuple((3, minor) for minor in range(30))
_CARET = re.compile(r"\^\s*3\.\d")
"""Poetry's `^3.11` allows every later 3.x:
https://python-poetry.org/docs/dependency-specification/#caret-requirements"""


@immutable(slots=True)
class Named:
    """A place that names the minor version."""

    minor: Minor
    text: str
    """What it says, for a person."""
    offset: int | None = None
    """Where in the Dockerfile."""
    file: str | None = None
    """Which file of the context."""


def named_versions(dockerfile: Dockerfile, context: Context | None) -> tuple[Named, ...]:
    """Every place that names one minor version, the Dockerfile's own first."""
    return (*_in_dockerfile(dockerfile), *(_in_context(context) if context else ()))


def excluded_by(context: Context | None, minor: Minor) -> str:
    """What in the project's files does not allow `minor`, empty for nothing."""
    text = _requires_python(context) if context else ""
    allowed = _allowed(text)
    return f"requires-python {text}" if allowed is not None and minor not in allowed else ""


@remembered
def _in_dockerfile(dockerfile: Dockerfile) -> tuple[Named, ...]:
    return (
        *_in_stages(dockerfile),
        *_in_arguments(dockerfile),
        *_in_folders(dockerfile),
    )


def _in_stages(dockerfile: Dockerfile) -> Iterator[Named]:
    for stage in dockerfile.stages:
        image = stage.image
        if not isinstance(image, ImageReference):
            continue
        tag = image.python_tag
        if tag and tag.minor and tag.minor[0] == 3:
            at = stage.from_.span.start
            yield Named(tag.minor, f"stage {stage.reference} starts from {image.text}", at)


def _in_arguments(dockerfile: Dockerfile) -> Iterator[Named]:
    for instruction in dockerfile.document.instructions:
        if instruction.keyword != "ARG":
            continue
        for word in instruction.value:
            name, _, value = word.partition("=")
            if _ARGUMENT.fullmatch(name) and (minor := _minor(value.strip("\"'"))):
                yield Named(minor, f"ARG {name}={value}", instruction.span.start)


def _in_folders(dockerfile: Dockerfile) -> Iterator[Named]:
    """Paths that exist in an image of that version alone."""
    for instruction in dockerfile.document.instructions:
        if instruction.keyword in ("COPY", "ENV"):
            for found in _FOLDER.finditer(" ".join(instruction.value)):
                text = f"{instruction.keyword} names {found[0].lstrip('/')}"
                yield Named((int(found[1]), int(found[2])), text, instruction.span.start)


def _minor(text: str) -> Minor | None:
    match = _VERSION.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def _in_context(context: Context) -> Iterator[Named]:
    for file, read in _READERS.items():
        text = context.read_text(file) if context.is_file(file) else None
        minor = read(text) if text else None
        if minor:
            yield Named(minor, f"{file} names Python {minor[0]}.{minor[1]}", None, file)


def _python_version_file(text: str) -> Minor | None:
    """https://github.com/pyenv/pyenv#understanding-python-version-selection; the first one counts."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    first = next((line for line in lines if line), "")
    return _minor(first.removeprefix("cpython-").removeprefix("cpython@"))


def _runtime_txt(text: str) -> Minor | None:
    """https://devcenter.heroku.com/articles/python-runtimes"""
    return _minor(text.strip().removeprefix("python-"))


def _tool_versions(text: str) -> Minor | None:
    """https://asdf-vm.com/manage/configuration.html#tool-versions"""
    found = re.search(r"^python\s+(\S+)", text, re.MULTILINE)
    return _minor(found[1]) if found else None


def _pipfile(text: str) -> Minor | None:
    """https://pipenv.pypa.io/en/latest/pipfile.html"""
    requires = table(toml_tables(text), "requires")
    named = requires.get("python_full_version") or requires.get("python_version")
    return _minor(named) if isinstance(named, str) else None


def _pyproject(text: str) -> Minor | None:
    allowed = _allowed(_python_of(toml_tables(text)))
    return next(iter(allowed)) if allowed and len(allowed) == 1 else None


_READERS: dict[str, Callable[[str], Minor | None]] = {
    ".python-version": _python_version_file,
    "runtime.txt": _runtime_txt,
    ".tool-versions": _tool_versions,
    "Pipfile": _pipfile,
    "pyproject.toml": _pyproject,
}


def _requires_python(context: Context) -> str:
    text = context.read_text("pyproject.toml") if context.is_file("pyproject.toml") else None
    return _python_of(toml_tables(text)) if text else ""


def _python_of(project: Mapping[str, Any] | None) -> str:
    """`requires-python`, or Poetry's own `python`."""
    found = table(project, "project").get("requires-python")
    if found is None:
        found = table(project, "tool", "poetry", "dependencies").get("python")
    return found if isinstance(found, str) else ""


def _allowed(text: str) -> frozenset[Minor] | None:
    """The minor versions some release of which a specifier admits; None where it cannot be read."""
    text = text.strip()
    if _CARET.match(text):
        text = ">=" + text.lstrip("^ ") + ",<4"
    elif text.startswith("~") and not text.startswith("~="):
        text = f"=={text[1:].strip()}.*" if text.count(".") == 1 else f"~={text[1:].strip()}"
    elif re.fullmatch(r"3\.\d+\.\*", text):
        text = f"=={text}"
    try:
        wanted = SpecifierSet(text) if text else None
    except InvalidSpecifier:
        return None
    if wanted is None:
        return None
    return frozenset(
        minor
        for minor in _CANDIDATES
        if any(wanted.contains(f"{minor[0]}.{minor[1]}.{patch}") for patch in range(40))
    )


def agreed(named: tuple[Named, ...]) -> Minor | str | None:
    """The one minor version that all places name; why there is none; None where nothing names one."""
    minors = {each.minor: each for each in named}
    if len(minors) > 1:
        first, second = list(minors.values())[:2]
        return f"{first.text}, but {second.text}"
    return next(iter(minors), None)
