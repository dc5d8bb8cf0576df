"""Cheap immutable classes are what `dataclass(frozen=True)` would make of them, but for freezing."""

from dataclasses import dataclass, field, fields

from dockopt.immutable import immutable


@immutable(slots=True)
class Point:
    """Two numbers, and a note that does not count."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)


@immutable(slots=True)
class Other:
    """The same fields in another class."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)


@immutable(eq=False)
class Node:
    """One that is itself alone, and that may hold itself."""

    inner: "list[Node]"


@immutable(order=True)
class Version:
    """One that has an order."""

    major: int
    minor: int = 0


@dataclass(frozen=True)
class Model:
    """What Python makes."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)


def test_equal_by_the_fields_that_count() -> None:
    assert Point(1, 2, "a") == Point(1, 2, "b")
    assert len({Point(1, 2, "a"), Point(1, 2, "b"), Point(2, 1)}) == 2
    things: list[object] = [Point(1), Other(1), (1, 0), None]
    assert [Point(1) == thing for thing in things] == [True, False, False, False]


def test_shown_like_a_dataclass() -> None:
    assert repr(Point(1, 2, "a")) == repr(Model(1, 2, "a")).replace("Model", "Point")
    assert [f.name for f in fields(Point)] == [f.name for f in fields(Model)]
    assert Point.__match_args__ == Model.__match_args__


def test_slots_leave_no_room() -> None:
    assert not hasattr(Point(1), "__dict__")


def test_without_equality_an_object_is_itself() -> None:
    node = Node([])
    node.inner.append(node)
    assert node != Node(node.inner)
    assert repr(node) == "Node(inner=[...])"


def test_order() -> None:
    assert sorted([Version(2), Version(1, 5), Version(1)])[1] == Version(1, 5)
    assert hash(Version(1)) == hash(Version(1, 0))


def test_own_methods_stay() -> None:
    @immutable()
    class Quiet:
        """One that says nothing of itself."""

        x: int

        def __repr__(self) -> str:
            return "quiet"

    assert repr(Quiet(1)) == "quiet"
    assert Quiet(1) == Quiet(1)


def test_without_fields_all_are_equal() -> None:
    @immutable()
    class Nothing:
        """One that there is but one of."""

    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
