"""dockopt and its peers over the same files: how many Dockerfiles in a CPU second."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clock import cpu_seconds
from benchmarks.samples import text_of

REWRITE = "dockopt: rewrite, all transforms"
HADOLINT = "hadolint: lint"


@dataclass(frozen=True)
class Speed:
    """What one tool did."""

    name: str
    files: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Dockerfiles in a CPU second."""
        return self.files / self.seconds if self.seconds else 0.0


def measure(files: Sequence[Path], few: int) -> list[Speed]:
    """Every tool that is installed; those that take long see `few` of the files."""
    some = [files[index * len(files) // few] for index in range(few)] if few < len(files) else files
    found = [
        _timed("dockopt: parse", files, _parse),
        _timed(REWRITE, files, _rewrite),
        _timed("dockerfile: parse (BuildKit's parser)", files, _buildkit),
        _timed("dockerfile-parse: parse", files, _dockerfile_parse),
        _timed(HADOLINT, some, _hadolint),
        _timed("tally: lint", some, _tally),
    ]
    return [speed for speed in found if speed is not None]


def _timed(
    name: str, files: Sequence[Path], work: Callable[[Sequence[Path]], None]
) -> Speed | None:
    try:
        work(files[:2])  # programs are loaded and caches of the file system filled
        return Speed(name, len(files), cpu_seconds(lambda: work(files)))
    except (ImportError, FileNotFoundError):
        return None


def _rewrite(files: Sequence[Path]) -> None:
    from dockopt import rewrite
    from dockopt.errors import DockoptError

    for path in files:
        try:
            rewrite(text_of(path))
        except DockoptError:
            continue


def _parse(files: Sequence[Path]) -> None:
    from dockopt.errors import ParseError
    from dockopt.syntax import parse

    for path in files:
        try:
            parse(text_of(path))
        except ParseError:
            continue


def _buildkit(files: Sequence[Path]) -> None:
    import dockerfile

    for path in files:
        try:
            dockerfile.parse_string(path.read_bytes().decode("utf-8", "replace"))
        except dockerfile.GoParseError:
            continue


def _dockerfile_parse(files: Sequence[Path]) -> None:
    from dockerfile_parse import DockerfileParser

    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        parser = DockerfileParser(fileobj=io.BytesIO(text.encode()))
        if parser.structure is None:
            raise AssertionError(path)


def _hadolint(files: Sequence[Path]) -> None:
    _run([_program("hadolint"), "--no-fail", "--format", "json", *map(str, files)])


def _tally(files: Sequence[Path]) -> None:
    options = ["--slow-checks", "off", "--no-config", "--format", "json", "--fail-level", "none"]
    for path in files:  # one at a time: a file that it cannot read ends the whole run
        _run([_program("tally"), "lint", *options, str(path)])


def _program(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


def _run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
