"""`Facts`: what transforms may ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from dockopt.remembering import cached_property

if TYPE_CHECKING:
    from dockopt.facts.apt import AptCommand
    from dockopt.facts.apt_installed import History
    from dockopt.facts.context import Context
    from dockopt.facts.cuda_builds import CudaInstall
    from dockopt.facts.dev_use import DevUse
    from dockopt.facts.handover import Handover
    from dockopt.facts.installs import Install
    from dockopt.facts.pip import PipCommand
    from dockopt.facts.project_installs import ProjectInstall
    from dockopt.facts.python_version import Named
    from dockopt.facts.references import References
    from dockopt.facts.runtime import Place, RuntimeTexts
    from dockopt.facts.source.closure import Closure
    from dockopt.facts.source.entry_points import EntryPoints
    from dockopt.facts.source.uses import Uses
    from dockopt.facts.top_level import TopLevels
    from dockopt.facts.variant import Variant
    from dockopt.facts.venv_plan import VenvPlan
    from dockopt.facts.weights import Weights
    from dockopt.model import Dockerfile, Run, Stage, Unknown
    from dockopt.syntax import Document, Instruction

_MAY_BRING_TORCH = re.compile(
    "torch|transformers|accelerate|diffusers|docling|easyocr|fastai|lightning|timm|ultralytics|whisper"
)
"""Without a build context only these words are taken for a sign of it; nothing is looked up else."""


class Facts:
    """The facts about one Dockerfile; every answer is found when first asked for.

    So is the code that finds it: most Dockerfiles never come to most of the questions.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        context: Context | None = None,
        assume: frozenset[str] = frozenset(),
        file: str = "Dockerfile",
        variants: tuple[Variant, ...] = (),
    ) -> None:
        self.dockerfile = dockerfile
        self.context = context
        self.assume = assume
        self.file = file
        self.variants = variants
        self._apt_histories: dict[int, History] = {}

    @property
    def document(self) -> Document:
        """The tree."""
        return self.dockerfile.document

    def assumes(self, name: str) -> bool:
        """Whether the user stated the assumption `name`."""
        return name in self.assume

    @cached_property
    def shipped(self) -> tuple[Stage, ...]:
        """The stages whose layers are part of an image that is shipped; see `facts.shipping`."""
        from dockopt.facts.shipping import shipped_stages

        several = self.context is not None and len(self.dockerfile.stages) > 1
        return shipped_stages(self.dockerfile, self.references.started if several else frozenset())

    @cached_property
    def runs(self) -> tuple[tuple[Stage, Run], ...]:
        """All RUNs with their stages, in order."""
        return tuple((stage, run) for stage in self.dockerfile.stages for run in stage.runs)

    @cached_property
    def apt(self) -> Mapping[int, tuple[AptCommand, ...]]:
        """The apt commands of every RUN that has any, by the start of the RUN; see `facts.apt`."""
        from dockopt.facts.apt import apt_commands

        found = {}
        for _, run in self.runs:
            commands = apt_commands(run)
            if commands:
                found[run.instruction.span.start] = commands
        return found

    def apt_history(self, stage: Stage) -> History:
        """What apt installed when, in a stage and those below; see `facts.apt_installed`."""
        from dockopt.facts.apt_installed import History

        if stage.index not in self._apt_histories:
            self._apt_histories[stage.index] = History.of(self.apt, stage)
        return self._apt_histories[stage.index]

    @cached_property
    def pip(self) -> Mapping[int, tuple[PipCommand, ...]]:
        """The pip and uv commands of every RUN that has any, like `apt`; see `facts.pip`."""
        from dockopt.facts.pip import pip_commands

        found = {}
        for _, run in self.runs:
            commands = pip_commands(run)
            if commands:
                found[run.instruction.span.start] = commands
        return found

    @cached_property
    def named_versions(self) -> tuple[Named, ...]:
        """Where the project names one minor version of Python; see `facts.python_version`."""
        from dockopt.facts.python_version import named_versions

        return named_versions(self.dockerfile, self.context)

    @cached_property
    def runtime(self) -> RuntimeTexts:
        """What runs in a container of the target; see `facts.runtime`."""
        from dockopt.facts.runtime import RuntimeTexts

        return RuntimeTexts(self.dockerfile, self.dockerfile.target, self.context)

    @cached_property
    def references(self) -> References:
        """Who builds the Dockerfile, and as far as which stage; see `facts.references`."""
        from dockopt.facts.references import References

        return References(self.dockerfile, self.context)

    @cached_property
    def dev_uses(self) -> tuple[DevUse, ...]:
        """What in the start of shipped stages is for developers; see `facts.dev_servers`."""
        from dockopt.facts.dev_servers import dev_uses

        return dev_uses(self.dockerfile, self.file, self.context)

    @cached_property
    def knows_sources(self) -> bool:
        """Whether the scripts and sources that may run are all known."""
        return self.runtime.files is not None

    @cached_property
    def entry_points(self) -> EntryPoints | None:
        """What a container of the target starts; None without a build context."""
        from dockopt.facts.source.entry_points import entry_points

        if self.context is None:
            return None
        return entry_points(self.dockerfile, self.dockerfile.target, self.context)

    @cached_property
    def closure(self) -> Closure | Unknown:
        """The modules of the build context that the entry points reach, each with the reason."""
        from dockopt.facts.source.closure import closure
        from dockopt.model import Unknown

        if self.context is None or self.entry_points is None:
            return Unknown("there is no build context")
        return closure(self.context, self.entry_points)

    @cached_property
    def requirement_uses(self) -> Uses | None:
        """What is said about the use of each requirement of the target; None without a context."""
        from dockopt.facts.source.shipped import requirement_uses

        return requirement_uses(self) if self.context is not None else None

    @cached_property
    def handovers(self) -> tuple[Handover, ...]:
        """The virtual environments that one stage copies from another."""
        from dockopt.facts.handover import handovers

        return handovers(self.dockerfile)

    def venvs(self, stage: Stage) -> frozenset[str]:
        """The virtual environments that a stage holds, by path."""
        from dockopt.facts.handover import venvs_of

        return venvs_of(self.dockerfile, stage)

    def installs(self, stage: Stage) -> tuple[Install, ...]:
        """The installs of a stage itself, in order."""
        from dockopt.facts.installs import installs

        return installs(stage, self.venvs(stage))

    def project_installs(self, stage: Stage) -> tuple[ProjectInstall, ...]:
        """What a stage itself installs with uv, Poetry, Pipenv, PDM and the like."""
        from dockopt.facts.project_installs import project_installs

        return project_installs(stage, self.venvs(stage), self.context)

    @cached_property
    def single_stage_plan(self) -> VenvPlan | None:
        """How the target's own distributions can move, where it does not copy others' as well."""
        from dockopt.facts.splitting import single_stage_plan

        copied = self.copied_plan
        plan = single_stage_plan(self.dockerfile, self.runtime, self.knows_sources)
        if plan and copied and any(r.stage is plan.stage for r in copied.receivers):
            return None
        return plan

    @cached_property
    def own_environment_plan(self) -> VenvPlan | None:
        """How the commands of the target can use a project's own environment without its tool."""
        from dockopt.facts.project_plans import own_environment_plan

        return own_environment_plan(self.dockerfile, self.runtime, self.knows_sources)

    @cached_property
    def unmoved_install(self) -> tuple[Instruction, str] | None:
        """An install of the target with conda or pixi, and why it is not moved."""
        from dockopt.facts.project_plans import not_followed

        return not_followed(self.dockerfile)

    @cached_property
    def copied_plan(self) -> VenvPlan | None:
        """How distributions that the target copies can move into a virtual environment."""
        from dockopt.facts.copied_plan import copied_plan

        return copied_plan(self.dockerfile, self.runtime)

    def used_packaging_tools(self, handover: Handover) -> dict[str, str]:
        """Which of pip, setuptools and wheel the receiver of an environment uses, and why."""
        from dockopt.facts.packaging_tools import used_tools

        at = handover.copy.instruction.start
        return used_tools(self.dockerfile, handover.receiver, self.runtime, after=at)

    @cached_property
    def installs_at_run_time(self) -> Place | None:
        """Where distributions are installed when the container starts, None where nowhere."""
        from dockopt.facts.late_installs import installs_at_run_time

        return installs_at_run_time(self.runtime)

    def required_names(self, found: tuple[Install, ...]) -> frozenset[str] | str:
        """The top-level requirements of these installs, or why they are not all known."""
        if self.context is None:
            return "there is no build context"
        from dockopt.facts.exported import exported_names
        from dockopt.facts.requirements import required_names

        return required_names(
            self.context, found, partial(exported_names, self.dockerfile, self.context)
        )

    def built_from_source(self, found: tuple[Install, ...]) -> frozenset[str]:
        """Which distributions these installs compile although they may have wheels, or `:all:`."""
        if self.context is None:
            return frozenset()
        from dockopt.facts.source_builds import built_from_source

        return built_from_source(self.context, found)

    @cached_property
    def contributing(self) -> tuple[Stage, ...]:
        """The shipped stages and those that they copy from; see `facts.shipping`."""
        from dockopt.facts.shipping import contributing_stages

        return contributing_stages(self.dockerfile, self.shipped)

    @cached_property
    def cuda_installs(self) -> tuple[CudaInstall, ...]:
        """The commands that bring torch into the shipped image; see `facts.cuda_builds`."""
        if self.context is None and not _MAY_BRING_TORCH.search(self.document.source):
            return ()
        from dockopt.facts.cuda_builds import cuda_install

        installs = (i for stage in self.contributing for i in self.installs(stage))
        found = (cuda_install(self.context, i) for i in installs if not i.only_tools)
        return tuple(one for one in found if one is not None)

    @cached_property
    def top_level(self) -> TopLevels | None:
        """What the target, and all that it takes from other stages, asks for by name; see
        `facts.top_level`. None without a context.
        """
        if self.context is None:
            return None
        from dockopt.facts.shipping import contributing_stages
        from dockopt.facts.top_level import top_level

        stages = contributing_stages(self.dockerfile, (self.dockerfile.target,))
        return top_level(
            self.context,
            (install for stage in stages for install in self.installs(stage)),
            (project for stage in stages for project in self.project_installs(stage)),
        )

    @cached_property
    def weights(self) -> Weights | Unknown:
        """The top-level requirements with their bytes and uses, or why they are not all known."""
        from dockopt.model import Unknown

        if self.context is None or self.top_level is None:
            return Unknown("there is no build context")
        from dockopt.facts.cuda_builds import minor_of
        from dockopt.facts.lock_files import lock_of
        from dockopt.facts.source.shipped import requirement_uses
        from dockopt.facts.weights import Weights

        if self.top_level.missing:
            return Unknown(self.top_level.missing[0])
        uses = {use.requirement.name: use for use in requirement_uses(self).all}
        minor = minor_of(self.dockerfile.target)
        return Weights(self.top_level.without_tools, lock_of(self.context), minor, uses)
