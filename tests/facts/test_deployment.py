"""Words of compose files and manifests that may name programs."""

import pytest

from dockopt.facts.deployment import deployment_words


def words(text: str) -> set[str]:
    return set(deployment_words(text, frozenset()))


@pytest.mark.parametrize(
    "line",
    [
        "      - /srv/.venv # not on the host, see https://docs.astral.sh/uv/guides/",
        "# uv run app",
        "    image: 'a b' # it's uv that built it",
        '    test: ["CMD", "x # y"]\t# uv',
    ],
)
def test_a_comment_names_no_program(line: str) -> None:
    assert "uv" not in words(line)


@pytest.mark.parametrize(
    "line",
    [
        "    command: uv run app # starts it",
        '    command: bash -c "echo # && uv run app"',
        "    command: bash -c 'echo \"a # b\"; uv run app'",
        "    command: echo it's # uv",
        "    command: wait a#b && uv run",
        "    command: echo '#' && uv run",
    ],
)
def test_a_command_names_programs(line: str) -> None:
    assert "uv" in words(line)
