"""Amounts, escaping, the summary and the diff."""

import pytest
from tests.report.rewrites import nothing, rewrite

from dockopt.report.amounts import difference, expected, human
from dockopt.report.difference import patch, shown
from dockopt.report.escaping import code, fenced, markdown, one_line, visible
from dockopt.report.paint import Paint
from dockopt.report.summary import MAX_DECLINED, summary
from dockopt.result import Declined, Rewrite
from dockopt.transform import Saving


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (19_260_000, "19 MB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (9_960_000, "10 MB"),
        (5_840_000_000, "5.8 GB"),
        (12_300_000_000_000, "12300 GB"),
        (-290_000_000, "-290 MB"),
    ],
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert human(count) == words


def test_expectations_in_words() -> None:
    assert expected(Saving(2_000_000, "x")) == "saves about 2.0 MB (estimate: x)"
    assert expected(Saving(-2_000_000, "x")) == "adds about 2.0 MB (estimate: x)"
    assert expected(Saving(0, "x")) == "none (x)"
    assert expected(Saving(None, "x")) == "unknown (x)"
    assert (difference(5), difference(0), difference(-5)) == (
        "about 5 bytes smaller",
        "no smaller",
        "about 5 bytes larger",
    )


def test_what_another_stage_saves_is_nothing_of_the_image() -> None:
    assert expected(Saving(2_000_000, "x"), "dev") == (
        "none of the image, which has nothing of stage dev; there it saves about 2.0 MB (estimate: x)"
    )
    assert expected(Saving(None, "x"), "dev") == "unknown (x)"


def test_what_is_hidden_is_written_out() -> None:
    assert visible("a\x1b[0m\udcff\u202e\U000e0041\tb\n") == (
        "a\\x1b[0m\\xff\\u202e\\U000e0041\tb\n"
    )
    assert visible("naïve — 日本 👍") == "naïve — 日本 👍"
    assert one_line("a\nb\r\tc") == "a b\\x0d c"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("python_dotenv is not *used*", r"python_dotenv is not \*used\*"),
        ("_private_ [x] <b> a|b", r"\_private\_ \[x\] \<b\> a\|b"),
        ("`pip install x_y*`, then", "`pip install x_y*`, then"),
        ("an odd ` backtick", r"an odd \` backtick"),
        ("``", r"\`\`"),
        ("# head", r"\# head"),
        ("a # b", "a # b"),
        ("1. first", r"1\. first"),
        ("6.7 MB", "6.7 MB"),
        ("AT&T &amp; &#38;", r"AT&T \&amp; \&#38;"),
        ("https://docs.docker.com/a_b/#c", "https://docs.docker.com/a_b/#c"),
    ],
)
def test_words_stay_words_in_markdown(text: str, escaped: str) -> None:
    assert markdown(text) == escaped


def test_code_chooses_a_fence_that_its_text_lacks() -> None:
    assert code("a") == "`a`"
    assert code("a``b") == "```a``b```"
    assert code("`a") == "`` `a ``"
    assert code("") == ""
    assert fenced("x\r\ny\n") == "```dockerfile\nx\ny\n```"
    assert fenced("````\n") == "`````dockerfile\n````\n`````"


def test_the_summary_names_each_change_once() -> None:
    lines = summary(rewrite(), Paint()).splitlines()
    assert lines[0].startswith("web/Dockerfile: 3 changes, about 180 MB smaller")
    assert "copy-chown@3" in lines[1]
    assert lines[3] == "note: compose.yml:3 builds stage web, not the last one"
    assert [line[2] for line in lines[4:]] == ["+", "+", "+", "-", "?"]
    assert lines[7].endswith("not applied, needs --assume no-gpu")
    assert summary(rewrite(), Paint(), brief=True) == lines[0] + "\n"
    assert summary(nothing(), Paint()) == "Dockerfile: nothing to change\n"


def test_the_summary_does_not_drown_in_reasons() -> None:
    declined = tuple(Declined("idle", line, "no") for line in range(1, MAX_DECLINED + 4))
    lines = summary(Rewrite("D", "a", "a", (), (), declined), Paint()).splitlines()
    assert len(lines) == 1 + MAX_DECLINED + 1
    assert lines[-1].endswith("3 more declined; -v tells why")


def test_a_patch_keeps_what_a_terminal_must_not_see() -> None:
    made = Rewrite(
        "/etc/a\nb", "FROM a\r\nRUN \x1b[2J\x0c x", "FROM b\r\nRUN \x1b[2J\x0c x", (), (), ()
    )
    assert patch(made) == (
        '--- "a/etc/a\\nb"\n+++ "b/etc/a\\nb"\n@@ -1,2 +1,2 @@\n-FROM a\r\n+FROM b\r\n'
        " RUN \x1b[2J\x0c x\n\\ No newline at end of file\n"
    )
    assert "\n RUN \\x1b[2J\\x0c x\n" in shown(made, Paint())
    assert "\r" not in shown(made, Paint())
    assert "\x1b[31m-FROM a\x1b[0m" in shown(made, Paint(True))


def test_nothing_gives_an_empty_diff() -> None:
    assert patch(nothing()) == ""
    assert shown(nothing(), Paint(True)) == ""
