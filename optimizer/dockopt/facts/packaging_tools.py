"""Whether the application itself uses pip, setuptools or wheel."""

import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.image_files import files_in_image
from dockopt.facts.installs import installs
from dockopt.facts.runtime import RuntimeTexts
from dockopt.model import Dockerfile, Run, Stage

_TOOLS = {
    "pip": re.compile(
        r"^\s*(?:from|import)\s+pip\b"
        r"|\bpip3?\s+(?:install|download|list|freeze|show|check|config|index)\b"
        r"|-m[\"', ]+pip\b|\bspacy[\"', ]+download\b",
        re.MULTILINE,
    ),
    "setuptools": re.compile(
        r"^\s*(?:from|import)\s+(?:setuptools|pkg_resources|distutils)\b|setup\.py", re.MULTILINE
    ),
    "wheel": re.compile(r"^\s*(?:from|import)\s+wheel\b|bdist_wheel", re.MULTILINE),
}
EVERYTHING = tuple(_TOOLS)
_SYNCS = re.compile(r"\buv\s+(?:run|sync)\b")
NEED_PIP = frozenset({"pip-api", "pip-audit", "pip-review", "pip-tools", "pipdeptree"})
"""Distributions that require pip itself."""
_DOCUMENT = re.compile(r"\.(?:md|rst|adoc|txt)$", re.IGNORECASE)
_INSTALLS_UPON = re.compile(
    r"^\s*RUN\s[^\n]*\bpip3?\s+install"
    r"|\bdocker[ -](?:compose\s+)?(?:exec|run)\b[^\n]*\bpip3?\s+install",
    re.MULTILINE,
)
MAX_DOCUMENTS = 300
"""No more documents than this are searched for examples of images built upon this one."""


def used_tools(
    dockerfile: Dockerfile,
    stage: Stage,
    runtime: RuntimeTexts,
    moving: frozenset[int] = frozenset(),
    after: int = 0,
) -> dict[str, str]:
    """The tools that the application uses, each with the reason; all where that cannot be known.

    `stage` has the environment from offset `after` on; what ran before used Python's own tools. RUNs
    that start at an offset in `moving` are on their way out of the stage.
    """
    if runtime.files is None:
        return dict.fromkeys(EVERYTHING, "it is not known what the application uses")
    used: dict[str, str] = {}
    users = dockerfile.built_upon(stage)
    runs = [r for s in users for r in s.runs if r.instruction.start >= after]
    runs = [run for run in runs if run.instruction.start not in moving]
    inside = files_in_image(dockerfile, users, runtime.context) if runtime.context else None
    for name, pattern in _TOOLS.items():
        if place := runtime.mentions(pattern, inside):
            used[name] = f"{place} uses it"
        for run in runs:
            if pattern.search(run.logical.text):
                used.setdefault(name, f"line {run.instruction.line} uses it")
    for name, reason in _synchronised(runtime, runs):
        used.setdefault(name, reason)
    if document := _documented(runtime):
        used.setdefault("pip", f"{document} shows how to install more into the image")
    staying = {run.instruction.start for run in runs}
    for user in users:
        if any(i.run.instruction.start in staying for i in installs(user, frozenset())):
            used.setdefault("pip", f"stage {user.reference} installs with it")
    return used


def _synchronised(runtime: RuntimeTexts, runs: list[Run]) -> Iterator[tuple[str, str]]:
    """The tools that uv would install again, as `uv run` does with all that the lock file names.

    https://docs.astral.sh/uv/concepts/projects/sync/#automatic-lock-and-sync
    """
    line = next((run.instruction.line for run in runs if _SYNCS.search(run.logical.text)), 0)
    by = f"line {line}" if line else runtime.calls("uv")
    if by is None or runtime.context is None:
        return
    context = runtime.context
    for name in EVERYTHING:
        named = re.compile(rf"""["']{name}\b""")
        if any(named.search(context.read_text(path) or "") for path in _projects(context)):
            yield name, f"{by} calls uv, which installs what the project names where it is missing"


def _projects(context: Context) -> list[str]:
    """The lock files of uv in a context, its project files where there is none."""
    paths = context.files_under("")
    locks = [path for path in paths if path.rpartition("/")[2] == "uv.lock"]
    projects = [path for path in paths if path.rpartition("/")[2] == "pyproject.toml"]
    return (locks or projects)[:MAX_DOCUMENTS]


def _documented(runtime: RuntimeTexts) -> str:
    """A document that shows `RUN pip install` upon the image, or pip in its container; or empty."""
    context = runtime.context
    if context is None:
        return ""
    documents = [path for path in context.files_under("") if _DOCUMENT.search(path)]
    for path in documents[:MAX_DOCUMENTS]:
        if _INSTALLS_UPON.search(context.read_text(path) or ""):
            return path
    return ""
