"""Start the runtime from the slim variant of the same image tag.

## What it does
`FROM python:3.12` of the shipped stage becomes `FROM python:3.12-slim`, once a builder stage does the
installing. Programs and libraries of the full image that the application uses are installed by name.

## Why
The full image is the slim one with compilers, headers and version control: about 290 MB more
compressed, 800 MB unpacked.

## Safety
Level `standard`. Same Python version, same Debian release, same libc: never alpine or distroless.
The runtime must not compile. What commands, scripts and sources call is looked for by name; the
requirements in the build context, and what these are known to require in turn, are checked against the
distributions that are known to load system libraries or to call programs; what the full image lacks as
well is left to the Dockerfile. Declined where a manifest is missing, a requirement's libraries are not
known or `--no-binary` compiles it, or there is no build context; where a script that runs in the image
is not in it, or installs distributions when the container starts; and for images with ONBUILD
instructions. A requirement that is only published as source, is not among the known ones and links to
a library of the full image would be missed.
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
    phase=Phase.BASE,
    level=Level.STANDARD,
    examples=(
        Example(
            title="the health check needs curl, psycopg2 needs libpq",
            context=(
                ("requirements.txt", "psycopg2==2.9.10\ngunicorn==23.0.0\n"),
                ("app.py", "import psycopg2\n"),
            ),
            before="FROM python:3.12-bookworm AS builder\n"
            "COPY requirements.txt .\n"
            "RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\n"
            "\n"
            "FROM python:3.12-bookworm\n"
            "COPY --from=builder /opt/venv /opt/venv\n"
            "COPY app.py .\n"
            "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
            'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n',
            after="FROM python:3.12-bookworm AS builder\n"
            "COPY requirements.txt .\n"
            "RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt\n"
            "\n"
            "FROM python:3.12-slim-bookworm\n"
            "# What the application uses of the full image\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends \\\n"
            "        curl \\\n"
            "        libpq5 \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "COPY --from=builder /opt/venv /opt/venv\n"
            "COPY app.py .\n"
            "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
            'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n',
        ),
        Untouched(
            "FROM python:3.12\nRUN pip install psycopg2\n",
            why="the stage compiles, and nothing could be handed over",
            context=(("app.py", "import psycopg2\n"),),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one change: the image that the target starts from."""
    target = facts.dockerfile.target.root
    image = target.image
    if not isinstance(image, api.ImageReference) or image.digest:
        return
    tag = image.python_tag
    if tag is None or tag.variant != "full":
        return
    at = target.from_.span.start
    users = facts.dockerfile.built_upon(target)
    places = [place for s in users if (place := api.stage_compiles(facts, s))]
    name = _slim_text(target, image, tag.slim())
    if places:
        yield Decline(at, f"the shipped stage itself builds: {places[0]}")
    elif others := _other_images(facts, target):
        yield Decline(
            at,
            f"stage {others[0].reference} starts from it too and may need the full image's tools",
        )
    elif not name:
        yield Decline(at, "the tag comes from a build argument that names more than a version")
    elif not facts.knows_sources:
        yield Decline(
            at, "without the build context it is not known what the application needs of the image"
        )
    else:
        yield _retargeted(facts, target, name)


def _other_images(facts: Facts, root: api.Stage) -> list[api.Stage]:
    """Stages besides the target's own that are built upon the same one."""
    chain = facts.dockerfile.target.chain
    return [s for s in facts.dockerfile.built_upon(root) if s not in chain]


def _slim_text(stage: api.Stage, image: api.ImageReference, tag: str) -> str:
    """The image as the FROM has to write it; empty where that cannot be written."""
    text = stage.from_image_text
    if "$" not in text:
        head = text if not image.tag else text[: -len(image.tag) - 1]
        return f"{head}:{tag}"
    plain = image.tag.replace(".", "").isdigit()
    return text + "-slim" if plain and text.endswith("}") else ""


def _retargeted(facts: Facts, target: api.Stage, name: str) -> Proposal:
    at = target.from_.span.start
    sources = _sources(facts, target)
    names = facts.required_names(sources)
    if isinstance(names, str):
        return Decline(at, f"it is not known what the application needs of the image: {names}")
    built = facts.built_from_source(sources)
    needed = api.slim_needs(facts.dockerfile.target, facts.runtime, names, built)
    if isinstance(needed, str):
        return Decline(at, needed)
    if reason := api.unseen_script(facts.dockerfile.target, facts.runtime):
        return Decline(at, reason)
    if place := facts.installs_at_run_time:
        return Decline(at, f"{place} installs distributions at run time, which may compile")
    removals = _removals(facts)
    if isinstance(removals, str):
        return Decline(at, removals)
    count, basis = api.base_difference(target, [need.package for need in needed])
    return Change(
        title=f"Start the runtime from {name}",
        level=Level.STANDARD,
        because="same Python version and Debian release; the stage compiles nothing, and what the "
        "application uses of the full image is installed by name",
        edits=(
            *api.replace(api.word_span(target.from_, 0), name),
            *_installed(facts, target, needed),
            *removals,
        ),
        at=at,
        alters=frozenset({"base image"}),
        evidence=(
            *(Evidence(f"{need.package} is installed: {need.why}") for need in needed),
            Evidence(f"{len(names)} requirements were checked for system libraries"),
            Evidence(f"{len(facts.runtime.files or ())} scripts and sources were searched"),
        ),
        saves=Saving(count, basis),
    )


def _removals(facts: Facts) -> list[api.Edit] | str:
    """What takes the full image's packages out of commands that remove them; or why not."""
    edits: list[api.Edit] = []
    for run, names in api.removals_of_full(facts.dockerfile.target):
        found = api.without_removals(facts.document, run, names)
        if found is None:
            line, listed = run.instruction.line, ", ".join(sorted(names))
            return f"line {line} removes {listed}, which fails where the image has no such package"
        edits += found
    return edits


def _sources(facts: Facts, target: api.Stage) -> tuple[api.Install, ...]:
    """The installs of every stage that the target consists of or copies from."""
    stages = {s.index for s in facts.dockerfile.built_upon(target)}
    for stage in [facts.dockerfile.stages[index] for index in sorted(stages)]:
        for source, _, _ in facts.dockerfile.references(stage):
            stages |= {link.index for link in source.chain}
    return tuple(i for s in facts.dockerfile.stages if s.index in stages for i in facts.installs(s))


def _installed(facts: Facts, target: api.Stage, needed: list[api.Need]) -> Iterator[api.Edit]:
    if not needed:
        return
    document = facts.document
    run = api.install_run(document, [need.package for need in needed])
    comment = f"# What the application uses of the full image{document.newline}"
    yield api.Insert(target.from_.span.end, comment + run)
