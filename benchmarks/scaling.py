"""Whether time grows with length alone, and what the command line costs to start."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.sample import ROOT

BLOCK = (
    "# step {n}\n"
    "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
    "    # what step {n} needs\n"
    "    package{n}\n"
    "ENV STEP=value{n}\n"
    "COPY file{n} /srv/{n}/\n"
    "\n"
    "LABEL step=v{n}\n"
    "WORKDIR /srv\n"
    "RUN echo {n}\n"
)


def long_dockerfile(lines: int) -> str:
    """A Dockerfile of about that many lines."""
    count = lines // BLOCK.count("\n")
    return "FROM debian:bookworm\n" + "".join(BLOCK.format(n=n) for n in range(count))


def seconds_for(lines: int) -> tuple[float, float]:
    """CPU seconds to parse, and to parse and rewrite, a Dockerfile of that many lines."""
    from dockopt import rewrite
    from dockopt.syntax import parse

    text = long_dockerfile(lines)
    start = time.process_time()
    parse(text)
    parsed = time.process_time()
    rewrite(text)
    return parsed - start, time.process_time() - parsed


def start_up(rounds: int = 15) -> dict[str, float]:
    """Milliseconds over `python -c pass`, the median of interleaved rounds, by command."""
    commands = {
        "python -c pass": ["-c", "pass"],
        "dockopt --version": ["-m", "dockopt", "--version"],
        "dockopt rewrite --help": ["-m", "dockopt", "rewrite", "--help"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    environment = {"PYTHONPATH": ":".join(str(ROOT / r) for r in _ROOTS), "PATH": "/usr/bin:/bin"}
    for _ in range(rounds):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], capture_output=True, check=True, env=environment
            )
            taken[name].append(time.perf_counter() - start)
    base = median(taken.pop("python -c pass"))
    return {name: 1000 * (median(times) - base) for name, times in taken.items()}


_ROOTS: tuple[Path, ...] = (Path("optimizer"), Path("transforms"), Path("templates"))
