"""Plain scripts are read without the grammar, and give what the grammar gives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockopt.shell import Command, Opaque, Script, parse
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
        "B=",
        "C='d e'",
        "D=$E",
        ">f",
        "2>/dev/null",
        "2>&1",
        ">&2",
        ">> f",
        "< g",
        "a>b",
        "3>&1x",
    ]
)
OPERATORS = st.sampled_from(["&&", "||", ";", "|", " && ", "  ||\t", "; ", " | ", "|&"])


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
    steps = plain_steps(text)
    if steps is None:
        return
    if not any(step.kind == "pipeline" for step in steps):
        expected = parse_with_grammar(text)
        assert isinstance(expected, Opaque) or parse(text) == expected
    for command in (command for step in steps for command in step.commands):
        # Of long pipelines, and of redirections within one, the grammar gets the ends wrong.
        alone = parse_with_grammar(text[command.start : command.end])
        if isinstance(alone, Script):
            assert [_said(found) for found in alone.commands] == [_said(command)]


def _said(command: Command) -> tuple[object, ...]:
    """What a command says, wherever it stands."""
    return (
        command.values,
        [(name, word and word.value) for name, word in command.assignments],
        [(r.operator, r.descriptor, r.target and r.target.value) for r in command.redirects],
    )


def test_a_long_pipeline_ends_where_the_shell_ends_it() -> None:
    """The grammar would take `d` for its last command."""
    script = parse("a | b | c && d")
    assert isinstance(script, Script)
    assert [(step.kind, [c.name for c in step.commands]) for step in script.steps] == [
        ("pipeline", ["a", "b", "c"]),
        ("command", ["d"]),
    ]
    assert [command.depth for command in script.commands] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "text",
    [
        "apt-get update && apt-get install -y curl; rm -rf /var/lib/apt/lists/*",
        "pip install \"flask>=3\" 'a b' $X || true",
        "  a  b\t&&c||d;e ",
        "a |b",
        "a >b",
        "a b 2>/dev/null >> c | d e && f",
        "A=b c",
        "A='b c' D=$E f g && H=i",
    ],
)
def test_plain_scripts(text: str) -> None:
    assert plain_steps(text) is not None
    assert parse(text) == parse_with_grammar(text)


@pytest.mark.parametrize(
    "text",
    [
        "a &",
        "a |& b",
        "a | b >c",
        "a >b c",
        "a>b",
        ">a",
        "2>&1",
        "a | b=c",
        "A=b C=d",
        "a &&",
        "&& a",
        "a;",
        "a;;b",
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
