"""`dockopt rewrite`: what it writes where, and how it ends."""

import json
import os
from pathlib import Path

import pytest
from tests.cli.dockerfiles import BROKEN, FINE, MENDABLE, MENDED, Dockopt


def test_the_dockerfile_goes_to_stdout_and_the_summary_to_stderr(
    folder: Path, dockopt: Dockopt
) -> None:
    result = dockopt("rewrite", "Dockerfile")
    assert (result.exit_code, result.stdout) == (0, MENDED)
    assert "Dockerfile: 1 change, about 180 MB smaller" in result.stderr
    assert "largest known saving: Put BBB for AAA (mend-marks@2), about 180 MB" in result.stderr
    assert (folder / "Dockerfile").read_text() == MENDABLE


def test_without_arguments_the_dockerfile_here_is_taken(folder: Path, dockopt: Dockopt) -> None:
    assert dockopt("rewrite").stdout == MENDED
    (folder / "Dockerfile").rename(folder / "Containerfile")
    assert dockopt("rewrite").stdout == MENDED


def test_without_a_dockerfile_it_ends_with_3(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile").unlink()
    for arguments in ([], ["nothing"], ["no*thing"], ["."]):
        result = dockopt("rewrite", *arguments)
        assert result.exit_code == 3
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith("error: ")


def test_nothing_to_do_is_success_and_the_same_bytes(folder: Path, dockopt: Dockopt) -> None:
    odd = b"\xef\xbb\xbfFROM python:3.12-slim\r\nRUN true \xff\xfe\x0c \\\r\n  two"
    (folder / "Dockerfile").write_bytes(odd)
    result = dockopt("rewrite")
    assert (result.exit_code, result.stdout_bytes) == (0, odd)
    assert "nothing to change" in result.stderr


def test_carriage_returns_and_odd_bytes_survive_a_change(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile").write_bytes(b"FROM a\r\n# \xe9t\xe9\r\nRUN AAA\r\n")
    assert dockopt("rewrite", "-o", "new").exit_code == 0
    assert (folder / "new").read_bytes() == b"FROM a\r\n# \xe9t\xe9\r\nRUN BBB\r\n"


def test_in_place_with_backup_never_overwrites_a_backup(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile.bak").write_text("older")
    result = dockopt("rewrite", "-i", "--backup")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / "Dockerfile").read_text() == MENDED
    assert (folder / "Dockerfile.bak").read_text() == "older"
    assert (folder / "Dockerfile.bak.1").read_text() == MENDABLE


def test_in_place_leaves_alone_what_does_not_change(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile").write_text(FINE)
    before = (folder / "Dockerfile").stat()
    assert dockopt("rewrite", "-i", "--backup").exit_code == 0
    after = (folder / "Dockerfile").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(p.name for p in folder.iterdir()) == [".git", "Dockerfile"]


def test_a_failed_write_leaves_everything_as_it_was(
    folder: Path, dockopt: Dockopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = dockopt("rewrite", "-i", "--backup")
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert result.stderr.count("\n") == 1
    assert (folder / "Dockerfile").read_text() == MENDABLE
    assert sorted(p.name for p in folder.iterdir()) == [".git", "Dockerfile"]


def test_check_writes_nothing_and_ends_with_1(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "--check", "-i", "--changelog", "log.md")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (folder / "Dockerfile").read_text() == MENDABLE
    assert not (folder / "log.md").exists()
    (folder / "Dockerfile").write_text(MENDED)
    assert dockopt("rewrite", "--check").exit_code == 0


def test_dry_run_prints_a_patch_and_writes_nothing(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "--dry-run", "-o", "new", "--changelog", "log.md")
    assert result.exit_code == 0
    assert result.stdout == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n"
        " FROM python:3.12-slim\n-RUN mend AAA\n+RUN mend BBB\n"
    )
    assert sorted(p.name for p in folder.iterdir()) == [".git", "Dockerfile"]
    assert dockopt("rewrite", "--diff").stdout == result.stdout


@pytest.mark.parametrize("flag", [["-v"], ["--format", "text"]])
def test_dry_run_can_print_the_changelog_after_the_diff(
    folder: Path, dockopt: Dockopt, flag: list[str]
) -> None:
    result = dockopt("rewrite", "--dry-run", *flag)
    diff, _, changelog = result.stdout.partition("+RUN mend BBB\n")
    assert diff
    assert changelog.startswith("Dockerfile: 1 change")
    assert "why       AAA is never read" in changelog
    assert "evidence  line 2: it says so" in changelog
    assert "before       2 RUN mend AAA" in changelog
    assert result.stderr == ""


def test_dry_run_as_markdown_is_one_document(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "--dry-run", "--format", "markdown")
    assert result.stdout.startswith("# Changelog of `Dockerfile`\n")
    assert "```diff\n--- a/Dockerfile\n" in result.stdout
    assert result.stderr == ""


def test_json_on_stdout_is_json_alone_even_with_errors(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile.bad").write_text(BROKEN)
    result = dockopt("rewrite", "--check", "--format", "json", "Dockerfile", "Dockerfile.bad")
    document = json.loads(result.stdout)
    assert result.exit_code == 4
    assert [entry["file"] for entry in document["files"]] == ["Dockerfile"]
    assert document["files"][0]["applied"][0]["saves"]["bytes"] == 180_000_000
    assert document["errors"][0]["file"] == "Dockerfile.bad"
    assert document["errors"][0]["exit_code"] == 4


@pytest.mark.parametrize(
    ("name", "start"),
    [("log.md", "# Changelog"), ("log.json", "{"), ("log.txt", "Dockerfile:"), ("log", "# Ch")],
)
def test_the_changelog_has_the_form_its_name_says(
    folder: Path, dockopt: Dockopt, name: str, start: str
) -> None:
    result = dockopt("rewrite", "-i", "--changelog", name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (folder / name).read_text().startswith(start)


def test_format_beats_the_suffix_and_the_summary_stays(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "-o", "new", "--changelog", "log.md", "--format", "json")
    assert json.loads((folder / "log.md").read_text())["schema"] == 1
    assert "1 change" in result.stderr


def test_a_changelog_that_cannot_be_written_is_an_error(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "--changelog", "missing/log.md")
    assert (result.exit_code, result.stdout) == (2, MENDED)
    assert "missing/log.md: cannot be written" in result.stderr


def test_stdin_has_no_context_unless_one_is_given(folder: Path, dockopt: Dockopt) -> None:
    text = b"FROM a\nRUN AAA\nCOPY FILES .\n"
    result = dockopt("rewrite", "-", stdin=text)
    assert result.stdout_bytes == b"FROM a\nRUN BBB\nCOPY FILES .\n"
    assert "cannot tell the files: no build context" in result.stderr
    result = dockopt("rewrite", "-", "--context", str(folder), stdin=text)
    assert f"cannot tell the files: context {folder}" in result.stderr


def test_the_context_of_a_file_is_its_folder(folder: Path, dockopt: Dockopt) -> None:
    (folder / "service").mkdir()
    (folder / "service" / "Dockerfile").write_text("FROM a\nCOPY FILES .\n")
    result = dockopt("rewrite", "service/Dockerfile")
    assert f"cannot tell the files: context {(folder / 'service').resolve()}" in result.stderr


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (BROKEN.encode(), 4, "Dockerfile:2: "),
        (b"FROM a\0b\n", 4, "Dockerfile:1: not a text file"),
        (b"", 4, "Dockerfile:"),
        (b"FROM a\nRUN CRASH\n", 2, "internal error: KeyError"),
        (b"FROM a\n# dockopt: ignore=nope\nRUN b\n", 2, "there is no transform 'nope'"),
    ],
)
def test_bad_input_is_one_line(
    folder: Path, dockopt: Dockopt, content: bytes, code: int, said: str
) -> None:
    (folder / "Dockerfile").write_bytes(content)
    result = dockopt("rewrite", "-i")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert (folder / "Dockerfile").read_bytes() == content


def test_verbose_shows_where_an_internal_error_is(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile").write_text("FROM a\nRUN CRASH\n")
    result = dockopt("rewrite", "-v")
    assert result.exit_code == 2
    assert "Traceback (most recent call last)" in result.stderr


def test_an_unknown_target_is_a_wrong_setting(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "--target", "moon")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: Dockerfile: there is no stage 'moon'")


def test_several_files_are_each_handled_and_the_worst_code_counts(
    folder: Path, dockopt: Dockopt
) -> None:
    (folder / "Dockerfile.bad").write_text(BROKEN)
    (folder / "Dockerfile.dev").write_text(MENDABLE)
    result = dockopt("rewrite", "-i", "gone", "Dockerfile.bad", "Dockerfile", "Dockerfile.dev")
    assert result.exit_code == 4
    assert "gone: there is no such file" in result.stderr
    assert (folder / "Dockerfile").read_text() == MENDED
    assert (folder / "Dockerfile.dev").read_text() == MENDED
    assert dockopt("rewrite", "--check", "gone", "Dockerfile").exit_code == 3


def test_below_an_output_folder_files_keep_their_places(folder: Path, dockopt: Dockopt) -> None:
    for name in ("one", "two"):
        (folder / "apps" / name).mkdir(parents=True)
        (folder / "apps" / name / "Dockerfile").write_text(MENDABLE)
    (folder / "out").mkdir()
    assert dockopt("rewrite", "apps", "-o", "out").exit_code == 0
    written = sorted(str(p.relative_to(folder)) for p in (folder / "out").rglob("*file"))
    assert written == ["out/one/Dockerfile", "out/two/Dockerfile"]
    assert dockopt("rewrite", "apps/one/Dockerfile", "-o", "out").exit_code == 0
    assert (folder / "out" / "Dockerfile").read_text() == MENDED


@pytest.mark.parametrize(
    "arguments",
    [
        ["-i", "-o", "new"],
        ["--backup"],
        ["-i", "-"],
        ["-q", "-v"],
        ["--no-config", "--config", "Dockerfile"],
        ["--level", "reckless"],
        ["--context", "nowhere"],
        ["Dockerfile", "other"],
        ["Dockerfile", "other", "-o", "new"],
        ["-o", "nowhere/"],
        ["-i", "--changelog", "Dockerfile"],
        ["--frobnicate"],
    ],
)
def test_contradictions_are_usage_errors(
    folder: Path, dockopt: Dockopt, arguments: list[str]
) -> None:
    (folder / "other").write_text(MENDABLE)
    result = dockopt("rewrite", *arguments, stdin=b"")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr
    assert (folder / "Dockerfile").read_text() == MENDABLE


def test_level_select_ignore_and_single_changes(folder: Path, dockopt: Dockopt) -> None:
    (folder / "Dockerfile").write_text("FROM a\nRUN CCC\nRUN AAA\n")
    result = dockopt("rewrite")
    assert "not applied, needs --level aggressive" in result.stderr
    assert dockopt("rewrite", "--level", "aggressive").stdout == "FROM a\nRUN DDD\nRUN BBB\n"
    assert dockopt("rewrite", "--level", "safe").stdout == "FROM a\nRUN CCC\nRUN AAA\n"
    assert dockopt("rewrite", "--select", "idle").stdout == "FROM a\nRUN CCC\nRUN AAA\n"
    assert dockopt("rewrite", "--ignore", "idle,mend-marks").stdout == "FROM a\nRUN CCC\nRUN AAA\n"
    excluded = dockopt("rewrite", "--exclude-change", "mend-marks@3,mend-marks@9")
    assert excluded.stdout == "FROM a\nRUN CCC\nRUN AAA\n"
    assert "there was no change 'mend-marks@9'" in excluded.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "nope"], "--select: there is no transform 'nope'"),
        (["--ignore", "nope"], "--ignore: there is no transform 'nope'"),
        (["--assume", "nope"], "--assume: cannot assume 'nope'"),
        (["--assume", "buildkit,legacy-builder"], "buildkit and legacy-builder contradict"),
        (["--exclude-change", "nope@2"], "--exclude-change: there is no transform 'nope'"),
    ],
)
def test_unknown_names_are_said_once(
    folder: Path, dockopt: Dockopt, arguments: list[str], said: str
) -> None:
    (folder / "Dockerfile.dev").write_text(MENDABLE)
    result = dockopt("rewrite", "--check", "Dockerfile", "Dockerfile.dev", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_command_line_beats_environment_beats_file(
    folder: Path, dockopt: Dockopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pyproject.toml").write_text('[tool.dockopt]\nlevel = "safe"\nignore = ["idle"]\n')
    assert dockopt("rewrite").stdout == MENDABLE
    assert dockopt("rewrite", "--no-config").stdout == MENDED
    monkeypatch.setenv("DOCKOPT_LEVEL", "standard")
    assert dockopt("rewrite").stdout == MENDED
    assert dockopt("rewrite", "--level", "safe").stdout == MENDABLE
    (folder / "other.toml").write_text('select = ["nope"]\n')
    result = dockopt("rewrite", "--config", "other.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: other.toml:1: there is no transform 'nope'")


def test_quiet_says_nothing_but_errors(folder: Path, dockopt: Dockopt) -> None:
    result = dockopt("rewrite", "-q")
    assert (result.stdout, result.stderr) == (MENDED, "")
    assert (
        dockopt("rewrite", "-q", "gone").stderr == "error: gone: there is no such file or folder\n"
    )


def test_colour_follows_the_environment_and_the_flag(
    folder: Path, dockopt: Dockopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in dockopt("rewrite", "--dry-run").output
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = dockopt("rewrite", "--dry-run")
    assert "\x1b[31m-RUN mend AAA\x1b[0m" in result.stdout
    assert "\x1b[" in result.stderr
    assert "\x1b" not in dockopt("rewrite", "--dry-run", "--no-color").output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in dockopt("rewrite", "--dry-run").output


def test_names_and_lines_cannot_command_the_terminal(folder: Path, dockopt: Dockopt) -> None:
    evil = folder / "Dockerfile.\x1b]0;owned\x07"
    evil.write_text("FROM a\nRUN AAA \x1b[2J\n")
    result = dockopt("rewrite", "-v", "--check", str(evil))
    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "\\x1b[2J" in result.output


def test_a_link_is_followed_and_stays_a_link(folder: Path, dockopt: Dockopt) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "web").write_text(MENDABLE)
    (folder / "real" / "web").chmod(0o640)
    (folder / "Dockerfile").unlink()
    (folder / "Dockerfile").symlink_to("real/web")
    assert dockopt("rewrite", "-i").exit_code == 0
    assert (folder / "Dockerfile").is_symlink()
    assert (folder / "real" / "web").read_text() == MENDED
    assert (folder / "real" / "web").stat().st_mode & 0o777 == 0o640


def test_an_interrupt_ends_with_130(
    folder: Path, dockopt: Dockopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dockopt.cli.running.rewrite_text", interrupted)
    assert dockopt("rewrite").exit_code == 130


def test_a_device_is_written_to_and_not_replaced(folder: Path, dockopt: Dockopt) -> None:
    fifo = folder / "pipe"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert dockopt("rewrite", "-o", str(fifo)).exit_code == 0
        assert os.read(reader, 1000) == MENDED.encode()
    finally:
        os.close(reader)
    assert fifo.is_fifo()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("gpu=cuda", "declares no extra or dependency group 'cuda'; it declares ml"),
        ("gpu", "cannot read the variant 'gpu'; write NAME=EXTRA,EXTRA"),
    ],
)
def test_a_variant_that_makes_no_sense_is_an_error_in_one_line(
    folder: Path, dockopt: Dockopt, given: str, message: str
) -> None:
    project = '[project]\nname = "a"\n[project.optional-dependencies]\nml = ["numpy"]\n'
    (folder / "pyproject.toml").write_text(project)
    result = dockopt("rewrite", "--variant", given)

    assert result.exit_code == 2
    assert result.stderr.startswith("error: --variant: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_variants_of_the_settings_are_checked_where_they_stand(
    folder: Path, dockopt: Dockopt
) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "a"\n')
    (folder / ".dockopt.toml").write_text('variants = ["core=", "ml=ml"]\n')

    assert ".dockopt.toml:1: pyproject.toml declares no extra" in dockopt("rewrite").stderr
    assert dockopt("rewrite", "--variant", "core=").exit_code == 0
