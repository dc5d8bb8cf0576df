"""Finds the Dockerfiles that arguments name: files, folders, patterns, or nothing at all."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dockopt.errors import DockoptError, FileError, NoFileError
from dockopt.immutable import immutable

STDIN = "-"
MAX_DEPTH = 32
"""How deep a folder is searched."""
MAX_FILES = 10_000
"""How many Dockerfiles one argument may give."""
_DEFAULT = ("Dockerfile", "Containerfile")
_NAME = re.compile(
    r"(?:Docker|Container)file(?:\..+)?|dockerfile|containerfile"
    r"|.+\.(?:[Dd]ockerfile|[Cc]ontainerfile)"
)
_OTHER = re.compile(
    r".*(?:~|\.(?:dockerignore|containerignore|bak(?:\.\d+)?|orig|rej|sw[a-p]|tmp|in|m4|erb|mustache"
    r"|tmpl|tpl|template|j2|jinja2?|md|py|rst|sh|txt|json|ya?ml|toml))",
    re.IGNORECASE,
)
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "venv"})


@immutable(slots=True)
class Source:
    """Where a Dockerfile comes from; `path` is None for standard input."""

    name: str
    """As messages call it."""
    path: Path | None

    @property
    def folder(self) -> Path:
        """The folder it is in; the working directory for standard input."""
        return Path() if self.path is None else self.path.parent


def is_dockerfile(name: str) -> bool:
    """Whether a file of this name is a Dockerfile: `Dockerfile.dev` is, `Dockerfile.bak` is not.

    Templates, backups, `.dockerignore` files and documents beside a Dockerfile are left out.
    """
    return bool(_NAME.fullmatch(name)) and not _OTHER.fullmatch(name)


def find(arguments: Sequence[str]) -> tuple[list[Source], list[DockoptError]]:
    """The sources that `arguments` name, each once and in that order, and what was not found."""
    found: dict[str, Source] = {}
    problems: list[DockoptError] = []
    for argument in arguments or ("",):
        try:
            for source in _sources(argument):
                found.setdefault(_identity(source), source)
        except DockoptError as error:
            problems.append(error)
    return list(found.values()), problems


def _identity(source: Source) -> str:
    return STDIN if source.path is None else os.path.realpath(source.path)


def _sources(argument: str) -> Sequence[Source]:
    if argument == STDIN:
        return [Source("<stdin>", None)]
    if not argument:
        return [_default()]
    if "\0" in argument:
        raise NoFileError("a file name cannot hold a NUL character")
    path = Path(argument)
    if path.is_dir():
        return _some(_walk(path, MAX_DEPTH), f"{path}: no Dockerfile in this folder")
    if os.path.lexists(path):
        return [Source(str(path), path)]
    if re.search(r"[*?\[]", argument):
        return _some(_matches(argument), f"{argument}: no Dockerfile matches this pattern")
    raise NoFileError(f"{path}: there is no such file or folder")


def _default() -> Source:
    for name in _DEFAULT:
        if Path(name).is_file():
            return Source(name, Path(name))
    raise NoFileError("no Dockerfile or Containerfile here; name a file or a folder")


def _some(paths: Iterator[Path], otherwise: str) -> list[Source]:
    found: list[Source] = []
    for path in paths:
        found.append(Source(str(path), path))
        if len(found) > MAX_FILES:
            raise FileError(f"more than {MAX_FILES} Dockerfiles; name fewer at a time")
    if not found:
        raise NoFileError(otherwise)
    return found


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """The Dockerfiles below `folder`, sorted; no link to a folder is followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise FileError(f"{folder}: cannot be listed: {error.strerror}") from None
    for entry in entries:
        if is_dockerfile(entry.name) and entry.is_file():
            yield folder / entry.name
    for entry in entries:
        if depth and entry.is_dir(follow_symlinks=False) and not _skipped(entry.name):
            yield from _walk(folder / entry.name, depth - 1)


def _skipped(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED


def _matches(pattern: str) -> Iterator[Path]:
    """The files that `pattern` matches, but for what only sits beside a Dockerfile."""
    import glob

    wanted = set(Path(pattern).parts)
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - takes absolute ones
        path = Path(match)
        hidden = any(_skipped(part) and part not in wanted for part in path.parts[:-1])
        if path.is_file() and not hidden and not _OTHER.fullmatch(path.name):
            yield path
