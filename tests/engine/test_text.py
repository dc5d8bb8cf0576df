"""Drafts: edits of several authors at once, and the origin of every character."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockopt.text import Delete, Draft, Edit, Insert, Move, OverlapError, Span, replace

TEXTS = st.text("abc \né😀", max_size=40)


@st.composite
def edits(draw: st.DrawFn, length: int) -> list[tuple[str, list[Edit]]]:
    """Edits of several authors that do not overlap: the text is cut into parts, one edit each."""
    marks = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    owned: list[tuple[str, list[Edit]]] = []
    for number, (start, end) in enumerate(pairwise(marks)):
        author = f"author{number % 3}"
        kind = draw(st.sampled_from(["insert", "delete", "replace", "none"]))
        new = draw(st.text("XYZ\n", max_size=3))
        if kind == "insert":
            owned.append((author, [Insert(start, new)]))
        elif kind == "delete":
            owned.append((author, [Delete(Span(start, end))]))
        elif kind == "replace":
            owned.append((author, list(replace(Span(start, end), new))))
    return owned


def applied_by_hand(text: str, owned: list[tuple[str, list[Edit]]]) -> str:
    """The same edits made one after the other, from the end of the text."""
    flat = [edit for _, group in owned for edit in group]
    for edit in sorted(flat, key=_place, reverse=True):
        if isinstance(edit, Insert):
            text = text[: edit.at] + edit.text + text[edit.at :]
        elif isinstance(edit, Delete):
            text = text[: edit.span.start] + text[edit.span.end :]
    return text


def _place(edit: Edit) -> tuple[int, int]:
    if isinstance(edit, Insert):
        return (edit.at, 0)
    return (edit.span.start, 1) if isinstance(edit, Delete) else (edit.to, 2)


@given(st.data(), TEXTS)
def test_edits_of_several_authors_are_those_made_one_by_one(data: st.DataObject, text: str) -> None:
    owned = data.draw(edits(len(text)))
    assert Draft.of(text).apply(owned).text == applied_by_hand(text, owned)


@given(st.data(), TEXTS)
def test_every_character_has_an_origin_or_an_author(data: st.DataObject, text: str) -> None:
    draft = Draft.of(text)
    for _ in range(data.draw(st.integers(1, 3))):
        draft = draft.apply(data.draw(edits(len(draft.text))))
    result = draft.text
    for offset, char in enumerate(result):
        origin = draft.origin_of(offset)
        if origin is not None:
            assert text[origin] == char
        else:
            assert char in "XYZ\n"
    kept = sorted(
        origin
        for piece in (*draft.pieces, *draft.cuts)
        if piece.origin is not None
        for origin in range(piece.origin, piece.origin + len(piece.text))
    )
    assert kept == list(range(len(text)))
    assert all(piece.author for piece in draft.pieces if piece.origin is None)
    assert all(piece.author for piece in draft.cuts)


@given(st.data(), TEXTS)
def test_the_order_of_the_authors_does_not_matter(data: st.DataObject, text: str) -> None:
    owned = data.draw(edits(len(text)))
    assert Draft.of(text).apply(reversed(owned)).text == Draft.of(text).apply(owned).text


@given(st.data(), TEXTS)
def test_the_nearest_origin_is_found(data: st.DataObject, text: str) -> None:
    draft = Draft.of(text).apply(data.draw(edits(len(text))))
    for offset in range(len(draft.text) + 1):
        following = (draft.origin_of(at) for at in range(offset, len(draft.text)))
        expected = next((origin for origin in following if origin is not None), None)
        if expected is not None:
            assert draft.nearest_origin(offset) == expected
        else:
            assert 0 <= draft.nearest_origin(offset) <= len(text)


@given(st.data(), st.text("abcdef", min_size=3, max_size=20))
def test_a_move_keeps_the_origin(data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    to = data.draw(st.sampled_from([n for n in range(len(text) + 1) if not start < n < end]))
    draft = Draft.of(text).apply([("mover", [Move(Span(start, end), to)])])
    rest = text[:start] + text[end:]
    at = to if to <= start else to - (end - start)
    assert draft.text == rest[:at] + text[start:end] + rest[at:]
    origins = [draft.origin_of(offset) for offset in range(len(text))]
    assert sorted(o for o in origins if o is not None) == list(range(len(text)))
    assert all(text[o] == c for o, c in zip(origins, draft.text, strict=True) if o is not None)
    assert {p.text for p in draft.pieces if p.author == "mover"} == {text[start:end]}
    assert not draft.cuts


def test_inserts_at_one_place_stand_by_rank_then_author() -> None:
    owned: list[tuple[str, list[Edit]]] = [
        ("b", [Insert(1, "2"), Insert(1, "0", rank=-1)]),
        ("a", [Insert(1, "1")]),
    ]
    assert Draft.of("xy").apply(owned).text == "x012y"
    assert Draft.of("xy").apply(reversed(owned)).text == "x012y"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Delete(Span(1, 4)), Delete(Span(3, 6))),
        (Delete(Span(1, 4)), Delete(Span(1, 4))),
        (Delete(Span(1, 4)), Insert(2, "x")),
        (Move(Span(1, 4), 6), Delete(Span(2, 3))),
        (Delete(Span(1, 4)), Move(Span(5, 6), 2)),
    ],
)
def test_overlaps_name_the_loser(first: Edit, second: Edit) -> None:
    with pytest.raises(OverlapError) as caught:
        Draft.of("abcdefgh").apply([("a", [first]), ("b", [second])])
    assert (caught.value.winner, caught.value.loser) == ("a", "b")


def test_an_author_may_insert_into_what_it_cuts() -> None:
    draft = Draft.of("abcdef").apply([("a", [Delete(Span(1, 5)), Insert(3, "X")])])
    assert draft.text == "aXf"


def test_touching_edits_do_not_overlap() -> None:
    draft = Draft.of("abcdef").apply([("a", [Delete(Span(0, 3))]), ("b", [Delete(Span(3, 6))])])
    assert draft.text == ""
    assert draft.nearest_origin(0) == 0


@pytest.mark.parametrize("edit", [Insert(9, "x"), Move(Span(0, 1), 9)])
def test_edits_beyond_the_text_are_errors(edit: Edit) -> None:
    with pytest.raises(ValueError, match="beyond the text"):
        Draft.of("abc").apply([("a", [edit])])


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_runs_forward(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


def test_spans() -> None:
    assert len(Span(2, 5)) == 3
    assert Span(2, 5).contains(Span(3, 5))
    assert not Span(2, 5).contains(Span(1, 3))
    assert Span(1, 3).of("abcd") == "bc"
    assert replace(Span(1, 1), "") == ()


def test_the_author_of_a_line() -> None:
    draft = Draft.of("a\nb\n").apply([("x@1", [Insert(2, "new\n\n"), Insert(3, "!")])])
    assert draft.text == "a\nnew\n\nb!\n"
    assert [draft.author_of_line(line) for line in (1, 2, 3, 4, 5)] == ["", "x@1", "", "", ""]
