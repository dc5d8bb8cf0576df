"""Leave packages that only building needs out of the shipped stage.

## What it does
In a shipped stage that compiles nothing any more, compilers and build tools are no longer installed,
and a `-dev` package becomes the runtime library that it stands for (`libpq-dev` → `libpq5`), by
Debian's own index. A compiler leaves behind the small libraries that compiled code may load
(`libgomp1`).

## Why
gcc with what it depends on takes about 150 MB, build-essential 250 MB; a runtime library is often
below one.

## Safety
Level `standard`. A package stays when CMD, ENTRYPOINT, HEALTHCHECK, a script or a source in the build
context calls one of its programs; without a build context nothing is removed. A `-dev` package whose
runtime library is not known, or has another name in each Debian release that the tag may mean, stays.
"""

import re
from collections.abc import Iterator

from dockopt.api import (
    BuildPackage,
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Stage,
    Transform,
    Untouched,
    bytes_saved,
    program_called,
    stage_build_packages,
    stage_compiles,
    without_packages,
)

transform = Transform(
    __name__,
    phase=Phase.PACKAGES,
    level=Level.STANDARD,
    examples=(
        Example(
            title="a runtime that inherited its list from the builder",
            context=(("app.py", "import flask\n"),),
            before="FROM python:3.12-slim-bookworm AS builder\n"
            "RUN apt-get update && apt-get install -y gcc libc6-dev libpq-dev\n"
            "RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2\n"
            "\n"
            "FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
            "    gcc \\\n"
            "    libpq-dev \\\n"
            "    curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "COPY --from=builder /opt/venv /opt/venv\n"
            "HEALTHCHECK CMD curl -f http://localhost/\n",
            after="FROM python:3.12-slim-bookworm AS builder\n"
            "RUN apt-get update && apt-get install -y gcc libc6-dev libpq-dev\n"
            "RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2\n"
            "\n"
            "FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
            "    libatomic1 \\\n"
            "    libgomp1 \\\n"
            "    libpq5 \\\n"
            "    curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "COPY --from=builder /opt/venv /opt/venv\n"
            "HEALTHCHECK CMD curl -f http://localhost/\n",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y gcc && pip install psycopg2\n",
            why="the stage compiles",
            context=(("app.py", "import psycopg2\n"),),
        ),
    ),
)

_COMPILES_LATER = re.compile(
    r"torch\.compile\(|import triton|pyximport|numba\.pycc|cpp_extension|load_inline|\.verify\("
    r"|import pytensor|import theano|import cppyy"
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN of the target that installs build packages."""
    if not _has_python(facts):
        return
    for stage in facts.dockerfile.target.chain:
        packages = stage_build_packages(stage)
        if not packages:
            continue
        at = packages[0].run.instruction.span.start
        if reason := _needed_here(facts, stage):
            yield Decline(at, reason)
            continue
        by_run: dict[int, list[BuildPackage]] = {}
        for package in packages:
            by_run.setdefault(package.run.instruction.span.start, []).append(package)
        for group in by_run.values():
            yield from _lightened(facts, stage, group)


def _has_python(facts: Facts) -> bool:
    """Whether Python distributions are installed anywhere; other projects are not understood."""
    return bool(facts.handovers) or any(facts.installs(s) for s in facts.dockerfile.stages)


def _needed_here(facts: Facts, stage: Stage) -> str:
    if getattr(stage.root.image, "is_official_python", False) is False:
        return "the base image is not an official Python image; its packages are not known"
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    for other in facts.dockerfile.stages:
        if stage in other.chain and (place := stage_compiles(facts, other)):
            return f"stage {other.reference}, which consists of it, compiles: {place}"
    if place := facts.runtime.mentions(_COMPILES_LATER):
        return f"{place} may compile at run time"
    return ""


def _lightened(facts: Facts, stage: Stage, group: list[BuildPackage]) -> Iterator[Proposal]:
    at = group[0].run.instruction.span.start
    going: list[BuildPackage] = []
    for package in group:
        if place := program_called(package, facts.runtime):
            yield Decline(at, f"{package.name} stays: {place} calls a program of it")
        elif package.replacements is None:
            yield Decline(
                at, f"{package.name} stays: its runtime library is not known for this base image"
            )
        else:
            going.append(package)
    edits = tuple(without_packages(facts.document, going)) if going else ()
    if not edits:
        return
    names = sorted({p.name for p in going})
    brought = sorted({r for p in going for r in p.replacements or ()})
    count, basis = bytes_saved(stage, names, brought)
    if any(p.command.command.conditional for p in going):
        count, basis = None, f"nothing where the condition does not hold; else {basis}"
    if count == 0:
        return
    instead = f", install {', '.join(brought)} instead" if brought else ""
    yield Change(
        title=f"Leave {', '.join(names)} out of the runtime{instead}",
        level=Level.STANDARD,
        because="the stage compiles nothing, and no command, script or source calls their programs",
        edits=edits,
        at=at,
        evidence=(
            *(Evidence(f"{p.name} only serves building", at) for p in going),
            Evidence(f"{len(facts.runtime.files or ())} scripts and sources were searched"),
        ),
        saves=Saving(count, basis),
    )
