"""Which RUNs and COPYs of a stage can move to a builder, and which steps stay behind."""

import re

from dockopt.facts import Facts
from dockopt.facts.environments import created_venvs
from dockopt.facts.installs import Install
from dockopt.facts.packages import build_packages as stage_build_packages
from dockopt.facts.removals import copies_for_one_run, removals_of_copies
from dockopt.facts.splitting import builds_upon
from dockopt.model import Run, Stage
from dockopt.shell import Script
from dockopt.staging import only_installs


def leaves_something(stage: Stage) -> bool:
    """Whether a stage carries anything that a runtime can do without."""
    image = stage.root.image
    tag = getattr(image, "python_tag", None)
    return bool(tag and tag.variant == "full") or bool(stage_build_packages(stage))


def cannot_move(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> str:
    """Why the installs of a stage cannot move to a builder, empty where they can."""
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    if reason := builds_upon(facts.dockerfile, stage):
        return reason
    for install in found:
        if install.pip.editables:
            return f"line {install.run.instruction.line} installs in editable form"
        whole = moves_whole(facts, stage, install.run, found)
        if not whole and separable(facts, stage, install.run, found) is None:
            return (
                f"the RUN on line {install.run.instruction.line} does other things besides "
                "installing, which cannot be told apart"
            )
    return ""


def moves_whole(facts: Facts, stage: Stage, run: Run, found: tuple[Install, ...]) -> bool:
    """Whether nothing of a RUN that installs has to stay with the runtime."""
    going = going_copies(facts, stage, found)
    return only_installs(run, found) and removals_of_copies(stage, run, going) == ()


def going_copies(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> frozenset[int]:
    """The COPYs of a stage that only serve its installs, which remove their files again."""
    runs = [*(venv.run for venv in created_venvs(stage)), *(i.run for i in found)]
    return copies_for_one_run(stage, runs, facts.context)


def installer_copies(facts: Facts, stage: Stage, moved: frozenset[int]) -> frozenset[int]:
    """The COPYs that bring uv from its own image, where nothing that stays calls it.

    https://docs.astral.sh/uv/guides/integration/docker/#installing-uv
    """
    staying = [r for r in stage.runs if r.instruction.span.start not in moved]
    if any(re.search(r"\buvx?\b", run.logical.text) for run in staying):
        return frozenset()
    if facts.runtime.calls("uv") or facts.runtime.calls("uvx"):
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
    removing = removals_of_copies(stage, run, going_copies(facts, stage, found))
    if not isinstance(run.script, Script) or run.instruction.heredocs or removing is None:
        return None
    if not run.script.stops_on_failure:
        return None
    apt = {id(c.command) for c in facts.apt.get(run.instruction.span.start, ())}
    ours = {id(i.pip.command) for i in found}
    stay: list[int] = []
    for index, step in enumerate(run.script.steps):
        command = step.command
        if command is None:
            return None
        lists = command.name == "rm" and "/var/lib/apt" in step_text(run, index)
        if id(command) in apt or lists or index in removing:
            stay.append(index)
        elif id(command) not in ours and command.name not in ("set", "rm", "echo", "cd"):
            return None
    return tuple(stay)


def step_text(run: Run, index: int) -> str:
    """The shell text of one step of a RUN."""
    script = run.script
    if not isinstance(script, Script):
        return ""
    return script.text[script.steps[index].start : script.steps[index].end]
