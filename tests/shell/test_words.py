"""Words: their text, their value, and their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockopt.shell import Opaque, Script, Word, parse
from dockopt.shell.values import static_value


def script(text: str) -> Script:
    found = parse(text)
    assert isinstance(found, Script), found
    return found


VALUES = [
    ("plain", "plain"),
    ("a-b_c/d.e:f=g,h@i%j+k", "a-b_c/d.e:f=g,h@i%j+k"),
    ("'single $x `y` \\n'", "single $x `y` \\n"),
    ('"double"', "double"),
    ('"a\\"b\\$c\\\\d\\`e"', 'a"b$c\\d`e'),
    ('"keeps \\n"', "keeps \\n"),
    ("a\\ b", "a b"),
    ("a'b'\"c\"d", "abcd"),
    ("''", ""),
    ('"*?[~{a}"', "*?[~{a}"),
    ("a{b", "a{b"),
    ("a~b", "a~b"),
    ("$x", None),
    ("${x}y", None),
    ('"$x"', None),
    ('"a`b`"', None),
    ("$(a)", None),
    ("*.txt", None),
    ("a?", None),
    ("[ab]", None),
    ("{a,b}", None),
    ("~/x", None),
    ("é😀", "é😀"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_the_value_of_a_word(text: str, value: str | None) -> None:
    assert static_value(text) == value


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_word_in_a_command_has_that_value_and_its_place(text: str, value: str | None) -> None:
    line = f"é cmd {text} end"
    word, last = script(line).commands[0].words[2:4]
    assert (word.text, word.value) == (text, value)
    assert line[word.start : word.end] == text
    assert line[last.start : last.end] == "end"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_a_quoted_text_is_itself(text: str) -> None:
    quoted = "'" + text.replace("'", "'\\''") + "'"
    assert static_value(quoted) == text


@given(st.lists(st.text("ab é😀\udc80-_/.", min_size=1), max_size=6))
def test_spans_count_code_points(words: list[str]) -> None:
    text = " ".join(["cmd", *(f"'{word}'" for word in words)])
    found = script(text).commands[0].words
    assert [w.text for w in found] == [text[w.start : w.end] for w in found]
    assert [w.value for w in found[1:]] == words


def test_assignments_and_redirects() -> None:
    command = script("A=b C='d e' cmd x 2>/dev/null >> out y").commands[0]
    assert [(name, value and value.value) for name, value in command.assignments] == [
        ("A", "b"),
        ("C", "d e"),
    ]
    assert command.name == "cmd"
    assert command.values == ("x", "y")
    assert [(r.descriptor, r.operator, r.target and r.target.value) for r in command.redirects] == [
        ("2", ">", "/dev/null"),
        ("", ">>", "out"),
    ]


def test_redirects_behind_a_here_document() -> None:
    command = script("cat <<EOF > out\nx\nEOF\n").commands[0]
    assert [(r.operator, r.target and r.target.value) for r in command.redirects] == [
        ("<<", None),
        (">", "out"),
    ]


def test_name_path_and_flags() -> None:
    command = script("/usr/bin/apt-get install -y --option=x $y").commands[0]
    assert (command.name, command.path) == ("apt-get", "/usr/bin/apt-get")
    assert command.has("-y")
    assert command.has("--option")
    assert not command.has("--opt")
    assert command.values == ("install", "-y", "--option=x", None)
    assert script("$x y").commands[0].name == ""
    assert script("A=b").commands[0].words == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a $(b c) `d`", ["a", "b", "d"]),
        ('a "x $(b) y"', ["a", "b"]),
        ("a <(b) >(c)", ["a", "b", "c"]),
        ("X=$(a)", ["", "a"]),
        ("if a; then b; else c; fi", ["a", "b", "c"]),
        ("for x in y z; do a; done", ["a"]),
        ("while a; do b; done", ["a", "b"]),
        ("case x in y) a;; *) b;; esac", ["a", "b"]),
        ("{ a; b; }", ["a", "b"]),
        ("(a && b)", ["a", "b"]),
        ("a | b | c", ["a", "b", "c"]),
        ("! a", ["a"]),
        ("f() { a; }", ["a"]),
        ("a > x && b", ["a", "b"]),
        ("[ -f x ] && a", ["[", "a"]),
        ("[[ -f x ]] && a", ["[[", "a"]),
        ("export A=b && c", ["export", "c"]),
        ("cat <<EOF\nx\nEOF\n", ["cat"]),
        ("cat <<EOF > y && b c || d\nx\nEOF\ne\n", ["cat", "b", "d", "e"]),
        ("cat <<EOF | b\nx $(q)\nEOF\n", ["cat", "b"]),
        ("a # b && c", ["a"]),
    ],
)
def test_the_commands_of_a_script(text: str, names: list[str]) -> None:
    assert [command.name for command in script(text).commands] == names


def test_a_word_is_a_value_object() -> None:
    assert script("a").commands[0].words == (Word("a", "a", 0, 1),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("if a", "the shell syntax could not be read"),
        ("a 'b", "the shell syntax could not be read"),
        ("a && (b", "the shell syntax could not be read"),
        ("(" * 150 + "a" + ")" * 150, "nested too deeply"),
        ("a " * 600_000, "longer than 1000000 characters"),
    ],
)
def test_opaque_says_why(text: str, reason: str) -> None:
    assert parse(text) == Opaque(reason)


@given(st.text(max_size=60))
def test_any_text_is_read_or_opaque(text: str) -> None:
    found = parse(text)
    if isinstance(found, Script):
        for command in found.commands:
            assert 0 <= command.start <= command.end <= len(text)
            assert all(w.text == text[w.start : w.end] for w in command.words)
    else:
        assert found.reason


def test_a_word_that_the_grammar_splits_is_one_word() -> None:
    url = "http://x/v$A/y-$B-z.tgz"
    for text in (f"get -O {url} && b", f"get -O {url} > log"):
        assert script(text).commands[0].words[2].text == url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('install `# it\'s for "a"` a `` b', ["install", "a", "b"]),
        ("install `# é` a", ["install", "a"]),
        ("echo '`# not a comment`' \\` `# one`", ["echo", "`# not a comment`", "`"]),
    ],
)
def test_backquotes_around_a_comment_are_no_word(text: str, expected: list[str]) -> None:
    (command,) = script(text).commands

    assert [word.value for word in command.words] == expected
    assert all(text[word.start : word.end] == word.text for word in command.words)


@pytest.mark.parametrize("text", ['a "`# in quotes`"', "a`# in a word`"])
def test_other_backquoted_comments_are_not_read(text: str) -> None:
    assert isinstance(parse(text), Opaque)


@pytest.mark.parametrize("mark", ["\U0007033c", "\U00106bba", "\u2028", "\u4e2d"])
def test_characters_that_the_grammar_has_no_table_for_are_parts_of_words(mark: str) -> None:
    """The scanner reads beyond a table of C for them, which ended the process now and then."""
    text = f"if true; then echo a{mark}b '{mark}' {{{mark}; fi; echo c"

    found = parse(text)

    assert isinstance(found, Script)
    echoes = [c for c in found.commands if c.name == "echo"]
    assert [w.text for w in echoes[0].words] == ["echo", f"a{mark}b", f"'{mark}'", "{" + mark]
    assert [w.text for w in echoes[1].words] == ["echo", "c"]
