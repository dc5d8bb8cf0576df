"""The distributions that lock files and manifests name."""

from pathlib import Path

import pytest

from dockopt.facts.context import Context
from dockopt.facts.listing import MAX_READ_BYTES
from dockopt.facts.lock_files import locked_names, locked_requirements

LOCK = '[[package]]\nname = "Flask_Login"\nversion = "1"\n\n[[package]]\nname = "six"\n'


def names(folder: Path, tool: str, manifest: str, **files: str) -> frozenset[str] | None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_lock", ".lock").replace("_toml", ".toml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return locked_names(Context.open(folder), tool, manifest)


@pytest.mark.parametrize("tool", ["uv", "poetry", "pdm"])
def test_lock_file(tmp_path: Path, tool: str) -> None:
    found = names(tmp_path, tool, "pyproject.toml", **{f"{tool}_lock": LOCK, "pyproject_toml": ""})

    assert found == frozenset({"flask-login", "six"})


def test_lock_file_of_the_workspace(tmp_path: Path) -> None:
    found = names(tmp_path, "uv", "a/pyproject.toml", uv_lock=LOCK, a__pyproject_toml="")

    assert found == frozenset({"flask-login", "six"})


def test_pipfile_lock(tmp_path: Path) -> None:
    text = '{"default": {"flask": {}}, "develop": {"pytest": {}}}'

    assert names(tmp_path, "pipenv", "Pipfile", Pipfile_lock=text) == frozenset({"flask", "pytest"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project]\ndependencies = ["A>=1", "b[x]"]\n[dependency-groups]\ndev = ["c"]\n', "a b c"),
        ('[tool.poetry.dependencies]\npython = "^3.9"\na = "*"\n', "a"),
        ('[tool.poetry.group.x.dependencies]\nd = "*"\n', "d"),
        ('[project]\ndynamic = ["dependencies"]\n', None),
        ("[project\n", None),
    ],
)
def test_manifest_without_a_lock_file(tmp_path: Path, text: str, expected: str | None) -> None:
    found = names(tmp_path, "poetry", "pyproject.toml", pyproject_toml=text)

    assert found == (None if expected is None else frozenset(expected.split()))


@pytest.mark.parametrize("text", ["[[package", "package = 1\n", '[[package]]\nversion = "1"\n'])
def test_lock_file_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, "uv", "pyproject.toml", uv_lock=text, pyproject_toml="") is None


def test_lock_file_that_is_too_large(tmp_path: Path) -> None:
    text = LOCK + "#" * MAX_READ_BYTES

    assert names(tmp_path, "uv", "pyproject.toml", uv_lock=text, pyproject_toml="") is None


def test_what_the_locks_of_a_context_say_is_joined(tmp_path: Path) -> None:
    needs = (
        'dependencies = [{ name = "b" }]\n[package.optional-dependencies]\nx = [{ name = "c" }]\n'
    )
    one = f'[[package]]\nname = "A"\n{needs}'
    other = (
        '[[package]]\nname = "a"\n[package.dependencies]\nd = {version = "*", optional = true}\n'
        '[package.extras]\nx = ["d"]\ntests = ["pytest"]\n'
    )
    files = {"uv.lock": one, "api/poetry.lock": other, "x/y/z/uv.lock": other.replace("d", "e")}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    found = locked_requirements(Context.open(tmp_path))

    assert {name: set(required) for name, required in found.items()} == {"a": {"b", "c", "d"}}
