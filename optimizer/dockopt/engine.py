"""Runs the transforms over a Dockerfile, phase by phase, and keeps only what passes the guards.

The same input gives the same output everywhere: no clock, no order of a set, no network.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dockopt import guards
from dockopt.accounts import Ledger
from dockopt.errors import ParseError
from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.facts.observing import observations
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, build
from dockopt.policy import Policy, Pragmas, check_places, edited
from dockopt.registry import Registered
from dockopt.remembering import cached_property
from dockopt.result import NotApplied, Remark, Rewrite
from dockopt.spacing import respaced
from dockopt.syntax import Document, parse
from dockopt.text import Draft, OverlapError
from dockopt.transform import Change, Decline, Phase

MAX_ROUNDS = 5
"""A phase is repeated while it finds something to do, this often at most."""
MAX_PASSES = 3
"""How often all phases run: pip without a cache, say, leaves an earlier clean-up without purpose."""
MAX_ATTEMPTS = 12
"""How often the whole rewrite is tried again without a change that broke a guard."""


@immutable()
class Job:
    """One Dockerfile to rewrite, and under which terms."""

    source: str
    file: str
    context: Context | None
    target: str | None
    policy: Policy
    transforms: Mapping[str, Registered]

    @property
    def folder(self) -> str:
        """The build context as it was given, empty where there is none."""
        return self.context.given if self.context else ""

    @cached_property
    def phases(self) -> tuple[tuple[Registered, ...], ...]:
        """The transforms that the policy lets run, phase by phase, in their order."""
        found: dict[Phase, list[Registered]] = {phase: [] for phase in Phase}
        for registered in self.transforms.values():
            if self.policy.runs(registered.name):
                found[registered.transform.phase].append(registered)
        return tuple(tuple(transforms) for transforms in found.values() if transforms)


def run(job: Job) -> Rewrite:
    """Rewrites one Dockerfile.

    Raises ParseError when it cannot be read, ConfigurationError for a pragma that cannot be.
    """
    found = _rewritten(job)
    remarks = tuple(
        Remark(o.text, o.file, o.line)
        for o in observations(job.source, job.file, job.context, job.target)
    )
    return replace(found, remarks=remarks) if remarks else found


def _rewritten(job: Job) -> Rewrite:
    barred: dict[str, tuple[str, str]] = {}
    left_out: dict[str, NotApplied] = {}
    for _ in range(MAX_ATTEMPTS):
        attempt = _Attempt(job, dict(barred))
        attempt.run()
        found = _objections(job, attempt)
        if not found:
            attempt.ledger.left_out = {**left_out, **attempt.ledger.left_out}
            return attempt.ledger.rewrite(job.file, job.source, attempt.draft, job.folder)
        left_out.update(attempt.ledger.withdrawn(found))
        barred = {**attempt.barred, **found}
    everything = dict.fromkeys(job.transforms, ("guard", "no rewrite of this file was stable"))
    attempt = _Attempt(job, everything)
    attempt.run()
    return attempt.ledger.rewrite(job.file, job.source, attempt.draft, job.folder)


@dataclass
class _Attempt:
    """One pass through all phases; `barred` maps change ids and transform names to why not."""

    job: Job
    barred: dict[str, tuple[str, str]]
    version: "_Version" = field(init=False)
    ledger: Ledger = field(init=False)
    settled: dict[int, "_Version"] = field(default_factory=dict)
    """The text on which each phase of the job found nothing more to do."""

    def __post_init__(self) -> None:
        self.version = _Version(self.job, Draft.of(self.job.source), self.job.context)
        self.source_document = self.dockerfile.document
        check_places(self.source_document, self.job.file)
        self.ledger = Ledger(self.dockerfile)

    @property
    def draft(self) -> Draft:
        return self.version.draft

    @property
    def dockerfile(self) -> Dockerfile:
        return self.version.dockerfile

    def run(self) -> None:
        """Runs the phases, and once more where a later phase made work for an earlier one."""
        for _ in range(MAX_PASSES):
            self._pass()
            if not self.restless():
                return

    def _pass(self) -> None:
        for number, transforms in enumerate(self.job.phases):
            for _ in range(MAX_ROUNDS):
                if not self._round(transforms):
                    self.settled[number] = self.version
                    break

    def restless(self) -> set[str]:
        """The transforms that have something to propose on the final text.

        A phase that proposed nothing on that very text need not be asked again.
        """
        declined, left_out = self.ledger.declined, dict(self.ledger.left_out)
        names: set[str] = set()
        for number, transforms in enumerate(self.job.phases):
            if self.settled.get(number) is not self.version:
                accepted = self._accepted(self._proposals(transforms))
                names.update(name for name, _ in accepted.values())
                if not accepted:
                    self.settled[number] = self.version
        self.ledger.declined, self.ledger.left_out = declined, left_out
        return names

    def _round(self, transforms: tuple[Registered, ...]) -> bool:
        """Applies what the transforms propose on the current text; whether anything changed."""
        accepted = self._accepted(self._proposals(transforms))
        while accepted:
            version, offender = self._try(accepted)
            if version is not None:
                self._commit(version, accepted)
                return True
            del accepted[offender]
        return False

    def _proposals(self, transforms: tuple[Registered, ...]) -> dict[str, tuple[str, Change]]:
        """The proposed changes by id that the policy allows; everything else goes on record."""
        pragmas, facts = self.version.pragmas, self.version.facts
        found: dict[str, tuple[str, Change]] = {}
        named: set[str] = set()
        self.ledger.reconsider([registered.name for registered in transforms])
        for registered in transforms:
            for proposal in registered.propose(facts):
                if isinstance(proposal, Decline):
                    self.ledger.decline(self.draft, registered.name, proposal.at, proposal.reason)
                    continue
                line = self.ledger.line_of(self.draft.nearest_origin(proposal.at))
                change_id = self._identifier(f"{registered.name}@{line}", named)
                named.add(change_id)
                if self._allowed(change_id, registered.name, proposal, pragmas):
                    found[change_id] = (registered.name, proposal)
        return found

    def _identifier(self, wanted: str, taken: set[str]) -> str:
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
        elif pragmas.forbids(name, change, self.dockerfile.document):
            note(self.draft, change_id, name, change, "pragma", "a pragma keeps it off")
        elif flag := policy.refusal(change):
            note(self.draft, change_id, name, change, "level", change.because, flag)
        else:
            return True
        return False

    def _accepted(self, proposals: dict[str, tuple[str, Change]]) -> dict[str, tuple[str, Change]]:
        """Those that do not touch the same instruction; the others wait for the next round."""
        taken: set[int | str] = set()
        accepted: dict[str, tuple[str, Change]] = {}
        for change_id, (name, change) in proposals.items():
            starts = edited(change, self.dockerfile.document) | {f.path for f in change.files}
            if starts & taken:
                continue
            taken |= starts
            accepted[change_id] = (name, change)
        return accepted

    def _try(self, accepted: dict[str, tuple[str, Change]]) -> tuple["_Version | None", str]:
        """The version with all of `accepted`, or the id of the one that must go."""
        version, problem = self._applied(accepted)
        if version is not None:
            return version, ""
        entries = list(accepted.items())
        passing, failing = 0, len(entries)
        while failing - passing > 1:
            middle = (passing + failing) // 2
            some, reason = self._applied(dict(entries[:middle]))
            if some is None:
                failing, problem = middle, reason
            else:
                passing = middle
        offender, entry = entries[failing - 1]
        return None, self._bar(offender, entry, problem)

    def _bar(self, change_id: str, entry: tuple[str, Change], reason: str) -> str:
        self.barred[change_id] = ("guard", reason)
        self.ledger.not_applied(self.draft, change_id, *entry, "guard", reason)
        return change_id

    def _applied(self, accepted: dict[str, tuple[str, Change]]) -> tuple["_Version | None", str]:
        try:
            draft = self.draft.apply((cid, c.edits) for cid, (_, c) in accepted.items())
            files = {f.path: f.after for _, change in accepted.values() for f in change.files}
            context = self.version.context.with_files(files) if self.version.context else None
            after = _Version(self.job, draft, context, self.dockerfile.document)
            after = self._spaced(after, accepted)
        except OverlapError as error:
            return None, str(error)
        except ParseError as error:
            return None, f"the result does not parse: {error.message}"
        alters = frozenset(a for _, change in accepted.values() for a in change.alters)
        problems = []
        if self.version.contract_text != after.contract_text:
            problems += guards.broken(self.version.contract, after.contract, alters)
        changes = (*self.ledger.changes.values(), *(change for _, change in accepted.values()))
        dropped = [text for change in changes for text in change.drops]
        problems += guards.lost_comments(
            self.source_document, after.draft, after.dockerfile.document, dropped
        )
        return (None, "; ".join(problems[:3])) if problems else (after, "")

    def _spaced(self, after: "_Version", authors: Iterable[str]) -> "_Version":
        """The same, with blank lines between instructions by the habits of the input.

        The first of `authors` signs for all of them: an account of changes counts no blank lines.
        """
        edits = respaced(self.source_document, after.dockerfile.document)
        if not edits:
            return after
        draft = after.draft.apply([(next(iter(authors)), edits)])
        return _Version(self.job, draft, after.context, after.dockerfile.document)

    def _commit(self, version: "_Version", accepted: dict[str, tuple[str, Change]]) -> None:
        for change_id, (name, change) in accepted.items():
            self.ledger.apply(self.draft, change_id, name, change)
        self.version = version


class _Version:
    """The text as it is after some of the changes, and what is known about it."""

    def __init__(
        self,
        job: Job,
        draft: Draft,
        context: Context | None,
        earlier: Document | None = None,
    ) -> None:
        self.job = job
        self.draft = draft
        self.context = context
        """The build context with the files that changes have written."""
        document = parse(draft.text, job.file, earlier)
        self.dockerfile = build(document, job.file, job.target)

    @cached_property
    def contract_text(self) -> tuple[object, ...]:
        """What the contract is made of."""
        return guards.contract_text(self.dockerfile)

    @cached_property
    def contract(self) -> guards.Contract:
        """What the outside relies on."""
        numbers = self.facts.references.numbers if self.context else ()
        return guards.contract(self.dockerfile, numbers)

    @cached_property
    def pragmas(self) -> Pragmas:
        """What its comments keep off."""
        return Pragmas.of(self.dockerfile, self.job.transforms, self.job.file)

    @cached_property
    def facts(self) -> Facts:
        """What transforms may ask."""
        policy = self.job.policy
        return Facts(self.dockerfile, self.context, policy.assume, self.job.file, policy.variants)


_USELESS = "of use only with "


def _useless(ledger: Ledger, change: Change) -> str:
    """Why a change is of no use: what it enables did not apply, and why not."""
    out = [n.reason for n in ledger.left_out.values() if n.record.transform in change.enables]
    reasons = out + [d.reason for d in ledger.declined.values() if d.transform in change.enables]
    # A reason that is itself of this kind is told from its end on: that is what can be mended.
    root = reasons[0].rpartition(_USELESS)[2].partition(": ") if reasons else ("", "", "")
    because = root[2] or root[0]
    return f"{_USELESS}{' or '.join(change.enables)}" + (f": {because}" if because else "")


def _objections(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    """What has to be left out of the next attempt, by change id or transform name."""
    useless = {
        change_id: ("useless", _useless(attempt.ledger, change))
        for change_id, change in attempt.ledger.changes.items()
        if change.enables and not attempt.ledger.has_other(change_id, change.enables)
    }
    if useless or not attempt.ledger.applied:
        return useless
    if guards.unsigned(job.source, attempt.draft):
        raise AssertionError("a rewrite lost track of its source text")
    return _unstable(job, attempt) or _second_reading(job, attempt)


def _unstable(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    """The transforms that would change their own output again."""
    restless = attempt.restless()
    if not restless:
        return {}
    again = _Attempt(
        replace(job, source=attempt.draft.text, context=attempt.version.context),
        dict(attempt.barred),
    )
    again.run()
    reason = ("guard", "a second run would change the result again")
    # A change that was left out here has another name there, and may be made: that is no fault.
    names = {record.transform for record in again.ledger.applied.values()} & restless
    return dict.fromkeys(sorted(names), reason)


def _second_reading(job: Job, attempt: _Attempt) -> dict[str, tuple[str, str]]:
    after = guards.second_reader_disagrees(attempt.draft.text, attempt.dockerfile.document)
    if not after or guards.second_reader_disagrees(job.source, attempt.source_document):
        return {}
    last = list(attempt.ledger.applied)[-1]
    return {last: ("guard", after)}
