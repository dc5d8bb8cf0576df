"""The parts of the harness that need no engine."""

import io
import tarfile
from pathlib import Path, PurePosixPath

import pytest
from tests.docker.engine import find_docker, without_syntax_line
from tests.docker.examples import Variant, read_example
from tests.docker.layers import files_under
from tests.docker.report import Measurement, table

EXAMPLE = """
name = "one"
dockerfile = "Dockerfile"
context = "."
[probe]
kind = "command"
expect = "done"
[[must_run]]
argv = ["true"]
expect = ""
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a\n", "FROM a\n"),
        ("#Syntax = docker/dockerfile:1\n# escape=`\nFROM a\n", "# escape=`\nFROM a\n"),
        ("# escape=`\nFROM a\n", "# escape=`\nFROM a\n"),
        ("# syntax is a word\nFROM a\n", "# syntax is a word\nFROM a\n"),
        ("FROM a", "FROM a"),
    ],
)
def test_only_a_leading_syntax_line_is_left_out(text: str, expected: str) -> None:
    assert without_syntax_line(text) == expected


def test_no_engine_is_none_not_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    assert find_docker() is None


def test_example_paths_are_beside_the_description(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_text(EXAMPLE)
    example = read_example(tmp_path)
    assert example.dockerfile == tmp_path / "Dockerfile"
    assert example.probe.expect == "done"


def test_a_misspelt_key_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "example.toml").write_text("remvoed = ['gcc']\n" + EXAMPLE)
    with pytest.raises(KeyError, match="remvoed"):
        read_example(tmp_path)


def test_a_variant_is_named_after_what_differs() -> None:
    assert str(Variant("dev", {"B": "2", "A": "1"}, ())) == "dev+A=1,B=2"


def test_only_regular_files_of_the_folder_are_counted() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for name, size in (("opt/venv/a", 3), ("opt/venvs/b", 5), ("opt/venv/c/d", 7)):
            member = tarfile.TarInfo(name)
            member.size = size
            layer.addfile(member, io.BytesIO(b"x" * size))
        link = tarfile.TarInfo("opt/venv/link")
        link.type = tarfile.SYMTYPE
        layer.addfile(link)
    buffer.seek(0)
    with tarfile.open(fileobj=buffer) as layer:
        found = dict(files_under(layer, PurePosixPath("opt/venv")))
    assert found == {"opt/venv/a": 3, "opt/venv/c/d": 7}


def test_the_table_has_bytes_and_share() -> None:
    line = table([Measurement("one", 2000, 1500, 3.0, 4.0)])[1]
    assert line.split() == ["one", "2,000", "1,500", "-25.0%", "3", "→", "4"]
