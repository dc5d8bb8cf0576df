"""Remove from a copied virtual environment what nothing installed there uses.

## What it does
Adds one readable step at the end of the builder stage, before the environment is copied: it removes
test suites that no installed module imports, pip, setuptools and wheel where nothing requires or
imports them, and static libraries; and prints what it freed and what it kept. Where other stages start
from the builder, or install into a copy of the environment, the step gets a stage of its own upon the
builder: the shipped stage copies from there, the others keep what they had.

## Why
Measured on nine environments of about 400 distributions: test suites are 1.4 % of a web service's
environment, 7 % of Django's and 13 % of one with torch; pip and setuptools are about 20 MB.

## Safety
Level `standard`. The step looks at what is really installed: a suite stays when any installed module,
entry point or string names it. Metadata (`*.dist-info`), bytecode and headers are never removed:
deleting metadata broke 167 distributions of a web environment. pip and setuptools stay when the
application uses them, where uv would install them again when the container starts, and always when there
is no build context to tell. The step fails the build
when it fails. It needs a builder that reads here-documents (BuildKit since 2021); see `--assume
legacy-builder`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import Evidence, Facts, Level, Phase, Proposal, Transform, Untouched, pass_example

transform = Transform(
    __name__,
    phase=Phase.SHRINK,
    level=Level.STANDARD,
    examples=(
        pass_example("flask", lambda: _text("/opt/venv", ())),
        pass_example(
            "flask",
            lambda: _text("/opt/venv", ()),
            title="another stage starts from the builder",
            shared=True,
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install flask\n",
            why="nothing is copied from a builder: removing files in a later layer frees nothing",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every virtual environment that a shipped stage copies."""
    return api.pass_proposals(facts, "prune-venv:", _pruning)


def _pruning(facts: Facts, handover: api.Handover) -> api.Pass:
    keep = facts.used_packaging_tools(handover)
    return api.Pass(
        title=f"Remove what nothing uses from {handover.path} before it is copied",
        because="the step scans the installed environment and keeps every part that is named anywhere in it",
        text=_text(handover.path, tuple(sorted(keep))),
        share="1 to 13 %",
        evidence=tuple(Evidence(f"{name} stays: {why}") for name, why in sorted(keep.items())),
    )


def _text(path: str, keep: tuple[str, ...]) -> str:
    return api.fragment(
        "prune-venv",
        venv=path,
        python=f"{path}/bin/python",
        keep=keep,
        passive=api.passive_modules(),
    )
