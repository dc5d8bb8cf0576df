"""RUNs of one command each, one after the other: linters ask to join them (hadolint's DL3059)."""

from collections.abc import Iterable
from itertools import pairwise

from dockopt.errors import ParseError
from dockopt.model import Run, build
from dockopt.shell import Script
from dockopt.syntax import Document, parse
from dockopt.text import Draft, Edit, OverlapError


def crowding(document: Document) -> int:
    """How many pairs of such RUNs there are.

    Raises ParseError for a document that is no Dockerfile.
    """
    return sum(
        first.keyword == second.keyword == "RUN"
        and has_one_command(runs[first.span.start])
        and has_one_command(runs[second.span.start])
        for stage in build(document).stages
        for runs in [{run.instruction.span.start: run for run in stage.runs}]
        for first, second in pairwise(stage.instructions)
    )


def has_one_command(run: Run) -> bool:
    """Whether a RUN is one command and no more."""
    return not isinstance(run.script, Script) or len(run.script.commands) <= 1


def crowds(document: Document, edits: Iterable[Edit]) -> bool:
    """Whether the edits leave more such pairs than there were, or no Dockerfile at all."""
    try:
        after = parse(Draft.of(document.source).apply([("edit", tuple(edits))]).text)
        return crowding(after) > crowding(document)
    except (ParseError, OverlapError):
        return True
