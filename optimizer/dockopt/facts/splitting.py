"""Plans to move what a stage installs for itself: what there is to gain, and what stands against it."""

from dataclasses import replace

from dockopt.facts.environments import HIDDEN, SYSTEM
from dockopt.facts.handover import venvs_of
from dockopt.facts.hazards import hazard
from dockopt.facts.installs import USER, Install, installs
from dockopt.facts.packages import build_packages
from dockopt.facts.project_plans import with_project
from dockopt.facts.runtime import RuntimeTexts, compiles
from dockopt.facts.venv_plan import (
    VenvPlan,
    basics_below,
    movable_installs,
    other_user,
    steering_variables,
)
from dockopt.model import Dockerfile, ImageReference, Stage


def single_stage_plan(
    dockerfile: Dockerfile, runtime: RuntimeTexts, context_known: bool
) -> VenvPlan | None:
    """The plan for the stage of a target's chain that installs for it.

    That is the target itself, or a base stage that several stages share. None where there is nothing
    to gain.
    """
    # Cheapest first: the whole chain of the target starts from one image.
    stage = _installing_stage(dockerfile) if is_known_python(dockerfile.target) else None
    if stage is None:
        return None
    own = movable_installs(dockerfile, stage)
    project = next((i for i in own if i.project), None)
    if project is None and not carries_build_tools(stage):
        return None
    every = installs(stage, venvs_of(dockerfile, stage))
    if project is not None:
        own = own[next(n for n, i in enumerate(own) if not i.only_basics) :]
    first = own[0].run.instruction
    repeated, problem = basics_below(dockerfile, stage)
    plan = VenvPlan(stage, own, first, any(i.pip.tool != "pip" for i in every), repeated=repeated)
    plan = with_project(dockerfile, plan, runtime)
    reason = _objection(dockerfile, stage, every, runtime) or plan.reason
    reason = reason or builds_upon(dockerfile, stage) or inherited_user(stage.parent) or problem
    if not context_known:
        reason = reason or (
            "without the build context it is not known which programs scripts and sources call"
        )
    return replace(plan, variables=steering_variables(stage, every), reason=reason)


def _objection(
    dockerfile: Dockerfile, stage: Stage, every: tuple[Install, ...], runtime: RuntimeTexts
) -> str:
    users = dockerfile.built_upon(stage)
    reason = next((r for s in users if (r := hazard(dockerfile, s, every, runtime))), "")
    beside = any(i.environment not in (SYSTEM, USER, HIDDEN) for i in every)
    if beside or venvs_of(dockerfile, stage):
        return reason or "it has a virtual environment, and installs beside it"
    return reason


def _installing_stage(dockerfile: Dockerfile) -> Stage | None:
    """The lowest stage of the target's chain that installs more than pip itself."""
    for stage in reversed(dockerfile.target.chain):
        if any(not i.only_basics for i in movable_installs(dockerfile, stage)):
            return stage
    return None


def builds_upon(dockerfile: Dockerfile, stage: Stage) -> str:
    """Why a stage cannot lose its compilers: a stage upon it that builds; empty where none does."""
    for other in dockerfile.built_upon(stage):
        if other is not stage:
            place = compiles(other, venvs_of(dockerfile, other), frozenset())
            if place is not None:
                return f"stage {other.reference} starts from it and builds: {place}"
    return ""


def inherited_user(upon: Stage | None) -> str:
    """Why a builder that starts from a stage could not install; empty where it can."""
    user = other_user(upon) if upon else None
    if upon is None or user is None:
        return ""
    return (
        f"stage {upon.reference} switches USER on line {user.line}, so a builder could not install"
    )


def is_known_python(stage: Stage) -> bool:
    """Whether a stage starts from an official Python image with a tag that can be read."""
    image = stage.root.image
    return isinstance(image, ImageReference) and image.python_tag is not None


def carries_build_tools(stage: Stage) -> bool:
    """Whether a stage, or one that it starts from, has anything that only building needs."""
    if getattr(stage.root.image, "is_full_python", False):
        return True
    return any(build_packages(link) for link in stage.chain)
