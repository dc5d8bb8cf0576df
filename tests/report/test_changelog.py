"""The changelog in its three forms, against golden files, and against hostile text."""

import json
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.report.conftest import FOLDER
from tests.report.rewrites import hostile, nothing, record, rewrite

from dockopt.report.changelog_json import changelog_json
from dockopt.report.changelog_markdown import changelog_markdown
from dockopt.report.changelog_text import MAX_QUOTED, changelog_text
from dockopt.report.paint import Paint
from dockopt.result import LineRange, Rewrite

HOSTILE = (
    "a ``` b\n```\n# head\n<script>x</script> [f](http://e) *b* | `",
    "\x1b[2J\x07\x9b31m\r\u202eevil\u2066\udcff\u2028",
    "~~~\n- list\n1. item",
)


# syrupy would have the test's name in the file's
pytestmark = pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")


def test_changelog__md(golden: SnapshotAssertion) -> None:
    assert changelog_markdown([rewrite(), nothing()], diff=True).encode() == golden


def test_changelog__json(golden: SnapshotAssertion) -> None:
    text = re.sub(r'"dockopt": "[^"]+"', '"dockopt": "VERSION"', changelog_json([rewrite()]))
    assert text.encode() == golden


def test_changelog__txt(golden: SnapshotAssertion) -> None:
    assert changelog_text(rewrite()).encode() == golden


def test_every_golden_file_has_a_test() -> None:
    forms = {f"changelog.{form}" for form in ("md", "json", "txt")}
    assert {path.name for path in FOLDER.iterdir()} == forms


def test_colour_changes_no_letter() -> None:
    coloured = changelog_text(rewrite(), Paint(True))
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == changelog_text(rewrite())


def test_the_largest_is_the_one_with_most_bytes_wherever_it_stands() -> None:
    document = json.loads(changelog_json([rewrite()]))
    assert document["files"][0]["largest"] == "copy-chown@3"
    assert document["files"][0]["largest_not_applied"] == "cpu-torch@5"
    assert document["files"][0]["not_applied"][0]["flag"] == "--assume no-gpu"
    empty = json.loads(changelog_json([nothing()]))["files"][0]
    assert (empty["changed"], empty["largest"], empty["diff"]) == (False, None, "")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_report_lets_a_control_character_through(text: str) -> None:
    made = hostile(text)
    for report in (
        changelog_text(made),
        changelog_markdown([made], diff=True),
        changelog_json([made], [(text, text, 2)]),
    ):
        odd = [c for c in report if c != "\n" and not c.isprintable()]
        assert odd == []
        report.encode("utf-8", "strict")


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_hostile_text_exactly(text: str) -> None:
    entry = json.loads(changelog_json([hostile(text)]))["files"][0]
    assert entry["applied"][0]["because"] == text
    assert entry["file"] == text


def test_hostile_text_makes_no_markdown() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    parser = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    expected = _shape(parser.parse(changelog_markdown([hostile("plain")], diff=True)))
    for text in HOSTILE:
        tokens = parser.parse(changelog_markdown([hostile(text)], diff=True))
        assert _shape(tokens) == expected
        inline = {t.type for token in tokens for t in token.children or ()}
        assert not inline & {"link_open", "html_inline", "image", "s_open"}


def _shape(tokens: list) -> list[str]:  # type: ignore[type-arg]
    return [token.type for token in tokens]


def test_long_quotes_are_cut_and_say_so() -> None:
    lines = "\n".join(f"RUN {number}" for number in range(100))
    found = record(before=(LineRange(1, 100, lines),))
    made = Rewrite("Dockerfile", "a", "b", (found,), (), ())
    assert f"… and {100 - MAX_QUOTED} more lines" in changelog_text(made)
    assert f"RUN {MAX_QUOTED}\n" not in changelog_text(made)
    text = changelog_markdown([made])
    assert f"RUN 39\n```\n\n… and {100 - 40} more lines\n" in text


def test_ranges_that_are_apart_are_quoted_in_one_block() -> None:
    found = record(before=(LineRange(2, 3, "a\nb"), LineRange(7, 7, "c")))
    text = changelog_markdown([Rewrite("Dockerfile", "a", "b", (found,), (), ())])
    assert "Before, lines 2-3, 7:\n\n```dockerfile\na\nb\n⋮\nc\n```\n" in text


def test_templates_fail_on_a_missing_value(tmp_path: Path) -> None:
    import jinja2

    from dockopt_templates.reports import report

    with pytest.raises(jinja2.UndefinedError):
        report("changelog.md", str, outlines=[object()])
