"""Leave packages that only building needs out of the shipped stage.

## What it does
In a shipped stage that compiles nothing any more, compilers and build tools are no longer installed,
and a `-dev` package becomes the runtime library that it stands for (`libpq-dev` → `libpq5`), by
Debian's own index. A compiler leaves behind the small libraries that compiled code may load
(`libgomp1`). Packages in a variable that the RUN sets itself are found too; a later RUN that removes
what is gone no longer names it, and comments about packages go with them.

## Why
gcc with what it depends on takes about 150 MB, build-essential 250 MB; a runtime library is often
below one.

## Safety
Level `standard`. A package stays when CMD, ENTRYPOINT, HEALTHCHECK, a script or a source in the build
context calls one of its programs, or a requirement is known to call a compiler when it runs; without a
build context nothing is removed. A `-dev` package whose
runtime library is not known, or has another name in each Debian release that the tag may mean, stays.
What another package of the stage depends on or recommends stays too: it would be installed all the same.
Nothing is removed from an image with ONBUILD instructions. What the same RUN removes again is counted as
no saving.
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

_ALPINE_BUILDS = re.compile(r"(?:build-base|gcc|g\+\+|make|cmake|cargo|rust|\S+-dev)(?:[=~<>].*)?")
_COMPILES_LATER = re.compile(
    r"torch\.compile\(|pyximport|numba\.pycc|cpp_extension|load_inline|\.verify\("
    r"|(?:import|from) (?:aesara|brian2|cmdstanpy|cppyy|deepspeed|devito|pymc|pystan|pytensor|theano"
    r"|triton)\b"
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN of the target that installs build packages."""
    if not _has_python(facts):
        return
    for stage in facts.dockerfile.target.chain:
        yield from _unknown(facts, stage)
        yield from _of_alpine(stage)
        passing = api.passing_packages(stage)
        packages = (*api.stage_build_packages(stage), *passing)
        if not packages:
            continue
        reason = _needed_here(facts, stage)
        by_run: dict[int, list[api.BuildPackage]] = {}
        for package in packages:
            by_run.setdefault(package.run.instruction.span.start, []).append(package)
        for at, group in by_run.items():
            if not reason:
                yield from _lightened(facts, stage, group)
            elif all(package.is_passing for package in group):
                yield Decline(at, f"the RUN removes {_listed(group)} again: no layer holds them")
        staying = [package for package in packages if not package.is_passing]
        if reason and staying:
            yield Decline(staying[0].run.instruction.span.start, reason)


def _unknown(facts: Facts, stage: api.Stage) -> Iterator[Decline]:
    """Installs of packages that cannot be told, so they stay."""
    for run in stage.runs:
        at = run.instruction.span.start
        for command in facts.apt.get(at, ()):
            if command.action == "install" and command.unknown:
                yield Decline(at, f"which packages {command.unknown[0].text} names is not known")


def _of_alpine(stage: api.Stage) -> Iterator[Decline]:
    """Build packages of Alpine, whose index is not at hand."""
    for run in stage.runs:
        if "apk" not in run.logical.text or not isinstance(run.script, api.Script):
            continue
        apk = [c for c in run.script.commands if c.name == "apk"]
        added = [value for c in apk if "add" in c.values for value in c.values if value]
        building = [name for name in added if _ALPINE_BUILDS.fullmatch(name)]
        if building and not any("del" in command.values for command in apk):
            names = ", ".join(dict.fromkeys(building))
            reason = f"Alpine's packages are not known, so these stay: {names}"
            yield Decline(run.instruction.start, reason)


def _listed(group: list[api.BuildPackage]) -> str:
    return ", ".join(sorted({package.name for package in group}))


def _has_python(facts: Facts) -> bool:
    """Whether Python distributions are installed anywhere; other projects are not understood."""
    return bool(facts.handovers) or any(facts.installs(s) for s in facts.dockerfile.stages)


def _needed_here(facts: Facts, stage: api.Stage) -> str:
    if getattr(stage.root.image, "is_official_python", False) is False:
        return "the base image is not an official Python image; its packages are not known"
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    for other in facts.dockerfile.built_upon(stage):
        if place := api.stage_compiles(facts, other):
            return (
                f"the stage itself builds: {place}"
                if other is stage
                else f"stage {other.reference} starts from it and builds: {place}"
            )
    if reason := api.unseen_script(facts.dockerfile.target, facts.runtime):
        return reason
    if place := facts.installs_at_run_time:
        return f"{place} installs distributions at run time, which may compile"
    if place := facts.runtime.mentions(_COMPILES_LATER):
        return f"{place} may compile at run time"
    names = facts.required_names(
        tuple(i for s in facts.dockerfile.stages for i in facts.installs(s))
    )
    found = "" if isinstance(names, str) else api.compiles_at_run_time(names)
    return f"{found} calls a compiler when it runs" if found else ""


def _lightened(facts: Facts, stage: api.Stage, group: list[api.BuildPackage]) -> Iterator[Proposal]:
    at = group[0].run.instruction.span.start
    going: list[api.BuildPackage] = []
    for package in group:
        if package.is_passing:
            going.append(package)
        elif place := api.program_called(package, facts.runtime):
            yield Decline(at, f"{package.name} stays: {place} calls a program of it")
        elif package.replacements is None:
            yield Decline(
                at, f"{package.name} stays: its runtime library is not known for this base image"
            )
        else:
            going.append(package)
    coming = api.brought_anyway(stage, frozenset(p.name for p in going if not p.is_passing))
    for name, other in sorted(coming.items()):
        yield Decline(at, f"{name} stays: {other}, which is installed as well, brings it")
    going = [package for package in going if package.name not in coming]
    edits = _edits(facts, stage, going) if going else ()
    if isinstance(edits, str):
        yield Decline(at, edits)
        return
    if not edits:
        return
    names = sorted({p.name for p in going})
    brought = sorted({r for p in going for r in p.replacements or ()})
    saves = _saving(stage, going, brought)
    if saves.count == 0 and not any(p.is_passing for p in going):
        return
    farewell = api.Farewell.to(facts.dockerfile, going, edits)
    instead = f", install {', '.join(brought)} instead" if brought else ""
    yield Change(
        title=f"Leave {', '.join(names)} out of the runtime{instead}",
        level=Level.STANDARD,
        because="the stage compiles nothing, and no command, script or source calls their programs",
        edits=(*edits, *farewell.edits),
        at=at,
        evidence=(
            *(Evidence(f"{p.name} only serves building", at) for p in going),
            Evidence(f"{len(facts.runtime.files or ())} scripts and sources were searched"),
            *(Evidence("a comment about what goes", c.start) for c in farewell.comments),
        ),
        saves=saves,
        drops=farewell.dropped,
    )


def _edits(
    facts: Facts, stage: api.Stage, going: list[api.BuildPackage]
) -> tuple[api.Edit, ...] | str:
    """What takes packages out of their RUN, and of those that remove them later; or why not."""
    run, names = going[0].run, frozenset(package.name for package in going)
    edits = tuple(api.without_packages(facts.document, going))
    for later in api.removed_later(facts.dockerfile.stages, stage, run, names):
        more = api.without_removals(facts.document, later, names)
        if more is None:
            line = later.instruction.line
            return f"{', '.join(sorted(names))} stay: line {line} removes packages, and would fail"
        edits += more
    return edits


def _saving(stage: api.Stage, going: list[api.BuildPackage], brought: list[str]) -> Saving:
    names = sorted({p.name for p in going if not p.is_passing})
    if not names:
        return Saving(0, "the RUN removed them again; it takes less time")
    count, basis = api.bytes_saved(stage, names, brought)
    if any(p.command.command.conditional for p in going):
        return Saving(None, f"nothing where the condition does not hold; else {basis}")
    return Saving(count, basis)
