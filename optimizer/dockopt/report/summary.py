"""The summary of a rewrite: a line for the file, and one for each change."""

from collections.abc import Iterator

from dockopt.report.amounts import human
from dockopt.report.changelog_text import heading
from dockopt.report.escaping import one_line
from dockopt.report.outline import Outline, is_flag
from dockopt.report.paint import Paint
from dockopt.result import ChangeRecord, NotApplied, Rewrite
from dockopt.transform import Level

MAX_DECLINED = 5
"""Reasons for declining that are told; the changelog has them all."""


def summary(rewrite: Rewrite, paint: Paint, *, brief: bool = False) -> str:
    """The rewrite in a few lines; `brief`, for one of many files, in a single line."""
    outline = Outline.of(rewrite)
    return "\n".join(list(heading(outline, paint))[:1] if brief else _lines(outline, paint)) + "\n"


def _lines(outline: Outline, paint: Paint) -> Iterator[str]:
    yield from heading(outline, paint)
    for record in outline.applied:
        yield f"  {paint.green('+')} {_told(record, paint)}"
    for entry in outline.not_applied:
        yield f"  {paint.yellow('-')} {_told(entry.record, paint)}: not applied, {_how(entry)}"
    for item in outline.declined[:MAX_DECLINED]:
        yield f"  {paint.dim('?')} line {item.line}, {item.transform}: {one_line(item.reason)}"
    if (more := len(outline.declined) - MAX_DECLINED) > 0:
        yield f"  {paint.dim('?')} {more} more declined; -v tells why"


def _told(record: ChangeRecord, paint: Paint) -> str:
    count = record.saves.count
    where = f" in stage {record.other_stage} alone" if record.other_stage else ""
    size = f", {'saves' if count > 0 else 'adds'} about {human(abs(count))}{where}" if count else ""
    return f"line {record.line}, {paint.cyan(record.transform)}: {one_line(record.title)}{size}"


def _how(entry: NotApplied) -> str:
    if is_flag(entry.flag):
        return f"needs {one_line(entry.flag)}"
    if entry.record.level is Level.ADVICE and entry.kind == "level":
        return "needs a decision that is yours"
    return one_line(entry.reason)
