"""What a user should know of a Dockerfile and its surroundings that no change can mend."""

from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, build
from dockopt.syntax import parse

_SEVERAL = 2


@immutable(slots=True)
class Observation:
    """One sentence, and the place that it rests on."""

    text: str
    file: str
    """A path from the build context."""
    line: int


def observations(
    source: str, file: str, context: Context | None, target: str | None
) -> Iterator[Observation]:
    """What is to be said of the Dockerfile `source`; nothing without a build context."""
    if context is None or target is not None or source.upper().count("FROM") < _SEVERAL:
        return
    yield from _other_target(build(parse(source, file), file), context)


def _other_target(dockerfile: Dockerfile, context: Context) -> Iterator[Observation]:
    """The last stage is taken for the shipped one, and all that builds the file builds another."""
    from dockopt.facts.references import References

    found = References(dockerfile, context).shipped_instead
    if found is None:
        return
    stage, reference = found
    last = dockerfile.target.reference
    yield Observation(
        f"{reference.by} in {reference.place} builds stage {stage.reference}, and nothing builds "
        f"{last}, the last one, which was taken for the shipped image; give --target "
        f"{stage.reference} if that is the one",
        reference.file,
        reference.line,
    )
