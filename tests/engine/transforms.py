"""Small transforms for the tests of the engine: good ones, and ones that break something."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from dockopt.engine import Job, run
from dockopt.facts import Facts
from dockopt.policy import Policy
from dockopt.registry import Registered
from dockopt.result import Rewrite
from dockopt.text import Delete, Edit, Insert, Span, replace
from dockopt.transform import Change, Decline, Level, Phase, Proposal, Transform

Proposer = Callable[[Facts], Iterator[Proposal]]


def registered(
    name: str,
    propose: Proposer,
    *,
    phase: Phase = Phase.COMMANDS,
    level: Level = Level.SAFE,
) -> Registered:
    """`propose` as the registry would hold it."""
    return Registered(Transform(name.replace("-", "_"), phase, level), propose, f"{name}.")


def change(
    edits: Iterable[Edit],
    at: int,
    *,
    level: Level = Level.SAFE,
    alters: Iterable[str] = (),
    enables: Iterable[str] = (),
    drops: Iterable[str] = (),
) -> Change:
    """A change with words that do not matter."""
    return Change(
        "title",
        level,
        "because",
        tuple(edits),
        at,
        alters=frozenset(alters),
        enables=tuple(enables),
        drops=tuple(drops),
    )


def substitution(
    old: str, new: str, *, level: Level = Level.SAFE, alters: Iterable[str] = ()
) -> Proposer:
    """Replaces `old` by `new` in every instruction that holds it."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        for instruction in facts.document.instructions:
            text = facts.document.text_of(instruction)
            at = text.find(old)
            if at >= 0:
                start = instruction.start + at
                edits = replace(Span(start, start + len(old)), new)
                yield change(edits, instruction.start, level=level, alters=alters)

    return propose


def insertion(text: str, before: str) -> Proposer:
    """Puts `text` before every instruction `before`, once."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        if text not in facts.document.source:
            for instruction in facts.document.instructions:
                if instruction.keyword == before:
                    yield change([Insert(instruction.start, text)], instruction.start)

    return propose


def removal(start: str, drops: Iterable[str] = ()) -> Proposer:
    """Takes out every line that starts so."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        for node in facts.document.nodes:
            if facts.document.text_of(node).startswith(start):
                yield change([Delete(node.span)], node.start, drops=drops)

    return propose


def declining(reason: str) -> Proposer:
    """Proposes nothing, and says why."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        yield Decline(facts.document.instructions[0].start, reason)

    return propose


def flipping(one: str, other: str) -> Proposer:
    """Never content: it turns `one` into `other`, and back."""

    def propose(facts: Facts) -> Iterator[Proposal]:
        for instruction in facts.document.instructions:
            for old, new in ((one, other), (other, one)):
                at = facts.document.text_of(instruction).find(old)
                if at >= 0:
                    start = instruction.start + at
                    edits = replace(Span(start, start + len(old)), new)
                    yield change(edits, instruction.start)
                    break

    return propose


GOOD = registered("good", substitution("RUN good", "RUN better"))


def rewritten(
    text: str, *transforms: Registered, policy: Policy | None = None, target: str | None = None
) -> Rewrite:
    """The outcome of running just these transforms."""
    found: Mapping[str, Registered] = {t.name: t for t in transforms}
    return run(Job(text, "Dockerfile", None, target, policy or Policy(), found))
