"""Spans, edits and drafts: a text that remembers where every character came from.

A `Draft` is a sequence of pieces. Each piece is either original text (it knows its offset in the
source) or was put in by a named author. Offsets count code points of the *current* text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from dockopt.immutable import immutable
from dockopt.remembering import cached_property


@immutable(slots=True, order=True)
class Span:
    """A half-open range of code points, `text[start:end]`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: "Span") -> bool:
        """Whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        """The text that this span covers."""
        return text[self.start : self.end]


@immutable(slots=True)
class Insert:
    """Puts `text` before offset `at`. Among inserts at one offset, lower `rank` comes first."""

    at: int
    text: str
    rank: int = 0


@immutable(slots=True)
class Delete:
    """Takes `span` out."""

    span: Span


@immutable(slots=True)
class Move:
    """Takes `span` out and puts it before offset `to`, keeping the origin of its characters."""

    span: Span
    to: int
    rank: int = 0


Edit = Insert | Delete | Move


def replace(span: Span, text: str) -> tuple[Edit, ...]:
    """The edits that put `text` in the place of `span`; nothing for an empty span and no text."""
    edits: list[Edit] = [Insert(span.start, text)] if text else []
    if len(span):
        edits.append(Delete(span))
    return tuple(edits)


@immutable(slots=True)
class Piece:
    """A run of characters with one history: `origin` is its offset in the source, if it has one."""

    text: str
    origin: int | None
    author: str | None = None

    def cut(self, start: int, end: int) -> "Piece":
        """The part `text[start:end]` of this piece."""
        origin = None if self.origin is None else self.origin + start
        return Piece(self.text[start:end], origin, self.author)


class OverlapError(ValueError):
    """Two authors edit the same characters; `loser` is the later of them."""

    def __init__(self, loser: str, winner: str) -> None:
        super().__init__(f"{loser} overlaps {winner}")
        self.loser = loser
        self.winner = winner


@immutable()
class Draft:
    """A text made of pieces, and what was cut from it so far."""

    pieces: tuple[Piece, ...]
    cuts: tuple[Piece, ...] = ()

    @classmethod
    def of(cls, source: str) -> "Draft":
        """The draft that nobody has touched."""
        return cls((Piece(source, 0),))

    @cached_property
    def text(self) -> str:
        """The current text."""
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset at which each line of the current text starts."""
        lengths = (len(line) + 1 for line in self.text.split("\n")[:-1])
        return tuple(accumulate(lengths, initial=0))

    def origin_of(self, offset: int) -> int | None:
        """The offset in the source of the character at `offset`, None where an author put it in."""
        index = bisect_right(self._starts, offset) - 1
        if not 0 <= index < len(self.pieces):
            return None
        origin = self.pieces[index].origin
        return None if origin is None else origin + offset - self._starts[index]

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """The offset of every piece, and the length of the text."""
        return tuple(accumulate((len(piece.text) for piece in self.pieces), initial=0))

    def nearest_origin(self, offset: int) -> int:
        """The source offset of the first original character at or after `offset`, else before."""
        index = max(0, bisect_right(self._starts, offset) - 1)
        for number in range(index, len(self.pieces)):
            origin = self.pieces[number].origin
            if origin is not None:
                return origin + max(0, offset - self._starts[number])
        for piece in reversed(self.pieces[:index]):
            if piece.origin is not None:
                return piece.origin + len(piece.text)
        return 0

    def author_of_line(self, line: int) -> str:
        """Who put in all that stands on a line, from 1; empty where any of it is original."""
        start = self.line_starts[line - 1]
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        authors: list[str] = []
        first = max(0, bisect_right(self._starts, start) - 1)
        for at, piece in zip(self._starts[first:], self.pieces[first:], strict=False):
            if at >= end:
                break
            if piece.text[max(0, start - at) : end - at].strip():
                if piece.origin is not None:
                    return ""
                authors.append(piece.author or "")
        return authors[0] if authors else ""

    def apply(self, changes: Iterable[tuple[str, Sequence[Edit]]]) -> "Draft":
        """All edits of all authors at once; offsets are those of the text before any of them.

        Raises OverlapError when two authors cut the same characters, or one puts text or moves
        something into what another cuts.
        """
        owned = [(author, edit) for author, edits in changes for edit in edits]
        _refuse_overlaps(owned)
        boundaries = sorted({point for _, edit in owned for point in _points(edit)})
        atoms = list(_split(self.pieces, boundaries))
        return _assemble(atoms, owned, self.cuts)


def _points(edit: Edit) -> tuple[int, ...]:
    if isinstance(edit, Insert):
        return (edit.at,)
    if isinstance(edit, Delete):
        return (edit.span.start, edit.span.end)
    return (edit.span.start, edit.span.end, edit.to)


def _split(pieces: Sequence[Piece], boundaries: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    """The pieces cut at every boundary, each with its offset."""
    position = 0
    for piece in pieces:
        end = position + len(piece.text)
        low = bisect_right(boundaries, position)
        inner = [b for b in boundaries[low : bisect_right(boundaries, end)] if position < b < end]
        marks = [position, *inner, end]
        for left, right in pairwise(marks):
            yield left, piece.cut(left - position, right - position)
        position = end


def _refuse_overlaps(owned: Sequence[tuple[str, Edit]]) -> None:
    cuts = sorted(
        (edit.span.start, edit.span.end, author)
        for author, edit in owned
        if isinstance(edit, Delete | Move) and len(edit.span)
    )
    for (_, end, first), (start, _, second) in pairwise(cuts):
        if start < end:
            raise OverlapError(max(first, second), min(first, second))
    starts = [start for start, _, _ in cuts]
    for author, edit in owned:
        at = edit.to if isinstance(edit, Move) else edit.at if isinstance(edit, Insert) else None
        if at is None:
            continue
        index = bisect_right(starts, at) - 1
        if index >= 0 and cuts[index][0] < at < cuts[index][1] and cuts[index][2] != author:
            raise OverlapError(max(author, cuts[index][2]), min(author, cuts[index][2]))


def _assemble(
    atoms: Sequence[tuple[int, Piece]], owned: Sequence[tuple[str, Edit]], cuts: tuple[Piece, ...]
) -> Draft:
    starts = [at for at, _ in atoms]
    removed: dict[int, tuple[str, bool]] = {}
    arriving: dict[int, list[_Arrival]] = {}
    for number, (author, edit) in enumerate(owned):
        if isinstance(edit, Insert):
            signed = (Piece(edit.text, None, author),)
            arriving.setdefault(edit.at, []).append((edit.rank, author, number, signed))
            continue
        first, last = bisect_left(starts, edit.span.start), bisect_left(starts, edit.span.end)
        inside = atoms[first:last]
        moving = isinstance(edit, Move)
        removed.update((at, (author, moving)) for at, _ in inside)
        if isinstance(edit, Move):
            carried = tuple(Piece(a.text, a.origin, author) for _, a in inside)
            arriving.setdefault(edit.to, []).append((edit.rank, author, number, carried))
    result: list[Piece] = []
    gone = list(cuts)
    end = 0
    for at, atom in atoms:
        result.extend(_arrivals(arriving.pop(at, [])))
        if at not in removed:
            result.append(atom)
        elif not removed[at][1]:
            gone.append(Piece(atom.text, atom.origin, removed[at][0]))
        end = at + len(atom.text)
    result.extend(_arrivals(arriving.pop(end, [])))
    if arriving:
        raise ValueError(f"edits beyond the text: {sorted(arriving)}")
    return Draft(tuple(piece for piece in result if piece.text), tuple(gone))


_Arrival = tuple[int, str, int, tuple[Piece, ...]]


def _arrivals(group: list[_Arrival]) -> Iterator[Piece]:
    for _, _, _, pieces in sorted(group, key=lambda entry: entry[:3]):
        yield from pieces
