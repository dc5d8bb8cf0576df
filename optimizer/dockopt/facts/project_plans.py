"""What a plan has to see to where uv, Poetry, Pipenv or PDM installs a project."""

from dataclasses import replace

from dockopt.facts.environments import HIDDEN, SYSTEM, path_entries
from dockopt.facts.handover import venvs_of
from dockopt.facts.hazards import NOT_MOVED, own_hazard
from dockopt.facts.installer_commands import followed_runs, installer_commands
from dockopt.facts.installs import BASICS, ELSEWHERE, TOOLS, Install, installs
from dockopt.facts.project_hazards import project_hazard
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.unwrapping import unwrapped
from dockopt.facts.venv_plan import VenvPlan
from dockopt.model import Dockerfile, ImageReference, Stage
from dockopt.syntax import Instruction

_NOT_FOLLOWED_WORDS = ("conda", "mamba", "pixi")


def with_project(dockerfile: Dockerfile, plan: VenvPlan, runtime: RuntimeTexts) -> VenvPlan:
    """A plan for installs into a new environment, completed by what the tools need."""
    if not any(i.project for i in plan.installs):
        return replace(plan, tools=_uv_of_pip(dockerfile, plan))
    stage, start = plan.stage, plan.first.start
    projects = tuple(i for i in plan.installs if i.project)
    tools = tuple(
        i
        for i in installs(stage, venvs_of(dockerfile, stage))
        if i.only_tools and i.environment == SYSTEM and i.run.instruction.start >= start
    )
    holders = (stage, *(receiver.stage for receiver in plan.receivers))
    users = dict.fromkeys(user for one in holders for user in dockerfile.built_upon(one))
    found = unwrapped(tuple(users), projects, runtime)
    if isinstance(found, str):
        return replace(plan, reason=plan.reason or found)
    return replace(plan, tools=tools, unwrapped=found, reason=plan.reason or _mixture(plan))


def _uv_of_pip(dockerfile: Dockerfile, plan: VenvPlan) -> tuple[Install, ...]:
    """Where pip brings uv only to install with it: 60 MB that an environment need not hold."""
    stage, start = plan.stage, plan.first.start
    if any("-m uv" in run.logical.text for run in stage.runs):
        return ()
    return tuple(
        i
        for i in installs(stage, venvs_of(dockerfile, stage))
        if i.names == frozenset({"uv"}) and i.environment == SYSTEM and i.pip.tool == "pip"
        if i.run.instruction.start >= start
    )


def _mixture(plan: VenvPlan) -> str:
    """Why the installs do not go to one environment, empty where they do."""
    others = [i for i in plan.installs if not i.project and not i.only_basics]
    for install in others:
        line = install.run.instruction.line
        if any(i.environment == HIDDEN for i in plan.installs):
            return f"line {line} installs beside the environment that a tool keeps for itself"
        if (install.names or frozenset()) & TOOLS:
            return f"line {line} installs an installer together with other things"
    if len({i.pip.tool for i in plan.installs if i.project}) > 1:
        return "several tools install projects"
    return ""


def own_environment_plan(
    dockerfile: Dockerfile, runtime: RuntimeTexts, context_known: bool
) -> VenvPlan | None:
    """The plan to put a project's own environment into PATH; None where there is none to speak of."""
    for stage in reversed(dockerfile.target.chain):
        if not followed_runs(stage):
            continue
        every = installs(stage, venvs_of(dockerfile, stage))
        own = tuple(i for i in every if i.project and i.environment.startswith("/"))
        if own and _is_python(stage):
            return _own_plan(dockerfile, stage, own, runtime, context_known)
        if unclear := next((i for i in every if i.project and i.environment == ELSEWHERE), None):
            reason = project_hazard(unclear, runtime)
            return VenvPlan(stage, (), unclear.run.instruction, False, reason=reason)
    return None


def not_followed(dockerfile: Dockerfile) -> tuple[Instruction, str] | None:
    """An install of the target with a tool that keeps more than Python in its environments."""
    source = dockerfile.document.source
    if not any(word in source for word in _NOT_FOLLOWED_WORDS):
        return None
    for stage in reversed(dockerfile.target.chain):
        for run in stage.runs:
            for command in installer_commands(run):
                if command.installs and command.tool in ("conda", "pixi"):
                    return run.instruction, f"line {run.instruction.line} {NOT_MOVED[command.tool]}"
    return None


def _is_python(stage: Stage) -> bool:
    image = stage.root.image
    return isinstance(image, ImageReference) and image.python_tag is not None


def _own_plan(
    dockerfile: Dockerfile,
    stage: Stage,
    own: tuple[Install, ...],
    runtime: RuntimeTexts,
    context_known: bool,
) -> VenvPlan | None:
    path = own[0].environment
    in_path = f"{path}/bin" in {(e or "").rstrip("/") for e in path_entries(dockerfile.target)}
    found = unwrapped(dockerfile.built_upon(stage), own, runtime)
    reason = found if isinstance(found, str) else ""
    plan = VenvPlan(
        stage,
        own,
        own[0].run.instruction,
        False,
        unwrapped=() if isinstance(found, str) else found,
        own=path,
        in_path=in_path,
    )
    every = installs(stage, venvs_of(dockerfile, stage))
    reason = reason or own_environment_hazard(dockerfile, stage, every, runtime)
    if not context_known:
        reason = reason or (
            "without the build context it is not known which programs scripts and sources call"
        )
    return replace(plan, reason=reason) if plan.unwrapped or reason else None


def own_environment_hazard(
    dockerfile: Dockerfile, stage: Stage, every: tuple[Install, ...], runtime: RuntimeTexts
) -> str:
    """What stands against leaving the installs of a stage with its own environment to a builder."""
    paths = {i.environment for i in every if i.project}
    if len(paths) > 1:
        return "the project is installed into several environments"
    for install in every:
        beside = install.environment not in paths and not install.only_tools
        if beside and not (install.names and install.names <= BASICS):
            return f"line {install.run.instruction.line} installs beside the environment"
    return own_hazard(dockerfile, stage, every, runtime)
