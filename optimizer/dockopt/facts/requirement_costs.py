"""What each top-level requirement costs: the bytes of what only it brings into the environment.

Who requires whom comes from the project's lock where there is one, else from what is known about
the newest version of each distribution. What two requirements both bring counts for neither.
"""

from collections.abc import Iterable, Iterator, Mapping

from dockopt.immutable import immutable
from dockopt.knowledge.distributions import lookup
from dockopt.knowledge.lock_file import Lock, Required
from dockopt.knowledge.markers import applies
from dockopt.remembering import cached_property

MAX_NODES = 20_000


@immutable(slots=True)
class Member:
    """A distribution that a requirement brings, and how large it is."""

    name: str
    bytes: int | None
    """As the graph counts them, None where it does not know."""


@immutable()
class Cost:
    """What only one requirement brings."""

    name: str
    members: tuple[Member, ...]
    """The distribution itself and all that nothing else needs, the largest first."""
    also_needed_by: tuple[str, ...] = ()
    """Other top-level requirements that bring the distribution anyway; it then costs nothing."""

    @property
    def bytes(self) -> int:
        """The sum of the known sizes."""
        return sum(member.bytes or 0 for member in self.members)

    @property
    def unknown(self) -> int:
        """Of how many members the size is not known."""
        return sum(member.bytes is None for member in self.members)


class Graph:
    """Who requires whom on Linux x86-64 with Python 3.`minor`, and what each distribution weighs."""

    def __init__(self, lock: Lock | None, minor: int) -> None:
        self.lock = lock
        self.minor = minor
        self.missing: set[str] = set()
        """Distributions that were asked for and about which nothing is known."""

    @cached_property
    def basis(self) -> str:
        """Where the sizes come from, for a reader."""
        if self.lock and self.lock.has_sizes:
            return f"sizes of the wheels in {self.lock.file}, which are compressed"
        lock = self.lock if self.lock and self.lock.has_requirements else None
        who = f"{lock.file} says who requires whom; " if lock else ""
        return f"{who}installed sizes of the newest versions on PyPI"

    def bytes_of(self, name: str) -> int | None:
        """The bytes of one distribution; None where not known."""
        if self.lock and self.lock.has_sizes:
            locked = self.lock.packages.get(name)
            return locked.wheel_bytes(self.minor) if locked else None
        known = lookup(name)
        return known.installed_bytes if known else None

    def requires(self, name: str) -> tuple[Required, ...]:
        """What a distribution requires, with and without extras."""
        if self.lock and self.lock.has_requirements:
            locked = self.lock.packages.get(name)
            if locked is not None:
                return locked.requires
        known = lookup(name)
        if known is None or known.requires is None:
            self.missing.add(name)
            return ()
        return tuple(Required(required) for required in known.requires)

    def reached(self, roots: Iterable[Required]) -> frozenset[str]:
        """The names of all distributions that `roots` bring, themselves included."""
        waiting = [pair for root in roots for pair in self._activated(root)]
        seen = set(waiting)
        while waiting and len(seen) < MAX_NODES:
            name, extra = waiting.pop()
            for required in self.requires(name):
                if required.of_extra == extra:
                    fresh = [pair for pair in self._activated(required) if pair not in seen]
                    seen.update(fresh)
                    waiting += fresh
        return frozenset(name for name, _ in seen)

    def path(self, root: Required, wanted: str) -> tuple[str, ...]:
        """The names from a requirement to a distribution that it brings; empty where it does not."""
        first = [(root.name, "")] + [(root.name, extra) for extra in root.extras]
        waiting, came_from = list(first), dict.fromkeys(first, ("", ""))
        for pair in waiting:  # grows while it is read: the shortest way is found first
            if pair[0] == wanted:
                return _walked(pair, came_from)
            for required in self.requires(pair[0]):
                if required.of_extra == pair[1] and len(waiting) < MAX_NODES:
                    fresh = [p for p in self._activated(required) if p not in came_from]
                    came_from.update(dict.fromkeys(fresh, pair))
                    waiting += fresh
        return ()

    def _activated(self, required: Required) -> Iterator[tuple[str, str]]:
        if applies(required.marker, self.minor):
            yield required.name, ""
            for extra in required.extras:
                yield required.name, extra


def _walked(
    pair: tuple[str, str], came_from: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[str, ...]:
    names: list[str] = []
    while pair[0]:
        if pair[0] not in names:
            names.append(pair[0])
        pair = came_from[pair]
    return tuple(reversed(names))


def costs(graph: Graph, roots: Mapping[str, Required]) -> tuple[Cost, ...]:
    """The cost of every root, the largest first; each root is followed once."""
    brought = {name: graph.reached([root]) for name, root in roots.items()}
    bringers: dict[str, list[str]] = {}
    for name, found in brought.items():
        for each in found:
            bringers.setdefault(each, []).append(name)
    costed = [_cost(graph, name, brought[name], bringers) for name in roots]
    return tuple(sorted(costed, key=lambda cost: (-cost.bytes, cost.name)))


def _cost(
    graph: Graph, name: str, brought: frozenset[str], bringers: Mapping[str, list[str]]
) -> Cost:
    """What one root brings; `bringers` has the roots that bring a distribution, in order."""
    if also := tuple(other for other in bringers.get(name, ()) if other != name):
        return Cost(name, (), also)
    members = [Member(own, graph.bytes_of(own)) for own in brought if len(bringers[own]) == 1]
    members.sort(key=lambda member: (-(member.bytes or 0), member.name))
    return Cost(name, tuple(members))
