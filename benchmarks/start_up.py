"""What the command line costs before it does anything, over Python's own start."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "dockopt --version": ["-m", "dockopt", "--version"],
    "dockopt transforms": ["-m", "dockopt", "transforms"],
    "dockopt rewrite (5 lines)": ["-m", "dockopt", "rewrite", "-q", "-"],
}
_INPUT = b"FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCMD ['app']\n"


def measure(times: int) -> dict[str, float]:
    """The median wall time of every command, in milliseconds; run in turns, so load hits all."""
    roots = os.pathsep.join(str(ROOT / name) for name in ("optimizer", "transforms", "templates"))
    environment = {**os.environ, "PYTHONPATH": roots}
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(times):
        for name, arguments in COMMANDS.items():
            taken[name].append(_milliseconds([sys.executable, *arguments], environment))
    return {name: statistics.median(values) for name, values in taken.items()}


def _milliseconds(command: Sequence[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, input=_INPUT, capture_output=True, check=True)
    return (time.perf_counter() - started) * 1000
