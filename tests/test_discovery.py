"""Which files are Dockerfiles, and how arguments name them."""

import os
from pathlib import Path

import pytest

from dockopt.discovery import find, is_dockerfile
from dockopt.errors import NoFileError


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile",
        "Containerfile",
        "Dockerfile.dev",
        "Dockerfile.3.12",
        "Containerfile.web",
        "web.Dockerfile",
        "web.dockerfile",
        "web.Containerfile",
        "dockerfile",
        "a b.Dockerfile",
    ],
)
def test_names_of_dockerfiles(name: str) -> None:
    assert is_dockerfile(name)


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.dockerignore",
        "web.Dockerfile.dockerignore",
        "Dockerfile.j2",
        "Dockerfile.bak",
        "Dockerfile.bak.2",
        "Dockerfile~",
        "Dockerfile.orig",
        "Dockerfile.tmpl",
        "Dockerfile.md",
        "dockerfile.py",
        "Dockerfiles",
        "MyDockerfile",
        ".dockerignore",
        "Dockerfile-dev",
        "Makefile",
        "Dockerfile.",
    ],
)
def test_names_of_other_files(name: str) -> None:
    assert not is_dockerfile(name)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "Dockerfile",
        "a/Dockerfile.dev",
        "a/Dockerfile.dockerignore",
        "b/c/x.Dockerfile",
        ".venv/Dockerfile",
        "node_modules/m/Dockerfile",
        "b/note.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("FROM a\n")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments: str) -> list[str]:
    sources, problems = find(arguments)
    assert problems == []
    return [source.name for source in sources]


def test_a_folder_is_searched_but_not_what_is_installed_in_it(tree: Path) -> None:
    assert names(".") == ["Dockerfile", "a/Dockerfile.dev", "b/c/x.Dockerfile"]
    assert names("a") == ["a/Dockerfile.dev"]
    assert names(".venv") == [".venv/Dockerfile"]


def test_patterns_leave_out_what_sits_beside_a_dockerfile(tree: Path) -> None:
    assert names("**/Dockerfile*") == ["Dockerfile", "a/Dockerfile.dev"]
    assert names("node_modules/*/Dockerfile") == ["node_modules/m/Dockerfile"]
    assert names(f"{tree}/a/*.dev") == [f"{tree}/a/Dockerfile.dev"]


def test_a_file_that_is_named_is_taken_whatever_its_name(tree: Path) -> None:
    assert names("a/Dockerfile.dockerignore") == ["a/Dockerfile.dockerignore"]
    (tree / "we[i]rd*").write_text("FROM a\n")
    assert names("we[i]rd*") == ["we[i]rd*"]


def test_a_file_is_taken_once_by_whatever_name(tree: Path) -> None:
    (tree / "link").symlink_to("Dockerfile")
    assert names("Dockerfile", "./Dockerfile", "link", str(tree / "Dockerfile"), ".") == [
        "Dockerfile",
        "a/Dockerfile.dev",
        "b/c/x.Dockerfile",
    ]


def test_nothing_means_the_file_here(tree: Path) -> None:
    assert names() == ["Dockerfile"]
    (tree / "Dockerfile").unlink()
    (tree / "Containerfile").write_text("FROM a\n")
    assert names() == ["Containerfile"]


def test_standard_input_is_no_file(tree: Path) -> None:
    sources, problems = find(["-"])
    assert problems == []
    assert [(source.name, source.path) for source in sources] == [("<stdin>", None)]


def test_what_is_missing_is_said_and_does_not_stop_the_rest(tree: Path) -> None:
    (tree / "empty").mkdir()
    sources, problems = find(["gone", "Dockerfile", "no*", "empty", "a\0b"])
    assert [source.name for source in sources] == ["Dockerfile"]
    assert len(problems) == 4
    assert {type(problem) for problem in problems} == {NoFileError}
    assert str(problems[0]) == "gone: there is no such file or folder"


def test_a_name_that_is_not_utf8_is_found(tree: Path) -> None:
    (tree / os.fsdecode(b"Dockerfile.\xff")).write_text("FROM a\n")
    assert names("Dockerfile.*") == ["Dockerfile.\udcff"]
