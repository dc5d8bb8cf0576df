"""Plans for the split into builder and runtime: what there is to gain, and what stands against it."""

from dataclasses import dataclass

from dockopt.facts.environments import SYSTEM, absolute
from dockopt.facts.handover import copied_path, venvs_of
from dockopt.facts.hazards import hazard
from dockopt.facts.installs import USER, Install, installs
from dockopt.facts.packages import build_packages
from dockopt.facts.runtime import RuntimeTexts, compiles
from dockopt.model import Copy, Dockerfile, ImageReference, Stage
from dockopt.syntax import Instruction

VENV = "/opt/venv"
"""Where the environment goes: the same path in every stage, because its scripts name it."""


@dataclass(frozen=True, eq=False)
class VenvPlan:
    """Distributions to move into a virtual environment."""

    stage: Stage
    """Where they are installed."""
    installs: tuple[Install, ...]
    first: Instruction
    """The first RUN that has to find the environment."""
    uses_uv: bool
    receiver: Stage | None = None
    """The stage that copies them, where that is another one."""
    copies: tuple[Copy, ...] = ()
    """The COPY instructions of the receiver that bring them today."""
    receiver_installs: tuple[Install, ...] = ()
    reason: str = ""
    """Why it cannot be done, empty where it can."""

    @property
    def path(self) -> str:
        """The path of the environment."""
        return VENV


def system_installs(dockerfile: Dockerfile, stage: Stage) -> tuple[Install, ...]:
    """The installs of a stage into the system's or user's packages, tools that install aside."""
    found = installs(stage, venvs_of(dockerfile, stage))
    return tuple(i for i in found if i.environment in (SYSTEM, USER) and not i.only_tools)


def single_stage_plan(
    dockerfile: Dockerfile, runtime: RuntimeTexts, context_known: bool
) -> VenvPlan | None:
    """The plan for the stage that a target starts from and that installs for it.

    That is the target itself, or a base stage that several stages share. None where there is nothing
    to gain.
    """
    stage = dockerfile.target.root
    if not _worth_splitting(stage):
        return None
    venvs = venvs_of(dockerfile, stage)
    every = installs(stage, venvs)
    own = system_installs(dockerfile, stage)
    if not any(not i.only_basics for i in own):
        return None
    users = [s for s in dockerfile.stages if stage in s.chain]
    reason = next((r for s in users if (r := hazard(dockerfile, s, every, runtime))), "")
    if any(i.environment not in (SYSTEM, USER) for i in every):
        reason = reason or "it installs into several environments"
    reason = reason or builds_upon(dockerfile, stage)
    if not context_known:
        reason = reason or (
            "without the build context it is not known which programs scripts and sources call"
        )
    uses_uv = any(i.pip.tool == "uv" for i in every)
    return VenvPlan(stage, own, own[0].run.instruction, uses_uv, reason=reason)


def builds_upon(dockerfile: Dockerfile, stage: Stage) -> str:
    """Why a stage cannot lose its compilers: a stage upon it that builds; empty where none does."""
    for other in dockerfile.stages:
        if other is not stage and stage in other.chain:
            place = compiles(other, venvs_of(dockerfile, other), frozenset())
            if place is not None:
                return f"stage {other.reference} starts from it and builds: {place}"
    return ""


def _worth_splitting(stage: Stage) -> bool:
    """Whether the stage carries something that only building needs."""
    image = stage.root.image
    if not isinstance(image, ImageReference) or image.python_tag is None:
        return False
    return image.python_tag.variant == "full" or bool(build_packages(stage))


_WHOLE = "/usr/local"


def copied_plan(dockerfile: Dockerfile, runtime: RuntimeTexts) -> VenvPlan | None:
    """The plan for a target that copies the system's or user's packages of another stage."""
    receiver = dockerfile.target
    copies = [c for c in receiver.copies if c.from_ and _brings_packages(receiver, c)]
    sources = {dockerfile.stage_named(c.from_ or "") for c in copies}
    source = next(iter(sources)) if len(sources) == 1 else None
    if source is None or source.index >= receiver.index:
        return None
    own = system_installs(dockerfile, source)
    if not any(not i.only_basics for i in own):
        return None
    theirs = system_installs(dockerfile, receiver)
    every = installs(source, venvs_of(dockerfile, source))
    late = installs(receiver, venvs_of(dockerfile, receiver))
    reason = (
        hazard(dockerfile, source, every, runtime)
        or hazard(dockerfile, receiver, late, runtime)
        or _other_content(source)
        or _interpreters(source, receiver)
    )
    uses_uv = any(i.pip.tool == "uv" for i in (*every, *late))
    first = own[0].run.instruction
    return VenvPlan(source, own, first, uses_uv, receiver, tuple(copies), theirs, reason)


def _brings_packages(stage: Stage, copy: Copy) -> bool:
    if len(copy.sources) != 1:
        return False
    source = copied_path(copy.sources[0])
    target = absolute(stage, copy.instruction, copy.destination)
    if source.endswith("/.local"):
        return True
    same = source == target
    return same and (
        source in (_WHOLE, _WHOLE + "/bin", _WHOLE + "/lib")
        or (source.startswith(_WHOLE + "/lib/python") and source.endswith("site-packages"))
    )


def _other_content(source: Stage) -> str:
    """Something besides distributions that the copied folder would bring."""
    for link in source.chain:
        for copy in link.copies:
            target = absolute(link, copy.instruction, copy.destination) or "?"
            if target.startswith((_WHOLE, "?", "/root/.local")):
                return f"line {copy.instruction.line} puts other files into {copy.destination}"
        for run in link.runs:
            text = run.logical.text
            if _WHOLE in text or "make install" in text or "npm " in text:
                return f"line {run.instruction.line} may put other files into {_WHOLE}"
    return ""


def _interpreters(source: Stage, receiver: Stage) -> str:
    one, other = source.root.image, receiver.root.image
    if isinstance(one, ImageReference) and isinstance(other, ImageReference):
        first, second = one.python_tag, other.python_tag
        if one.text == other.text or (
            first and second and first.minor and first.minor == second.minor
        ):
            return ""
    return "the two stages do not certainly have the same Python minor version"
