"""Run the shipped stage as a user of its own instead of root.

## What it does

With `--assume non-root` a stage that runs as root gets a user with a home of its own. It is made before
the first COPY that names it, and owns what is copied and the folders that the program works in: by
`COPY --chown` and a `chown` of the folders alone, so that no file is stored twice. USER stands before
the stage starts something, with the number, which Kubernetes' `runAsNonRoot` can check. A user that a
RUN makes already is taken. `collectstatic` and the like at the end of a stage run as the user, for
they write where the program does.

## Why

Whoever breaks into a program that runs as root is root in the container: they can change every file,
install programs, and are one fault of the kernel or the runtime away from the host.
https://docs.docker.com/build/building/best-practices/#user

## Safety

Level `advice`: whether something outside needs root, such as the owner of an existing volume, no file
tells. With `--assume non-root` it is a change of level `standard`, made only where all that runs is known.
Declined without the build context; on images other than Debian's and Ubuntu's; with VOLUMEs, writable
mounts in compose files, a `user:` there; where the stage starts a program that is not known to be
Python's, or a script that calls one that works as root (chown, gosu, nginx, cron, supervisord) or
installs something; with ports below 1024, which Docker opens to all since 20.10 but not every runtime;
where variables, commands or sources name folders outside the working directory that may have to be
written, or anything in root's home; and where a RUN is not known to leave nothing for root alone.
Files that no COPY brings into the working directory stay root's, and can be read.
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

ASSUMPTION = "non-root"
SAVES = Saving(None, "no bytes: files change owner where they are copied")

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.ADVICE,
    examples=(
        Example(
            before=(
                "FROM python:3.12-slim\n"
                "WORKDIR /srv/shop\n"
                "COPY requirements.txt .\n"
                "RUN pip install -r requirements.txt\n"
                "COPY shop ./shop\n"
                'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]\n'
            ),
            after=(
                "FROM python:3.12-slim\n"
                "WORKDIR /srv/shop\n"
                "RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin app \\\n"
                "    && chown app:app /srv/shop\n"
                "COPY --chown=app:app requirements.txt .\n"
                "RUN pip install -r requirements.txt\n"
                "COPY --chown=app:app shop ./shop\n"
                "USER 10001\n"
                'CMD ["gunicorn", "--bind", "0.0.0.0:8000", "shop:app"]\n'
            ),
            title="A user that owns the code, and nothing else",
            context=(
                ("requirements.txt", "gunicorn\nflask\n"),
                ("shop/__init__.py", "from flask import Flask\n\napp = Flask(__name__)\n"),
            ),
            assume=(ASSUMPTION,),
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN useradd app\nUSER app\nCMD gunicorn shop:app\n",
            why="it has a user already",
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install flask\n",
            why="it starts nothing by itself",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """The user for the target, advice to ask for one, or why it cannot be made."""
    plan = api.OwnUser(facts)
    if not plan.runs_as_root:
        return
    asked = facts.assumes(ASSUMPTION)
    target = facts.dockerfile.target
    at = (target.last("CMD") or target.last("ENTRYPOINT") or target.from_).span.start
    if asked and (obstacle := api.user_obstacle(plan)):
        yield Decline(at, f"it stays with root: {obstacle}")
        return
    yield Change(
        title=f"Run as {plan.name}, not as root" if asked else "The shipped image runs as root",
        level=Level.STANDARD if asked else Level.ADVICE,
        because="nothing that starts the image or runs in it is known to need root; what it may "
        "write belongs to the user"
        if asked
        else "who breaks into the program is root in the container",
        edits=api.own_user_edits(facts, plan) if asked else (),
        at=at,
        alters=frozenset({"USER"}),
        evidence=(Evidence("the stage has no USER, and its base image has root", at),),
        saves=SAVES,
        asks=ASSUMPTION,
    )
