"""The command as a process of its own: exit codes, pipes, and what its start imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOTS = [Path(__file__).parents[2] / root for root in ("optimizer", "templates")]
SLOW = {"libcst", "tree_sitter", "tree_sitter_bash", "jinja2", "importlib.metadata", "tomllib"}


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
    code = (
        "import sys\nfrom dockopt.cli import main\ntry:\n    main()\nexcept SystemExit as end:\n"
        f"    loaded = sorted(set({sorted(SLOW)!r}) & sys.modules.keys())\n"
        "    print(end.code, loaded, file=sys.stderr)\n"
    )
    done = start("-c", code, *arguments, cwd=tmp_path, env=environment)
    assert done.stderr == b"0 []\n"
    assert done.stdout
