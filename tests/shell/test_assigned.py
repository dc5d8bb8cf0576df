"""Variables that a script sets itself: which are known, and where their words stand."""

import pytest

from dockopt.shell import Script, parse
from dockopt.shell.assigned import assigned


def words(text: str) -> dict[str, list[str]]:
    script = parse(text)
    assert isinstance(script, Script)
    found = assigned(script)
    for variable in found.values():
        assert all(text[word.start : word.end] == word.text for word in variable.words)
    return {name: [word.text for word in variable.words] for name, variable in found.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b; c $A", {"A": ["b"]}),
        ("A='b  d' && c $A && e ${A}", {"A": ["b", "d"]}),
        ('set -e; A=" b=1.* d " ; c "$A"', {"A": ["b=1.*", "d"]}),
        ("A=b && C='d e' && f $A $C", {"A": ["b"], "C": ["d", "e"]}),
    ],
)
def test_a_variable_that_is_set_once(text: str, expected: dict[str, list[str]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A=b",
        "A=b c $A",
        "A=$B; c $A",
        "A=$(b); c $A",
        "A='b'\\''c'; d $A",
        "A=b; A=d; c $A",
        "A=b; read A; c $A",
        "A=b; export A; c $A",
        "for A in x; do A=b; done; c $A",
        "if x; then A=b; fi; c $A",
        "x || A=b; c $A",
        "(A=b); c $A",
        "A=b | x; c $A",
        "IFS=,; A=b,d; c $A",
        "A=b; c ${A:-d}",
    ],
)
def test_a_variable_that_may_be_something_else(text: str) -> None:
    assert words(text) == {}
