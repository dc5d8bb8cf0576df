"""Passes over a finished virtual environment: at the end of its builder, or in a stage upon that."""

import re
from collections.abc import Callable, Iterator

from dockopt.facts import Facts
from dockopt.facts.handover import Handover, copied_path
from dockopt.facts.numbering import numbered_from
from dockopt.immutable import immutable
from dockopt.model import Copy, ImageReference, Run, Stage
from dockopt.staging import end_of_stage, free_name, in_lines_of, with_newline
from dockopt.syntax import Document, Instruction
from dockopt.text import Edit, Insert, replace
from dockopt.transform import Change, Decline, Evidence, Level, Proposal, Saving

_OLD_SYNTAX = re.compile(r"docker/dockerfile(?:-upstream)?:1\.[0-3](?:\.|$|-)")
"""Frontends before 1.4 read no here-documents.
https://docs.docker.com/build/buildkit/dockerfile-release-notes/#140"""


_OLDEST = (3, 7)
"""The first Python that the scripts of both passes run with; a test reads them as that."""
_ORDER = ("prune-venv:", "strip-binaries:")
"""What the passes call themselves, in the order in which they run: what goes need not be stripped."""


@immutable(slots=True)
class Pass:
    """What one transform does to an environment before it is copied."""

    title: str
    because: str
    text: str
    """The instructions, each with its comment; they end in a newline."""
    share: str
    """The share of the bytes of an environment that it freed where that was measured."""
    evidence: tuple[Evidence, ...] = ()


def pass_proposals(
    facts: Facts, mark: str, plan: Callable[[Facts, Handover], Pass | str]
) -> Iterator[Proposal]:
    """One change for every environment that a shipped stage copies, or the reason against it.

    `plan` gives the pass over one of them, or why it cannot be; `mark` is what the pass calls
    itself in its text: an environment whose builder has it is done.
    """
    for handover in _handovers(facts, mark):
        at = handover.builder.instructions[-1].span.start
        planned = _impossible(facts, handover) or plan(facts, handover)
        if isinstance(planned, str):
            yield Decline(at, planned)
            continue
        yield Change(
            title=planned.title,
            level=Level.STANDARD,
            because=planned.because,
            edits=_edits(facts, handover, planned.text, mark),
            at=at,
            evidence=(*_evidence(facts, handover), *planned.evidence),
            saves=Saving(
                None,
                f"{planned.share} of the environment, measured on nine; the step prints the bytes",
            ),
        )


def _handovers(facts: Facts, mark: str) -> list[Handover]:
    """Environments that a shipped stage copies from a builder where no pass `mark` ran yet."""
    found: list[Handover] = []
    for handover in facts.handovers:
        receiver, builder = handover.receiver, handover.builder
        seen = any(h.builder is builder and h.path == handover.path for h in found)
        done = any(_has_mark(link, mark, handover.path) for link in builder.chain)
        if receiver in facts.dockerfile.target.chain and not seen and not done:
            found.append(handover)
    return found


def _has_mark(stage: Stage, mark: str, path: str) -> bool:
    texts = (h.content for i in stage.of("RUN") for h in i.heredocs)
    return any(mark in text and path in text for text in texts)


def _impossible(facts: Facts, handover: Handover) -> str:
    """Why no pass can be added, empty where one can."""
    builder, document = handover.builder, facts.document
    syntax = document.directives.get("syntax", "")
    if facts.assumes("legacy-builder") or _OLD_SYNTAX.search(syntax):
        return "the builder reads no here-documents"
    if document.newline != "\n":
        return (
            "the step is a here-document, which the shell would read with the file's CRLF line ends"
        )
    if document.escape != "\\":
        return "the step is a here-document, which does not go with the file's escape character"
    if any(link.of("USER") for link in builder.chain):
        return f"stage {builder.reference} switches USER, which may not be allowed to change files"
    if builder.final_shell[0].rpartition("/")[2] not in ("sh", "bash", "dash", "ash"):
        return f"stage {builder.reference} sets another SHELL"
    tag = builder.root.image.python_tag if isinstance(builder.root.image, ImageReference) else None
    if tag is not None and tag.is_before(_OLDEST):
        return f"the step is for Python {_OLDEST[0]}.{_OLDEST[1]} and later, not {tag.version}"
    return _stage_impossible(facts, handover) if needing_it_whole(facts, handover) else ""


def _stage_impossible(facts: Facts, handover: Handover) -> str:
    """Why the passes cannot have a stage of their own, empty where they can."""
    builder = handover.builder
    needing = needing_it_whole(facts, handover)[0]
    if builder in handover.receiver.chain:
        return (
            f"stage {needing.reference} starts from {builder.reference}, and holds all of it anyway"
        )
    if not builder.name:
        return f"stage {needing.reference} needs what would be removed from a stage without a name"
    return numbered_from(facts.dockerfile, builder.index + 1)


def needing_it_whole(facts: Facts, handover: Handover) -> list[Stage]:
    """The stages that need an environment as it is, besides those that are shipped with it.

    These are stages that start from its builder, the builder itself where other files build it by
    its name, and those that copy it and use more of pip, setuptools and wheel than the shipped one:
    for installing something else into it, say.
    """
    dockerfile, builder = facts.dockerfile, handover.builder
    found = list(dockerfile.children(builder))
    found += [builder] if facts.references.to(builder) else []
    whole = {h.copy.instruction.start: h for h in facts.handovers if h.path == handover.path}
    for stage in dockerfile.stages:
        if stage in dockerfile.target.chain:
            continue
        for source, instruction, _ in dockerfile.references(stage):
            if source is not builder or not _takes(stage, instruction, handover.path):
                continue
            copied = whole.get(instruction.start)
            if copied is None or _uses_more(facts, copied, handover):
                found.append(stage)
    return sorted(set(found), key=lambda stage: stage.index)


def _uses_more(facts: Facts, other: Handover, shipped: Handover) -> bool:
    """Whether the receiver of an environment uses tools in it that the shipped one does not."""
    kept = facts.used_packaging_tools(shipped).keys()
    return bool(facts.used_packaging_tools(other).keys() - kept)


def _takes(stage: Stage, instruction: Instruction, path: str) -> bool:
    """Whether an instruction takes something of the folder `path` from another stage."""
    copy = next((c for c in stage.copies if c.instruction is instruction), None)
    if copy is None:
        return True
    sources = [copied_path(source) + "/" for source in copy.sources]
    return any(s.startswith(f"{path}/") or f"{path}/".startswith(s) for s in sources)


def _edits(facts: Facts, handover: Handover, text: str, mark: str) -> tuple[Edit, ...]:
    """The edits that put the pass `mark` with its `text` before an environment is copied.

    It goes to the end of the builder. Where other stages need the environment whole, it goes to a
    stage upon the builder, from which the shipped stage then copies; a later pass finds that one.
    """
    document, builder = facts.document, handover.builder
    rank = _ORDER.index(mark)
    if needing_it_whole(facts, handover):
        name = free_name(facts, f"{builder.reference}-slimmed")
        head = f"\n# The environment as it is shipped\nFROM {builder.reference} AS {name}\n"
        edits = tuple(_redirected(facts, handover, name))
        return (_appended(document, builder, head + text, rank), *edits)
    if (later := _later_pass(builder, mark, handover.path)) is not None:
        at = document.attached_start(later)
        return (Insert(at, in_lines_of(document, f"{text}\n"), rank),)
    return (_appended(document, builder, f"\n{text}", rank),)


def _appended(document: Document, stage: Stage, text: str, rank: int) -> Insert:
    at = end_of_stage(stage)
    return Insert(at, with_newline(document, at, in_lines_of(document, text)), rank)


def _later_pass(stage: Stage, mark: str, path: str) -> Instruction | None:
    """The RUN of a pass that comes after `mark`, or the one that brings binutils for it."""
    later = _ORDER[_ORDER.index(mark) + 1 :]
    found: Instruction | None = None
    before: Run | None = None
    for run in stage.runs:
        texts = [h.content for h in run.instruction.heredocs]
        if any(path in text and one in text for text in texts for one in later):
            brings = before is not None and "binutils" in before.logical.text
            found = before.instruction if before and brings else run.instruction
            break
        before = run
    return found


def _redirected(facts: Facts, handover: Handover, name: str) -> Iterator[Edit]:
    """What the shipped stages copy of the environment, they copy from stage `name`."""
    same = (
        h
        for h in facts.handovers
        if h.builder is handover.builder
        and h.path == handover.path
        and h.receiver in facts.dockerfile.target.chain
    )
    copies: dict[int, Copy] = {h.copy.instruction.span.start: h.copy for h in same}
    for copy in copies.values():
        flag = next(f for f in copy.instruction.flags if f.name == "from")
        yield from replace(flag.span, f"--from={name}")


def _evidence(facts: Facts, handover: Handover) -> tuple[Evidence, ...]:
    """Who copies the environment, and who needs it as it is."""
    return (
        Evidence(
            f"stage {handover.receiver.reference} copies {handover.path}",
            handover.copy.instruction.span.start,
        ),
        *(
            Evidence(f"stage {s.reference} keeps the environment whole", s.from_.span.start)
            for s in needing_it_whole(facts, handover)
        ),
    )
