"""Start the server without what only developers need.

## What it does

Finds reloaders, debuggers and development servers in what starts a shipped stage: CMD and ENTRYPOINT,
the scripts of the build context that they run, the calls that serve in the module that they start, and
ENV. With `--assume production` it takes them out where that is a matter of a few words:
`uvicorn --reload`, `gunicorn --reload`, `flask --debug`, `python -m debugpy --listen …`,
`FLASK_DEBUG=1`. `fastapi dev` with a host becomes `fastapi run`. Servers that are for development as
such (`flask run`, `manage.py runserver`, `python -m http.server`) are named, with what to start instead.

## Why

A reloader is a second process, which loads the program again and watches files that never change in an
image. Werkzeug's debugger and debugpy run the code that a visitor sends:
https://werkzeug.palletsprojects.com/en/stable/debug/. It saves memory and risk, and no bytes of the image.

## Safety

Level `advice`: whether an image serves or is developed in, no file tells. Nothing is applied without
`--assume production`; then the change is one of level `standard`, and changes what the image starts,
by the words that are named and no other. Stages, Dockerfiles and compose files that are called `dev`, `test`,
`ci` and the like are left alone, and so are commands under a condition. No edit is offered, only advice,
where the words stand in a script or a source, where the instruction is inherited from another
stage, where a source reads the variable too (`FLASK_ENV`), and where another server would have to be
installed. Flask's server without its reloader ignores SIGTERM as process 1, so that it stops late.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
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

ASSUMPTION = "production"
SAVES = Saving(None, "memory and risk at run time, no bytes of the image")

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.ADVICE,
    examples=(
        Example(
            before=(
                "FROM python:3.12-slim\n"
                "WORKDIR /app\n"
                "COPY shop ./shop\n"
                'CMD ["uvicorn", "shop.main:app", \\\n'
                '    "--host", "0.0.0.0", \\\n'
                '    "--reload"]\n'
            ),
            after=(
                "FROM python:3.12-slim\n"
                "WORKDIR /app\n"
                "COPY shop ./shop\n"
                'CMD ["uvicorn", "shop.main:app", \\\n'
                '    "--host", "0.0.0.0"]\n'
            ),
            title="No second process that watches files",
            assume=(ASSUMPTION,),
        ),
        Example(
            before=(
                "FROM python:3.12-slim\n"
                "ENV FLASK_APP=shop FLASK_DEBUG=1\n"
                "CMD gunicorn --reload --bind 0.0.0.0:8000 shop:app\n"
            ),
            after=(
                "FROM python:3.12-slim\n"
                "ENV FLASK_APP=shop FLASK_DEBUG=0\n"
                "CMD gunicorn --bind 0.0.0.0:8000 shop:app\n"
            ),
            title="Neither a reloader nor a debugger",
            assume=(ASSUMPTION,),
        ),
        Untouched(
            'FROM python:3.12-slim AS development\nCMD ["uvicorn", "shop.main:app", "--reload"]\n',
            why="the stage is for development, as its name says",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            'CMD if [ "$MODE" = dev ]; then uvicorn shop:app --reload; else uvicorn shop:app; fi\n',
            why="it is for those who ask for it",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for everything that is for developers; advice unless it may be taken out."""
    for use in facts.dev_uses:
        edits, drops = api.dev_use_edits(facts.document, use)
        decided = bool(edits) and facts.assumes(ASSUMPTION)
        yield Change(
            title=_title(use, bool(edits)),
            level=Level.STANDARD if decided else Level.ADVICE,
            because=f"{use.costs}; {use.instead}",
            edits=edits,
            at=use.at.span.start,
            alters=frozenset({f"ENV {use.variable}" if use.variable else use.at.keyword}),
            evidence=tuple(_evidence(use)),
            saves=SAVES,
            drops=drops,
            asks=ASSUMPTION if edits else "",
        )


def _title(use: api.DevUse, exact: bool) -> str:
    if use.variable:
        return f"Do not set `{use.what}` in the image"
    return f"Start without `{use.what}`" if exact else f"`{use.what}` is for developers"


def _evidence(use: api.DevUse) -> Iterator[Evidence]:
    start = use.at.span.start
    if use.file:
        yield Evidence(f"line {use.line}: `{use.what}`", file=use.file)
        yield Evidence(f"{use.at.keyword} leads to it", start)
    else:
        yield Evidence(f"{use.at.keyword} has `{use.what}`", start)
    stage = f"the stage {use.stage.name!r}" if use.stage.name else "the stage"
    yield Evidence(f"{stage} is shipped, and not for development by its name", start)
