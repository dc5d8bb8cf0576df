"""Leave development dependencies out of the image that is shipped.

## What it does
Takes test runners, linters, formatters and type checkers out of what the image installs: names on pip's
command line, a `requirements-dev.txt` beside the file that it extends, extras such as `.[dev]`, and the
development groups of Poetry (`--only main`, before 1.2 `--no-dev`), uv (`--no-dev`), PDM (`--prod`) and
Pipenv (no `--dev`). Builders count where the image copies their environment.

## Why
Nothing runs them there. pytest with its plugins takes a few megabytes, mypy 50 MB, ruff 25 MB (the wheels'
own lists of files), a development group with a notebook several hundred; and each is code to keep secure.

## Safety
Level `standard`. It needs the build context, and acts where all of this holds: the image starts a program
that is no development server; no source outside of tests imports what leaves with the tools, requirements
of theirs included; no command, script or compose file calls them; no Makefile, workflow or page of
documentation runs tests in a container; no other stage uses the stage. Installs on a condition
(`INCLUDE_DEV`) stay as they are. Where one of these is not known, it is advice; where one does not hold,
it is declined. Where `uv run` starts the program, it would install the group again: declined.
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

_CODE = (("main.py", "import flask\n"), ("requirements.txt", "flask==3.1.0\n"))
_START = 'CMD ["python", "main.py"]\n'

transform = Transform(
    __name__,
    phase=Phase.STRUCTURE,
    level=Level.STANDARD,
    examples=(
        Example(
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY requirements.txt requirements-dev.txt ./\n"
            "RUN pip install -r requirements-dev.txt\nCOPY main.py .\n" + _START,
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY requirements.txt requirements-dev.txt ./\n"
            "RUN pip install -r requirements.txt\nCOPY main.py .\n" + _START,
            title="The file that the development requirements extend",
            context=(*_CODE, ("requirements-dev.txt", "-r requirements.txt\npytest\nruff\n")),
        ),
        Example(
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY main.py pyproject.toml poetry.lock ./\n"
            "RUN pip install poetry==2.1.3 && poetry install --no-root\n" + _START,
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY main.py pyproject.toml poetry.lock ./\n"
            "RUN pip install poetry==2.1.3 && poetry install --only main --no-root\n" + _START,
            title="Poetry's development group",
            context=(
                ("main.py", "import flask\n"),
                (
                    "pyproject.toml",
                    '[tool.poetry.dependencies]\nflask = "^3"\n'
                    '[tool.poetry.group.dev.dependencies]\nmypy = "^1"\n',
                ),
                ("poetry.lock", ""),
            ),
        ),
        Untouched(
            "FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN pip install flask pytest\n"
            + _START,
            why="the tests run in a container of this image",
            context=(*_CODE, ("Makefile", "test:\n\tdocker compose run --rm web pytest\n")),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for each RUN that installs development dependencies, or why they stay."""
    counted: dict[frozenset[str], int] = {}
    for surplus in api.surpluses(facts):
        at = surplus.run.instruction.span.start
        if surplus.refusal:
            yield Decline(
                at, f"development dependencies ({_shown(surplus)}) stay: {surplus.refusal}"
            )
            continue
        written = api.without_development(facts.document, surplus.found)
        if written is None:
            reason = "they cannot be taken out of this RUN alone"
            yield Decline(at, f"development dependencies ({_shown(surplus)}) stay: {reason}")
            continue
        line = counted.setdefault(frozenset(surplus.names), surplus.run.instruction.line)
        yield _change(surplus, *written, line)


def _shown(surplus: api.Surplus) -> str:
    names = surplus.names
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (", ".join(names[:3]) or surplus.found[0].what) + more


def _change(
    surplus: api.Surplus, edits: tuple[api.Edit, ...], drops: tuple[str, ...], counted: int
) -> Change:
    """The change of one RUN; `counted` is the line where the bytes of the same names count."""
    because = surplus.doubt or (
        "the image starts no test and no tool, its code imports none of them, and nothing says that "
        "they run in a container of it"
    )
    return Change(
        title=f"Leave development dependencies out: {_shown(surplus)}",
        level=Level.ADVICE if surplus.doubt else Level.STANDARD,
        because=because,
        edits=edits,
        at=surplus.run.instruction.span.start,
        evidence=tuple(_evidence(surplus)),
        saves=_saving(surplus, counted),
        drops=drops,
    )


def _evidence(surplus: api.Surplus) -> Iterator[Evidence]:
    for found in surplus.found:
        names = ", ".join(dict.fromkeys(r.name for r in found.requirements))
        file = next((r.file for r in found.requirements if r.file), None)
        yield Evidence(f"{found.what} asks for {names}", surplus.run.instruction.start, file)
    gone = sorted(surplus.evidence.gone - set(surplus.names))
    if gone:
        yield Evidence(f"with them goes what only they require: {', '.join(gone)}")


def _saving(surplus: api.Surplus, counted: int) -> Saving:
    if counted != surplus.run.instruction.line:
        return Saving(None, f"the same distributions as on line {counted}, where they count")
    if surplus.evidence.bytes is None:
        return Saving(None, "the size of what is left out is not known")
    return Saving(surplus.evidence.bytes, "files of the newest known wheels, without bytecode")
