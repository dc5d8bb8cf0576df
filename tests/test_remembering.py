"""Answers are found once for an object, or for a text, and never mixed up."""

import gc
from dataclasses import dataclass

from dockopt import rewrite
from dockopt.remembering import cached_property, forget_texts, remembered, remembered_by_text
from dockopt.shell import Script


@dataclass(frozen=True)
class Thing:
    name: str

    @cached_property
    def parts(self) -> list[str]:
        """Its letters."""
        return list(self.name)


def test_an_object_is_asked_once() -> None:
    asked: list[Thing] = []

    @remembered
    def size(thing: Thing) -> int:
        asked.append(thing)
        return len(thing.name)

    one, same = Thing("abc"), Thing("abc")
    assert [size(one), size(one), size(same)] == [3, 3, 3]
    assert [a is b for a, b in zip(asked, (one, same), strict=True)] == [True, True]


def test_two_functions_keep_apart() -> None:
    @remembered
    def first(thing: Thing) -> str:
        return thing.name[0]

    @remembered
    def last(thing: Thing) -> str:
        return thing.name[-1]

    thing = Thing("abc")
    assert (first(thing), last(thing), first(thing)) == ("a", "c", "a")


def test_a_property_is_found_once_and_told_by_its_class() -> None:
    thing = Thing("ab")
    assert thing.parts is thing.parts
    assert thing.parts == ["a", "b"]
    assert Thing.parts.__doc__ == "Its letters."
    assert thing == Thing("ab")


def test_texts_are_forgotten_together() -> None:
    asked: list[str] = []

    @remembered_by_text(10)
    def doubled(text: str, more: str) -> str:
        asked.append(text)
        return text + more

    assert [doubled("aaaa", "x"), doubled("aaaa", "y"), doubled("aaaa", "x")] == [
        "aaaax",
        "aaaay",
        "aaaax",
    ]
    assert len(asked) == 2
    doubled("bbbb", "x")
    doubled("bbbb", "x")
    assert len(asked) == 3
    doubled("aaaa", "x")
    assert len(asked) == 4


def test_texts_are_forgotten_on_request() -> None:
    asked: list[str] = []

    @remembered_by_text(100)
    def doubled(text: str, more: str) -> str:
        asked.append(text)
        return text + more

    doubled("aaaa", "x")
    forget_texts()

    assert doubled("aaaa", "x") == "aaaax"
    assert len(asked) == 2


def test_a_rewrite_leaves_no_scripts_behind() -> None:
    before = _scripts()

    rewrite("FROM python:3.12\nRUN made && not kept\n")

    assert _scripts() == before


def _scripts() -> int:
    """How many scripts are in memory."""
    return sum(isinstance(each, Script) for each in gc.get_objects())
