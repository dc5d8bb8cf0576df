"""Clean up in the layer that made the mess.

## What it does
A RUN, or a step of one, that only removes caches, lists, temporary files or bytecode of an earlier
layer is moved to the RUN that made them. Where no RUN made them (they are part of the base image,
were copied, or are not there at all), it is dropped.

## Why
Every RUN makes a layer, and layers only add. A file that an earlier layer holds stays in the image
when a later one removes it: the removal is one more entry, and nothing gets smaller
(https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers).

## Safety
Level `standard`: files that no program reads may show up again in the image, which held them all
along. Only places that are waste by their name are known: package lists and caches, `~/.cache` of
installers, `/tmp/*`, `__pycache__`, test suites below `/usr/local`. A `rm` of anything else is left
alone, and so is a removal that may matter to a RUN in between, one behind a USER or SHELL, and one
in a builder stage. Removing packages in a later layer frees nothing either, but takes a program
away: it is only reported.
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

transform = Transform(
    __name__,
    phase=Phase.CLEANUP,
    level=Level.STANDARD,
    examples=(
        Example(
            title="Moved",
            before="FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y libpq5\n"
            "RUN rm -rf /var/lib/apt/lists/*\n",
            after="FROM python:3.12-slim\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y libpq5 \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            title="Dropped",
            before="FROM python:3.12 AS builder\n"
            "RUN pip install flask\n"
            "\n"
            "FROM python:3.12-slim\n"
            "COPY --from=builder /usr/local /usr/local\n"
            "# Make it small\n"
            "RUN find /usr/local -depth -name tests -exec rm -rf {} + 2>/dev/null || true\n"
            'CMD ["flask", "run"]\n',
            after="FROM python:3.12 AS builder\n"
            "RUN pip install flask\n"
            "\n"
            "FROM python:3.12-slim\n"
            "COPY --from=builder /usr/local /usr/local\n"
            'CMD ["flask", "run"]\n',
        ),
        Untouched(
            "FROM python:3.12-slim\nCOPY . /app\nRUN rm -rf /app/tests /app/.env\n",
            why="what the application's own files are for is not known",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get purge -y gcc\n",
            why="it frees nothing, but without it the compiler would be there to call",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN with clean-up that frees nothing where it stands."""
    for stage in facts.shipped:
        if api.is_windows(stage):
            continue
        for run in stage.runs:
            at = run.instruction.span.start
            if api.removes_packages(run):
                yield Decline(
                    at, "removing packages in a later layer frees nothing; never install them"
                )
            plan = api.cleanup_plan(facts.dockerfile, stage, run)
            if plan is not None and plan.unsure:
                yield Decline(at, f"the clean-up frees nothing here, and stays: {plan.unsure}")
            elif plan is not None:
                yield _change(facts, run, plan)


def _change(facts: Facts, run: api.Run, plan: api.CleanupPlan) -> Proposal:
    at = run.instruction.span.start
    edits = api.cleanup_edits(facts.document, run, plan)
    if isinstance(edits, str):
        return Decline(at, f"the clean-up frees nothing here, and stays: {edits}")
    kinds = ", ".join(plan.kinds)
    alone = api.left_alone(facts.document, run, edits)
    edits, drops = (*edits, *api.without_comments(alone)), tuple(c.text for c in alone)
    if not plan.moves:
        return Change(
            title=f"Drop a clean-up that frees nothing: {kinds}",
            level=Level.STANDARD,
            because="no RUN of the stage makes what is removed: it belongs to layers below, which "
            "stay as they are, or is not there",
            edits=edits,
            at=at,
            evidence=(Evidence("removes only what no earlier RUN leaves behind", at),),
            saves=Saving(0, "what is removed in a later layer stays in the image"),
            drops=drops,
        )
    return Change(
        title=f"Clean up in the RUN that made the mess: {kinds}",
        level=Level.STANDARD,
        because="the same files are gone in the end, and nothing in between needs them",
        edits=edits,
        at=at,
        evidence=tuple(
            Evidence("leaves behind what is removed later", maker.instruction.span.start)
            for maker, _ in plan.moves
        ),
        saves=_saving(plan),
        drops=drops,
    )


def _saving(plan: api.CleanupPlan) -> Saving:
    if plan.moves_lists:
        updates = (api.lists_left_behind(maker) for maker, _ in plan.moves)
        if not any(update and not update.command.conditional for update in updates):
            return Saving(None, "the package lists, where the condition for fetching them holds")
        return Saving(
            api.LIST_BYTES, "measured: Debian bookworm's package lists; other waste not counted"
        )
    return Saving(None, "the size of what is left behind is known only to a build")
