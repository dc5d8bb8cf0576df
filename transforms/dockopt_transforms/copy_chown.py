"""Own files at COPY instead of copying them again with `chown -R`.

## What it does

`RUN chown -R user:group /folder` after a COPY to that folder becomes `COPY --chown=user:group`. The
steps that make the user move above the COPY. What no COPY brings still changes owner: the folder
itself and those that `mkdir` and WORKDIR made are named one by one; where a command in between may
have left files, `find` looks for what does not belong to the user yet, and only that is changed.

## Why

A layer holds whole files. Changing the owner of a file in a later RUN stores all of it a second
time, so `chown -R` of a copied virtual environment doubles it: in one image of 11.8 GB, two layers
held the same 5.84 GB.

## Safety

Every file has the same owner and mode as before. It is declined where the user cannot be known at
the COPY (made by a package in between, or under a condition), where a COPY names another owner,
where a volume or a build argument stands between, and where a command in between looks at who owns
its folder (git, npm). `--chown` always names user and group: builders differ in what one means.
https://docs.docker.com/reference/dockerfile/#copy---chown---chmod
"""

from __future__ import annotations

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
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.COPY,
    level=Level.SAFE,
    examples=(
        Example(
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN useradd --create-home app && chown -R app:app /app
USER app
""",
            """\
FROM python:3.12-slim
WORKDIR /app
RUN useradd --create-home app && chown app:app /app
COPY --chown=app:app . .
USER app
""",
            title="The user is made first, and /app itself stays writable",
        ),
        Example(
            """\
FROM python:3.12-slim AS builder
RUN python -m venv /opt/venv && /opt/venv/bin/pip install torch
FROM python:3.12-slim
RUN useradd app
COPY --from=builder /opt/venv /opt/venv
RUN chown -R app:app /opt/venv
USER app
""",
            """\
FROM python:3.12-slim AS builder
RUN python -m venv /opt/venv && /opt/venv/bin/pip install torch
FROM python:3.12-slim
RUN useradd app
COPY --from=builder --chown=app:app /opt/venv /opt/venv
USER app
""",
            title="A virtual environment from another stage",
        ),
        Untouched(
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y postgresql
RUN chown -R postgres:postgres /app
""",
            why="the package makes the user, after the COPY",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN that gives copied files away, or why not."""
    for plan in api.owner_plans(facts):
        at = plan.run.instruction.span.start
        if plan.obstacle:
            yield Decline(at, plan.obstacle)
            continue
        program = plan.claims[0].change.command.name
        yield Change(
            title=f"Own files at COPY: `{program} -R` stores {plan.largest} a second time",
            level=plan.level,
            because=plan.because,
            edits=plan.edits,
            at=at,
            evidence=tuple(plan.evidence()),
            saves=plan.saving,
            drops=plan.drops,
        )
