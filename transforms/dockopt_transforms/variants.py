"""Add a stage with other extras of the project, for each variant that is asked for.

## What it does

`--variant core=` adds a stage `core` that is what the shipped stage is, but installs the project without
extras; `--variant ml=ml,gpu` one that installs just these two. An extra is an optional-dependency
group, or a dependency group of `pyproject.toml`. The stages that install the project, and those between
them and the shipped one, are copied with another name; all others are shared. Understood are
`pip install .[…]` and `uv pip install .[…]`, also with `-e` and through a variable of the same RUN, `uv sync`,
`poetry install` and `pdm install`. What a condition adds (`.[ml,dev]` beside `.[ml]`) it adds to the variant as well.

## Why

Optional dependencies can be most of an image, and who does without them should not carry them: a
service with the CUDA build of torch has 4 to 7 GB that a variant without its extra has not. BuildKit
makes equal steps of two stages once, so that they share their layers:
https://github.com/moby/buildkit#exploring-llb.

## Safety

Level `safe`: nothing is done unless a variant is asked for, and no stage that is there changes. The new
ones stand before the shipped stage, so that the last one stays the last, and all targets keep working.
A stage that has the name already is taken for the variant. Declined without a build context or where
`pyproject.toml` is not found, where an installer cannot choose what is wanted (pip knows no
dependency groups), where the extras come from elsewhere, and where a stage is named by its number.
What requirement files name is in every variant. An extra that is not declared is an error. What an
extra brings that the variant does without, and a source imports, is told: whether the program starts
without it is not looked into.
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

_PROJECT = """\
[project]
name = "kiln"
version = "1"
dependencies = ["flask"]

[project.optional-dependencies]
ml = ["scikit-learn"]
"""

transform = Transform(
    __name__,
    phase=Phase.VARIANTS,
    level=Level.SAFE,
    examples=(
        Example(
            before=(
                "FROM python:3.12-slim AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "WORKDIR /src\n"
                "COPY . .\n"
                "RUN /opt/venv/bin/pip install .[ml]\n"
                "\n"
                "FROM python:3.12-slim\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'CMD ["/opt/venv/bin/flask", "--app", "kiln", "run"]\n'
            ),
            after=(
                "FROM python:3.12-slim AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "WORKDIR /src\n"
                "COPY . .\n"
                "RUN /opt/venv/bin/pip install .[ml]\n"
                "\n"
                "# What the variant core is built from\n"
                "FROM python:3.12-slim AS core-builder\n"
                "RUN python -m venv /opt/venv\n"
                "WORKDIR /src\n"
                "COPY . .\n"
                "RUN /opt/venv/bin/pip install .\n"
                "\n"
                "# Variant of the last stage, without extras\n"
                "FROM python:3.12-slim AS core\n"
                "COPY --from=core-builder /opt/venv /opt/venv\n"
                'CMD ["/opt/venv/bin/flask", "--app", "kiln", "run"]\n'
                "\n"
                "FROM python:3.12-slim\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'CMD ["/opt/venv/bin/flask", "--app", "kiln", "run"]\n'
            ),
            title="A stage without the extra",
            context=(("pyproject.toml", _PROJECT), ("kiln.py", "")),
            variants=("core=",),
        ),
        Untouched(
            "FROM python:3.12-slim\nCOPY . .\nRUN pip install .[ml]\n",
            why="no variant is asked for",
            context=(("pyproject.toml", _PROJECT), ("kiln.py", "")),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for each variant that is asked for, or why it is not possible."""
    if not facts.variants:
        return
    at = facts.dockerfile.target.from_.span.start
    for plan in api.variant_plans(facts):
        name, extras = plan.variant.name, ", ".join(plan.variant.extras)
        if plan.obstacle:
            yield Decline(at, f"no stage {name!r}: {plan.obstacle}")
            continue
        others = [f"line {instruction.line}" for instruction in plan.others]
        noted = (
            f"; what {', '.join(others)} installs from a file is in it as well" if others else ""
        )
        yield Change(
            title=f"Add the stage {name}, with {f'the extras {extras}' if extras else 'no extras'}",
            level=Level.SAFE,
            because=f"it was asked for, and no stage that is there changes{noted}",
            edits=plan.edits,
            at=at,
            evidence=(
                *(
                    Evidence("here the shipped image chooses its extras", instruction.span.start)
                    for instruction in plan.installs
                ),
                *_imported(facts, plan),
            ),
            saves=Saving(
                None, "the shipped stage is as large as before; only a build measures the variant"
            ),
        )


def _imported(facts: Facts, plan: api.VariantPlan) -> Iterator[Evidence]:
    """What the variant does without although a source imports it."""
    chosen = {f"extra {extra}" for extra in plan.variant.names}
    for weighed in facts.weights.all if isinstance(facts.weights, api.Weights) else ():
        group = weighed.top.requirement.group
        if weighed.verdict == "imported" and group.startswith("extra ") and group not in chosen:
            yield Evidence(
                f"leaves {weighed.name} out, but {weighed.because}: try whether it starts"
            )
