"""Whether a stage builds something, as seen from a transform."""

from collections.abc import Iterable

from dockopt.facts.handover import venvs_of
from dockopt.facts.runtime import Place, compiles
from dockopt.model import Dockerfile, Run, Stage


def compiling_place(
    dockerfile: Dockerfile, stage: Stage, ignore: Iterable[Run] = ()
) -> Place | None:
    """The first RUN of `stage` itself that may call a compiler, RUNs in `ignore` aside."""
    skipped = frozenset(run.instruction.span.start for run in ignore)
    return compiles(stage, venvs_of(dockerfile, stage), skipped)
