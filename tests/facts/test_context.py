"""The build context: what it lists, what it refuses to follow, and where it stops."""

import os
from pathlib import Path

import pytest

from dockopt.errors import DockoptError
from dockopt.facts import context as context_module
from dockopt.facts import listing as listing_module
from dockopt.facts.context import Context, normal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {
        "app/main.py": "print('hi')\n",
        "app/data/big.bin": "x" * 1000,
        "README.md": "# read\n",
        "run.sh": "#!/bin/sh\n",
        ".env": "A=1\n",
    }.items():
        (tmp_path / "ctx" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ctx" / path).write_text(text)
    (tmp_path / "ctx" / "run.sh").chmod(0o755)
    (tmp_path / "ctx" / "app" / "main.py").chmod(0o644)
    return tmp_path / "ctx"


def test_lists_what_is_there(folder: Path) -> None:
    found = Context.open(folder)

    assert found.top_level() == (".env", "README.md", "app", "run.sh")
    assert found.files_under("app") == ("app/data/big.bin", "app/main.py")
    assert found.files_under("/app/main.py") == ("app/main.py",)
    assert found.names_in("app") == ("data", "main.py")
    assert found.is_dir("./app/") and found.is_dir("")
    assert found.is_file("app/main.py") and not found.is_file("app")
    assert not found.exists("nothing") and found.files_under("nothing") == ()
    assert found.size_bytes("app") == 1012
    assert (found.mode("run.sh"), found.mode("app/main.py")) == (0o755, 0o644)
    assert found.read_text("app/main.py") == "print('hi')\n"
    assert not found.truncated


@pytest.mark.parametrize(
    ("path", "expected"),
    [(".", ""), ("./", ""), ("/", ""), ("/a/", "a"), ("a//b/../c", "a/c"), ("../../a", "a")],
)
def test_paths_stay_below_the_root(path: str, expected: str) -> None:
    assert normal(path) == expected


def test_links_are_listed_and_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("k")
    (folder / "out").symlink_to(secret)
    (folder / "app" / "key.txt").symlink_to(secret / "key")
    (folder / "loop").symlink_to(folder)
    found = Context.open(folder)

    assert found.is_link("out") and not found.is_dir("out")
    assert not found.exists("out/key") and not found.exists("loop/app")
    assert found.read_text("app/key.txt") is None
    assert "app/key.txt" in found.files_under("app")


def test_a_link_that_replaces_a_listed_file_is_not_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    found = Context.open(folder)
    assert found.is_file("run.sh")
    (folder / "run.sh").unlink()
    (folder / "run.sh").symlink_to(tmp_path / "key")

    assert found.read_text("run.sh") is None


def test_what_cannot_be_read_as_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "image.png").write_bytes(b"\x89PNG\x00\x00")
    (folder / "bom.txt").write_bytes(b"\xef\xbb\xbfa\xff")
    os.mkfifo(folder / "pipe")
    monkeypatch.setattr(context_module, "MAX_READ_BYTES", 500)
    found = Context.open(folder)

    assert found.read_text("image.png") is None
    assert found.read_text("pipe") is None and not found.is_file("pipe")
    assert found.read_text("app/data/big.bin") is None
    assert found.read_text("bom.txt") == "a\ufffd"
    assert found.read_text("app") is None and found.read_text("gone") is None


def test_bounds_are_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_module, "MAX_FILES", 3)

    assert Context.open(folder).truncated
    assert len(Context.open(folder).files_under("")) <= 3


def test_depth_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_module, "MAX_DEPTH", 1)
    found = Context.open(folder)

    assert found.truncated
    assert found.is_file("app/main.py") and not found.exists("app/data/big.bin")


def test_an_ignored_folder_does_not_use_up_the_bounds(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".dockerignore").write_text("aaa\n")
    (folder / "aaa").mkdir()
    for number in range(20):
        (folder / "aaa" / str(number)).touch()
    monkeypatch.setattr(listing_module, "MAX_FILES", 12)
    found = Context.open(folder)

    assert not found.truncated
    assert found.is_file("app/main.py") and found.is_file("app/data/big.bin")


def test_what_is_sent(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*\n!app\napp/data\n!app/data/keep\n")
    (folder / "app" / "data" / "keep").write_text("12345")
    found = Context.open(folder)

    assert found.sent("app/main.py") and found.sent("app/data/keep")
    assert found.sent("app") and found.sent("app/data") and found.sent(".")
    assert not found.sent("app/data/big.bin") and not found.sent("README.md")
    assert found.sent_files("") == ("app/data/keep", "app/main.py")
    assert found.sent_bytes("app") == 17
    assert found.copied_files(".") == ("app/data/keep", "app/main.py")


def test_the_ignore_file_of_the_dockerfile_comes_first(folder: Path) -> None:
    (folder / ".dockerignore").write_text("app\n")
    (folder / "docker").mkdir()
    (folder / "docker" / "api.Dockerfile").write_text("FROM a\n")
    (folder / "docker" / "api.Dockerfile.dockerignore").write_text("run.sh\n")
    own, other = Context.open(folder, "docker/api.Dockerfile"), Context.open(folder)

    assert own.ignore.file == "api.Dockerfile.dockerignore"
    assert own.sent("app/main.py") and not own.sent("run.sh")
    assert not other.sent("app/main.py") and other.sent("run.sh")


def test_the_dockerfile_may_be_named_from_where_one_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Dockerfile").touch()
    (folder / "app" / "Dockerfile").touch()
    monkeypatch.chdir(folder / "app")

    assert Context.open(folder, "Dockerfile").dockerfile_path == "app/Dockerfile"
    assert Context.open(folder, str(folder / "Dockerfile")).dockerfile_path == "Dockerfile"
    monkeypatch.chdir("/")
    assert Context.open(folder, "Dockerfile").dockerfile_path == "Dockerfile"


def test_a_dockerfile_outside_the_context(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "Dockerfile.dockerignore").write_text("app\n")
    found = Context.open(folder, str(tmp_path / "Dockerfile"))

    assert found.dockerfile_path is None
    assert not found.sent("app/main.py")


def test_an_ignore_file_that_docker_refuses_leaves_the_context_unknown(folder: Path) -> None:
    (folder / ".dockerignore").write_text("a[\n")
    found = Context.open(folder)

    assert found.truncated and "bracket" in found.problem


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*.md", ("README.md",)),
        ("app/*.py", ("app/main.py",)),
        ("a??", ("app",)),
        ("[ar]*", ("app", "run.sh")),
        ("./app/", ("app",)),
        ("missing", ()),
        ("a[", ()),
    ],
)
def test_sources_of_a_copy(folder: Path, source: str, expected: tuple[str, ...]) -> None:
    assert Context.open(folder).matching(source) == expected


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_root_that_is_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DockoptError, match=r"build context .*; name one with --context$"):
        Context.open(tmp_path / name)
