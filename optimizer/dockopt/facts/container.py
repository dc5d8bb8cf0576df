"""`Facts`: what transforms may ask."""

from collections.abc import Mapping
from functools import cached_property

from dockopt.facts import apt as apt_facts
from dockopt.facts import shipping
from dockopt.facts.context import Context
from dockopt.model import Dockerfile, Run, Stage
from dockopt.syntax import Document, Instruction


class Facts:
    """The facts about one Dockerfile; every answer is found when first asked for."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        context: Context | None = None,
        assume: frozenset[str] = frozenset(),
        file: str = "Dockerfile",
    ) -> None:
        self.dockerfile = dockerfile
        self.context = context
        self.assume = assume
        self.file = file

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
        return shipping.shipped_stages(self.dockerfile)

    @cached_property
    def runs(self) -> tuple[tuple[Stage, Run], ...]:
        """All RUNs with their stages, in order."""
        return tuple((stage, run) for stage in self.dockerfile.stages for run in stage.runs)

    @cached_property
    def apt(self) -> Mapping[int, tuple[apt_facts.AptCommand, ...]]:
        """The apt commands of every RUN that has any, by the start of the RUN; see `facts.apt`."""
        found = {}
        for _, run in self.runs:
            commands = apt_facts.apt_commands(run)
            if commands:
                found[run.instruction.span.start] = commands
        return found

    def line(self, instruction: Instruction) -> int:
        """The line on which `instruction` starts, in the current text."""
        return instruction.line
