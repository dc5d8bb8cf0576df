"""Every top-level requirement of the shipped image: its bytes, and whether the application uses it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from dockopt.facts.requirement_costs import Cost, Graph, Member, costs
from dockopt.facts.top_level import TopLevel
from dockopt.immutable import immutable
from dockopt.knowledge.distributions import lookup
from dockopt.knowledge.lock_file import Lock, Required
from dockopt.knowledge.smaller_variants import (
    CPU_INDEX,
    Variant,
    is_cuda_library,
    variant_of,
)
from dockopt.remembering import cached_property

if TYPE_CHECKING:
    from dockopt.facts.source.uses import Use
    from dockopt.model import Run


@immutable(eq=False)
class Weighed:
    """A requirement, what it costs, and what shows that it is used."""

    top: TopLevel
    cost: Cost
    shared: int
    """The bytes of all that it brings, what others bring as well included."""
    chain: tuple[str, ...]
    """The names from the requirement to one of the largest distributions that it alone brings."""
    cuda: int
    """The bytes of all that it brings for CUDA builds of torch alone; the CPU build needs none of it."""
    use: Use | None
    """The verdict on it, None where there is none."""

    @property
    def name(self) -> str:
        """Normalised."""
        return self.cost.name

    @property
    def run(self) -> Run:
        """The RUN that asks for it."""
        return self.top.run

    @property
    def file(self) -> str | None:
        """The file of the build context that asks for it, None for the Dockerfile."""
        return self.top.requirement.file or None

    @property
    def place(self) -> str:
        """Where it is asked for, in words."""
        found = self.top.requirement
        if not found.file:
            return f"line {self.run.instruction.line}"
        return f"{found.file}:{found.line}" if found.line else found.file

    @property
    def verdict(self) -> str:
        """`imported`, `named`, `needed`, `never imported` or `unknown`."""
        return self.use.verdict if self.use else "unknown"

    @property
    def because(self) -> str:
        """What shows the verdict."""
        return self.use.because if self.use else "the sources were not read"

    @property
    def is_unused(self) -> bool:
        """Whether nothing imports, names or needs it."""
        return self.verdict == "never imported"

    @property
    def variant(self) -> Variant | None:
        """A far smaller distribution with the same modules, None where none is known."""
        return variant_of(self.name, self.top.requirement.extras)

    @property
    def saved_by_variant(self) -> int | None:
        """The bytes that the variant of a distribution on PyPI is smaller by; None: not known."""
        variant = self.variant
        if variant is None or variant.index == CPU_INDEX or not variant.same_modules:
            return None
        large, small = lookup(self.name), lookup(variant.name)
        if not large or not small or not large.installed_bytes or not small.installed_bytes:
            return None
        return large.installed_bytes - small.installed_bytes


@immutable(eq=False)
class Unused:
    """Requirements that nothing imports, and that are of no use to weigh one by one."""

    weighed: tuple[Weighed, ...]
    """One, or more where each brings another one of them: only without all of them it is gone."""
    members: tuple[Member, ...]
    """What leaves the image with them, the largest first."""
    chain: tuple[str, ...]
    """The names from one of them to one of the largest that they bring."""

    @property
    def bytes(self) -> int:
        """The sum of the known sizes."""
        return sum(member.bytes or 0 for member in self.members)


class Weights:
    """The requirements of one image on a scale."""

    def __init__(
        self, found: tuple[TopLevel, ...], lock: Lock | None, minor: int, uses: Mapping[str, Use]
    ) -> None:
        self.graph = Graph(lock, minor)
        self._top = {one.requirement.name: one for one in found}
        self._uses = uses

    @property
    def basis(self) -> str:
        """Where the sizes come from."""
        return self.graph.basis

    @cached_property
    def _roots(self) -> Mapping[str, Required]:
        asked = {name: one.requirement for name, one in self._top.items()}
        return {name: Required(name, r.extras, r.marker) for name, r in asked.items()}

    @cached_property
    def all(self) -> tuple[Weighed, ...]:
        """All requirements, the one that costs most first."""
        return tuple(self._weighed(cost) for cost in costs(self.graph, self._roots))

    @cached_property
    def unused(self) -> tuple[Unused, ...]:
        """What nothing imports, names or needs, the costliest first."""
        names = {weighed.name for weighed in self.all if weighed.is_unused}
        groups: list[set[str]] = []
        for weighed in self.all:
            if weighed.is_unused and names.issuperset(weighed.cost.also_needed_by):
                group = {weighed.name, *weighed.cost.also_needed_by}
                joined = [other for other in groups if other & group]
                groups = [other for other in groups if not other & group]
                groups.append(group.union(*joined))
        found = [self._unused(group) for group in groups]
        return tuple(sorted(found, key=lambda each: (-each.bytes, each.weighed[0].name)))

    def _unused(self, names: set[str]) -> Unused:
        found = [weighed for weighed in self.all if weighed.name in names]
        found.sort(key=lambda each: -each.shared)
        members = self.brought_by(names)
        return Unused(tuple(found), members, self._chain(self._roots[found[0].name], members))

    def _chain(self, root: Required, members: tuple[Member, ...]) -> tuple[str, ...]:
        large = [member.name for member in members[:3]] or [root.name]
        return max((self.graph.path(root, name) for name in large), key=len)

    def brought_by(self, names: Collection[str]) -> tuple[Member, ...]:
        """What leaves the image when these requirements do, the largest first."""
        kept = [root for name, root in self._roots.items() if name not in names]
        gone = self.graph.reached(self._roots.values()) - self.graph.reached(kept)
        members = [Member(name, self.graph.bytes_of(name)) for name in gone]
        return tuple(sorted(members, key=lambda each: (-(each.bytes or 0), each.name)))

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Distributions of which it is not known what they require."""
        return tuple(sorted(self.graph.missing)) if self.all else ()

    @cached_property
    def unused_bytes(self) -> int:
        """The bytes of what only requirements that nothing uses bring, one or several of them."""
        names = {weighed.name for weighed in self.all if weighed.is_unused}
        return sum(member.bytes or 0 for member in self.brought_by(names))

    def _weighed(self, cost: Cost) -> Weighed:
        root = self._roots[cost.name]
        sizes = {name: self.graph.bytes_of(name) or 0 for name in self.graph.reached([root])}
        cuda = sum(count for name, count in sizes.items() if is_cuda_library(name))
        chain, use = self._chain(root, cost.members), self._uses.get(cost.name)
        return Weighed(self._top[cost.name], cost, sum(sizes.values()), chain, cuda, use)
