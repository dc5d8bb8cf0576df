"""`dockopt rewrite` where a file of the build context goes with the Dockerfile."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dockopt.cli.program import program

TEXT = 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD ["python", "main.py"]\n'
ONLY = ("--select", "dockerignore")


@pytest.fixture(autouse=True)
def registry() -> None:
    """The real transforms, in the place of the made-up ones."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "web" / ".git").mkdir(parents=True)
    (tmp_path / "web" / ".git" / "pack").write_text("x" * 60_000)
    (tmp_path / "web" / "main.py").touch()
    (tmp_path / "web" / "Dockerfile").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "web"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["rewrite", *arguments])


def test_in_place_writes_it(folder: Path) -> None:
    before = (folder / "Dockerfile").stat().st_mtime_ns
    result = call("web/Dockerfile", "-i", *ONLY)

    assert result.exit_code == 0 and "1 change, about 60 kB smaller" in result.stderr
    assert ".git\n" in (folder / ".dockerignore").read_text()
    assert (folder / "Dockerfile").stat().st_mtime_ns == before
    assert call("web/Dockerfile", "--check", *ONLY).exit_code == 0


def test_in_place_keeps_what_was_there_with_backup(folder: Path) -> None:
    (folder / ".dockerignore").write_bytes(b"*.log\r\n\xff\n")
    call("web/Dockerfile", "-i", "--backup", *ONLY)

    assert (folder / ".dockerignore").read_bytes().startswith(b"*.log\r\n\xff\n\r\n# What")
    assert (folder / ".dockerignore.bak").read_bytes() == b"*.log\r\n\xff\n"
    assert not (folder / "Dockerfile.bak").exists()


def test_check_counts_it_and_writes_nothing(folder: Path) -> None:
    assert call("web/Dockerfile", "--check", *ONLY).exit_code == 1
    assert not (folder / ".dockerignore").exists()


@pytest.mark.parametrize("where", [(), ("-o", "new")])
def test_elsewhere_it_is_named_and_not_written(folder: Path, where: tuple[str, ...]) -> None:
    result = call("web/Dockerfile", *where, *ONLY)

    assert result.exit_code == 0
    assert "web/.dockerignore is not written; -i writes it" in result.stderr
    assert not (folder / ".dockerignore").exists()


def test_the_diff_shows_it_as_a_patch_takes_it(folder: Path) -> None:
    diff = call("web/Dockerfile", "--dry-run", *ONLY).stdout

    assert diff.startswith("--- /dev/null\n+++ b/web/.dockerignore\n@@ -0,0 +1,")
    assert "\n+.git\n" in diff


def test_the_changelogs_list_it(folder: Path) -> None:
    document = json.loads(call("web/Dockerfile", "--dry-run", "--format=json", *ONLY).stdout)
    (file,) = document["files"]

    assert file["changed"] is True
    assert file["files"][0]["path"] == ".dockerignore"
    assert file["files"][0]["name"] == "web/.dockerignore"
    assert file["files"][0]["created"] is True
    assert file["files"][0]["change"] == file["applied"][0]["id"]
    assert file["applied"][0]["files"] == [".dockerignore"]
    markdown = call("web/Dockerfile", "--dry-run", "--format=markdown", *ONLY).stdout
    assert "- **Writes:** `.dockerignore`" in markdown and "\n+.git\n" in markdown
    assert "writes    .dockerignore" in call("web/Dockerfile", "--check", "-v", *ONLY).stdout


def test_two_dockerfiles_of_one_context_complete_one_file(folder: Path) -> None:
    (folder / "b.Dockerfile").write_text(TEXT)

    assert call("web/Dockerfile", "web/b.Dockerfile", "-i", *ONLY).exit_code == 0
    assert (folder / ".dockerignore").read_text().count("# Version control") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(folder: Path) -> None:
    folder.chmod(0o555)
    try:
        result = call("web/Dockerfile", "-i", *ONLY)
    finally:
        folder.chmod(0o755)
    assert result.exit_code == 2 and "cannot be written" in result.stderr


def test_a_remark_where_all_builds_end_with_another_stage(folder: Path) -> None:
    (folder / "Dockerfile").write_text("FROM a AS web\nFROM a AS test\n")
    (folder / "compose.yml").write_text("services: {a: {build: {context: ., target: web}}}\n")

    stderr = call("web/Dockerfile").stderr

    assert "note: the service a in compose.yml:1 builds stage web" in stderr
    assert "note:" not in call("web/Dockerfile", "--target", "web").stderr
