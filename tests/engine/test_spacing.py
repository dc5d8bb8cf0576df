"""Blank lines: a file keeps the habits that it has, and gets none that it has not."""

import pytest

from dockopt import rewrite
from dockopt.spacing import respaced
from dockopt.syntax import parse
from dockopt.text import Draft

GROUPED = "FROM a\n\nRUN b\nRUN c\n\nCOPY d /d\n"
LOOSE = "FROM a\nRUN b\n\nRUN c\nCOPY d /d\n"


def spaced(source: str, result: str) -> str:
    """`result` with the habits of `source`."""
    edits = respaced(parse(source), parse(result))
    return Draft.of(result).apply([("author", edits)]).text if edits else result


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        ("FROM a\nRUN b\n", "FROM a\n\nRUN b\n"),
        ("FROM a\n\nRUN b\n\nRUN c\n", "FROM a\n\nRUN b\nRUN c\n"),
        ("FROM a\n\nRUN b\n# why\nCOPY c /c\n", "FROM a\n\nRUN b\n\n# why\nCOPY c /c\n"),
        (
            "FROM a\nRUN b \\\n  c\nCOPY <<E /e\n\n\nE\nRUN d",
            "FROM a\n\nRUN b \\\n  c\n\nCOPY <<E /e\n\n\nE\n\nRUN d",
        ),
        ("FROM a\r\nRUN b\r\n", "FROM a\r\n\r\nRUN b\r\n"),
        ("FROM a\n\nRUN b\n\n# why\nRUN c\n", None),
        ("FROM a\n\nRUN b\n# why\n\nCOPY c /c\n", None),
        ("FROM a\n\n\n# why\n\nRUN b\n", "FROM a\n\n# why\n\nRUN b\n"),
        ("# about\n\nARG A\n\nFROM a\n\n\n", "# about\n\nARG A\n\nFROM a\n"),
        ("\nFROM a\n", "FROM a\n"),
        ("FROM a\n\nRUN b\n\nRUN c\n \t", "FROM a\n\nRUN b\nRUN c\n"),
    ],
)
def test_a_tidy_file_stays_tidy(result: str, wanted: str | None) -> None:
    wanted = wanted or result
    source = GROUPED.replace("\n", "\r\n") if "\r" in result else GROUPED
    assert spaced(source, result) == wanted
    assert spaced(source, wanted) == wanted


@pytest.mark.parametrize(
    "result",
    ["FROM a\nRUN b\n", "FROM a\n\nRUN b\n\nRUN c\nCOPY d /d\n", "FROM a\nRUN b\n# c\n\nRUN d\n"],
)
def test_a_file_without_a_rule_is_left_alone(result: str) -> None:
    assert spaced(LOOSE, result) == result


def test_each_habit_counts_for_itself() -> None:
    twice = "FROM a\n\n\nRUN b\n\nRUN c\n\n"
    assert spaced(LOOSE, twice) == "FROM a\n\nRUN b\n\nRUN c\n"
    assert spaced("FROM a\n\n\nRUN b\nCOPY c /c\n", twice) == "FROM a\n\n\nRUN b\n\nRUN c\n"
    assert spaced("FROM a\nRUN b\n\nRUN c\n\n", twice) == "FROM a\n\nRUN b\n\nRUN c\n\n"


GAPS = """\
FROM python:3.12-slim

COPY run.sh /usr/local/bin/

RUN chmod +x /usr/local/bin/run.sh

COPY wait.sh /usr/local/bin/

# Both are called by hand
RUN chmod +x /usr/local/bin/wait.sh
"""


def test_what_a_rewrite_leaves_keeps_the_habits() -> None:
    """Two changes of one round, of which none knows that the other makes its neighbour."""
    result = rewrite(GAPS, select=["copy-chmod"])
    assert result.text == (
        "FROM python:3.12-slim\n\n"
        "COPY --chmod=755 run.sh /usr/local/bin/\n"
        "COPY --chmod=755 wait.sh /usr/local/bin/\n"
    )
    assert len(result.applied) == 2
    loose = GAPS.replace("FROM python:3.12-slim\n", "FROM python:3.12-slim\nUSER root\n")
    assert "run.sh /usr/local/bin/\n\nCOPY" in rewrite(loose, select=["copy-chmod"]).text


def test_a_stage_that_is_written_keeps_the_habits() -> None:
    text = (
        "FROM python:3.12 AS builder\n\nRUN python -m venv /opt/venv\nRUN /opt/venv/bin/pip install "
        "numpy\n\nFROM python:3.12-slim\n\nCOPY --from=builder /opt/venv /opt/venv\nCOPY a.py .\n"
    )
    before, after = parse(text), parse(rewrite(text).text)
    assert len(after.instructions) > len(before.instructions)
    assert respaced(before, after) == ()
