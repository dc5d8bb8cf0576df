"""Runs the transforms over a Dockerfile, phase by phase, and keeps only what passes the guards.

The same input gives the same output everywhere: no clock, no order of a set, no network.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from dockopt import guards
from dockopt.accounts import Ledger
from dockopt.errors import ParseError
from dockopt.facts import Context, Facts
from dockopt.model import Dockerfile, build
from dockopt.policy import Policy, Pragmas, touches
from dockopt.registry import Registered
from dockopt.result import Rewrite
from dockopt.syntax import parse
from dockopt.text import Draft, OverlapError
from dockopt.transform import Change, Decline, Phase

MAX_ROUNDS = 5
"""A phase is repeated while it finds something to do, this often at most."""
MAX_ATTEMPTS = 12
"""How often the whole rewrite is tried again without a change that broke a guard."""


@dataclass(frozen=True)
class Job:
    """One Dockerfile to rewrite, and under which terms."""

    source: str
    file: str
    context: Context | None
    target: str | None
    policy: Policy
    transforms: Mapping[str, Registered]


def run(job: Job) -> Rewrite:
    """Rewrites one Dockerfile.

    Raises ParseError when it cannot be read, ConfigurationError for a pragma that cannot be.
    """
    barred: dict[str, tuple[str, str]] = {}
    for _ in range(MAX_ATTEMPTS):
        attempt = _Attempt(job, dict(barred))
        attempt.run()
        found = _objections(job, attempt)
        if not found:
            return attempt.ledger.rewrite(job.file, job.source, attempt.draft)
        barred = {**attempt.barred, **found}
    everything = {name: ("guard", "no rewrite of this file was stable") for name in job.transforms}
    attempt = _Attempt(job, everything)
    attempt.run()
    return attempt.ledger.rewrite(job.file, job.source, attempt.draft)


@dataclass
class _Attempt:
    """One pass through all phases; `barred` maps change ids and transform names to why not."""

    job: Job
    barred: dict[str, tuple[str, str]]
    draft: Draft = field(init=False)
    ledger: Ledger = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.draft = Draft.of(self.job.source)
        self.dockerfile = _model(self.job, self.job.source)
        self.source_document = self.dockerfile.document
        self.ledger = Ledger(self.source_document)
        self.facts = self._facts()

    def _facts(self) -> Facts:
        return Facts(self.dockerfile, self.job.context, self.job.policy.assume, self.job.file)

    def run(self) -> None:
        for phase in Phase:
            active = [t for t in self.job.transforms.values() if t.transform.phase is phase]
            for _ in range(MAX_ROUNDS):
                if not self._round([t for t in active if self.job.policy.runs(t.name)]):
                    break

    def _round(self, transforms: list[Registered]) -> bool:
        """Applies what the transforms propose on the current text; whether anything changed."""
        accepted = self._accepted(self._proposals(transforms))
        while accepted:
            draft, offender = self._try(accepted)
            if draft is not None:
                self._commit(draft, accepted)
                return True
            del accepted[offender]
        return False

    def _proposals(self, transforms: list[Registered]) -> dict[str, tuple[str, Change]]:
        """The proposed changes by id that the policy allows; everything else goes on record."""
        pragmas = Pragmas.of(self.dockerfile, self.job.transforms, self.job.file)
        found: dict[str, tuple[str, Change]] = {}
        for registered in transforms:
            for proposal in registered.propose(self.facts):
                line = self.ledger.line_of(self.draft.nearest_origin(proposal.at))
                if isinstance(proposal, Decline):
                    self.ledger.decline(registered.name, line, proposal.reason)
                    continue
                change_id = self._identifier(f"{registered.name}@{line}", found)
                if self._allowed(change_id, registered.name, proposal, pragmas):
                    found[change_id] = (registered.name, proposal)
        return found

    def _identifier(self, wanted: str, taken: Mapping[str, object]) -> str:
        number, identifier = 1, wanted
        while identifier in taken or identifier in self.ledger.applied:
            number += 1
            identifier = f"{wanted}.{number}"
        return identifier

    def _allowed(self, change_id: str, name: str, change: Change, pragmas: Pragmas) -> bool:
        policy, note = self.job.policy, self.ledger.not_applied
        if change_id in self.barred or name in self.barred:
            kind, reason = self.barred.get(change_id) or self.barred[name]
            note(self.draft, change_id, name, change, kind, reason)
        elif change_id in policy.exclude:
            note(self.draft, change_id, name, change, "excluded", "left out on request")
        elif pragmas.forbids(name, change, self.dockerfile.document.instructions):
            note(self.draft, change_id, name, change, "pragma", "a pragma keeps it off")
        elif flag := policy.refusal(change):
            note(self.draft, change_id, name, change, "level", change.because, flag)
        else:
            return True
        return False

    def _accepted(
        self, proposals: dict[str, tuple[str, Change]]
    ) -> dict[str, tuple[str, Change]]:
        """Those that do not touch the same instruction; the others wait for the next round."""
        taken: set[int] = set()
        accepted: dict[str, tuple[str, Change]] = {}
        for change_id, (name, change) in proposals.items():
            starts = {
                node.span.start
                for node in self.dockerfile.document.nodes
                if _cuts_or_enters(change, node.span.start, node.span.end)
            }
            if starts & taken:
                continue
            taken |= starts
            accepted[change_id] = (name, change)
        return accepted

    def _try(
        self, accepted: dict[str, tuple[str, Change]]
    ) -> tuple[Draft | None, str]:
        """The draft with all of `accepted`, or the id of the one that must go."""
        draft, problem = self._applied(accepted)
        if draft is not None:
            return draft, ""
        for change_id in accepted:
            single, reason = self._applied({change_id: accepted[change_id]})
            if single is None:
                return None, self._bar(change_id, accepted[change_id], reason)
        last = list(accepted)[-1]
        return None, self._bar(last, accepted[last], problem)

    def _bar(self, change_id: str, entry: tuple[str, Change], reason: str) -> str:
        self.barred[change_id] = ("guard", reason)
        self.ledger.not_applied(self.draft, change_id, *entry, "guard", reason)
        return change_id

    def _applied(
        self, accepted: dict[str, tuple[str, Change]]
    ) -> tuple[Draft | None, str]:
        try:
            draft = self.draft.apply((cid, c.edits) for cid, (_, c) in accepted.items())
            after = _model(self.job, draft.text)
        except OverlapError as error:
            return None, str(error)
        except ParseError as error:
            return None, f"the result does not parse: {error.message}"
        alters = frozenset(a for _, change in accepted.values() for a in change.alters)
        problems = guards.broken(
            guards.contract(self.dockerfile), guards.contract(after), alters
        )
        problems += guards.lost_comments(self.source_document, draft, after.document)
        return (None, "; ".join(problems[:3])) if problems else (draft, "")

    def _commit(self, draft: Draft, accepted: dict[str, tuple[str, Change]]) -> None:
        for change_id, (name, change) in accepted.items():
            self.ledger.apply(self.draft, change_id, name, change)
        self.draft = draft
        self.dockerfile = _model(self.job, draft.text)
        self.facts = self._facts()


def _cuts_or_enters(change: Change, start: int, end: int) -> bool:
    only_edits = Change("", change.level, "", change.edits, at=-1)
    return any(
        touches(only_edits, node)  # type: ignore[arg-type]
        for node in (_Region(start, end),)
    )


@dataclass(frozen=True, slots=True)
class _Region:
    """Stands for an instruction where only its place matters."""

    start: int
    end: int

    @property
    def span(self) -> "_Region":
        return self


def _model(job: Job, text: str) -> Dockerfile:
    return build(parse(text, job.file), job.file, job.target)


def _objections(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    """What has to be left out of the next attempt, by change id or transform name."""
    useless = {
        change_id: ("useless", f"of use only with {', '.join(change.enables)}, which did not apply")
        for change_id, change in attempt.ledger.changes.items()
        if change.enables and not any(attempt.ledger.has(name) for name in change.enables)
    }
    if useless or not attempt.ledger.applied:
        return useless
    if guards.unsigned(job.source, attempt.draft):
        raise AssertionError("a rewrite lost track of its source text")
    return _unstable(job, attempt) or _second_reading(job, attempt)


def _unstable(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    """The transforms that would change their own output again."""
    again = _Attempt(Job(attempt.draft.text, job.file, job.context, job.target, job.policy,
                         job.transforms), dict(attempt.barred))
    again.run()
    reason = ("guard", "a second run would change the result again")
    return {record.transform: reason for record in again.ledger.applied.values()}


def _second_reading(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    after = guards.second_reader_disagrees(attempt.draft.text, attempt.dockerfile.document)
    if not after or guards.second_reader_disagrees(job.source, attempt.source_document):
        return {}
    last = list(attempt.ledger.applied)[-1]
    return {last: ("guard", after)}
