"""Keeps account of what was applied, left out and declined, in terms of the input's lines."""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from dockopt.facts.shipping import beside_target
from dockopt.model import Dockerfile
from dockopt.result import (
    ChangeRecord,
    Declined,
    LineRange,
    NotApplied,
    Rewrite,
    SourceEvidence,
    WrittenFile,
)
from dockopt.syntax import Document
from dockopt.text import Draft
from dockopt.transform import Change

_LINE = re.compile(r"(\bline )(\d+)(?!\d| of \S*\.(?:txt|in|toml|cfg|lock|py|sh|ya?ml|json)\b)")
"""A line of the Dockerfile; `line 3 of requirements.txt` is one of another file."""
Kind = Literal["level", "pragma", "guard", "useless", "excluded"]


@dataclass
class Ledger:
    """The account of one attempt."""

    dockerfile: Dockerfile
    """The input."""
    applied: dict[str, ChangeRecord] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    left_out: dict[str, NotApplied] = field(default_factory=dict)
    declined: dict[tuple[str, int, str], Declined] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    @property
    def source(self) -> Document:
        """The text of the input."""
        return self.dockerfile.document

    def line_of(self, offset: int) -> int:
        """The line of the input at `offset`."""
        return bisect_right(self.source.line_starts, min(offset, len(self.source.source)))

    def has_other(self, change_id: str, transforms: Collection[str]) -> bool:
        """Whether a change of one of `transforms`, other than `change_id`, was applied."""
        return any(r.transform in transforms and r.id != change_id for r in self.applied.values())

    def withdrawn(self, found: Mapping[str, tuple[str, str]]) -> dict[str, NotApplied]:
        """The applied changes among `found`, which gives kind and reason of leaving them out."""
        return {
            change_id: NotApplied(self.applied[change_id], _kind(kind), reason)
            for change_id, (kind, reason) in found.items()
            if change_id in self.applied
        }

    def apply(self, draft: Draft, change_id: str, name: str, change: Change) -> None:
        """Notes a change that is applied to `draft`."""
        self.applied[change_id] = self._record(draft, change_id, name, change)
        self.changes[change_id] = change
        self._names.add(name)

    def not_applied(
        self,
        draft: Draft,
        change_id: str,
        name: str,
        change: Change,
        kind: str,
        reason: str,
        flag: str = "",
    ) -> None:
        """Notes a change that was kept out."""
        record = self._record(draft, change_id, name, change)
        if kind == "level":
            reason = self.in_source_lines(draft, reason)
        self.left_out[change_id] = NotApplied(record, _kind(kind), reason, flag)

    def reconsider(self, names: Collection[str]) -> None:
        """Forgets what these transforms declined before: they look again, at another text."""
        self.declined = {key: d for key, d in self.declined.items() if key[0] not in names}

    def decline(self, draft: Draft, name: str, at: int, reason: str) -> None:
        """Notes what a transform found impossible at offset `at` of `draft`."""
        line = self.line_of(draft.nearest_origin(at))
        reason = self.in_source_lines(draft, reason)
        self.declined.setdefault((name, line, reason), Declined(name, line, reason))

    def in_source_lines(self, draft: Draft, text: str) -> str:
        """`text` with the lines of the draft that it names as those of the input.

        A transform sees only the text as it is in its phase, and names lines of that; the reader of
        the account has the input. A line that is not in it has the name of the transform that writes it.
        """
        if len(draft.pieces) == 1 or "line" not in text:
            return text
        return _LINE.sub(lambda match: self._source_line(draft, match), text)

    def _source_line(self, draft: Draft, match: re.Match[str]) -> str:
        line = int(match[2])
        if not 0 < line <= len(draft.line_starts):
            return match[0]
        if author := draft.author_of_line(line):
            return f"a line that {author.partition('@')[0]} writes"
        return f"{match[1]}{self.line_of(draft.nearest_origin(draft.line_starts[line - 1]))}"

    def _record(self, draft: Draft, change_id: str, name: str, change: Change) -> ChangeRecord:
        evidence = (
            SourceEvidence(
                e.text if e.file else self.in_source_lines(draft, e.text),
                None if e.offset is None else self.line_of(draft.nearest_origin(e.offset)),
                e.file,
            )
            for e in change.evidence
        )
        return ChangeRecord(
            id=change_id,
            transform=name,
            title=self.in_source_lines(draft, change.title),
            level=change.level,
            because=self.in_source_lines(draft, change.because),
            line=self.line_of(draft.nearest_origin(change.at)),
            evidence=tuple(dict.fromkeys(evidence)),
            saves=change.saves,
            alters=tuple(sorted(change.alters)),
            files=tuple(file.path for file in change.files),
            other_stage=self._other_stage(draft.nearest_origin(change.at)),
        )

    def _other_stage(self, offset: int) -> str:
        stage = beside_target(self.dockerfile, offset)
        return stage.reference if stage else ""

    def written(self, folder: str) -> tuple[WrittenFile, ...]:
        """The files that applied changes write, from the build context `folder` as it was given."""
        found: dict[str, WrittenFile] = {}
        for change_id, change in self.changes.items():
            for file in change.files:
                before = found[file.path].before if file.path in found else file.before
                name = posixpath.normpath(f"{folder or '.'}/{file.path}")
                found[file.path] = WrittenFile(file.path, name, before, file.after, change_id)
        return tuple(found[path] for path in sorted(found))

    def rewrite(self, file: str, source: str, draft: Draft, folder: str = "") -> Rewrite:
        """The outcome, with the lines that every change took and gave, and the files it writes."""
        before = _before(self.source, draft) if self.applied else {}
        after = _after(draft) if self.applied else {}
        records = tuple(
            replace(record, before=before.get(cid, ()), after=after.get(cid, ()))
            for cid, record in self.applied.items()
        )
        declined = tuple(self.declined.values())
        out = tuple(n for cid, n in self.left_out.items() if cid not in self.applied)
        return Rewrite(file, source, draft.text, records, out, declined, self.written(folder))


def _kind(kind: str) -> Kind:
    kinds: dict[str, Kind] = {
        "level": "level",
        "pragma": "pragma",
        "guard": "guard",
        "useless": "useless",
        "excluded": "excluded",
    }
    return kinds[kind]


def _before(source: Document, draft: Draft) -> dict[str, tuple[LineRange, ...]]:
    """By author: the lines of the input that it cut from, or moved."""
    touched: dict[str, set[int]] = {}
    signed = (*draft.cuts, *(p for p in draft.pieces if p.author))
    for piece in signed:
        if piece.origin is None or piece.author is None or not piece.text.strip():
            continue
        first = source.line_at(piece.origin)
        last = source.line_at(piece.origin + len(piece.text.rstrip()) - 1)
        touched.setdefault(piece.author, set()).update(range(first, last + 1))
    all_lines = source.source.split("\n")
    return {author: _ranges(lines, all_lines) for author, lines in touched.items()}


def _after(draft: Draft) -> dict[str, tuple[LineRange, ...]]:
    """By author: the lines of the output that hold text that it wrote or moved."""
    touched: dict[str, set[int]] = {}
    line = 1
    for piece in draft.pieces:
        if piece.author and (stripped := piece.text.strip()):
            lead = piece.text[: len(piece.text) - len(piece.text.lstrip())].count("\n")
            first = line + lead
            touched.setdefault(piece.author, set()).update(
                range(first, first + stripped.count("\n") + 1)
            )
        line += piece.text.count("\n")
    all_lines = draft.text.split("\n")
    return {author: _ranges(lines, all_lines) for author, lines in touched.items()}


def _ranges(lines: set[int], all_lines: Sequence[str]) -> tuple[LineRange, ...]:
    found: list[LineRange] = []
    for _, group in groupby(enumerate(sorted(lines)), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        chunk = "\n".join(line.rstrip("\r") for line in all_lines[numbers[0] - 1 : numbers[-1]])
        found.append(LineRange(numbers[0], numbers[-1], chunk))
    return tuple(found)
