"""Virtual environments that one stage builds and another stage copies."""

from collections.abc import Iterator

from dockopt.facts.environments import absolute
from dockopt.facts.venvs import created_venvs
from dockopt.immutable import immutable
from dockopt.model import Copy, Dockerfile, Stage
from dockopt.remembering import remembered


@immutable(eq=False)
class Handover:
    """A virtual environment that leaves the stage that built it."""

    path: str
    """Absolute, the same in both stages: its scripts name their interpreter by it."""
    builder: Stage
    """The stage that is copied from."""
    receiver: Stage
    copy: Copy


def handovers(dockerfile: Dockerfile) -> tuple[Handover, ...]:
    """Every COPY of a whole virtual environment from a stage that made it, or inherited it."""
    return tuple(_handovers(dockerfile))


def _handovers(dockerfile: Dockerfile) -> Iterator[Handover]:
    for receiver in dockerfile.stages:
        for copy in receiver.copies:
            builder = dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
            if builder is None or builder.index >= receiver.index or len(copy.sources) != 1:
                continue
            source = copied_path(copy.sources[0])
            target = absolute(receiver, copy.instruction, copy.destination)
            for path in sorted(venvs_of(dockerfile, builder)):
                if source == path == target or (source == target and path.startswith(f"{source}/")):
                    yield Handover(path, builder, receiver, copy)


def copied_path(text: str) -> str:
    """The path that a COPY source names; it counts from the root of the stage."""
    return "/" + text.strip("/")


def venvs_of(dockerfile: Dockerfile, stage: Stage) -> frozenset[str]:
    """The virtual environments that a stage holds: made in its chain, or copied there whole."""
    return _venvs(dockerfile)[stage.index]


@remembered
def _venvs(dockerfile: Dockerfile) -> list[frozenset[str]]:
    """By the index of a stage; a stage takes only from stages before it."""
    table: list[frozenset[str]] = []
    for stage in dockerfile.stages:
        found = {venv.path for venv in created_venvs(stage)}
        found |= table[stage.parent.index] if stage.parent else frozenset()
        for copy in stage.copies:
            source = dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
            if source is None or source.index >= stage.index or len(copy.sources) != 1:
                continue
            target = absolute(stage, copy.instruction, copy.destination)
            if target in table[source.index] and copied_path(copy.sources[0]) == target:
                found.add(target)
        table.append(frozenset(found))
    return table
