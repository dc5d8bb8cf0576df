"""Keep what no image is built from out of the build context.

## What it does

Writes `.dockerignore`, or adds a group to the ignore file in force: what is there for developers
(version control, continuous integration, editor settings, tests, documentation, caches, virtual
environments, container files, linter settings), and secrets such as `.env`. Lines that are there
stay as they are, and first. The file is written with `-i` only; everywhere else it is shown.

## Why

`COPY . .` takes whatever lies in the folder that day: the history, the tests, a virtual environment
of another Python, a key. It makes the image larger, and the layer is built anew when a file changes
that nothing reads.

## Safety

It needs the build context, and acts where an instruction copies all of it. An entry is left out
where no COPY, ADD or mount of any stage of any Dockerfile for that context takes it, and where
nothing that stays names it: instructions, scripts, strings in sources, compose files, the project
file. What an ignore file brings back with `!` stays, and everything that git knows where a version
comes from git, which would call a smaller tree dirty. Where another build tool than Python's gets the
context (npm, make), only continuous integration, editor settings, caches and environments go.
Secrets go only where nothing reads them. Declined: an ignore file that is a link, instructions
whose sources a build argument names, a mount of the whole context, and a Dockerfile for the same
context that cannot be read.
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

WORTH_BYTES = 50_000
"""Less than that is not worth a file that has to be kept up, but for secrets."""
_TEXT = """\
FROM python:3.12-slim
WORKDIR /srv/shop
COPY . .
CMD ["python", "main.py"]
"""
_HISTORY = (".git/objects/pack/all.pack", "x" * 60_000)
_MAIN = ("main.py", "from shop import serve\n\nserve()\n")

transform = Transform(
    __name__,
    phase=Phase.CONTEXT,
    level=Level.STANDARD,
    examples=(
        Example(
            _TEXT,
            _TEXT,
            title="The history, the tests and a file of secrets stay outside",
            context=(
                _HISTORY,
                _MAIN,
                (".env", "PASSWORD=x\n"),
                ("Dockerfile", _TEXT),
                ("shop/__init__.py", "def serve():\n    pass\n"),
                ("tests/test_shop.py", "from shop import serve\n"),
            ),
            writes=(
                (
                    ".dockerignore",
                    """\
# What no image is built from

# Version control
.git

# Container files
.dockerignore
Dockerfile

# Tests
tests

# Secrets
.env

# Caches
**/__pycache__
**/.pytest_cache
**/.mypy_cache
**/.ruff_cache
""",
                ),
            ),
        ),
        Untouched(
            _TEXT,
            why="the ignore file has it all",
            context=(_HISTORY, _MAIN, (".dockerignore", ".git\n")),
        ),
        Untouched(
            _TEXT.replace("COPY . .", "COPY main.py ."),
            why="no instruction copies the whole build context",
            context=(_HISTORY, _MAIN),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One ignore file for the build context, or why it cannot be written."""
    if facts.context is None or facts.context.truncated or not _copies_all(facts):
        return
    found = api.ignorable(facts)
    if found.at is None:
        return
    at = found.at.span.start
    for name in found.kept_secrets:
        yield Decline(at, f"{name} goes into the image: something in it may read it")
    count = sum(leftover.bytes for leftover in found.leftovers)
    if not found.reason and count < WORTH_BYTES and not _has_secrets(found):
        return
    file = found.reason or api.ignore_file(facts.context, found.leftovers)
    if isinstance(file, str):
        yield Decline(at, file)
        return
    yield Change(
        title=f"{'Write' if file.before is None else 'Complete'} {file.path}: "
        f"{len(found.leftovers)} entries of the build context stay out",
        level=Level.STANDARD,
        because="no instruction of any stage takes them by name, and nothing that stays names them",
        edits=(),
        files=(file,),
        at=at,
        alters=frozenset({"files"}),
        evidence=tuple(
            Evidence(f"{x.kind}, {x.bytes} bytes; nothing names it", file=x.name)
            for x in found.leftovers
        ),
        saves=_saving(facts, count),
    )


def _copies_all(facts: Facts) -> bool:
    """Whether a COPY may take the whole context; the answer costs nothing."""
    copies = (copy for stage in facts.dockerfile.stages for copy in stage.copies)
    return any(s.strip("./*") == "" for copy in copies if not copy.from_ for s in copy.sources)


def _has_secrets(found: api.Ignorable) -> bool:
    return any(leftover.kind == "secrets" for leftover in found.leftovers)


def _saving(facts: Facts, count: int) -> Saving:
    for stage in facts.dockerfile.target.chain:
        if any(not copy.from_ and copy.sources in ((".",), ("./",)) for copy in stage.copies):
            return Saving(count, "size of the files in the build context")
    return Saving(None, "these files go to stages that are not shipped; builds send less")
