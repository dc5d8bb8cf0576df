"""Which stages end up in an image that somebody runs."""

from collections.abc import Set

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


def contributing_stages(dockerfile: Dockerfile, shipped: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """These stages and all that they copy from, in their order in the file."""
    waiting = list(shipped)
    found: dict[int, Stage] = {}
    while waiting:
        stage = waiting.pop()
        if stage.index in found:
            continue
        found[stage.index] = stage
        sources = (dockerfile.stage_named(copy.from_) for copy in stage.copies if copy.from_)
        earlier = [s for s in sources if s is not None and s.index < stage.index]
        waiting += [link for source in earlier for link in source.chain]
    return tuple(found[index] for index in sorted(found))


def beside_target(dockerfile: Dockerfile, offset: int) -> Stage | None:
    """The stage around `offset`, where the target neither starts from it nor copies from it."""
    before = [stage for stage in dockerfile.stages if stage.from_.start <= offset]
    if not before or before[-1] is dockerfile.target:
        return None
    ours = contributing_stages(dockerfile, dockerfile.target.chain)
    return None if before[-1] in ours else before[-1]
