"""Install distributions into one virtual environment instead of the system's Python.

## What it does
Makes `/opt/venv` before the first install, puts it first in `PATH`, and takes `--user`, `--system` and
absolute paths of pip out of the commands. Where other stages copy `/usr/local`, `site-packages`,
`~/.local` or a folder that `pip install --prefix` made, they copy the environment instead.

## Why
A virtual environment is one folder that holds everything that was installed, console scripts
included. Copying `site-packages` alone loses `gunicorn` and `alembic`; copying `/usr/local` whole
stores the interpreter a second time. A builder stage needs this folder to hand over.

## Safety
Level `standard`. The environment has the same path in every stage, because its scripts name their
interpreter by it. Declined where something relies on the old place: an absolute path to a program in
`/usr/local/bin`, login shells, cron or sudo (they reset `PATH`), a PATH that is overwritten, variables
that redirect pip, editable installs, Poetry, Pipenv, PDM and conda; where packages are installed before
or below the copy, which the environment would not see; where another user than root installs; and
where something else is done with the folder of `--prefix`. On its own it saves little, so it is only
done together with a change that it makes possible.
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
    phase=Phase.VENV,
    level=Level.STANDARD,
    examples=(
        Example(
            title="copied packages",
            context=(("app/app.py", "import flask\n"),),
            before=(
                "FROM python:3.12-slim AS builder\n"
                "COPY requirements.txt .\n"
                "RUN pip install -r requirements.txt\n"
                "\n"
                "FROM python:3.12-slim\n"
                "COPY --from=builder /usr/local /usr/local\n"
                "COPY app app\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            after=(
                "FROM python:3.12-slim AS builder\n"
                "COPY requirements.txt .\n"
                "# All distributions in one folder that another stage can copy\n"
                "RUN python -m venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "RUN pip install -r requirements.txt\n"
                "\n"
                "FROM python:3.12-slim\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "COPY app app\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            together=(),
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install flask\n",
            why="there is nothing to leave behind in a builder",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one change for the target, and one for the stage that it copies from."""
    for plan in (facts.single_stage_plan, facts.copied_plan):
        if plan is None:
            continue
        if plan.reason:
            yield Decline(plan.first.span.start, plan.reason)
        else:
            yield _installed(facts, plan)


def _installed(facts: Facts, plan: api.VenvPlan) -> Change:
    edits = [
        *_environment(facts, plan),
        *_commands(facts, plan.every_install),
        *(edit for r in plan.receivers for edit in _handed_over(facts, plan, r)),
    ]
    whole = any(copy.sources[0].strip("/") == "usr/local" for copy in plan.copies)
    useful_with = () if whole else ("split-builder", "prune-venv", "strip-binaries")
    return Change(
        title=f"Install into {plan.path}",
        level=Level.STANDARD,
        because="nothing names the old place: commands, scripts and sources find programs by PATH",
        edits=tuple(edits),
        at=plan.first.span.start,
        alters=frozenset({"ENV PATH", *(("ENV VIRTUAL_ENV",) if plan.uses_uv else ())}),
        evidence=tuple(
            Evidence(
                f"installs with {i.pip.tool} into the {i.environment} packages",
                i.run.instruction.span.start,
            )
            for i in plan.every_install
        ),
        saves=Saving(
            None,
            "the interpreter in /usr/local is not stored a second time"
            if whole
            else "nothing by itself; unused parts and symbols can leave it before it is copied"
            if plan.copies
            else "nothing by itself; it makes the split possible",
        ),
        enables=useful_with,
    )


def _environment_line(plan: api.VenvPlan) -> str:
    virtual_env = f"VIRTUAL_ENV={plan.path} " if plan.uses_uv else ""
    return f'ENV {virtual_env}PATH="{plan.path}/bin:$PATH"'


def _environment(facts: Facts, plan: api.VenvPlan) -> Iterator[api.Edit]:
    newline = facts.document.newline
    repeated = "".join(api.text_of(facts.document, run.instruction) for run in plan.repeated)
    lines = (
        "# All distributions in one folder that another stage can copy",
        f"RUN python -m venv {plan.path}",
        _environment_line(plan),
        repeated,
        "",
    )
    yield api.Insert(facts.document.attached_start(plan.first), newline.join(lines))


def _commands(facts: Facts, found: tuple[api.Install, ...]) -> Iterator[api.Edit]:
    editors: dict[int, api.RunEditor] = {}
    for install in found:
        start = install.run.instruction.span.start
        editor = editors.setdefault(start, api.RunEditor(facts.document, install.run))
        editor.remove_words(install.place_words)
        program = install.pip.program[0]
        if (program.value or "").startswith("/usr/") and install.pip.tool == "pip":
            editor.replace(program.start, program.end, (program.value or "").rpartition("/")[2])
    for editor in editors.values():
        yield from editor.edits()


def _handed_over(facts: Facts, plan: api.VenvPlan, receiver: api.Receiver) -> Iterator[api.Edit]:
    """A receiver copies the environment in the place of what it copies today."""
    newline = facts.document.newline
    first, *others = receiver.copies
    yield from _retargeted(first, plan.path)
    yield api.Insert(first.instruction.span.end, _environment_line(plan) + newline)
    for copy in others:
        yield from api.removal(facts.document, copy.instruction)


def _retargeted(copy: api.Copy, path: str) -> Iterator[api.Edit]:
    for span in copy.spans:
        yield from api.replace(span, path)
