"""Distributions that can move from a Python's own packages into a virtual environment."""

from dockopt.facts.environments import HIDDEN, SYSTEM
from dockopt.facts.handover import venvs_of
from dockopt.facts.installs import USER, Install, installs
from dockopt.facts.pip import pip_commands
from dockopt.facts.wrapped_commands import Unwrapped
from dockopt.immutable import immutable
from dockopt.model import Copy, Dockerfile, Run, Stage
from dockopt.shell import Script
from dockopt.syntax import Instruction

VENV = "/opt/venv"
"""Where the environment goes: the same path in every stage, because its scripts name it."""


@immutable(eq=False)
class Receiver:
    """A stage that copies the installed distributions of another one."""

    stage: Stage
    source: Stage
    copies: tuple[Copy, ...]
    """The COPY instructions that bring them today; the first one brings the modules."""
    installs: tuple[Install, ...]
    """What it installs itself."""


@immutable(eq=False)
class VenvPlan:
    """Distributions to move into a virtual environment."""

    stage: Stage
    """Where they are installed."""
    installs: tuple[Install, ...]
    first: Instruction
    """The first RUN that has to find the environment."""
    uses_uv: bool
    """Whether a tool installs that looks at VIRTUAL_ENV before PATH; all but pip do."""
    receivers: tuple[Receiver, ...] = ()
    """The stages that copy them, where these are others."""
    repeated: tuple[Run, ...] = ()
    """RUNs of stages below that bring setuptools or wheel, which the environment needs too."""
    reason: str = ""
    """Why it cannot be done, empty where it can."""
    tools: tuple[Install, ...] = ()
    """Installs of installers that have to stay outside of the environment."""
    unwrapped: tuple[Unwrapped, ...] = ()
    """Commands that need no wrapper once the environment is in PATH."""
    variables: tuple[tuple[str, str], ...] = ()
    """More variables that point a tool to the environment."""
    own: str = ""
    """The path of a project's own environment, which is only put into PATH; else empty."""
    in_path: bool = False
    """Whether the environment is in PATH already."""

    @property
    def path(self) -> str:
        """The path of the environment."""
        return self.own or VENV

    @property
    def every_install(self) -> tuple[Install, ...]:
        """All installs that go to the environment from then on."""
        return (*self.installs, *(i for receiver in self.receivers for i in receiver.installs))

    @property
    def copies(self) -> tuple[Copy, ...]:
        """All COPY instructions that the environment takes the place of."""
        return tuple(copy for receiver in self.receivers for copy in receiver.copies)


def movable_installs(dockerfile: Dockerfile, stage: Stage) -> tuple[Install, ...]:
    """Those of `system_installs`, and those into an environment that a tool keeps for itself."""
    found = installs(stage, venvs_of(dockerfile, stage))
    return tuple(i for i in found if i.environment in (SYSTEM, USER, HIDDEN) and not i.only_tools)


def system_installs(dockerfile: Dockerfile, stage: Stage) -> tuple[Install, ...]:
    """The installs of a stage into the system's or user's packages, tools that install aside."""
    found = installs(stage, venvs_of(dockerfile, stage))
    return tuple(i for i in found if i.environment in (SYSTEM, USER) and not i.only_tools)


_ROOT = frozenset({"root", "0"})


def other_user(stage: Stage, before: Instruction | None = None) -> Instruction | None:
    """The USER in force at the end of a stage or before an instruction; None where that is root.

    Another one may not write where root does: pip would give up within a virtual environment.
    """
    own = [u for u in stage.of("USER") if before is None or u.start < before.start]
    user = own[-1] if own else stage.parent.last("USER") if stage.parent else None
    if user is None or (user.value and user.value[0].partition(":")[0] in _ROOT):
        return None
    return user


def steering_variables(stage: Stage, every: tuple[Install, ...]) -> tuple[tuple[str, str], ...]:
    """Variables that would point a tool elsewhere, as they have to be from then on."""
    named = stage.final_environment
    found: list[tuple[str, str]] = []
    if any(i.project and i.pip.tool == "uv" for i in every):
        found.append(("UV_PROJECT_ENVIRONMENT", VENV))
    if "UV_SYSTEM_PYTHON" in named and any(not i.project and i.pip.tool == "uv" for i in every):
        found.append(("UV_SYSTEM_PYTHON", "0"))
    return tuple(found)


def basics_below(dockerfile: Dockerfile, stage: Stage) -> tuple[tuple[Run, ...], str]:
    """RUNs below a stage that bring setuptools or wheel; and why they cannot be repeated.

    Images from Python 3.12 on have neither, and code may rely on them without requiring them.
    """
    repeated: list[Run] = []
    for link in reversed(stage.ancestors):
        found = [i for i in system_installs(dockerfile, link) if i.only_basics]
        ours = {id(i.pip.command) for i in found}
        for run in dict.fromkeys(i.run for i in found if i.names != frozenset({"pip"})):
            if not _is_made_of(run, ours):
                line = run.instruction.line
                return (), f"line {line} updates setuptools or wheel together with other things"
            repeated.append(run)
    return tuple(repeated), ""


def _is_made_of(run: Run, ours: set[int]) -> bool:
    """Whether a RUN has only these commands."""
    script = run.script
    own = {id(pip.command) for pip in pip_commands(run)} & ours
    return isinstance(script, Script) and {id(c) for c in script.commands} == own
