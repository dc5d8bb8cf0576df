"""Name the minor version of Python in a base image's tag.

## What it does
`FROM python:3-slim` becomes `FROM python:3.12-slim` where another stage, an `ARG PYTHON_VERSION`, the
path of a `site-packages` folder, or a file of the project (`.python-version`, `runtime.txt`,
`.tool-versions`, `Pipfile`, a `requires-python` that admits one minor version) says that it is 3.12.
Where nothing says so, it reports what the tag may turn into. It also reports versions of Python and
releases of Debian that are out of support, with the date.

## Why
`python`, `latest`, `slim`, `3` and `3-slim` become another minor version each October
(https://peps.python.org/pep-0602/), and another Debian release every other year. Wheels of compiled
distributions are made for one minor version: on a new one pip compiles them, for which slim images
have no compiler, or finds none at all. Out of support means that security fixes stop:
https://devguide.python.org/versions/, https://wiki.debian.org/DebianReleases.

## Safety
Advice: what the tag means today is not known without asking a registry, so naming a version may change
it. `--assume pin-base` states that the project's own files are right; then it is applied, at level
`standard`. Declined where two places name different versions, where `requires-python` excludes the one
that is named, and where the tag comes from a build argument. The Debian release is never added: no
file tells it. Which dates have passed is judged by the day on which they were recorded, not by a clock.
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

ASSUMPTION = "pin-base"
transform = Transform(
    __name__,
    phase=Phase.STRUCTURE,
    level=Level.STANDARD,
    examples=(
        Example(
            title="the project says which version it is made for",
            assume=("pin-base",),
            context=((".python-version", "3.12\n"),),
            before='FROM python:3-slim\nCOPY app.py .\nCMD ["python", "app.py"]\n',
            after='FROM python:3.12-slim\nCOPY app.py .\nCMD ["python", "app.py"]\n',
        ),
        Untouched(
            "FROM python:slim\nCOPY app.py .\n",
            why="nothing names a version: the tag is reported",
        ),
        Untouched(
            "FROM python:3.12-slim\nCOPY app.py .\n",
            why="the tag names the minor version",
        ),
    ),
)

_FLOATING = re.compile(r"3?")


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one proposal for each FROM of a floating tag, one for each that is out of support."""
    told: set[str] = set()
    for stage in facts.dockerfile.stages:
        image = stage.image
        if not isinstance(image, api.ImageReference):
            continue
        name = image.official_name
        if name not in ("python", "debian"):
            continue
        at = stage.from_.span.start
        tag = image.python_tag
        if tag and not image.digest and _FLOATING.fullmatch(tag.version):
            yield _pinned(facts, stage, image, tag)
        ended = _ended(image, tag)
        if ended and ended not in told:
            told.add(ended)
            yield Decline(at, ended)


def _ended(image: api.ImageReference, tag: api.PythonTag | None) -> str:
    """What of the image is out of support; empty for nothing, or where the tag does not tell."""
    release = tag.release if tag else re.split(r"[-.]", image.tag, maxsplit=1)[0]
    found = []
    if tag and tag.minor and (date := api.python_end(tag.minor)):
        found.append(f"Python {tag.minor[0]}.{tag.minor[1]} is out of support since {date}")
    if release and (date := api.debian_end(release)):
        found.append(f"Debian {release} is out of support since {date}")
    return ", ".join(found) and f"{', '.join(found)}: security fixes stop there"


def _pinned(
    facts: Facts, stage: api.Stage, image: api.ImageReference, tag: api.PythonTag
) -> Proposal:
    at = stage.from_.span.start
    minor = api.agreed(facts.named_versions)
    if minor is None:
        return Decline(at, _advice(image, tag))
    if isinstance(minor, str):
        return Decline(at, f"{image.text} names no minor version, and others disagree: {minor}")
    if reason := api.excluded_by(facts.context, minor):
        return Decline(at, f"Python {minor[0]}.{minor[1]} is named, but {reason} excludes it")
    if image.text != stage.from_image_text:
        return Decline(at, f"{image.text} comes from a build argument: name the version there")
    return _change(facts, stage, image, _tag(tag, f"{minor[0]}.{minor[1]}", image.tag))


def _tag(tag: api.PythonTag, version: str, text: str) -> str:
    """The tag with the version in it: `3-slim` and `slim` become `3.12-slim`."""
    rest = "" if text == "latest" else text.removeprefix(tag.version).lstrip("-")
    return f"{version}-{rest}" if rest else version


def _advice(image: api.ImageReference, tag: api.PythonTag) -> str:
    fixed = _tag(tag, "3.N", image.tag)
    wanted = "the minor version"
    if not tag.release and tag.variant in ("full", "slim"):
        wanted, fixed = "the minor version and the Debian release", f"{fixed}-trixie"
    return (
        f"{image.text} turns into the next minor version of Python when that is out, for which "
        f"requirements may have no wheels yet: name {wanted}, such as {fixed}; nothing here says "
        "which version the project is made for"
    )


def _change(facts: Facts, stage: api.Stage, image: api.ImageReference, tag: str) -> Change:
    head = image.text if not image.tag else image.text[: -len(image.tag) - 1]
    at = stage.from_.span.start
    stated = facts.assumes(ASSUMPTION)
    because = "the project names this minor version; the tag would turn into the next one when that is out"
    if not stated:
        because += ". Today it may mean another one"
    return Change(
        title=f"Start from {head}:{tag} instead of {image.text}",
        level=Level.STANDARD if stated else Level.ADVICE,
        because=because,
        edits=api.replace(api.word_span(stage.from_, 0), f"{head}:{tag}"),
        at=at,
        alters=frozenset({"base image"}),
        evidence=tuple(
            Evidence(each.text, each.offset, each.file) for each in facts.named_versions
        ),
        saves=Saving(None, "the size does not change; what is built stays the same over time"),
        asks="" if stated else ASSUMPTION,
    )
