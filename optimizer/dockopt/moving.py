"""Moves a part of the text that is edited at the same time."""

from collections.abc import Iterable, Iterator

from dockopt.text import Delete, Edit, Insert, Move, Span


def moved(span: Span, edits: Iterable[Edit], to: int, rank: int = 0) -> tuple[Edit, ...]:
    """The edits that leave at `to` what `edits` make of `span`; what stays keeps its origin.

    `edits` are inserts and deletes within `span`. Raises ValueError for others.
    """
    listed = list(edits)
    if any(isinstance(edit, Move) for edit in listed):
        raise ValueError("what is moved cannot be moved again")
    return tuple(_numbered(_parts(span, listed), to, rank))


def _parts(span: Span, edits: list[Edit]) -> Iterator[Span | str | Delete]:
    inserts = sorted((e for e in edits if isinstance(e, Insert)), key=lambda e: (e.at, e.rank))
    deletes = sorted((e for e in edits if isinstance(e, Delete)), key=lambda e: e.span)
    marks = {span.start, span.end, *(insert.at for insert in inserts)}
    marks.update(point for cut in deletes for point in (cut.span.start, cut.span.end))
    if not all(span.start <= mark <= span.end for mark in marks):
        raise ValueError("an edit lies outside what is moved")
    points = sorted(marks)
    for start, end in zip(points, [*points[1:], None], strict=True):
        yield from (insert.text for insert in inserts if insert.at == start)
        if end is not None:
            part = Span(start, end)
            cut = any(delete.span.contains(part) for delete in deletes)
            yield Delete(part) if cut else part


def _numbered(parts: Iterable[Span | str | Delete], to: int, rank: int) -> Iterator[Edit]:
    for number, part in enumerate(parts, rank):
        if isinstance(part, str):
            yield Insert(to, part, number)
        elif isinstance(part, Span):
            yield Move(part, to, number)
        else:
            yield part
