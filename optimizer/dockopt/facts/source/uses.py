"""Whether the application uses each distribution that it asks for.

A wrong "never imported" costs more than a missed one: a distribution counts as used where a string,
a setting, a program, an address or another distribution may mean it, and what is not known is said
to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from dockopt.facts.installs import BASICS, TOOLS
from dockopt.facts.requirement import Requirement
from dockopt.facts.source.evidence import Evidence, Mention
from dockopt.immutable import immutable
from dockopt.knowledge.distributions import lookup, names, providers
from dockopt.knowledge.import_names import ImportNames, import_names
from dockopt.knowledge.unseen_needs import unseen_need
from dockopt.remembering import cached_property

IMPORTED = "imported"
NAMED = "named"
NEEDED = "needed"
NEVER = "never imported"
UNKNOWN = "unknown"
_MAX_DEPTH = 30
_NO_HOSTS = frozenset({"flask", "python"})
"""Their extensions are imported by the application, and by nobody else."""
_FOR_ANOTHER = re.compile(
    r"\b(?:required|needed|used|wanted|necessary) (?:by|for|to|in|when)\b|\bsupport|\bplug-?ins?\b|"
    r"\boptional|\bback-?ends?\b|\bdrivers?\b|\bprovide|\bruntime\b|\btransitive|\bindirect|"
    r"\bdependency of\b|\bpin(?:ned)?\b",
    re.IGNORECASE,
)
"""What people write beside a requirement that others than their own code use."""
_MANY = 12
_SHARE_BROUGHT = 0.2
"""A list in which one of five is required by another one is a frozen environment."""


@immutable(slots=True)
class Use:
    """The verdict on one requirement."""

    requirement: Requirement
    verdict: str
    """`imported`; `named` (by a string, a setting or a command); `needed` (by another one that is
    used); `never imported`; `unknown`."""
    because: str
    """Why, as a phrase: `app/models.py imports sqlalchemy`."""
    file: str = ""
    """The file that shows it, empty where none does."""


@immutable(eq=False)
class Uses:
    """The verdicts on requirements, as far as evidence goes."""

    requirements: tuple[Requirement, ...]
    evidence: Evidence
    programs: Mapping[str, str]
    """The programs that are called when the container starts and runs, with where."""
    locked: Mapping[str, tuple[str, ...]]
    """What lock files say that each distribution requires; normalised names."""
    blind: str = ""
    """Why nothing can be said to be unused; empty where it can."""
    starts_unknown: str = ""
    """Why it is not known which programs start; empty where it is."""

    @cached_property
    def all(self) -> tuple[Use, ...]:
        """A verdict for each requirement, in their order."""
        return tuple(self.of(requirement) for requirement in self.requirements)

    def of(self, requirement: Requirement) -> Use:
        """The verdict on one."""
        name = requirement.name
        if name in BASICS | TOOLS:
            return Use(requirement, UNKNOWN, "it installs others, and these may use it")
        shown = self._shown.get(name) or self._show(requirement)
        if shown is not None:
            return Use(requirement, shown[0], shown[1], shown[2])
        if need := self._need(requirement):
            return Use(requirement, NEEDED, need)
        if reason := self._doubt(requirement):
            return Use(requirement, UNKNOWN, reason)
        modules = ", ".join(_names(name).modules[:3])
        files = len(self.evidence.files)
        because = f"none of {files} Python files imports {modules}"
        return Use(requirement, NEVER, because + self._caveat)

    @cached_property
    def _caveat(self) -> str:
        """Which used requirements may use others without it being known."""
        listed = {r.name for r in self.requirements}
        dark = sorted(n for n in self.used & listed - BASICS - TOOLS if self._requires(n) is None)
        if not dark:
            return ""
        more = f" and {len(dark) - 3} others" if len(dark) > 3 else ""
        return f"; what {', '.join(dark[:3])}{more} may use by itself is not known"

    @cached_property
    def _shown(self) -> dict[str, tuple[str, str, str]]:
        """The requirements that are imported or named: verdict, reason and file."""
        found = ((r.name, self._show(r)) for r in self.requirements)
        return {name: shown for name, shown in found if shown is not None}

    def _show(self, requirement: Requirement) -> tuple[str, str, str] | None:
        own = _names(requirement.name)
        mention = self.evidence.imported(own.modules)
        if mention is not None:
            note = ", for type checkers alone" if mention.only_typing else ""
            return IMPORTED, f"{mention.file} {mention.how}{note}", mention.file
        mention = self.evidence.named((*own.modules, requirement.name))
        mention = mention or self._called(own) or self.evidence.in_settings(own.scripts)
        return (NAMED, f"{mention.file} {mention.how}", mention.file) if mention else None

    def _called(self, names: ImportNames) -> Mention | None:
        for script in (*names.scripts, *names.modules):
            if place := self.programs.get(script):
                return Mention(place, f"calls {script}")
        return None

    @cached_property
    def used(self) -> frozenset[str]:
        """The distributions that the application uses itself: normalised names.

        Those count too that it imports without asking for them.
        """
        found = set(self._shown)
        for dotted in self.evidence.imports:
            found.update(providers(dotted))
        return frozenset(found)

    def _requires(self, name: str) -> tuple[str, ...] | None:
        """What a distribution requires; None where that is not known."""
        if name in self.locked:
            return self.locked[name]
        known = lookup(name)
        return known.requires if known is not None else None

    def _need(self, requirement: Requirement) -> str:
        """Which used distribution needs this one; empty for none that is known."""
        return self._needed.get(requirement.name, "")

    @cached_property
    def _needed(self) -> dict[str, str]:
        """What the used distributions need, and what these need in turn, each with the reason."""
        found: dict[str, str] = {}
        for _ in range(_MAX_DEPTH):
            there = self.used | set(found)
            more = {**self._brought(there), **self._wanted(there)}
            more = {name: why for name, why in more.items() if name not in there}
            if not more:
                break
            found.update(more)
        return found

    def _brought(self, there: frozenset[str]) -> dict[str, str]:
        """What these require, as far as knowledge and lock files tell."""
        return {
            inner: f"{name} requires it"
            for name in sorted(there, reverse=True)
            for inner in self._requires(name) or ()
        }

    def _wanted(self, there: frozenset[str]) -> dict[str, str]:
        """The requirements that these may use without anybody seeing it."""
        found: dict[str, str] = {}
        for requirement in self.requirements:
            if why := _want(requirement, there - {requirement.name}):
                found[requirement.name] = why
        return found

    def _doubt(self, requirement: Requirement) -> str:
        """Why it cannot be said that a requirement is not used; empty where it can."""
        if self.blind or self.evidence.limit:
            return self.blind or self.evidence.limit
        # What is not in the list itself is the project: then it is asked for by the project.
        if parents := [p for p in requirement.via if p in {r.name for r in self.requirements}]:
            return f"it is there for {', '.join(parents)}, of which too little is known"
        if _FOR_ANOTHER.search(requirement.remark):
            return f"a comment says what it is for: {requirement.remark[:80]}"
        if self._is_frozen and requirement.name in _required_by_some():
            return "the list holds what others bring along, and any of these may require it"
        if user := self._frozen_user(requirement.name):
            return f"{user} may use it unseen, and the list does not tell whether that is used"
        own = _names(requirement.name)
        if self.starts_unknown and own.scripts:
            return f"{self.starts_unknown}, and it brings programs"
        if inside := self._open_in_namespace(own):
            return f"{inside} is imported, and may be its in another version"
        if not own.known and self._open:
            return f"it is not known what it is imported as, and {self._open} imports are open"
        return ""

    def _frozen_user(self, name: str) -> str:
        """Who may use a distribution unseen, and is in the list perhaps for others alone."""
        if not self._is_frozen:
            return ""
        listed = {r.name for r in self.requirements} & _required_by_some() - {name}
        need = unseen_need(name, listed)
        return need.by if need and need.by != "*" else ""

    @cached_property
    def _is_frozen(self) -> bool:
        """Whether the requirements are all that is installed, and not what the project asks for."""
        listed = frozenset(r.name for r in self.requirements)
        brought = listed & set(self._brought(listed))
        return len(listed) >= _MANY and len(brought) >= _SHARE_BROUGHT * len(listed)

    @cached_property
    def _explained(self) -> frozenset[str]:
        """The imports whose distribution is known."""
        found: set[str] = set()
        for requirement in self.requirements:
            own = _names(requirement.name)
            if own.known or self.evidence.imported(own.modules) is not None:
                found.update(module.partition(".")[0] for module in own.modules)
        return frozenset(found)

    def _open_in_namespace(self, own: ImportNames) -> str:
        """An import beside the modules of a namespace package, of no known distribution.

        `google.cloud.secretmanager_v1beta1` was part of what has other modules today.
        """
        parents = {m.rpartition(".")[0] for m in own.modules if "." in m}
        for dotted in self.evidence.imports:
            for parent in parents:
                open_ = dotted.startswith(parent + ".") and not providers(dotted)
                if open_ and not self._is_known_elsewhere(dotted):
                    return dotted
        return ""

    def _is_known_elsewhere(self, dotted: str) -> bool:
        """Whether a requirement that is shown to be used has this module."""
        return any(
            dotted == m or dotted.startswith(m + ".")
            for name in self._shown
            for m in _names(name).modules
        )

    @cached_property
    def _open(self) -> int:
        """How many imports are of a distribution that is not known: any of these may be meant."""
        tops = self.evidence.tops
        return sum(1 for t in tops if t not in self._explained and not providers(t))


def _want(requirement: Requirement, there: frozenset[str]) -> str:
    name = requirement.name
    for parent in requirement.via:
        if parent in there:
            return f"{parent} requires it, {requirement.place} says"
    if need := unseen_need(name, there):
        user = "programs" if need.by == "*" else need.by
        source = f" ({need.own_source})" if need.own_source else ""
        return f"{user} may use it unseen{source}"
    # Of a distribution whose modules are known, a host would name one of them.
    guessed = not import_names(name).known
    hosts = (h for h in sorted(there) if len(h) > 3 and name.startswith(h + "-") and guessed)
    host = next((h for h in hosts if h not in _NO_HOSTS), "")
    return f"it may be a plug-in of {host}" if host else ""


@cache
def _required_by_some() -> frozenset[str]:
    """All that any known distribution requires."""
    known = (lookup(name) for name in names())
    return frozenset(r for found in known if found is not None for r in found.requires or ())


def _names(name: str) -> ImportNames:
    return import_names(name)


def by_name(uses: Iterable[Use]) -> dict[str, Use]:
    """The verdicts by normalised name; of several the one that says more use."""
    order = (IMPORTED, NAMED, NEEDED, UNKNOWN, NEVER)
    found: dict[str, Use] = {}
    for use in uses:
        known = found.get(use.requirement.name)
        if known is None or order.index(use.verdict) < order.index(known.verdict):
            found[use.requirement.name] = use
    return found
