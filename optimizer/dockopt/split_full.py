"""The fourth form of the split: stages that build keep a full image, of which the runtime has no need."""

from collections.abc import Iterator

from dockopt.facts import Facts
from dockopt.model import ImageReference, Stage
from dockopt.split_inherited import branches, shared_reason, tool_paths, tool_runs
from dockopt.staging import end_of_stage, free_name, removal, with_newline, word_span
from dockopt.syntax import Document
from dockopt.text import Edit, Insert, Span, replace
from dockopt.transform import Change, Decline, Evidence, Level, Proposal, Saving


def full_base_split(facts: Facts, target: Stage) -> Iterator[Proposal]:
    """A copy of a full base stage for the stages that build, so that the target alone has the base."""
    base = target.root
    found = branches(facts, target, base) if base is not target and _is_full(base) else []
    if not found:
        return
    reason = shared_reason(facts, target, base, base)
    if len(found) > 1 or found[0][0] is not base:
        reason = f"stages that build start from {found[-1][0].reference} as well"
    if reason:
        yield Decline(found[0][1][0].from_.span.start, reason)
    else:
        yield _parted(facts, base, found[0][1])


def _is_full(base: Stage) -> bool:
    image = base.image
    return isinstance(image, ImageReference) and not image.digest and image.is_full_python


def _parted(facts: Facts, base: Stage, others: list[Stage]) -> Change:
    document, tools = facts.document, tool_runs(facts, base)
    name = free_name(facts, f"{base.reference}-build", "build-tools")
    at = end_of_stage(base)
    edits: list[Edit] = [
        Insert(at, with_newline(document, at, _copy(document, base, name))),
        *(edit for other in others for edit in replace(word_span(other.from_, 0), name)),
    ]
    for instruction in (*(tool.instruction for tool in tools), *tool_paths(base, tools)):
        edits += removal(document, instruction)
    return Change(
        title=f"Give the stages that build a stage {name} of their own, as {base.reference} is now",
        level=Level.STANDARD,
        because=f"with it only the shipped image starts from {base.reference}, whose image can then "
        "be the slim one; what builds keeps the full image with all that is put in there",
        edits=tuple(edits),
        at=others[0].from_.span.start,
        alters=frozenset({"ENV PATH"}) if tools else frozenset(),
        evidence=(
            *(Evidence(f"stage {o.reference} starts from it", o.from_.span.start) for o in others),
            *(Evidence("brings an installer", tool.instruction.span.start) for tool in tools),
        ),
        saves=Saving(None, "what it makes possible is counted there"),
        enables=("retarget-runtime",),
    )


def _copy(document: Document, base: Stage, name: str) -> str:
    """The stage once more under another name, to the letter."""
    newline = document.newline
    image = " ".join([*map(str, base.from_.flags), base.from_image_text])
    comment = f"# The same upon the full image, for the stages that build{newline}"
    body = Span(base.from_.span.end, end_of_stage(base)).of(document.source)
    return f"{newline}{comment}FROM {image} AS {name}{newline}{body}"
