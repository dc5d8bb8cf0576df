"""Start from the Python image that uv's own image is made of, and copy uv into it.

## What it does
`FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim` becomes `FROM python:3.12-slim-bookworm` with a
COPY of uv from its image without Python, in stages that are shipped.

## Why
The shipped stage needs Python, and uv only to install: 60 MB that a builder stage can keep to itself.
uv's images are made in just this way, upon the official Python image of the same version and Debian
release: https://docs.astral.sh/uv/guides/integration/docker/#available-images.

## Safety
Level `standard`. The files are the same, uv stands in the same folder; a tag without a version of uv
means the latest one in both. The other difference is the command of uv's image, so that one has to be
set in the Dockerfile; and `UV_TOOL_BIN_DIR`, so it is declined where `uv tool` is called. On its own it
saves nothing, and is only done together with the split that it makes possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.STRUCTURE,
    level=Level.STANDARD,
    examples=(
        Example(
            title="with the split",
            context=(
                ("main.py", "print('tide')\n"),
                ("pyproject.toml", '[project]\nname = "tide"\nversion = "1"\n'),
                ("uv.lock", "version = 1\n"),
            ),
            before=(
                "FROM ghcr.io/astral-sh/uv:0.8-python3.12-bookworm-slim\n"
                "WORKDIR /app\n"
                "COPY pyproject.toml uv.lock ./\n"
                "RUN uv sync --locked --no-dev\n"
                "COPY main.py .\n"
                'CMD ["uv", "run", "--no-dev", "main.py"]\n'
            ),
            after=(
                "# Installs the distributions; only the finished environment leaves this stage\n"
                "FROM python:3.12-slim-bookworm AS builder\n"
                "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /uvx /usr/local/bin/\n"
                "WORKDIR /app\n"
                "COPY pyproject.toml uv.lock ./\n"
                'ENV PATH="/app/.venv/bin:$PATH"\n'
                "RUN uv sync --locked --no-dev\n"
                "\n"
                "FROM python:3.12-slim-bookworm\n"
                "WORKDIR /app\n"
                "COPY pyproject.toml uv.lock ./\n"
                'ENV PATH="/app/.venv/bin:$PATH"\n'
                "COPY --from=builder /app/.venv /app/.venv\n"
                "COPY main.py .\n"
                'CMD ["python", "main.py"]\n'
            ),
            together=("venv-install", "split-builder"),
        ),
        Untouched(
            "FROM ghcr.io/astral-sh/uv:bookworm-slim\nRUN uv sync\nCMD uv run x\n",
            why="an image without Python: uv brings one of its own",
        ),
    ),
)

_IMAGE = "ghcr.io/astral-sh/uv"
_TAG = re.compile(
    r"(?:(?P<uv>\d+(?:\.\d+){0,2})-)?python(?P<python>3\.\d+)-(?P<release>trixie|bookworm|bullseye)"
    r"(?P<slim>-slim)?"
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one change: the image that the target starts from."""
    root = facts.dockerfile.target.root
    text = root.from_image_text
    if not text.startswith(_IMAGE + ":"):
        return
    match = _TAG.fullmatch(text.removeprefix(_IMAGE + ":"))
    if match is None:
        return
    at = root.from_.span.start
    if not any(facts.dockerfile.target.last(keyword) for keyword in ("CMD", "ENTRYPOINT")):
        yield Decline(at, "the command of uv's image may be used")
    elif any("uv tool" in run.logical.text or "uvx" in run.logical.text for _, run in facts.runs):
        yield Decline(at, "uv tool installs into a folder that uv's image sets")
    else:
        yield _change(facts, root, match)


def _change(facts: Facts, root: api.Stage, match: re.Match[str]) -> Change:
    slim, newline = "slim-" if match["slim"] else "", facts.document.newline
    image = f"python:{match['python']}-{slim}{match['release']}"
    source = f"{_IMAGE}:{match['uv'] or 'latest'}"
    copy = f"COPY --from={source} /uv /uvx /usr/local/bin/{newline}"
    end = root.from_.span.end
    return Change(
        title=f"Start from {image}, and copy uv into it",
        level=Level.STANDARD,
        because="uv's image is that image with uv in it, so that a runtime can do without uv",
        edits=(
            *api.replace(api.word_span(root.from_, 0), image),
            api.Insert(end, api.with_newline(facts.document, end, copy)),
        ),
        at=root.from_.span.start,
        alters=frozenset({"base image"}),
        saves=Saving(None, "nothing by itself; it makes the split possible"),
        enables=("split-builder",),
    )
