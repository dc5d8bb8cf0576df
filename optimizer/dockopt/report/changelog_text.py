"""The changelog as text, for the terminal and for logs."""

from collections.abc import Callable, Iterator

from dockopt.report.amounts import expected
from dockopt.report.escaping import one_line, visible
from dockopt.report.outline import Outline, bytes_of, is_flag, largest_label
from dockopt.report.paint import Paint
from dockopt.result import ChangeRecord, LineRange, NotApplied, Rewrite
from dockopt.transform import Level

MAX_QUOTED = 24
"""Lines of a change that are quoted; the diff has them all."""


def changelog_text(rewrite: Rewrite, paint: Paint | None = None) -> str:
    """Every change with its reasons, what was not applied, and what was declined."""
    return "\n".join(_lines(Outline.of(rewrite), paint or Paint())) + "\n"


def _lines(outline: Outline, paint: Paint) -> Iterator[str]:
    yield from heading(outline, paint)
    for number, record in enumerate(outline.applied, start=1):
        yield ""
        yield paint.bold(f"{number}. {one_line(record.title)}")
        yield from _record(record, paint)
    if outline.not_applied:
        yield from ("", paint.bold("Not applied"))
        for entry in outline.not_applied:
            yield from _not_applied(entry, paint)
    if outline.declined:
        yield from ("", paint.bold("Declined"))
        for item in outline.declined:
            yield f"  line {item.line}, {paint.cyan(item.transform)}: {one_line(item.reason)}"


def heading(outline: Outline, paint: Paint) -> Iterator[str]:
    """The file, the total, and the largest of what was done and of what was left."""
    yield f"{paint.bold(one_line(outline.rewrite.file))}: {outline.headline}"
    if record := outline.largest:
        yield _largest(largest_label(record), record, paint)
    if left := outline.largest_left:
        yield _largest("largest known left", left.record, paint)
    for remark in outline.rewrite.remarks:
        yield f"{paint.yellow('note:')} {one_line(remark.text)}"


def _largest(label: str, record: ChangeRecord, paint: Paint) -> str:
    name = paint.cyan(one_line(record.id))
    return f"{label}: {one_line(record.title)} ({name}), {paint.green(bytes_of(record))}"


def _record(record: ChangeRecord, paint: Paint) -> Iterator[str]:
    yield f"   {paint.cyan(one_line(record.id))}, {record.level}, line {record.line}"
    yield f"   why       {one_line(record.because)}"
    yield f"   bytes     {one_line(expected(record.saves, record.other_stage))}"
    yield from _evidence(record)
    if record.alters:
        yield f"   alters    {one_line(', '.join(record.alters))}"
    for path in record.files:
        yield f"   writes    {one_line(path)}"
    yield from _quoted("before", record.before, paint.red)
    yield from _quoted("after", record.after, paint.green)


def _evidence(record: ChangeRecord) -> Iterator[str]:
    for entry in record.evidence:
        place = one_line(entry.file) if entry.file else f"line {entry.line}" if entry.line else ""
        yield f"   evidence  {place + ': ' if place else ''}{one_line(entry.text)}"


def _quoted(
    label: str, ranges: tuple[LineRange, ...], style: Callable[[str], str]
) -> Iterator[str]:
    numbered = [
        (number, line)
        for found in ranges
        for number, line in enumerate(found.text.split("\n"), start=found.first)
    ]
    for index, (number, line) in enumerate(numbered[:MAX_QUOTED]):
        text = visible(line.rstrip())
        yield f"   {'' if index else label:<9} {number:>4} {style(text)}".rstrip()
    if len(numbered) > MAX_QUOTED:
        yield f"   {'':<9} … and {len(numbered) - MAX_QUOTED} more lines"


def _not_applied(entry: NotApplied, paint: Paint) -> Iterator[str]:
    record = entry.record
    name = paint.cyan(one_line(record.id))
    yield f"  {one_line(record.title)} ({name}, {record.level}, line {record.line})"
    yield f"   why not   {one_line(entry.reason)}"
    yield f"   bytes     {one_line(expected(record.saves, record.other_stage))}"
    if record.level is Level.ADVICE:  # whoever has to decide needs to know what it rests on
        yield from _evidence(record)
    if entry.flag:
        label = "apply     with " if is_flag(entry.flag) else "note      "
        yield f"   {label}{one_line(entry.flag)}"
