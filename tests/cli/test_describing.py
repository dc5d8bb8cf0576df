"""`dockopt transforms`, `explain` and `completion`."""

import json

import pytest
from click.shell_completion import ShellComplete
from tests.cli.dockerfiles import Dockopt

from dockopt.cli.program import program


def test_transforms_are_listed_with_level_and_line(dockopt: Dockopt) -> None:
    assert dockopt("transforms").stdout == (
        "mend-marks  standard    Mend what is marked\nidle        safe        Do nothing at all\n"
    )


def test_transforms_as_json(dockopt: Dockopt) -> None:
    rows = json.loads(dockopt("transforms", "--format", "json").stdout)
    assert rows[0] == {
        "name": "mend-marks",
        "level": "standard",
        "phase": "commands",
        "summary": "Mend what is marked",
    }
    assert len(rows) == 2


@pytest.mark.parametrize("name", ["mend-marks", "mend_marks"])
def test_explain_tells_all_with_examples(dockopt: Dockopt, name: str) -> None:
    lines = dockopt("explain", name).stdout.split("\n")
    assert lines[0] == "mend-marks (standard, phase commands)"
    for line in (
        "What it does",
        "Why",
        "Safety",
        "Example: a mark",
        "    RUN mend BBB",
        "  with --assume no-gpu",
        "Left alone: it has no mark",
    ):
        assert line in lines


def test_explain_suggests_what_was_meant(dockopt: Dockopt) -> None:
    result = dockopt("explain", "mend-mark")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: there is no transform 'mend-mark'; did you mean 'mend-marks'?\n"
    )
    assert "`dockopt transforms` lists them" in dockopt("explain", "xyz").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_ask_dockopt(dockopt: Dockopt, shell: str) -> None:
    result = dockopt("completion", shell)
    assert result.exit_code == 0
    assert f"_DOCKOPT_COMPLETE={shell}_complete" in result.stdout
    assert result.stderr == ""


def test_names_are_completed_after_a_comma_too() -> None:
    complete = ShellComplete(program, {}, "dockopt", "_DOCKOPT_COMPLETE")

    def words(arguments: list[str], typed: str) -> list[str]:
        return [str(item.value) for item in complete.get_completions(arguments, typed)]

    assert words([], "") == ["rewrite", "requirements", "transforms", "explain", "completion"]
    assert words(["explain"], "me") == ["mend-marks"]
    assert words(["rewrite", "--ignore"], "idle,m") == ["idle,mend-marks"]
    assert words(["rewrite", "--assume"], "no") == ["no-gpu", "non-root"]


def test_version_and_unknown_commands(dockopt: Dockopt) -> None:
    assert dockopt("--version").stdout.startswith("dockopt 0.")
    assert dockopt("frobnicate").exit_code == 2
