"""Which stages end up in an image that somebody runs."""

from collections.abc import Callable, Iterable, Iterator, Set

from dockopt.model import Dockerfile, Stage


def shipped_leaves(dockerfile: Dockerfile, started: Set[int] = frozenset()) -> tuple[Stage, ...]:
    """The target, and every other stage that nothing starts from and nothing is copied from."""
    used = {index for index, users in dockerfile.copied_from.items() if users}
    return tuple(
        stage
        for stage in dockerfile.stages
        if stage is dockerfile.target
        or stage.index in started
        or (stage.index not in used and not dockerfile.children(stage))
    )


def shipped_stages(dockerfile: Dockerfile, started: Set[int] = frozenset()) -> tuple[Stage, ...]:
    """The target with the stages it starts from, and every other stage that nothing builds upon.

    `started` are the indexes of stages that other files build and start, as compose files do.

    A stage that only serves `COPY --from` is thrown away after the build: its size costs nothing.
    """
    shipped = {link.index for leaf in shipped_leaves(dockerfile, started) for link in leaf.chain}
    return tuple(stage for stage in dockerfile.stages if stage.index in shipped)


def contributing_stages(
    dockerfile: Dockerfile,
    stages: Iterable[Stage],
    sources: Callable[[Stage], Iterable[Stage]] | None = None,
) -> tuple[Stage, ...]:
    """These stages, those that they start from, and all that they take from, in their order in the file.

    What a stage takes from is what its COPYs and mounts name; `sources` may say otherwise.
    """
    waiting, found = list(stages), dict[int, Stage]()
    while waiting:
        for stage in waiting.pop().chain:
            if stage.index not in found:
                found[stage.index] = stage
                waiting += sources(stage) if sources else _taken_from(dockerfile, stage)
    return tuple(found[index] for index in sorted(found))


def _taken_from(dockerfile: Dockerfile, stage: Stage) -> Iterator[Stage]:
    return (source for source, _, _ in dockerfile.references(stage))


def beside_target(dockerfile: Dockerfile, offset: int) -> Stage | None:
    """The stage around `offset`, where the target neither starts from it nor copies from it."""
    before = [stage for stage in dockerfile.stages if stage.from_.start <= offset]
    if not before or before[-1] is dockerfile.target:
        return None
    ours = contributing_stages(dockerfile, (dockerfile.target,))
    return None if before[-1] in ours else before[-1]
