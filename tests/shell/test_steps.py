"""Steps: what joins them, which may fail unnoticed, and whether a script stops at a failure."""

import pytest

from dockopt.shell import Script, parse
from dockopt.syntax import parse as parse_dockerfile


def script(text: str) -> Script:
    found = parse(text)
    assert isinstance(found, Script), found
    return found


def test_steps_know_their_operator_and_place() -> None:
    text = "a 1 && b | c || (d; e); f\ng &"
    steps = script(text).steps
    assert [text[s.start : s.end] for s in steps] == ["a 1", "b | c", "(d; e)", "f", "g"]
    assert [s.operator for s in steps] == ["", "&&", "||", ";", "\n"]
    assert [text[s.operator_start : s.operator_end] for s in steps] == ["", "&&", "||", ";", "\n"]
    assert [s.kind for s in steps] == ["command", "pipeline", "subshell", "command", "command"]
    assert [s.command.name if s.command else None for s in steps] == ["a", None, None, "f", "g"]
    assert script(text).background


@pytest.mark.parametrize(
    ("text", "conditional"),
    [
        ("a && b", ""),
        ("a; b", ""),
        ("a || b", "ab"),
        ("a && b || c", "abc"),
        ("a || b && c", "ab"),
        ("a || b; c && d", "ab"),
        ("a && b; c || true", "c"),
        ("a && b &", "ab"),
        ("a & b", "a"),
        ("a; b & c", "b"),
        ("a | b", "ab"),
        ("! a", "a"),
        ("if a; then b; fi; c", "ab"),
        ("x=$(a) && b", "a"),
        ("f() { a; } && b", "a"),
        ("{ a && b; } && c", ""),
        ("(a || b) && c", "ab"),
        ("(a && b || c) && d", "abc"),
        ("a <<X && b || c\nx\nX\nd", "abc"),
    ],
)
def test_commands_whose_failure_may_go_unnoticed(text: str, conditional: str) -> None:
    found = {c.name for c in script(text).commands if c.conditional and len(c.name) == 1}
    assert found == set(conditional)


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("a", True),
        ("a && b && c", True),
        ("a; b", False),
        ("a\nb", False),
        ("a || b", False),
        ("a && b; c", False),
        ("a & b", False),
        ("a && b &", False),
        ("set -e; a; b", True),
        ("set -eux; a; b", True),
        ("set -o errexit; a\nb", True),
        ("set -euo pipefail; a; b", True),
        ("set -x -e; a; b", True),
        ("set -x; a; b", False),
        ("set -x && a && b", True),
        ("set -o pipefail; a; b", False),
        ("set -- -e; a; b", False),
        ("set -e; a; set +e; b; c", False),
        ("set -e; set +o errexit; a; b", False),
        ("set -e; a && b; c", False),
        ("set -ex && a; b", True),
        ("set -ex && a && b; c", False),
        ("set -e; a; b && c", True),
        ("set -e; a || b; c", False),
        ("a; set -e; b", False),
        ("set $x; a; b", False),
    ],
)
def test_whether_a_script_stops_at_a_failure(text: str, stops: bool) -> None:
    assert script(text).stops_on_failure is stops


def test_carriage_returns_of_continuation_lines_are_not_shell() -> None:
    text = "FROM a\r\nRUN b \\\r\n  # c\r\n\r\n  && d e\r\n"
    body = parse_dockerfile(text).instructions[1].body
    steps = script(body.text).steps
    assert [s.command.values for s in steps if s.command] == [(), ("e",)]
    word = steps[1].commands[0].words[1]
    assert body.span(word.start, word.end).of(text) == "e"


def test_a_long_list_within_parentheses_is_not_deep() -> None:
    text = "(" + " && ".join(f"a{n}" for n in range(500)) + ")"
    commands = script(text).commands
    assert len(commands) == 500
    assert {c.depth for c in commands} == {commands[0].depth}


def test_a_very_long_script_is_read_in_time() -> None:
    text = " && ".join(["echo some words"] * 40_000)
    assert len(script(text).steps) == 40_000
