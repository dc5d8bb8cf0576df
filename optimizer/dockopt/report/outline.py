"""What a reader of a rewrite wants first: how many changes, how many bytes, the largest of them."""

from collections.abc import Iterable, Sequence

from dockopt.immutable import immutable
from dockopt.report.amounts import difference, human
from dockopt.result import ChangeRecord, Declined, LineRange, NotApplied, Rewrite


@immutable()
class Outline:
    """A rewrite in the order in which it is told: by the lines of the input."""

    rewrite: Rewrite
    applied: tuple[ChangeRecord, ...]
    not_applied: tuple[NotApplied, ...]
    declined: tuple[Declined, ...]

    @classmethod
    def of(cls, rewrite: Rewrite) -> "Outline":
        """The outline of `rewrite`."""
        return cls(
            rewrite,
            tuple(sorted(rewrite.applied, key=lambda r: (r.line, r.id))),
            tuple(sorted(rewrite.not_applied, key=lambda n: (n.record.line, n.record.id))),
            tuple(sorted(rewrite.declined, key=lambda d: (d.line, d.transform, d.reason))),
        )

    @property
    def largest(self) -> ChangeRecord | None:
        """The applied change that saves most, None where that is not known.

        A whole environment that would be stored twice comes before every number: it holds all
        distributions, whatever else there is to save.
        """
        return _largest(self.applied)

    @property
    def largest_left(self) -> NotApplied | None:
        """The same of the changes that were not applied."""
        record = _largest(n.record for n in self.not_applied)
        return next((n for n in self.not_applied if n.record is record), None)

    @property
    def unmeasured(self) -> int:
        """How many applied changes have no number, or one that leaves something out."""
        ours = (r.saves for r in self.applied if not r.other_stage)
        return sum(saves.count is None or bool(saves.whole) for saves in ours)

    @property
    def headline(self) -> str:
        """The rewrite in one line, without the name of the file."""
        if not self.applied:
            return "nothing to change"
        count = len(self.applied)
        changes = f"{count} change{'' if count == 1 else 's'}"
        if self.unmeasured and not self.rewrite.saves_bytes:
            return f"{changes}, bytes unknown before a build"
        note = f"; {self.unmeasured} without a figure" if self.unmeasured else ""
        total = difference(self.rewrite.saves_bytes)
        return f"{changes}, {total} (an estimate before any build{note})"


def _largest(records: Iterable[ChangeRecord]) -> ChangeRecord | None:
    ours = [record for record in records if not record.other_stage]
    known = [record for record in ours if record.saves.whole or (record.saves.count or 0) > 0]
    return max(known, key=lambda r: (bool(r.saves.whole), r.saves.count or 0), default=None)


def largest_label(record: ChangeRecord) -> str:
    """What the change with the largest saving is called."""
    return "largest waste" if record.saves.whole else "largest known saving"


def bytes_of(record: ChangeRecord) -> str:
    """`about 290 MB` for a change with a known number, else what it is as large as."""
    whole, known = record.saves.whole, f"about {human(record.saves.count or 0)}"
    if not whole:
        return known
    itself = f"as large as {whole} itself, which a build tells"
    return f"{itself}, and {known}" if record.saves.count else itself


def places(ranges: Sequence[LineRange]) -> str:
    """`line 4`, or `lines 4-7, 9`."""
    numbers = [str(r.first) if r.first == r.last else f"{r.first}-{r.last}" for r in ranges]
    several = len(ranges) > 1 or any(r.first != r.last for r in ranges)
    return f"line{'s' if several else ''} {', '.join(numbers)}"


def is_flag(text: str) -> bool:
    """Whether what would apply a change is a flag of the command line, not a remark."""
    return text.startswith("-")
