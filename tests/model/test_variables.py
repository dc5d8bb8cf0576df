"""Variables are expanded as BuildKit expands them.

https://docs.docker.com/reference/dockerfile/#environment-replacement; the rules that it does not
tell are those of https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockopt.model import Scope, Unknown, expand
from dockopt.model.variables import ExpansionError

VALUES = {
    "v": "set",
    "empty": "",
    "path": "/usr/local/lib",
    "dots": "1.2.3",
    "word": "w",
    "stars": "a*b*c",
    "ünï": "letters",
    "1": "one",
    "12": "twelve",
}
SCOPE = Scope(VALUES, closed=True)

TABLE = [
    ("plain", "plain"),
    ("$v", "set"),
    ("${v}", "set"),
    ("a$v-b", "aset-b"),
    ("a${v}b", "asetb"),
    ("$vb", ""),
    ("$unset|${unset}", "|"),
    ("$ünï", "letters"),
    ("$12", "twelve"),
    ("$1x", "onex"),
    ("$", "$"),
    ("$.", "$."),
    ("a$", "a$"),
    ("$$v", "v"),
    ("$(v)", "$(v)"),
    # Escapes and quotes.
    ("\\$v", "$v"),
    ("\\\\$v", "\\set"),
    ("a\\ b\\", "a b"),
    ("'$v \\n'", "$v \\n"),
    ('"$v"', "set"),
    ('"\\$v \\" \\\\ \\n"', '$v " \\ \\n'),
    ("'a'\"b\"c", "abc"),
    ('"it\'s"', "it's"),
    ("'say \"x\"'", 'say "x"'),
    ('"${v}\'s"', "set's"),
    # Defaults and alternatives.
    ("${v:-w}", "set"),
    ("${empty:-w}", "w"),
    ("${unset:-w}", "w"),
    ("${v-w}", "set"),
    ("${empty-w}", ""),
    ("${unset-w}", "w"),
    ("${v:+w}", "w"),
    ("${empty:+w}", ""),
    ("${unset:+w}", ""),
    ("${v+w}", "w"),
    ("${empty+w}", "w"),
    ("${unset+w}", ""),
    ("${v:?w}", "set"),
    ("${empty?w}", ""),
    ("${unset:-}", ""),
    ("${unset:-a b}", "a b"),
    ("${unset:-$v}", "set"),
    ("${unset:-${unset:-${v}}}", "set"),
    ("${unset:-'$v'}", "$v"),
    ('${unset:-"$v"}', "set"),
    ("${unset:-a\\}b}", "a}b"),
    ("${unset:-{}", "{"),
    ("x${v:+-${word}}", "x-w"),
    # Prefixes and suffixes.
    ("${path#*/}", "usr/local/lib"),
    ("${path##*/}", "lib"),
    ("${path%/*}", "/usr/local"),
    ("${path%%/*}", ""),
    ("${dots%.*}", "1.2"),
    ("${dots%%.*}", "1"),
    ("${dots#*.}", "2.3"),
    ("${dots##*.}", "3"),
    ("${dots#1}", ".2.3"),
    ("${dots#?}", ".2.3"),
    ("${dots#x}", "1.2.3"),
    ("${dots#}", "1.2.3"),
    ("${dots%}", "1.2.3"),
    ("${dots#[0-9]}", "1.2.3"),
    ("${stars#*\\*}", "b*c"),
    ("${stars##*\\*}", "c"),
    ("${stars%\\**}", "a*b"),
    ("${stars%%\\**}", "a"),
    ("${unset#x}", ""),
    ("${v#$word}", "set"),
    ("${word#$word}", ""),
    # Replacements.
    ("${path/local/share}", "/usr/share/lib"),
    ("${path/\\//-}", "-usr/local/lib"),
    ("${path//\\//-}", "-usr-local-lib"),
    ("${dots/./}", "12.3"),
    ("${dots//./}", "123"),
    ("${dots//?/x}", "xxxxx"),
    ("${dots//*/x}", "x"),
    ("${dots/.*/x}", "1x"),
    ("${path/$word/x}", "/usr/local/lib"),
    ("${v/s/$word}", "wet"),
    ("${v/e/a\\b}", "sa\\bt"),
    ("${unset/a/b}", ""),
    ("${stars/\\*/x}", "axb*c"),
]

REFUSED = [
    "${",
    "${}",
    "${:-w}",
    "${{v}}",
    "${v",
    "${v:",
    "${v:0:1}",
    "${v:#x}",
    "${v^}",
    "${v!x}",
    "${v:-w",
    "${v/a}",
    "${v//a}",
    "${v/a/b",
    "${v#\\a}",
    "'open",
    '"open',
    "${unset:-'open}",
]


@pytest.mark.parametrize(("text", "value"), TABLE)
def test_expansion(text: str, value: str) -> None:
    assert expand(text, SCOPE) == value


@pytest.mark.parametrize("text", REFUSED)
def test_what_buildkit_refuses(text: str) -> None:
    with pytest.raises(ExpansionError):
        expand(text, SCOPE)


@pytest.mark.parametrize("text", ["${unset?w}", "${empty:?w}", "${unset:?}"])
def test_a_build_that_stops_has_no_value(text: str) -> None:
    assert isinstance(expand(text, SCOPE), Unknown)


@pytest.mark.parametrize(
    ("text", "value"),
    [("`$v", "$v"), ("\\$v", "\\set"), ('"`"`n"', '"`n'), ("${path//`//-}", "/usr/local/lib")],
)
def test_another_escape_character(text: str, value: str) -> None:
    assert expand(text, SCOPE, "`") == value


UNKNOWN = Unknown("the build decides")


@pytest.mark.parametrize(
    "text",
    [
        "$u",
        "a${u}b",
        '"$u"',
        "${u:-w}",
        "${u:+w}",
        "${u#x}",
        "${u/x/y}",
        "${v#$u}",
        "${v/$u/x}",
        "${v/x/$u}",
        "${unset:-$u}",
    ],
)
def test_what_depends_on_an_unknown_value_is_unknown(text: str) -> None:
    assert expand(text, Scope({**VALUES, "u": UNKNOWN}, closed=True)) == UNKNOWN


@pytest.mark.parametrize(("text", "value"), [("'$u'", "$u"), ("${v:-$u}", "set"), ("\\$u", "$u")])
def test_an_unknown_value_that_is_not_used_does_no_harm(text: str, value: str) -> None:
    assert expand(text, Scope({**VALUES, "u": UNKNOWN}, closed=True)) == value


def test_an_open_scope_does_not_know_what_the_base_image_sets() -> None:
    assert isinstance(expand("$HOME", Scope({})), Unknown)
    assert expand("$HOME", Scope({}, closed=True)) == ""


def test_costly_patterns_are_not_tried() -> None:
    with pytest.raises(ExpansionError, match="too costly"):
        expand("${v#" + "*a" * 30 + "}", SCOPE)
    with pytest.raises(ExpansionError, match="too costly"):
        expand("${long#*a}", Scope({"long": "b" * 5000}, closed=True))


@given(st.text())
def test_single_quotes_keep_everything(text: str) -> None:
    quoted = "'" + text.replace("'", "'\"'\"'") + "'"
    assert expand(quoted, SCOPE) == text


@given(st.text("ab.*", max_size=8), st.text("ab.*?", max_size=4))
def test_prefixes_and_suffixes_mirror_each_other(value: str, pattern: str) -> None:
    scope = Scope({"x": value, "y": value[::-1]}, closed=True)
    assert expand(f"${{x%{pattern}}}", scope) == str(expand(f"${{y#{pattern[::-1]}}}", scope))[::-1]


@given(st.text("$v{}:-+#%/'\"\\a*?", max_size=14))
def test_any_text_has_a_value_or_is_refused(text: str) -> None:
    try:
        value = expand(text, SCOPE)
    except ExpansionError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(value, str | Unknown)
