"""The instruction sequence equals that of BuildKit's own parser, on files of every kind."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from tests.syntax.buildkit import differs_by_version, ours, theirs, utf8
from tests.syntax.dockerfiles import dockerfiles
from tests.syntax.texts import ACCEPTED, REFUSED, VERSIONS

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*/Dockerfile"))


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_buildkit_accepts_is_read_alike(text: str) -> None:
    expected = theirs(text)
    assert isinstance(expected, list)
    assert ours(text) == expected


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_are_read_alike(path: Path) -> None:
    text = path.read_bytes().decode()
    assert ours(text) == theirs(text)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_buildkit_refuses_is_refused(text: str) -> None:
    assert isinstance(theirs(text), str)
    assert isinstance(ours(text), str)


@pytest.mark.parametrize("text", VERSIONS.values(), ids=VERSIONS)
def test_known_differences_come_from_newer_versions_of_buildkit(text: str) -> None:
    assert differs_by_version(text)
    assert ours(text) != theirs(text)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(dockerfiles())
def test_made_up_dockerfiles_are_read_alike(text: str) -> None:
    assume(not differs_by_version(text))
    # Flags are read byte by byte, and the oracle cannot be given bytes that are not UTF-8.
    assume("--" not in text or text == utf8(text))
    try:
        expected = theirs(text)
    except UnicodeDecodeError:
        reject()  # BuildKit splits at bytes and cut a character in two; the oracle cannot say that
    found = ours(text)
    if isinstance(expected, str):
        assert isinstance(found, str), f"BuildKit refuses it: {expected}"
    else:
        assert found == expected
