"""What the command line costs before it does anything, over Python's own start.

Measured as installed packages are: with bytecode written before, here to a folder that is thrown
away, whatever PYTHONDONTWRITEBYTECODE says.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BASE = "python -c pass"
REWRITE = "dockopt rewrite (5 lines)"
COMMANDS = {
    BASE: ["-c", "pass"],
    "dockopt --version": ["-m", "dockopt", "--version"],
    "dockopt --help": ["-m", "dockopt", "--help"],
    "dockopt transforms": ["-m", "dockopt", "transforms"],
    "dockopt explain pip-no-cache": ["-m", "dockopt", "explain", "pip-no-cache"],
    REWRITE: ["-m", "dockopt", "rewrite", "-q", "-"],
}
_INPUT = b"FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install .\nCMD ['app']\n"


def measure(times: int) -> dict[str, float]:
    """The median wall time of every command, in milliseconds; run in turns, so load hits all."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder))
        for arguments in COMMANDS.values():
            _milliseconds([sys.executable, *arguments], environment)
        for _ in range(times):
            for name, arguments in COMMANDS.items():
                taken[name].append(_milliseconds([sys.executable, *arguments], environment))
    return {name: statistics.median(values) for name, values in taken.items()}


def _environment(bytecode: Path) -> Mapping[str, str]:
    roots = os.pathsep.join(str(ROOT / name) for name in ("optimizer", "transforms", "templates"))
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": roots, "PYTHONPYCACHEPREFIX": str(bytecode)}


def _milliseconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=environment, input=_INPUT, capture_output=True, check=True)
    return (time.perf_counter() - started) * 1000
