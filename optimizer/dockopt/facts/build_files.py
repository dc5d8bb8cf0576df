"""The files that may say how images are built: in the build context, and above it in its repository."""

import re
from collections.abc import Iterator
from pathlib import Path

from dockopt.facts.context import Context
from dockopt.facts.listing import read_regular
from dockopt.immutable import immutable
from dockopt.remembering import remembered

MAX_LEVELS = 4
"""Folders above the context that are looked into, up to a repository's root."""
MAX_FILES = 1_000
MAX_CHARACTERS = 4_000_000
_NAME = re.compile(
    r"(?:^|/)(?:[\w.-]*compose[\w.-]*\.ya?ml|[\w.-]*bake[\w.-]*\.(?:hcl|json)|\.github/(?:workflows|"
    r"actions)/.+\.ya?ml|\.gitlab-ci\.ya?ml|\.gitlab/.+\.ya?ml|cloudbuild[\w.-]*\.(?:ya?ml|json)|"
    r"skaffold[\w.-]*\.ya?ml|railway\.(?:json|toml)|fly(?:\.[\w.-]+)?\.toml|render\.ya?ml|"
    r"heroku\.ya?ml|app\.json|\.?devcontainer\.json|(?:GNU)?[Mm]akefile|[\w.-]+\.mk|\.?[Jj]ustfile|"
    r"Taskfile\.ya?ml|[\w.-]+\.(?:sh|bash)|\.circleci/config\.yml|Jenkinsfile|package\.json|"
    r"azure-pipelines[\w.-]*\.ya?ml|\.drone\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|"
    r"\.buildkite/[\w.-]+\.ya?ml|noxfile\.py|tasks\.py)$"
)
_SKIPPED = re.compile(
    r"(?:^|/)(?:\.git|\.hg|node_modules|\.venv|venv|env|__pycache__|site-packages|\.tox|\.nox)/"
)
_BESIDE = (
    ".github/workflows",
    ".github/actions",
    ".gitlab",
    ".devcontainer",
    ".circleci",
    ".buildkite",
    "bin",
    "build",
    "ci",
    ".ci",
    "deploy",
    "docker",
    "hack",
    "infra",
    "script",
    "scripts",
)
"""Folders of a repository above the context that are looked into as well."""


@immutable(slots=True)
class BuildFile:
    """A file that may say how an image is built."""

    shown: str
    """Its path from the build context, with `../` where it lies above."""
    folder: Path
    """Where it is, an absolute path."""
    text: str


@immutable()
class BuildFiles:
    """The files that were found."""

    files: tuple[BuildFile, ...]
    root: Path
    """The root of the repository, else of the context."""
    complete: bool
    """Whether all were read."""


@remembered
def build_files(context: Context) -> BuildFiles:
    """The files of a context and its repository; read once."""
    found: list[BuildFile] = []
    total = 0
    complete = not context.truncated
    root = repository_root(context.place)
    for file in (*_within(context), *_above(context.place, root)):
        total += len(file.text)
        if len(found) >= MAX_FILES or total > MAX_CHARACTERS:
            complete = False
            break
        found.append(file)
    return BuildFiles(tuple(found), root or context.place, complete)


def repository_root(root: Path) -> Path | None:
    """The nearest folder with `.git` at or above `root`, not more than `MAX_LEVELS` above."""
    folder = root
    for _ in range(MAX_LEVELS + 1):
        if (folder / ".git").exists():
            return folder
        folder = folder.parent
    return None


def _within(context: Context) -> Iterator[BuildFile]:
    for path in context.files_under(""):
        if _NAME.search(path) and not _SKIPPED.search(path):
            text = context.read_text(path)
            if text is not None:
                yield BuildFile(path, (context.place / path).parent, text)


def _above(start: Path, root: Path | None) -> Iterator[BuildFile]:
    folder, shown = start, ""
    while root is not None and folder != root:
        folder, shown = folder.parent, f"../{shown}"
        yield from _of_folder(folder, "", shown)
        for beside in _BESIDE:
            if not _leads_out(folder, beside) and not start.is_relative_to(folder / beside):
                yield from _of_folder(folder, f"{beside}/", shown)


def _leads_out(folder: Path, beside: str) -> bool:
    """Whether a part of a path is a link: what it leads to is not looked at."""
    parts = beside.split("/")
    return any((folder / "/".join(parts[: n + 1])).is_symlink() for n in range(len(parts)))


def _of_folder(folder: Path, below: str, shown: str) -> Iterator[BuildFile]:
    try:
        names = sorted(path.name for path in (folder / below).iterdir())
    except OSError:
        return
    for name in names:
        if _NAME.search(below + name):
            text = read_regular(folder / below / name)
            if text is not None:
                yield BuildFile(f"{shown}{below}{name}", folder / below, text)
