"""Who builds this Dockerfile, and as far as which stage: compose files, bake, workflows, scripts, hosts.

Every reference has its place; `build_files` finds the files, `build_readers` reads them.
"""

from dockopt.facts.build_files import build_files
from dockopt.facts.build_readers import Reference, told_builds
from dockopt.facts.context import Context
from dockopt.model import Dockerfile, Stage
from dockopt.remembering import cached_property, remembered

__all__ = ["Reference", "References", "references_of"]


@remembered
def references_of(context: Context) -> tuple[Reference, ...]:
    """All builds that the files of a context and its repository tell of."""
    found = build_files(context)
    seen: dict[Reference, None] = {}
    for file in found.files:
        for reference in told_builds(file, found.root):
            seen.setdefault(reference)
    return tuple(seen)


class References:
    """The references to one Dockerfile."""

    def __init__(self, dockerfile: Dockerfile, context: Context | None) -> None:
        self.dockerfile = dockerfile
        self.context = context

    @cached_property
    def all(self) -> tuple[Reference, ...]:
        """Those that build this Dockerfile, or may."""
        if self.context is None:
            return ()
        own = self.context.dockerfile_location
        return tuple(
            r for r in references_of(self.context) if r.dockerfiles is None or own in r.dockerfiles
        )

    @cached_property
    def certain(self) -> tuple[Reference, ...]:
        """Those that build this Dockerfile, and nothing else."""
        return tuple(r for r in self.all if r.dockerfiles and r.target is not None)

    def to(self, stage: Stage) -> Reference | None:
        """A build that ends with `stage` by its name or number, None where there is none."""
        return self._by_stage.get(stage.index)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The numbers by which stages are built."""
        return tuple(sorted({r.target for r in self.all if r.target and r.target.isdecimal()}))

    @cached_property
    def _by_stage(self) -> dict[int, Reference]:
        found: dict[int, Reference] = {}
        for reference in self.all:
            stage = self.dockerfile.stage_named(reference.target or "")
            if stage is not None:
                found.setdefault(stage.index, reference)
        return found

    @cached_property
    def started(self) -> frozenset[int]:
        """The indexes of the stages that a file builds and starts, or deploys."""
        stages = (self._stage(r) for r in self.certain if r.starts)
        return frozenset(stage.index for stage in stages if stage is not None)

    @cached_property
    def shipped_instead(self) -> tuple[Stage, Reference] | None:
        """The stage that is built where the target never is: then that one is meant.

        Only where all that is certain names stages, and none of them is the target; a build of
        this Dockerfile as far as a variable says may be one of the target.
        """
        if any(r.dockerfiles and r.target is None for r in self.all):
            return None
        named = [(r, self._stage(r)) for r in self.certain]
        stages = {s.index for _, s in named if s is not None}
        if not stages or self.dockerfile.target.index in stages or None in [s for _, s in named]:
            return None
        ranked = sorted(named, key=lambda pair: not pair[0].starts)
        return next(((s, r) for r, s in ranked if s is not None), None)

    def _stage(self, reference: Reference) -> Stage | None:
        if not reference.target:
            return self.dockerfile.stages[-1]
        return self.dockerfile.stage_named(reference.target)
