"""Name large requirements that the application never imports, or that exist far smaller.

## What it does
Weighs every top-level requirement: the bytes of what it alone brings into the image. It names those of
at least 5 MB that no source of the application imports, with the way from the requirement to what is
large (together where one of them brings another), and those that exist as a far smaller distribution
with the same modules.

## Why
The largest part of an image is often brought by a requirement that nothing uses: one line of a
requirements file, and behind it torch with NVIDIA's libraries. No clean-up helps there.

## Safety
Level `advice`: a requirement is the project's own decision, so nothing is changed. A requirement counts
as unused only where no source, setting, command or other requirement names it; see
`dockopt requirements` for all of them. Sizes come from the wheels that the lock names, which are compressed,
else from the newest versions on PyPI; what is not known counts as nothing, so the sums are lower
bounds. Silent without a build context, and where not all requirements are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Evidence,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

WORTH_BYTES = 5_000_000
"""Requirements that bring less than that are not named."""

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.ADVICE,
    examples=(
        Untouched(
            "FROM python:3.12-slim\n"
            "WORKDIR /app\n"
            "COPY . .\n"
            "RUN pip install --no-cache-dir -r requirements.txt\n"
            'CMD ["python", "main.py"]\n',
            why="what is required is imported",
            context=(
                ("requirements.txt", "numpy==2.2.0\n"),
                ("main.py", "import numpy\n\nprint(numpy.pi)\n"),
            ),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One piece of advice for every requirement that is large for nothing."""
    if facts.context is None:
        return
    weights = facts.weights
    if not isinstance(weights, api.Weights):
        return
    for unused in weights.unused:
        if unused.bytes >= WORTH_BYTES:
            yield _unused(weights, unused)
    for weighed in weights.all:
        if weighed.cost.bytes < WORTH_BYTES:
            break
        saved = weighed.saved_by_variant
        if not weighed.is_unused and saved and saved >= WORTH_BYTES:
            yield _smaller(weighed, saved)


def _unused(weights: api.Weights, unused: api.Unused) -> Change:
    found, it = unused.weighed, "it" if len(unused.weighed) == 1 else "them"
    names = " or ".join(weighed.name for weighed in found)
    places = ", ".join(dict.fromkeys(weighed.place for weighed in found))
    return Change(
        title=f"Nothing imports {names}: does the image need {it}?",
        level=Level.ADVICE,
        because=f"a requirement is the project's own decision; take {it} out of {places} "
        f"if the image works without {it}",
        edits=(),
        at=found[0].run.instruction.span.start,
        evidence=tuple(_evidence(unused)),
        saves=Saving(unused.bytes, weights.basis),
    )


def _evidence(unused: api.Unused) -> Iterator[Evidence]:
    for weighed in unused.weighed:
        yield Evidence(f"{weighed.verdict}: {weighed.because}", file=weighed.file)
    names = ", ".join(member.name for member in unused.members[:4])
    more = len(unused.members) - 4
    verb = "brings" if len(unused.weighed) == 1 else "bring"
    yield Evidence(
        f"{verb} {names}{f' and {more} more' if more > 0 else ''}, which nothing else needs"
    )
    if len(unused.chain) > 1:
        yield Evidence(" → ".join(unused.chain))


def _smaller(weighed: api.Weighed, saved: int) -> Change:
    variant = weighed.variant
    assert variant is not None  # noqa: S101 - what is saved is known of a variant alone
    return Change(
        title=f"{variant.name} would do instead of {weighed.name}",
        level=Level.ADVICE,
        because=f"it has the same modules, without {variant.loses}; only you know whether that is used",
        edits=(),
        at=weighed.run.instruction.span.start,
        evidence=(
            Evidence(f"asks for {weighed.name}", file=weighed.file),
            Evidence(f"described at {variant.source}"),
        ),
        saves=Saving(saved, "sizes of the newest versions of both on PyPI"),
    )
