"""Give stages of the same Python image one and the same tag.

## What it does
Where one stage starts from `python:3.11-slim` and another from `python:3.11.10-slim-bookworm`, both
say "Python 3.11, slim", and the less exact tag is replaced by the more exact one.

## Why
Two tags are two images: the base layers are pulled and stored twice, and a virtual environment that
one stage builds is run by another interpreter, on another Debian release once the moving tag moves
(`3.11-slim` was bookworm until August 2025 and is trixie since).

## Safety
Level `standard`. Variant and minor version must be equal, and exactly one tag must be the most exact.
Tags that come from a build argument, images with a digest and other registries are left alone. Where
the release becomes a named one, every package that the stage installs must exist in that release.
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
    phase=Phase.STRUCTURE,
    level=Level.STANDARD,
    examples=(
        Example(
            before="FROM python:3.12-slim AS builder\n"
            "RUN python -m venv /opt/venv\n"
            "FROM python:3.12.4-slim-bookworm\n"
            "COPY --from=builder /opt/venv /opt/venv\n",
            after="FROM python:3.12.4-slim-bookworm AS builder\n"
            "RUN python -m venv /opt/venv\n"
            "FROM python:3.12.4-slim-bookworm\n"
            "COPY --from=builder /opt/venv /opt/venv\n",
        ),
        Untouched(
            "FROM python:3.12 AS builder\nFROM python:3.12-slim\nCOPY --from=builder /x /x\n",
            why="the variants differ: the builder has the compilers on purpose",
        ),
        Untouched(
            "FROM python:3.11-slim AS old\nFROM python:3.12-slim\n",
            why="the minor versions differ",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every FROM whose tag is less exact than that of a sibling."""
    tagged = [(stage, tag) for stage in facts.dockerfile.stages if (tag := _plain_tag(stage))]
    tags = {tag for _, tag in tagged}
    for stage, tag in tagged:
        better = {other for other in tags if _is_more_exact(other, tag)}
        exact = {o for o in better if not any(_is_more_exact(p, o) for p in better)}
        if len(exact) > 1:
            yield Decline(stage.from_.span.start, "other stages pin the same version differently")
        elif exact:
            yield from _unified(facts, stage, exact.pop(), tagged)


def _plain_tag(stage: api.Stage) -> api.PythonTag | None:
    """The tag of a FROM that names an official Python image literally."""
    image = stage.image
    if (
        not isinstance(image, api.ImageReference)
        or image.digest
        or image.registry  # a mirror: not every builder reaches each of them
        or image.text != stage.from_image_text
    ):
        return None
    tag = image.python_tag
    return tag if tag and tag.minor and tag.variant in ("full", "slim") else None


def _is_more_exact(other: api.PythonTag, tag: api.PythonTag) -> bool:
    if other == tag or other.minor != tag.minor or other.variant != tag.variant:
        return False
    same_version = other.version == tag.version or other.version.startswith(tag.version + ".")
    return same_version and tag.release in ("", other.release)


def _unified(
    facts: Facts,
    stage: api.Stage,
    tag: api.PythonTag,
    tagged: list[tuple[api.Stage, api.PythonTag]],
) -> Iterator[Proposal]:
    model = next(other for other, found in tagged if found == tag)
    at = stage.from_.span.start
    missing = _missing_packages(facts, stage, tag) if tag.release else []
    if missing:
        yield Decline(at, f"Debian {tag.release} has no package {missing[0]}")
        return
    yield Change(
        title=f"Start from {model.from_image_text}, as stage {model.reference} does",
        level=Level.STANDARD,
        because="the same Python minor version and variant; one base image is pulled and stored once, "
        "and the virtual environment meets the interpreter that it was built with",
        edits=api.replace(api.word_span(stage.from_, 0), model.from_image_text),
        at=at,
        alters=frozenset({"base image"}),
        evidence=(
            Evidence(f"starts from {stage.from_image_text}", at),
            Evidence(f"starts from {model.from_image_text}", model.from_.span.start),
        ),
        saves=Saving(None, "layers shared between stages; the size of one image does not change"),
    )


def _missing_packages(facts: Facts, stage: api.Stage, tag: api.PythonTag) -> list[str]:
    """Packages that the stages upon this one install and the named release is known not to have."""
    index = api.debian_release(tag.release)
    if index is None:
        return []
    return [
        name
        for other in facts.dockerfile.stages
        if other.root is stage
        for run in other.runs
        for command in facts.apt.get(run.instruction.span.start, ())
        if command.action == "install"
        for name in command.names
        if index.resolve(name) is None
    ]
