"""Install dependencies before the code is copied, so that a change of code does not install anew.

## What it does
Where a stage copies the whole code and then installs from requirements files or a lock file, the
files that the install reads are copied alone, then it runs, and then the rest is copied. Where uv,
Poetry or PDM install the project itself as well, they run once without it before the code is copied, and
once more behind that.

## Why
BuildKit takes a layer from its cache as long as nothing it depends on has changed, and builds all layers
behind the first that has: https://docs.docker.com/build/cache/. With the code copied first, every change of
a line of it downloads and installs all distributions again. The image gets no
smaller (its manifests are stored twice, some kilobytes), its rebuild faster.

## Safety
Level `standard`. It needs the build context. The final files are the same: what the manifests are is read
from the commands, with all that they include (`-r`, `-c`, `uv.toml`, `poetry.toml`). It declines where
something between needs the code or may depend on it, where a requirement is a path (`-e .`, workspaces) or
something cannot be read, where a lock file may be written anew, and where the context has what the install
writes (`.venv`). Owner and mode of the manifests are those of the COPY of the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

WORTH_BYTES = 10_000
"""Less than that is not told: it is a thousandth of the smallest image with Python."""
_CODE = (("main.py", "import flask\n"),)
_PIP = (*_CODE, ("requirements.txt", "flask==3.1.0\n"))
_UV = (
    (
        "pyproject.toml",
        '[project]\nname = "shop"\nversion = "1"\n\n[build-system]\nrequires = []\n',
    ),
    ("uv.lock", "version = 1\n"),
    ("src/shop/__init__.py", ""),
)

transform = Transform(
    __name__,
    phase=Phase.ORDER,
    level=Level.STANDARD,
    examples=(
        Example(
            """\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "main.py"]
""",
            """\
FROM python:3.12-slim
WORKDIR /srv
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "main.py"]
""",
            title="What pip reads comes first",
            context=_PIP,
        ),
        Example(
            """\
FROM python:3.12-slim
RUN pip install --no-cache-dir uv
WORKDIR /srv
COPY . .
RUN uv sync --frozen --no-dev
""",
            """\
FROM python:3.12-slim
RUN pip install --no-cache-dir uv
WORKDIR /srv
COPY pyproject.toml uv.lock ./
RUN uv sync --no-install-project --frozen --no-dev
COPY . .
RUN uv sync --frozen --no-dev
""",
            title="The project itself is installed when its code is there",
            context=_UV,
        ),
        Untouched(
            """\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
""",
            why="the requirements name the project itself",
            context=(*_CODE, ("requirements.txt", "-e .\n")),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for each stage that copies its code before it installs."""
    for found in api.late_installs(facts):
        if isinstance(found, api.LateInstall):
            yield _change(facts, found)
        else:
            yield Decline(found.at, found.reason)


def _change(facts: Facts, late: api.LateInstall) -> Change:
    copy = late.code.copy.instruction
    return Change(
        title=f"Copy what the install on line {late.last.line} reads before the code",
        level=Level.STANDARD,
        because="nothing between the COPY and the install reads any other file of the code, and what "
        "is copied later is the same as before",
        edits=tuple(api.order_edits(facts.document, late)),
        at=copy.start,
        alters=frozenset({"files"}),
        evidence=tuple(Evidence("all that the install reads", file=file) for file in late.files),
        saves=_saving(facts, late),
    )


def _saving(facts: Facts, late: api.LateInstall) -> Saving:
    """The manifests are stored twice, which only counts where a lock file is long."""
    sizes = [facts.context.size_bytes(file) for file in late.files] if facts.context else []
    twice = sum(sizes) if sum(sizes) >= WORTH_BYTES else 0
    what = "the manifests are stored twice; " if twice else ""
    return Saving(-twice, f"{what}a change of code no longer installs all dependencies anew")
