"""Keep the caches of pip and uv out of shipped layers.

## What it does
Adds `--no-cache-dir` to `pip install`, `pip wheel` and `pip download`, and `--no-cache` to the
installing commands of uv, where their cache would become part of a shipped layer.

## Why
pip keeps every archive that it downloads and every wheel that it builds below `~/.cache/pip`, uv
below `~/.cache/uv`. In an image nobody installs again, so the layer holds each distribution twice:
unpacked, and as an archive. See https://pip.pypa.io/en/stable/topics/caching/.

## Safety
Level `safe`: only the cache is left out, and only pip and uv read it. Nothing is done where the
cache is a mount, where it was chosen on purpose (`--cache-dir`, `PIP_CACHE_DIR`), where it is off
already (`PIP_NO_CACHE_DIR` in any form: pip reads even `off` as "no cache"), where the same RUN
removes it, and where another stage copies it. Builder stages are left alone: they are thrown away.
"""

from __future__ import annotations

import re
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

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.SAFE,
    examples=(
        Example(
            before="FROM python:3.12-slim\nRUN pip install -r requirements.txt\n",
            after="FROM python:3.12-slim\nRUN pip install --no-cache-dir -r requirements.txt\n",
        ),
        Example(
            before="FROM python:3.12-slim\nRUN pip install uv && uv sync --frozen\n",
            after="FROM python:3.12-slim\n"
            "RUN pip install --no-cache-dir uv && uv sync --no-cache --frozen\n",
        ),
        Untouched(
            "FROM python:3.12 AS builder\nRUN pip install flask\n"
            "FROM python:3.12-slim\nCOPY --from=builder /venv /venv\n",
            why="the builder's layers are not part of the image",
        ),
        Untouched(
            "FROM python:3.12-slim\nENV PIP_NO_CACHE_DIR=off\nRUN pip install flask\n",
            why="pip takes every value of PIP_NO_CACHE_DIR for yes",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "RUN --mount=type=cache,target=/root/.cache/pip pip install flask\n",
            why="the cache is a mount: it is not in the layer, and makes the next build fast",
        ),
    ),
)

_INSTALLS = re.compile(r"\b(?:pip[\d.]*|uv)\b[^;&|]*\b(?:install|sync)\b")
SAVES = Saving(None, "the archives of what is installed; which these are is known only to a build")


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN of a shipped stage that fills a cache."""
    for stage in facts.shipped:
        if api.is_windows(stage):
            continue
        for run in stage.runs:
            commands = facts.pip.get(run.instruction.start)
            if commands is None:
                yield from _unread(run)
                continue
            wanted = [
                c
                for c in commands
                if _fills_cache(c) and not api.pip_cache_stays_out(facts.dockerfile, stage, run, c)
            ]
            if wanted:
                yield _proposal(facts, stage, run, wanted)


def _unread(run: api.Run) -> Iterator[Decline]:
    text = run.logical.text
    named = ("pip" in text or "uv" in text) and _INSTALLS.search(text)
    if named and isinstance(run.script, api.Opaque):
        reason = f"pip or uv installs in a RUN that is not read: {run.script.reason}"
        yield Decline(run.instruction.start, reason)


def _fills_cache(command: api.PipCommand) -> bool:
    if command.action_word is None:
        return False
    return command.installs or (command.tool == "pip" and command.action in ("wheel", "download"))


def _proposal(
    facts: Facts, stage: api.Stage, run: api.Run, commands: list[api.PipCommand]
) -> Proposal:
    at = run.instruction.span.start
    tools = sorted({command.tool for command in commands})
    if "pip" in tools and api.may_have_old_pip(stage):
        return Decline(at, "pip of that release may be older than 6.0 and not know --no-cache-dir")
    editor = api.RunEditor(facts.document, run)
    for command in commands:
        if command.action_word is not None:
            editor.insert_after(command.action_word.end, f" {_option(command)}")
    return Change(
        title=f"Keep the cache of {' and '.join(tools)} out of the layer",
        level=Level.SAFE,
        because="the cache is read only by the next install, and a finished image has none",
        edits=editor.edits(),
        at=at,
        evidence=(Evidence(f"no cache mount, and nothing that turns off {tools[0]}'s cache", at),),
        saves=SAVES,
    )


def _option(command: api.PipCommand) -> str:
    return "--no-cache-dir" if command.tool == "pip" else "--no-cache"
