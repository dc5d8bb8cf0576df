"""Which RUNs and COPYs of a stage can move to a builder, and which steps stay behind."""

import re

from dockopt.facts import Facts
from dockopt.facts.apt import apt_commands, package_lists
from dockopt.facts.environments import HIDDEN, SYSTEM
from dockopt.facts.image_files import files_in_image
from dockopt.facts.installer_runs import (
    brought_tools,
    managing_commands,
    only_brings_tools,
    tool_commands,
)
from dockopt.facts.installs import PROGRAMS, USER, Install
from dockopt.facts.numbering import numbered_from
from dockopt.facts.project_hazards import editable_hazard, project_hazard
from dockopt.facts.removals import copies_for_one_run, removals_of_copies
from dockopt.facts.runtime import Place
from dockopt.facts.splitting import builds_upon, inherited_user
from dockopt.facts.uninstalls import uninstalling_runs, uninstalls
from dockopt.facts.venvs import created_venvs
from dockopt.model import Run, Stage
from dockopt.shell import Script
from dockopt.staging import only_installs

_HARMLESS = frozenset({"set", "rm", "echo", "cd", "true", ":"})


def cannot_move(facts: Facts, stage: Stage, found: tuple[Install, ...], upon: Stage | None) -> str:
    """Why the installs of a stage cannot move to a builder, empty where they can.

    `upon` is the stage that the builder would start from, None for an image.
    """
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    reason = (
        builds_upon(facts.dockerfile, stage)
        or inherited_user(upon)
        or numbered_from(facts.dockerfile, stage.index)
        or _called_tool(facts, stage, found)
    )
    if reason:
        return reason
    for install in found:
        line = install.run.instruction.line
        context = facts.context
        if why := project_hazard(install, facts.runtime) or editable_hazard(install, context):
            return f"line {line} {why}" if install.pip.editables else why
        if _other_pip(stage, install):
            return f"line {line} may install with a pip outside of the environment, which has none"
        if _stays_behind(install, found):
            return f"line {line} installs beside the environment, and the runtime would lack that"
        whole = moves_whole(facts, stage, install.run, found)
        if not whole and separable(facts, stage, install.run, found) is None:
            return (
                f"the RUN on line {install.run.instruction.line} does other things besides "
                "installing, which cannot be told apart"
            )
    return _mixed_uninstall(facts, stage, found)


def _mixed_uninstall(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> str:
    """Which RUN takes distributions out again and does other things besides; empty for none.

    It has to come where the installs are: behind the copy of the environment it would take out
    what a later install has brought back.
    """
    for run in uninstalling_runs(stage, found):
        whole = moves_whole(facts, stage, run, found)
        if not whole and separable(facts, stage, run, found) is None:
            return (
                f"the RUN on line {run.instruction.line} does other things besides uninstalling, "
                "which cannot be told apart"
            )
    return ""


def _other_pip(stage: Stage, install: Install) -> bool:
    """Whether pip is called by name in an environment that was made without it."""
    made = [venv for venv in created_venvs(stage) if venv.path == install.environment]
    by_name = install.pip.tool == "pip" and "/" not in install.pip.program[0].text
    return by_name and bool(made) and not any(venv.with_pip for venv in made)


def _stays_behind(install: Install, found: tuple[Install, ...]) -> bool:
    """Whether an install puts something else than tools into the packages of Python itself."""
    beside = install.environment in (SYSTEM, USER, HIDDEN)
    inside = any(i.environment.startswith("/") for i in found)
    return beside and inside and not (install.only_tools or install.only_basics)


def _has_separable_tools(stage: Stage, run: Run) -> bool:
    """Whether a RUN brings an installer, and apt's steps are all that it does besides."""
    return bool(tool_commands(run)) and _separated(stage, run, frozenset(), frozenset()) is not None


def moving_runs(stage: Stage, found: tuple[Install, ...]) -> dict[int, Run]:
    """The RUNs that make the environment or install, by their offsets.

    Also those that uninstall something of it; and where a project is installed, those that bring
    its installer or set it up.
    """
    runs = [*(venv.run for venv in created_venvs(stage)), *(install.run for install in found)]
    runs += uninstalling_runs(stage, found)
    if any(install.project for install in found):
        runs += [r for r in stage.runs if only_brings_tools(r) or _has_separable_tools(stage, r)]
    return {run.instruction.span.start: run for run in runs}


def _called_tool(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> str:
    """What calls an installer that the stage has outside the environment; empty where nothing does."""
    moved = frozenset(moving_runs(stage, found))
    for install in found:
        beside = install.only_tools and install.environment in (SYSTEM, USER)
        for name in sorted(install.names or ()) if beside else ():
            if place := _caller(facts, stage, moved, *PROGRAMS.get(name, (name,))):
                return f"{place} calls {name}, which line {install.run.instruction.line} installs"
    for run in (r for r in stage.runs if r.instruction.start in moved):
        for name in sorted(brought_tools(run)):
            if place := _caller(facts, stage, moved, name):
                return f"{place} calls {name}, which line {run.instruction.line} brings"
    return ""


def _caller(facts: Facts, stage: Stage, moved: frozenset[int], *names: str) -> Place | None:
    """What names one of these programs once the RUNs that start at an offset in `moved` are gone."""
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    for run in stage.runs:
        at = run.instruction.span.start
        if at not in moved and words.search(run.logical.text):
            return Place(f"line {run.instruction.line}", at)
    users, context = facts.dockerfile.built_upon(stage), facts.context
    inside = files_in_image(facts.dockerfile, users, context) if context else None
    for name in names:
        if place := facts.runtime.command_calling(name):
            return place
        if place := facts.runtime.file_calling(name, inside):
            return place
    return None


def moves_whole(facts: Facts, stage: Stage, run: Run, found: tuple[Install, ...]) -> bool:
    """Whether nothing of a RUN that installs has to stay with the runtime."""
    going = going_copies(facts, stage, found)
    return only_installs(run, found) and removals_of_copies(stage, run, going) == ()


def going_copies(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> frozenset[int]:
    """The COPYs of a stage that only serve its installs, which remove their files again."""
    return copies_for_one_run(stage, moving_runs(stage, found).values(), facts.context)


def installer_copies(facts: Facts, stage: Stage, moved: frozenset[int]) -> frozenset[int]:
    """The COPYs that bring uv from its own image, where nothing that stays calls it.

    https://docs.astral.sh/uv/guides/integration/docker/#installing-uv
    """
    if _caller(facts, stage, moved, "uv", "uvx"):
        return frozenset()
    return frozenset(
        copy.instruction.span.start
        for copy in stage.copies
        if "astral-sh/uv" in (copy.from_ or "")
        and {source.rpartition("/")[2] for source in copy.sources} <= {"uv", "uvx"}
    )


def separable(
    facts: Facts, stage: Stage, run: Run, found: tuple[Install, ...]
) -> tuple[int, ...] | None:
    """The steps of a mixed RUN that stay with the runtime: those of apt, when all others install."""
    ours = frozenset(id(i.pip.command) for i in found)
    return _separated(stage, run, ours, going_copies(facts, stage, found))


def _separated(
    stage: Stage, run: Run, ours: frozenset[int], going: frozenset[int]
) -> tuple[int, ...] | None:
    removing = removals_of_copies(stage, run, going)
    if not isinstance(run.script, Script) or run.instruction.heredocs or removing is None:
        return None
    if not run.script.stops_on_failure:
        return None
    apt = {id(c.command) for c in apt_commands(run)}
    apt |= {id(variable.command) for variable in package_lists(run)}
    tools = tool_commands(run)
    ours |= tools | managing_commands(run) | {id(pip.command) for pip in uninstalls(run)}
    stay: list[int] = []
    for index, step in enumerate(run.script.steps):
        command = step.command
        if command is None:
            if not all(id(c) in tools for c in step.commands):
                return None
            continue
        lists = command.name == "rm" and "/var/lib/apt" in step_text(run, index)
        if id(command) in apt or lists or index in removing:
            stay.append(index)
        elif id(command) not in ours and command.name not in _HARMLESS:
            return None
    return tuple(stay)


def step_text(run: Run, index: int) -> str:
    """The shell text of one step of a RUN."""
    script = run.script
    if not isinstance(script, Script):
        return ""
    return script.text[script.steps[index].start : script.steps[index].end]
