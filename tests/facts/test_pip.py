"""How command lines of pip and uv are read."""

import pytest

from dockopt.facts.pip import PipCommand, pip_command, spec_text
from dockopt.shell import Script, parse


def read(text: str) -> PipCommand | None:
    script = parse(text)
    assert isinstance(script, Script)
    return pip_command(script.commands[0])


def known(text: str) -> PipCommand:
    found = read(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "tool", "words", "group", "action"),
    [
        ("pip install a", "pip", 1, "pip", "install"),
        ("pip3.12 wheel a", "pip", 1, "pip", "wheel"),
        ("/opt/venv/bin/pip install a", "pip", 1, "pip", "install"),
        ("python -m pip install a", "pip", 3, "pip", "install"),
        ("python3.11 -I -m pip install a", "pip", 4, "pip", "install"),
        ("python -m uv pip sync r.txt", "uv", 4, "pip", "sync"),
        ("sudo -H -u app pip install a", "pip", 1, "pip", "install"),
        ("env A=1 B=2 pip install a", "pip", 1, "pip", "install"),
        ("conda run -n x --no-capture-output pip install a", "pip", 1, "pip", "install"),
        ("pip -q --python /v/bin/python install a", "pip", 1, "pip", "install"),
        ("uv pip install a", "uv", 2, "pip", "install"),
        ("uv --no-cache pip install a", "uv", 2, "pip", "install"),
        ("uv sync --frozen", "uv", 1, "", "sync"),
        ("uv tool install a", "uv", 2, "tool", "install"),
        ("uvx ruff check", "uv", 1, "tool", "run"),
        ("uv run python -m pip install a", "uv", 1, "", "run"),
        ("pip", "pip", 1, "pip", ""),
    ],
)
def test_tool_and_action(text: str, tool: str, words: int, group: str, action: str) -> None:
    found = known(text)

    assert (found.tool, len(found.program), found.group, found.action) == (
        tool,
        words,
        group,
        action,
    )


@pytest.mark.parametrize(
    "text", ["python setup.py install", "python -c 'import pip'", "pipx install a", "echo pip", "x"]
)
def test_what_is_neither(text: str) -> None:
    assert read(text) is None


def test_options_and_what_they_take() -> None:
    found = known(
        "pip install -qr r.txt -cc.txt --index https://i.example --pre -Ue . --target=/t "
        "--no-binary :all: 'a>=1' b[c] $D"
    )

    assert found.requirement_files == ("r.txt",)
    assert found.constraint_files == ("c.txt",)
    assert found.editables == (".",)
    assert found.values("--index-url") == ("https://i.example",)
    assert found.has("--pre", "--upgrade", "--quiet")
    assert found.folder_option is not None
    assert found.folder_option.value == "/t"
    assert [spec_text(word) for word in found.specs] == ["a>=1", "b[c]", None]
    assert found.has_unknown


def test_a_variable_in_an_option_is_no_requirement() -> None:
    found = known("pip install --extra-index-url=https://$TOKEN@i.example a")

    assert found.values("--extra-index-url") == (None,)
    assert [spec_text(word) for word in found.specs] == ["a"]
    assert not found.has_unknown


def test_no_binary_of_uv_sync_is_a_flag() -> None:
    assert known("uv sync --no-binary -p 3.12").python == "3.12"
    assert known("uv pip install --no-binary a b").values("--no-binary") == ("a",)


def test_files_that_uv_pip_sync_takes() -> None:
    assert known("uv pip sync a.txt b.txt").requirement_files == ("a.txt", "b.txt")


def test_the_environment_of_the_command() -> None:
    assert known("A=1 env B=$C pip install a").environment == (("A", "1"), ("B", None))


def test_an_argument_behind_a_redirection() -> None:
    found = known("pip install > /dev/null a")

    assert [spec_text(word) for word in found.specs] == ["a"]


@pytest.mark.parametrize(
    ("option", "editable"),
    [
        ("-e .[server]", ".[server]"),
        ("-e.[server]", ".[server]"),
        ("--editable=.[server]", ".[server]"),
        ("--editable './lib[a,b]'", "./lib[a,b]"),
        ("-e $DIR", None),
        ("-e .[$EXTRA]", None),
    ],
)
def test_extras_of_what_is_editable(option: str, editable: str | None) -> None:
    found = known(f"pip install {option}")

    assert found.editables == (editable,)
    assert found.has_unknown is (editable is None)


def test_the_other_name_of_no_deps() -> None:
    assert known("pip install --no-dependencies .").has("--no-deps")
