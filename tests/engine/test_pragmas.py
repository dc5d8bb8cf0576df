"""Pragmas: `# dockopt: ignore=…` above an instruction or a FROM, and `ignore-file`."""

import pytest
from tests.engine.transforms import GOOD, registered, rewritten, substitution

from dockopt.errors import ConfigurationError

OTHER = registered("other-one", substitution("RUN other", "RUN changed"))
TEXT = "FROM a\n{0}RUN good\nRUN good\n\nFROM b\nRUN good\nRUN other\n"


def lines(text: str) -> list[int]:
    """The lines of the input that `good` changed."""
    result = rewritten(text, GOOD, OTHER)
    return [record.line for record in result.applied if record.transform == "good"]


def test_without_a_pragma() -> None:
    assert lines(TEXT.format("")) == [2, 3, 6]


@pytest.mark.parametrize(
    "pragma",
    [
        "# dockopt: ignore=good\n",
        "#dockopt:ignore=good\n",
        "# DOCKOPT: ignore = good\n",
        "# dockopt: ignore=other-one,good reason=measured, no gain\n",
        "# dockopt: ignore=other-one, good\n",
        "# why\n# dockopt: ignore=good\n# more\n",
    ],
)
def test_above_an_instruction(pragma: str) -> None:
    height = pragma.count("\n")
    assert lines(TEXT.format(pragma)) == [3 + height, 6 + height]


@pytest.mark.parametrize(
    "text",
    [
        TEXT.format("\n# dockopt: ignore=good\n\n"),
        TEXT.format("\n# dockopt: ignore=good\n# why\n\n"),
        "FROM a\n\n# dockopt: ignore=good reason=x",
        "# dockopt: ignore=good\n\nFROM a\n",
    ],
)
def test_one_that_stands_above_nothing_is_an_error(text: str) -> None:
    line = text[: text.index("#")].count("\n") + 1
    with pytest.raises(
        ConfigurationError, match=f"Dockerfile:{line}: this pragma holds for nothing"
    ):
        rewritten(text, GOOD)


def test_within_an_instruction() -> None:
    text = "FROM a\nRUN good && \\\n# dockopt: ignore=good\n good\nRUN good\n"
    assert lines(text) == [5]
    assert lines(text.replace("ignore=good", "ignore=other-one")) == [2, 5]


def test_above_a_from_it_holds_for_the_stage() -> None:
    text = TEXT.format("").replace("FROM b", "# dockopt: ignore=good reason=x\nFROM b")
    assert lines(text) == [2, 3]
    assert lines("# dockopt: ignore=good\n" + TEXT.format("")) == [7]


def test_for_the_file() -> None:
    for text in (
        "# dockopt: ignore-file=good\n" + TEXT.format(""),
        TEXT.format("") + "# dockopt: ignore-file=good reason=y\n",
        TEXT.format("").replace("RUN good\n\n", "RUN good \\\n# dockopt: ignore-file=good\n\n"),
    ):
        assert lines(text) == []


def test_of_another_transform() -> None:
    text = TEXT.format("# dockopt: ignore=other-one\n")
    assert lines(text) == [3, 4, 7]
    assert [n.kind for n in rewritten(text, GOOD, OTHER).not_applied] == []


def test_it_is_on_record() -> None:
    (left_out,) = rewritten(TEXT.format("# dockopt: ignore=good\n"), GOOD, OTHER).not_applied
    assert (left_out.record.id, left_out.kind) == ("good@3", "pragma")


@pytest.mark.parametrize(
    ("pragma", "words"),
    [
        ("# dockopt: ignore=goood\n", "Dockerfile:2: there is no transform 'goood'"),
        ("# dockopt: ignore-file=x\n", "Dockerfile:2: there is no transform 'x'"),
        ("# dockopt: ignore=good,bad\n", "Dockerfile:2: there is no transform 'bad'"),
        ("# dockopt: ignore\n", "Dockerfile:2: cannot read this pragma"),
        ("# dockopt: ignore=\n", "Dockerfile:2: cannot read this pragma"),
        ("# dockopt: skip=good\n", "Dockerfile:2: cannot read this pragma"),
        ("# dockopt: ignore=good because=x\n", "Dockerfile:2: cannot read this pragma"),
    ],
)
def test_one_that_cannot_be_read_is_an_error(pragma: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        rewritten(TEXT.format(pragma), GOOD, OTHER)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unread_pragma_within_an_instruction_is_an_error_too() -> None:
    with pytest.raises(ConfigurationError, match="Dockerfile:3: there is no transform 'x'"):
        rewritten("FROM a\nRUN b \\\n# dockopt: ignore=x\n c\n", GOOD)


def test_comments_of_other_tools_are_no_pragmas() -> None:
    text = "FROM a\n# hadolint ignore=DL3008\n# check=skip=all\n# about dockopt: a tool\nRUN good\n"
    result = rewritten(text, GOOD)
    assert result.text == text.replace("good", "better")
