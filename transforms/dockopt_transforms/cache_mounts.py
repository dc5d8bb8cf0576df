"""Mount the caches of installers instead of doing without them.

## What it does
On request (`--assume buildkit`): a RUN that installs with pip, uv, Poetry, Pipenv, PDM or apt-get gets
`--mount=type=cache` for that tool's cache, in builder stages too. What a mounted cache makes wrong goes
from the same RUN: `--no-cache-dir`, `PIP_NO_CACHE_DIR=1` before the command, `apt-get clean`,
`rm -rf /var/lib/apt/lists/*`. For apt, `docker-clean` goes, which empties the cache after each command.

## Why
When a line of the requirements changes, the layer is built anew, and everything is downloaded and
compiled again. A mount is kept on the builder from build to build and is in no layer
(https://docs.docker.com/build/cache/optimize/#use-cache-mounts). It saves time, and bytes only where
a cache was left in a layer.

## Safety
Level `standard`, and only with `--assume buildkit`: a builder that reads `RUN --mount` and passes over the
mount, as kaniko does by default (https://github.com/osscontainertools/kaniko/pull/245) and Docker's old one did
(https://github.com/docker/cli/issues/4319), would leave in the layer what `--no-cache-dir` kept out. Who builds,
no file tells. Without it one note says where the file is for BuildKit anyway. Nothing is done with a
`# syntax=` older than 1.2, and none is added. Only folders of archives are mounted: not
`~/.cache/pypoetry`, where Poetry's environments are, nor `/var/lib/apt`, where apt notes what it
installed by itself. A mount's `id` holds the base image: a wheel that one image compiled may not load in
another. It declines for another user than root, a base image whose user is not known, a variable, option or
settings file that moves the cache or turns it off (`ENV PIP_NO_CACHE_DIR=1`), a cache that is copied, scripts
and shell that cannot be read. For apt also where a RUN installs without its own update, or a later one
without a mount: without `docker-clean` that one would keep its archives. So would a Dockerfile that starts
from the image.
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

ASSUMPTION = "buildkit"
NO_BYTES = Saving(0, "a cache mount saves time of later builds, not bytes of the image")

transform = Transform(
    __name__,
    phase=Phase.CACHE,
    level=Level.STANDARD,
    examples=(
        Example(
            title="pip, and apt",
            assume=(ASSUMPTION,),
            before="FROM python:3.12-slim\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends libpq5 \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "COPY requirements.txt .\n"
            "RUN pip install --no-cache-dir -r requirements.txt\n",
            after="FROM python:3.12-slim\n"
            "RUN --mount=type=cache,id=apt-cache-python-3.12-slim,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,id=apt-lists-python-3.12-slim,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean \\\n"
            "    && apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends libpq5\n"
            "COPY requirements.txt .\n"
            "RUN --mount=type=cache,id=pip-python-3.12-slim,target=/root/.cache/pip \\\n"
            "    pip install -r requirements.txt\n",
        ),
        Untouched(
            "# syntax=docker/dockerfile:1\n"
            "FROM python:3.12-slim\n"
            "RUN pip install --no-cache-dir flask\n",
            why="the syntax does not tell who builds: it is done with `--assume buildkit` only",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "USER app\n"
            "RUN --mount=type=cache,target=/home/app/.cache/pip,uid=1000 pip install --user flask\n",
            why="the cache is a mount already",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN that fills a cache; without the assumption a note at most."""
    if facts.assumes("legacy-builder"):
        return
    if not facts.assumes(ASSUMPTION):
        yield from _note(facts)
        return
    reason = api.lacks_mounts(facts.document)
    for plan in api.cache_plans(facts):
        at = plan.run.instruction.start
        for obstacle in [reason] if reason else plan.obstacles:
            yield Decline(at, obstacle)
        if plan.filled and not reason:
            yield _change(facts, plan)


def _note(facts: Facts) -> Iterator[Decline]:
    """Says once that mounts are possible, where the file is for BuildKit."""
    sign = api.buildkit_sign(facts.document)
    if sign is None:
        return
    plans = [plan for plan in api.cache_plans(facts) if plan.filled]
    if plans:
        count = "one RUN" if len(plans) == 1 else f"{len(plans)} RUNs"
        yield Decline(
            plans[0].run.instruction.start,
            f"{sign.text} asks for BuildKit: --assume {ASSUMPTION} mounts the caches of {count}; "
            "that saves time, not bytes",
        )


def _change(facts: Facts, plan: api.CachePlan) -> Change:
    at = plan.run.instruction.start
    edits = api.cache_edits(facts.dockerfile, plan)
    alone = api.left_alone(facts.document, plan.run, edits)
    folders = ", ".join(path for cache in plan.caches for _, path in cache.targets)
    return Change(
        title=f"Mount the cache of {' and '.join(plan.tools)}",
        level=Level.STANDARD,
        because="the mount is in no layer, and nothing in the image reads these folders",
        edits=(*edits, *api.without_comments(alone)),
        at=at,
        evidence=(
            Evidence("stated with --assume buildkit"),
            Evidence(f"run by root, with {folders} where they are by default", at),
        ),
        saves=_saving(facts, plan),
        drops=tuple(comment.text for comment in alone),
    )


def _saving(facts: Facts, plan: api.CachePlan) -> Saving:
    """What the layer held of the caches so far."""
    if plan.stage not in facts.shipped:
        return NO_BYTES
    if "apt" in plan.tools and api.lists_left_behind(plan.run):
        if not api.debian_indexes(plan.stage):
            return Saving(None, "the size of this image's package lists is not known")
        return Saving(api.LIST_BYTES, "measured: Debian bookworm's package lists")
    commands = facts.pip.get(plan.run.instruction.start, ())
    mounted = {id(filling.command) for filling in plan.filled}
    pip = [c for c in commands if id(c.command) in mounted]
    kept = (api.pip_cache_stays_out(facts.dockerfile, plan.stage, plan.run, c) for c in pip)
    if not all(kept) or {"poetry", "pipenv", "pdm"} & set(plan.tools):
        return Saving(
            None, "the archives of what is installed; which these are is known only to a build"
        )
    return NO_BYTES
