"""`dockopt.rewrite`, the entrance for programs: what it gives, and how it refuses."""

import pytest

import dockopt
from dockopt.errors import ConfigurationError, ParseError

PLAIN = "FROM python:3.12-slim\nRUN pip install flask\n"


def test_it_gives_the_text_and_an_account_of_it() -> None:
    found = dockopt.rewrite(PLAIN)
    assert found.text == PLAIN.replace("install", "install --no-cache-dir")
    assert [record.id for record in found.applied] == ["pip-no-cache@2"]
    assert dockopt.rewrite(PLAIN, exclude=["pip-no-cache@2"]).text == PLAIN


@pytest.mark.parametrize("name", ["select", "ignore", "assume", "exclude", "variants"])
def test_a_text_in_place_of_a_list_is_not_taken_letter_by_letter(name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{name} takes a list, such as \['copy-chown'\]"):
        dockopt.rewrite(PLAIN, **{name: "copy-chown"})


def test_what_is_no_dockerfile_is_an_error() -> None:
    with pytest.raises(ParseError, match="unknown instruction"):
        dockopt.rewrite("WALK away\n")
