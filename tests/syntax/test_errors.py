"""What is refused is said in one plain line, with file and line."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.syntax.dockerfiles import ODD_TEXT, dockerfiles
from tests.syntax.texts import REFUSED

from dockopt.errors import ParseError
from dockopt.model import build
from dockopt.shell import Opaque, Script
from dockopt.syntax import parse

CASES = [
    ("", 1, "no instructions"),
    ("FROM a\n\nENV A\n", 3, "ENV must have two arguments"),
    ("FROM a\nLABEL \\\n  x=y z\n", 2, "can't find = in 'z'"),
    ("# escape=?\nFROM a\n", 1, "invalid escape token '?'"),
    ("# syntax=a\n# SYNTAX=b\nFROM a\n", 2, "only one syntax parser directive"),
    ("FROM a\nCMD [1]\n", 2, "must hold strings only"),
    ("FROM a\nCOPY <<A /x\nb\n", 2, "unterminated heredoc: no line 'A' follows"),
    ("FROM a\nRUN " + "é" * 33000, 2, "longer than 65535 bytes"),
]
FRONTEND_CASES = [
    ("RUN a\n", 1, "RUN stands before the first FROM"),
    ("ARG A\n", 1, "no FROM"),
    ("FROM a\nRUN b &&\nc d\n", 3, "unknown instruction 'C'"),
    ("\\\n", 1, "unknown instruction ''"),
    ("FROM a b\n", 1, "FROM needs one image"),
    ("FROM a AS 1x\n", 1, "invalid stage name '1x'"),
    ('ARG A=""\nFROM $A\n', 2, "the base name '$A' is empty"),
    ("FROM a\nONBUILD ONBUILD RUN b\n", 2, "ONBUILD cannot be used in ONBUILD"),
    ("FROM a\nONBUILD FROM b\n", 2, "FROM cannot be used in ONBUILD"),
]


@pytest.mark.parametrize(("text", "line", "words"), CASES)
def test_the_parser_says_where_and_what(text: str, line: int, words: str) -> None:
    with pytest.raises(ParseError, match=re.escape(words)) as caught:
        parse(text, "dir/Dockerfile")
    assert str(caught.value).startswith(f"dir/Dockerfile:{line}: ")


@pytest.mark.parametrize(("text", "line", "words"), FRONTEND_CASES)
def test_the_model_says_where_and_what(text: str, line: int, words: str) -> None:
    with pytest.raises(ParseError, match=re.escape(words)) as caught:
        build(parse(text, "dir/Dockerfile"), "dir/Dockerfile")
    assert str(caught.value).startswith(f"dir/Dockerfile:{line}: ")


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_messages_are_one_plain_line(text: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    message = str(caught.value)
    assert re.fullmatch(r"Dockerfile:\d+: [a-zA-Z].{10,150}", message)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(st.one_of(dockerfiles(), st.lists(ODD_TEXT).map("\n".join), st.text()))
def test_nothing_but_parse_errors_comes_out(text: str) -> None:
    try:
        dockerfile = build(parse(text))
    except ParseError as error:
        assert "\n" not in str(error)
        return
    for stage in dockerfile.stages:
        assert stage.workdir != ""
        assert all(isinstance(run.script, Script | Opaque) for run in stage.runs)


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n" + "ONBUILD " * 8000 + "RUN b\n",
        "FROM a\nCMD " + "[" * 60000 + "\n",
        "FROM a\nRUN <<" + "${a:-" * 10000 + "\n",
        "FROM a\nRUN " + "(" * 30000 + "\n",
        "FROM a\nENV A=" + "${a:-" * 10000 + "\n",
    ],
    ids=["onbuild", "json", "substitutions", "subshells", "variables"],
)
def test_deep_nesting_is_bounded(text: str) -> None:
    try:
        dockerfile = build(parse(text))
    except ParseError:
        return
    assert len(dockerfile.stages[0].final_environment) <= 1
    assert len([run.script for run in dockerfile.stages[0].runs]) <= 1


def test_a_long_chain_of_stages_is_refused_in_one_line() -> None:
    text = "FROM a AS s0\n" + "".join(f"FROM s{n} AS s{n + 1}\n" for n in range(3000))
    with pytest.raises(ParseError, match="more than 100 stages start from one another"):
        build(parse(text))
