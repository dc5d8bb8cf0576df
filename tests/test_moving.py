"""Moving text that is edited at the same time."""

import pytest

from dockopt.moving import moved
from dockopt.text import Delete, Draft, Edit, Insert, Move, Span


def test_moved_as_the_edits_leave_it() -> None:
    source = "0123456789"
    edits: list[Edit] = [Insert(6, "<"), Delete(Span(6, 7)), Insert(8, ">"), Insert(8, "!", 1)]
    draft = Draft.of(source).apply([("a", moved(Span(5, 9), edits, 2))])

    assert draft.text == "015<7>!8" + "2349"
    assert draft.origin_of(2) == 5


def test_edits_at_the_borders() -> None:
    draft = Draft.of("abcd").apply([("a", moved(Span(2, 4), [Insert(2, "<"), Insert(4, ">")], 0))])

    assert draft.text == "<cd>ab"


@pytest.mark.parametrize("edit", [Move(Span(2, 3), 0), Insert(5, "x"), Delete(Span(0, 3))])
def test_what_cannot_be_moved(edit: Edit) -> None:
    with pytest.raises(ValueError, match="moved"):
        moved(Span(2, 4), [edit], 0)
