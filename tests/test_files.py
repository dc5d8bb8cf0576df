"""Reading without loss, writing whole or not at all."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockopt import files
from dockopt.errors import FileError, ParseError


@given(st.binary().filter(lambda data: b"\0" not in data))
def test_any_bytes_come_back(data: bytes) -> None:
    assert files.encode(files.decode(data, "Dockerfile")) == data


@pytest.mark.parametrize("data", [b"FROM a\nRUN \0\n", "FROM a\n".encode("utf-16")])
def test_a_nul_byte_is_no_text(data: bytes) -> None:
    with pytest.raises(ParseError, match=r"^web:\d: not a text file, it has a NUL byte; convert"):
        files.decode(data, "web")


def test_reading_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    path = tmp_path / "Dockerfile"
    path.write_bytes(b"x" * 10)
    assert files.read(path) == "x" * 10
    path.write_bytes(b"x" * 11)
    with pytest.raises(FileError, match="larger than 10 bytes"):
        files.read(path)


def test_unreadable_files_are_one_line(tmp_path: Path) -> None:
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(FileError, match=r"^called: cannot be read: [A-Z]"):
            files.read(path, "called")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(FileError):
        files.read(tmp_path / "loop")
    with pytest.raises(FileError):
        files.write(tmp_path / "loop" / "x", "")


def test_writing_keeps_the_mode_and_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("old")
    path.chmod(0o604)
    files.write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o604)
    before = os.umask(0o027)
    try:
        files.write(tmp_path / "other", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o640


@pytest.mark.parametrize("step", ["fsync", "chown", "replace"])
def test_a_failure_at_any_step_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    owner: object = Path if step == "replace" else os
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(FileError, match="cannot be written: Input/output error"):
        files.rewrite(path, "old", "new", backup=True)
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["Dockerfile"]
    assert path.read_text() == "old"


def test_a_foreign_draft_is_neither_followed_nor_removed(tmp_path: Path) -> None:
    path, victim = tmp_path / "Dockerfile", tmp_path / "victim"
    path.write_text("old")
    victim.write_text("keep")
    planted = tmp_path / f".Dockerfile.{os.getpid()}.dockopt"
    planted.symlink_to(victim)
    with pytest.raises(FileError, match="File exists"):
        files.write(path, "new")
    assert (path.read_text(), victim.read_text()) == ("old", "keep")
    assert planted.is_symlink()


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("edited")
    with pytest.raises(FileError, match="changed by something else"):
        files.rewrite(path, "read earlier", "new", backup=True)
    assert [p.name for p in tmp_path.iterdir()] == ["Dockerfile"]
    assert path.read_text() == "edited"


def test_backups_take_free_names(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    names = []
    for number in range(3):
        path.write_text(str(number))
        saved = files.rewrite(path, str(number), "new", backup=True)
        assert saved is not None
        names.append((saved.name, saved.read_text()))
    assert names == [("Dockerfile.bak", "0"), ("Dockerfile.bak.1", "1"), ("Dockerfile.bak.2", "2")]


def test_a_dangling_link_gets_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real")
    files.write(tmp_path / "link", "x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "x"
