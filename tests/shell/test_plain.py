"""Plain scripts are read without the grammar, and give what the grammar gives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockopt.shell import Opaque, parse
from dockopt.shell.plain import plain_steps
from dockopt.shell.reader import parse_with_grammar

WORDS = st.sampled_from(
    [
        "a",
        "-y",
        "--b=c",
        "x==1.0",
        "/e/*",
        "~/f",
        "$A",
        "${A}",
        '"$A"',
        "'q$r'",
        "g${A}h",
        "3",
        '"s"t',
        "a,b",
        "+x",
        "%",
        "^z",
        "x:y@z",
        "''",
        '""',
        "A=b",
        "if",
        "done",
        "export",
        "test",
        '"$A b"',
        "'q $r'",
    ]
)
OPERATORS = st.sampled_from(["&&", "||", ";", " && ", "  ||\t", "; "])


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """A script of plain words, often one that the grammar refuses."""
    text = draw(st.sampled_from(["", " "]))
    for number in range(draw(st.integers(1, 4))):
        text += draw(OPERATORS) if number else ""
        text += draw(st.sampled_from([" ", "  "])).join(draw(st.lists(WORDS, max_size=4)))
    return text


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=500)
@given(scripts())
def test_the_grammar_agrees(text: str) -> None:
    expected = parse_with_grammar(text)
    if plain_steps(text) is not None and not isinstance(expected, Opaque):
        assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "apt-get update && apt-get install -y curl; rm -rf /var/lib/apt/lists/*",
        "pip install \"flask>=3\" 'a b' $X || true",
        "  a  b\t&&c||d;e ",
    ],
)
def test_plain_scripts(text: str) -> None:
    assert plain_steps(text) is not None
    assert parse(text) == parse_with_grammar(text)


@pytest.mark.parametrize(
    "text",
    [
        "a |b",
        "a >b",
        "a &",
        "a &&",
        "&& a",
        "a;",
        "a;;b",
        "A=b c",
        "if a",
        "export A=b",
        "$(a)",
        "`a`",
        "a\\ b",
        "[ a ]",
        "{ a; }",
        "(a)\n    ",
        "! a",
        "a # b",
        "a\nb",
        "é",
        "${A-b}",
        "a 'b",
        'a "b',
        'a "`b`"',
        "time a",
        "a && export B=c",
        "A+=b",
        "a <<B",
        "",
        " ",
    ],
)
def test_other_scripts(text: str) -> None:
    assert plain_steps(text) is None


def test_plain_scripts_take_linear_time() -> None:
    assert plain_steps('a "$b c' * 20_001) is None
    assert plain_steps("a-$b" * 50_000 + "`") is None
