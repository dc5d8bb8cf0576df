"""Which commands of an image run behind `poetry run` and the like, and whether they can do without."""

import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.environments import SYSTEM, path_entries
from dockopt.facts.image_files import files_in_image
from dockopt.facts.installer_settings import is_true, variable
from dockopt.facts.installs import Install
from dockopt.facts.project_hazards import installs_project, manifest_text
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.wrapped_commands import (
    MENTIONED,
    NotPlain,
    Unwrapped,
    console_scripts,
    cuts_of_exec,
    cuts_of_run,
    is_bare,
    started_programs,
)
from dockopt.model import Run, Stage
from dockopt.syntax import Instruction


def unwrapped(
    users: tuple[Stage, ...], installs: tuple[Install, ...], runtime: RuntimeTexts
) -> tuple[Unwrapped, ...] | str:
    """What goes of the commands of stages; or why the wrapper is needed.

    `users` are the stages that have the environment, `installs` those that install the project.
    """
    install = installs[0]
    found: list[Unwrapped] = []
    manifest = manifest_text(install, runtime.context)
    for user in users:
        runs = [(run.instruction, run) for run in user.runs]
        for instruction, run in (*runs, *_commands(user)):
            if not MENTIONED.search((run.logical if run else instruction.body).text):
                continue
            try:
                found += _of(instruction, run, manifest)
            except NotPlain as error:
                return f"line {instruction.line} needs it: {error}"
    return _other_callers(users, installs, found, runtime) or tuple(found)


def _commands(stage: Stage) -> Iterator[tuple[Instruction, Run | None]]:
    """CMD and ENTRYPOINT, those in shell form as if they were RUNs."""
    for instruction in stage.of("CMD", "ENTRYPOINT"):
        is_json = instruction.is_json
        yield instruction, None if is_json else Run(instruction, stage.final_shell)


def _of(instruction: Instruction, run: Run | None, manifest: str | None) -> Iterator[Unwrapped]:
    if run is None and instruction.keyword == "ENTRYPOINT" and is_bare(instruction):
        yield Unwrapped(instruction, None, (), True)
        return
    cuts = cuts_of_run(run, manifest) if run else cuts_of_exec(instruction, manifest)
    if cuts:
        yield Unwrapped(instruction, run, cuts)


def _other_callers(
    users: tuple[Stage, ...],
    installs: tuple[Install, ...],
    found: list[Unwrapped],
    runtime: RuntimeTexts,
) -> str:
    install = installs[0]
    tool, context = install.pip.tool, runtime.context
    inside = files_in_image(runtime.dockerfile, users, context) if context else None
    if place := runtime.file_calling(tool, inside):
        return f"{place} calls {tool}, which the image would lack"
    if context is not None and (path := _in_container(context, tool)):
        return f"{path} runs {tool} in a container"
    health = [i for i in runtime.commands if i.keyword == "HEALTHCHECK"]
    if any(MENTIONED.search(instruction.body.text) for instruction in health):
        return f"HEALTHCHECK calls {tool}"
    if not found:
        return _unknown_start(install, runtime)
    started = {p for one in found for p in started_programs(one.run or one.instruction)}
    own = started & console_scripts(manifest_text(install, context))
    if own and all(installs_project(i, context) is False for i in installs):
        return (
            f"{min(own)} is a script of the project, which is not installed: only {tool} knows it"
        )
    return _environment_file(install, context)


_TELLS = re.compile(r"(?:\.(?:md|rst|ya?ml|sh)|(?:^|/)(?:Makefile|justfile|Taskfile[\w.]*))$")
_STARTED = re.compile(
    r"\b(?:docker|podman)(?:-compose| compose)? [^\n]{0,80}?\b(?:exec|run) [^\n]{0,120}? (\w{1,20}) run\b"
)
_MOST_FILES = 500
_LONGEST_LINE = 400


def _in_container(context: Context, tool: str) -> str:
    """A document, workflow or makefile that runs a tool in a container; empty where none does."""
    told = [path for path in context.files_under("") if _TELLS.search(path)]
    for path in told[:_MOST_FILES]:
        text = context.read_text(path) or ""
        lines = text.splitlines() if tool in text else ()
        near = (line for line in lines if tool in line and len(line) <= _LONGEST_LINE)
        if any(m[1] == tool for line in near for m in _STARTED.finditer(line)):
            return path
    return ""


def _unknown_start(install: Install, runtime: RuntimeTexts) -> str:
    """Why the tool may be needed where nothing in the Dockerfile starts anything.

    Programs in an environment that is not in PATH are found by the tool that made it.
    """
    dockerfile = runtime.dockerfile
    if any(i.keyword in ("CMD", "ENTRYPOINT") for i in runtime.commands):
        return ""
    entries = {(e or "").rstrip("/") for e in path_entries(dockerfile.target)}
    if install.environment == SYSTEM or f"{install.environment}/bin" in entries:
        return ""
    return f"nothing says how a container is started; it may be with {install.pip.tool} run"


def _environment_file(install: Install, context: Context | None) -> str:
    """Pipenv reads `.env`: https://pipenv.pypa.io/en/latest/shell.html#automatic-loading-of-env"""
    project = install.project
    if install.pip.tool != "pipenv" or project is None or context is None:
        return ""
    off = variable(install.stage, install.run, project.command, "PIPENV_DONT_LOAD_ENV")
    if context.exists(".env") and context.sent(".env") and is_true(off) is not True:
        return "pipenv run reads .env"
    return ""
