"""Install distributions into one virtual environment instead of the system's Python.

## What it does
Makes `/opt/venv` before the first install, puts it first in `PATH`, and takes `--user`, `--system` and
absolute paths of pip out of the commands. Where other stages copy `/usr/local`, `site-packages`,
`~/.local` or a folder that `pip install --prefix` made, they copy the environment instead.
Poetry, Pipenv and uv install into an environment that is active, so they stay outside of it; a
project's own `.venv` stays where it is. Commands that start with `poetry run`, `uv run`, `pipenv run`
or `pdm run` start their program directly, which is in `PATH` then.

## Why
A virtual environment is one folder that holds everything that was installed, console scripts
included. Copying `site-packages` alone loses `gunicorn` and `alembic`; copying `/usr/local` whole
stores the interpreter a second time. A builder stage needs this folder to hand over.

## Safety
Level `standard`. The environment has the same path in every stage, because its scripts name their
interpreter by it. Declined where something relies on the old place: an absolute path to a program in
`/usr/local/bin`, login shells, cron or sudo (they reset `PATH`), a PATH that is overwritten, variables
that redirect pip, conda; editable installs that put more than a reference into the environment; where
`poetry run` and its like do more than to start a program, or scripts call these tools; where the
application imports what only Poetry itself requires; where packages are installed before
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
    for plan in (facts.single_stage_plan, facts.copied_plan, facts.own_environment_plan):
        if plan is None:
            continue
        if plan.reason:
            yield Decline(plan.first.span.start, plan.reason)
        elif plan.own:
            yield _activated(facts, plan)
        else:
            yield _installed(facts, plan)
    if unmoved := facts.unmoved_install:
        instruction, reason = unmoved
        yield Decline(instruction.span.start, reason)


def _installed(facts: Facts, plan: api.VenvPlan) -> Change:
    edits = [
        *_environment(facts, plan),
        *_commands(facts, plan),
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
        alters=_altered(plan),
        evidence=_installs(plan),
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


def _installs(plan: api.VenvPlan) -> tuple[Evidence, ...]:
    """Where each install went so far; several of one RUN that go to one place count once."""
    found = (
        Evidence(f"installs with {i.pip.tool} into {_place(i)}", i.run.instruction.span.start)
        for i in plan.every_install
    )
    return tuple(dict.fromkeys(found))


def _place(install: api.Install) -> str:
    option = install.pip.folder_option
    if option is not None:
        return f"the folder that {option.name} names"
    return f"the {install.environment} packages"


def _activated(facts: Facts, plan: api.VenvPlan) -> Change:
    """The commands of the image find their programs in the project's own environment."""
    tool = plan.installs[0].pip.tool
    line = f'ENV PATH="{plan.path}/bin:$PATH"{facts.document.newline}'
    at = facts.document.attached_start(plan.first)
    return Change(
        title=f"Run programs from {plan.path} without {tool}",
        level=Level.STANDARD,
        because=f"{plan.path} is in PATH, so that programs are found there; {tool} run adds nothing "
        "but a check whether the environment is up to date",
        edits=(*(() if plan.in_path else (api.Insert(at, line),)), *_unwrapped(facts, plan)),
        at=plan.first.span.start,
        alters=_altered(plan),
        evidence=tuple(
            Evidence(f"{tool} makes {plan.path} here", i.run.instruction.span.start)
            for i in plan.installs
        ),
        saves=Saving(None, "nothing by itself; it makes the split possible"),
        enables=("split-builder",),
    )


def _altered(plan: api.VenvPlan) -> frozenset[str]:
    names = ["PATH", *(["VIRTUAL_ENV"] if plan.uses_uv else []), *dict(plan.variables)]
    commands = {u.instruction.keyword for u in plan.unwrapped} - {"RUN"}
    return frozenset({*(f"ENV {name}" for name in names), *commands})


def _environment_line(plan: api.VenvPlan) -> str:
    virtual_env = f"VIRTUAL_ENV={plan.path} " if plan.uses_uv else ""
    others = "".join(f"{name}={value} " for name, value in plan.variables)
    return f'ENV {virtual_env}{others}PATH="{plan.path}/bin:$PATH"'


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


def _commands(facts: Facts, plan: api.VenvPlan) -> Iterator[api.Edit]:
    """The installs without what chose the old place, and installers where they were before."""
    editors: dict[int, api.RunEditor] = {}
    for install in (*plan.every_install, *plan.tools):
        start = install.run.instruction.span.start
        editor = editors.setdefault(start, api.RunEditor(facts.document, install.run))
        program = install.pip.program[0]
        if install in plan.tools:
            if "/" not in program.text:
                editor.insert_before(program.start, "/usr/local/bin/")
            continue
        editor.remove_words(install.place_words)
        if install.pip.tool == "pip-tools":
            word = install.pip.action_word or program
            editor.insert_after(word.end, f" --python-executable {plan.path}/bin/python")
        if (program.value or "").startswith("/usr/") and install.pip.tool == "pip":
            editor.replace(program.start, program.end, (program.value or "").rpartition("/")[2])
    yield from _unwrapped(facts, plan, editors)
    for editor in editors.values():
        yield from editor.edits()


def _unwrapped(
    facts: Facts, plan: api.VenvPlan, editors: dict[int, api.RunEditor] | None = None
) -> Iterator[api.Edit]:
    """Commands without `poetry run`; those in RUNs that `editors` knows are left to these."""
    for one in plan.unwrapped:
        instruction = one.instruction
        if one.whole:
            yield from api.removal(facts.document, instruction)
        elif one.run is None:
            for cut in one.cuts:
                span = instruction.body.span(cut.start, cut.end)
                yield from api.replace(span, cut.text)
        else:
            start = instruction.span.start
            known = editors.get(start) if editors else None
            editor = known or api.RunEditor(facts.document, one.run)
            for cut in one.cuts:
                editor.replace(cut.start, cut.end, cut.text)
            if known is None:
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
