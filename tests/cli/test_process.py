"""The command as a process of its own: exit codes, pipes, and what its start imports."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = [ROOT / name for name in ("optimizer", "templates")]
SLOW = {
    *("libcst", "tree_sitter", "tree_sitter_bash", "jinja2", "dockerfile_parse", "packaging"),
    *("pathspec", "importlib.metadata", "tomllib"),
}
ENGINE = {f"dockopt.{name}" for name in ("engine", "facts.apt", "model", "shell", "syntax")}
PLAIN = b"FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nRUN useradd app\nCMD python app.py\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with a registry that is empty, so that these tests hold whatever comes."""
    package = tmp_path / "plug-in" / "dockopt_transforms"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DOCKOPT_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, (package.parent, *ROOTS)))}


def start(
    *arguments: str,
    env: dict[str, str],
    cwd: Path,
    stdin: bytes = b"",
    stdout: int = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=env,
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )


def test_exit_codes_and_streams(tmp_path: Path, environment: dict[str, str]) -> None:
    module = ("-m", "dockopt", "rewrite")
    fine = b"FROM scratch\r\nCOPY a /\xff\r\n"
    done = start(*module, "-", cwd=tmp_path, env=environment, stdin=fine)
    assert (done.returncode, done.stdout) == (0, fine), done.stderr
    assert start(*module, cwd=tmp_path, env=environment).returncode == 3
    broken = start(*module, "-", cwd=tmp_path, env=environment, stdin=b"WALK away\n")
    assert (broken.returncode, broken.stdout) == (4, b"")
    assert broken.stderr.startswith(b"error: <stdin>:1: ")
    assert start(*module, "--frobnicate", cwd=tmp_path, env=environment).returncode == 2


def test_a_reader_that_leaves_is_no_traceback(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n" + "COPY a b\n" * 50_000)
    reading, writing = os.pipe()
    os.close(reading)
    done = start("-m", "dockopt", "rewrite", "-q", cwd=tmp_path, env=environment, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, b"")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["rewrite", "--help"]])
def test_a_start_imports_nothing_slow(
    tmp_path: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    assert loaded(SLOW | ENGINE, *arguments, cwd=tmp_path, env=environment) == []


def test_what_must_not_be_loaded_is_there_to_load() -> None:
    assert all(importlib.util.find_spec(name) for name in SLOW | ENGINE)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments", [["rewrite", "-"], ["rewrite", "--diff", "-"], ["transforms"]]
)
def test_a_full_disk_is_said_in_one_line(
    tmp_path: Path, environment: dict[str, str], arguments: list[str]
) -> None:
    path = os.pathsep.join(str(ROOT / name) for name in ("optimizer", "transforms", "templates"))
    environment["PYTHONPATH"] = path
    with Path("/dev/full").open("wb") as full:
        done = start(
            *("-m", "dockopt", *arguments),
            cwd=tmp_path,
            env=environment,
            stdin=PLAIN,
            stdout=full.fileno(),
        )
    assert done.returncode == 2
    assert done.stderr == (b"error: standard output: cannot be written: No space left on device\n")


@pytest.mark.skipif(os.name == "nt", reason="closes streams by a POSIX shell")
@pytest.mark.parametrize(
    ("closed", "said"),
    [
        ("<&-", "error: <stdin>: cannot be read: standard input is closed\n"),
        ("< Dockerfile >&-", "error: standard output: cannot be written: it is closed\n"),
    ],
)
def test_a_closed_stream_is_said_in_one_line(
    tmp_path: Path, environment: dict[str, str], closed: str, said: str
) -> None:
    (tmp_path / "Dockerfile").write_bytes(PLAIN)
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m dockopt rewrite -q - {closed}', sys.executable],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize(
    ("arguments", "modules"),
    [
        (["transforms"], SLOW | ENGINE),
        (["explain", "pip-no-cache"], SLOW | ENGINE),
        (["rewrite", "-q", "-"], SLOW),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_dockopt_brings_is_loaded_when_it_is_used(
    tmp_path: Path, environment: dict[str, str], arguments: list[str], modules: set[str]
) -> None:
    """With all transforms, though a Dockerfile that needs none of that is put to each of them."""
    path = os.pathsep.join(str(ROOT / name) for name in ("optimizer", "transforms", "templates"))
    environment["PYTHONPATH"] = path

    assert loaded(modules, *arguments, cwd=tmp_path, env=environment) == []


def loaded(modules: set[str], *arguments: str, cwd: Path, env: dict[str, str]) -> list[str]:
    """Which of the modules a call has imported by its end."""
    code = (
        "import sys\nfrom dockopt.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n"
        f"    found = sorted(set({sorted(modules)!r}) & sys.modules.keys())\n"
        "    print(end.code, *found, file=sys.stderr)\n"
    )
    done = start("-c", code, *arguments, cwd=cwd, env=env, stdin=PLAIN)
    code_of_exit, *found = done.stderr.decode().split()
    assert code_of_exit == "0", done.stderr
    assert done.stdout
    return found
