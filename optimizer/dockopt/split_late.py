"""The second form of the split: what is installed into a copied environment moves before the copy."""

from collections.abc import Iterator

from dockopt.facts import Facts
from dockopt.facts.handover import Handover
from dockopt.facts.installs import Install
from dockopt.facts.pip import spec_text
from dockopt.facts.removals import removals_of_copies
from dockopt.split_moves import cannot_move
from dockopt.staging import (
    before_stage,
    builder_body,
    free_name,
    only_installs,
    text_of,
    with_newline,
)
from dockopt.syntax import Instruction
from dockopt.text import Edit, Insert, replace
from dockopt.transform import Change, Decline, Evidence, Level, Proposal, Saving


def late_install_split(facts: Facts, handed: Handover) -> Iterator[Proposal]:
    """The move of installs into a copied environment to a stage before the copy."""
    stage = handed.receiver
    found = tuple(i for i in facts.installs(stage) if i.environment == handed.path)
    if not found:
        return
    reason = cannot_move(facts, stage, found, handed.builder)
    if not handed.builder.name:
        reason = "the stage that it copies the environment from has no name to start from"
    mixed = [
        i for i in found if not only_installs(i.run, found) or removals_of_copies(stage, i.run)
    ]
    if mixed and not reason:
        reason = f"the RUN on line {mixed[0].run.instruction.line} does more than install"
    if reason:
        yield Decline(found[0].run.instruction.span.start, reason)
        return
    yield _moved_up(facts, handed, found)


def _moved_up(facts: Facts, handed: Handover, found: tuple[Install, ...]) -> Change:
    stage, document = handed.receiver, facts.document
    own = (f"{stage.name}-builder",) if stage.name else ()
    name = free_name(facts, "builder", *own, "python-builder")
    at = before_stage(facts, stage)
    runs = {i.run.instruction.span.start: i.run for i in found}
    last = runs[max(runs)].instruction
    edits: list[Edit] = [
        Insert(
            at,
            with_newline(
                document, at, f"FROM {handed.builder.reference} AS {name}" + document.newline
            ),
        )
    ]
    edits += _after_header(facts, handed, at, last, frozenset(runs))
    edits += _copied_from(handed, name)
    return Change(
        title=f"Install in a new stage {name}, before {handed.path} is copied",
        level=Level.STANDARD,
        because="the environment is complete before it is copied, so the shipped stage needs no "
        "installer and stores it once",
        edits=tuple(edits),
        at=found[0].run.instruction.span.start,
        evidence=(
            *(
                Evidence(
                    f"installs into {handed.path}, which was copied before",
                    i.run.instruction.span.start,
                )
                for i in found
            ),
            *_price(handed, found),
        ),
        saves=Saving(None, "what it makes possible is counted there"),
    )


def _price(handed: Handover, found: tuple[Install, ...]) -> Iterator[Evidence]:
    """What is paid for one layer: where the project itself is installed, its code is in that layer.

    Two layers would need to know which files are the project's; copied whole, the environment would
    be stored twice.
    """
    local = [i for i in found if any((spec_text(w) or ".")[:1] in "./" for w in i.pip.specs)]
    if local:
        yield Evidence(
            f"the price: a change of the code makes the layer of {handed.path} anew, so it is pushed "
            "and pulled whole, and the steps that shrink it run again",
            local[0].run.instruction.span.start,
        )


def _after_header(
    facts: Facts, handed: Handover, at: int, last: Instruction, moved: frozenset[int]
) -> Iterator[Edit]:
    """The body of the new stage, without what its base says already."""
    known = {
        text_of(facts.document, i)
        for link in handed.builder.chain
        for i in link.of("ENV", "ARG", "WORKDIR")
    }
    known |= {
        text_of(facts.document, c.instruction)
        for c in handed.receiver.copies
        if c.from_ == handed.copy.from_
    }
    yield from builder_body(facts, handed.receiver, at, last, moved, frozenset(known))


def _copied_from(handed: Handover, name: str) -> tuple[Edit, ...]:
    flag = next(f for f in handed.copy.instruction.flags if f.name == "from")
    return replace(flag.span, f"--from={name}")
