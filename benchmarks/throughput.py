"""Dockerfiles per CPU second: dockopt's whole rewrite in one process, and its peers."""

import io
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from benchmarks.sample import text_of


@dataclass(frozen=True)
class Measured:
    """How one tool did."""

    name: str
    files: int
    cpu_seconds: float
    note: str = ""

    @property
    def rate(self) -> float:
        """Files per CPU second."""
        return self.files / self.cpu_seconds if self.cpu_seconds else float("inf")


def cpu_seconds() -> float:
    """User and system time of this process and of the ones that it waited for."""
    used = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in used)


def measure(name: str, paths: list[Path], work: Callable[[Path], object], note: str = "") -> Measured:
    """Runs `work` on every file once and counts the CPU time."""
    before = cpu_seconds()
    for path in paths:
        work(path)
    return Measured(name, len(paths), cpu_seconds() - before, note)


def all_tools(paths: list[Path]) -> list[Measured]:
    """dockopt first, then every peer that is installed here."""
    results = [dockopt(paths), second_reader(paths)]
    results += [found for found in (buildkit(paths), hadolint(paths), tally(paths)) if found]
    return results


def dockopt(paths: list[Path]) -> Measured:
    """The whole rewrite: parsing, all transforms, guards, the second run that must change nothing.

    What is loaded once per process (package indexes, the shell grammar) is loaded before.
    """
    from dockopt import rewrite
    from dockopt.errors import DockoptError

    def work(path: Path) -> None:
        try:
            rewrite(text_of(path), file=path.name)
        except DockoptError:
            return

    for path in paths[:: max(1, len(paths) // 20)]:
        work(path)
    return measure("dockopt rewrite", paths, work, "all transforms, in one process")


def second_reader(paths: list[Path]) -> Measured:
    """dockerfile-parse: reads instructions, knows nothing of shell."""
    from dockerfile_parse import DockerfileParser

    def work(path: Path) -> object:
        return DockerfileParser(fileobj=io.BytesIO(path.read_bytes())).structure

    return measure("dockerfile-parse", paths, work, "parses only")


def buildkit(paths: list[Path]) -> Measured | None:
    """BuildKit's own parser, where it has a wheel."""
    try:
        import dockerfile
    except ImportError:
        return None

    def work(path: Path) -> object:
        try:
            return dockerfile.parse_string(path.read_bytes().decode("utf-8", "replace"))
        except (dockerfile.GoParseError, ValueError):
            return None

    return measure("dockerfile (BuildKit)", paths, work, "parses only")


def _program(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def hadolint(paths: list[Path]) -> Measured | None:
    """hadolint over all files in one process, as its users run it."""
    program = _program("hadolint")
    return program and _linter("hadolint", paths, [program, "--no-fail", "-f", "json"]) or None


def tally(paths: list[Path]) -> Measured | None:
    """tally over all files in one process."""
    program = _program("tally")
    if not program:
        return None
    command = [program, "lint", "--format", "json", "--fail-level", "none", "--slow-checks", "off"]
    return _linter("tally lint", paths, command)


def _linter(name: str, paths: list[Path], command: list[str]) -> Measured:
    before, started = cpu_seconds(), time.monotonic()
    for first in range(0, len(paths), 50):
        batch = [str(path) for path in paths[first : first + 50]]
        subprocess.run([*command, *batch], capture_output=True, timeout=900, check=False)
    seconds = time.monotonic() - started
    note = f"lints, 50 files a process; {seconds:.0f} s by the clock"
    return Measured(name, len(paths), cpu_seconds() - before, note)
