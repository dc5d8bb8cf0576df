"""Strip the compiled files of a copied virtual environment of their symbols.

## What it does
Adds one readable step at the end of the builder stage, before the environment is copied. It strips
each ELF file to a copy, compares what the loader would see of both, and keeps the original where
anything differs. `binutils`, which has `strip`, is installed in the builder where no compiler brings it.
Where other stages start from the builder, or install into a copy of the environment, the step gets a
stage of its own upon the builder.

## Why
Measured: 16 % of a web service's environment (67 MB), 12 % of Airflow's, 9 % of one with torch.

## Safety
Level `standard`. A blind `strip` breaks numpy and all that imports it: auditwheel moved the segments
of its bundled libraries, and strip moves them again ("ELF load command address/offset not
page-aligned"). The step compares all program headers and the bytes that they load; over nine
environments nothing failed to load after it. Symbols for debuggers are lost: native stack traces of
crashes name fewer functions. The step fails the build when it fails, also when `strip` is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from dockopt import api
from dockopt.api import Evidence, Facts, Level, Phase, Proposal, Transform, Untouched, pass_example

_BRING_STRIP = frozenset({"binutils", "gcc", "g++", "build-essential", "clang", "gfortran"})
_WHY_BINUTILS = "# Brings strip, which the next step calls.\n"
_BINUTILS = (
    "RUN apt-get update \\\n"
    "    && apt-get install -y --no-install-recommends binutils \\\n"
    "    && rm -rf /var/lib/apt/lists/*\n"
)
"""What brings it in a Dockerfile that writes no such chain itself, as that of the example."""

transform = Transform(
    __name__,
    phase=Phase.SHRINK,
    level=Level.STANDARD,
    examples=(
        pass_example("numpy", lambda: f"{_WHY_BINUTILS}{_BINUTILS}\n{_text('/opt/venv')}"),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install numpy\n",
            why="nothing is copied from a builder: stripping in a later layer adds bytes",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every virtual environment that a shipped stage copies."""
    return api.pass_proposals(facts, "strip-binaries:", _stripping)


def _stripping(facts: Facts, handover: api.Handover) -> api.Pass | str:
    if reason := _no_debian(handover.builder):
        return reason
    text = _text(handover.path)
    has_strip = _has_strip(facts, handover.builder)
    if not has_strip:
        text = f"{_WHY_BINUTILS}{api.install_run(facts.document, ['binutils'])}\n{text}"
    return api.Pass(
        title=f"Strip the compiled files in {handover.path} before it is copied",
        because="a file is only replaced when the loader sees the same of its stripped copy",
        text=text,
        share="6 to 16 %",
        evidence=(
            Evidence(
                "a compiler in the builder brings strip"
                if has_strip
                else "nothing in the builder brings strip, so binutils is installed there"
            ),
        ),
    )


def _no_debian(stage: api.Stage) -> str:
    image = stage.root.image
    tag = getattr(image, "python_tag", None)
    if tag is not None and tag.variant in ("full", "slim"):
        return ""
    return f"the base image of {stage.reference} is not known to be Debian with apt"


def _has_strip(facts: Facts, stage: api.Stage) -> bool:
    """Whether `strip` is there at the end of a stage: installed for certain, and not removed since."""
    if getattr(stage.root.image, "is_full_python", False):
        return True
    history = facts.apt_history(stage)
    return any(history.installer(name, sys.maxsize) for name in _BRING_STRIP)


def _text(path: str) -> str:
    return api.fragment("strip-binaries", venv=path, python=f"{path}/bin/python")
