"""Virtual environments that one stage builds and another stage copies."""

from collections.abc import Iterator
from dataclasses import dataclass

from dockopt.facts.environments import absolute, created_venvs
from dockopt.model import Copy, Dockerfile, Stage


@dataclass(frozen=True, eq=False)
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
    found = {venv.path for link in stage.chain for venv in created_venvs(link)}
    for link in stage.chain:
        for copy in link.copies:
            source = dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
            if source is None or source.index >= link.index or len(copy.sources) != 1:
                continue
            target = absolute(link, copy.instruction, copy.destination)
            inherited = venvs_of(dockerfile, source)
            if target in inherited and copied_path(copy.sources[0]) == target:
                found.add(target)
    return frozenset(found)
