"""`python -m benchmarks [--files N] [--lines N]`: the table of speeds.

The Dockerfiles come from the folder that DOCKOPT_CORPUS names, else from this repository. CPU
seconds include those of child processes, so that peers written in other languages are comparable.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for _source in ("optimizer", "transforms", "templates"):
    sys.path.insert(0, str(ROOT / _source))

from benchmarks import length, peers, samples, start_up, table  # noqa: E402


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="Dockerfiles for dockopt itself")
    parser.add_argument("--peer-files", type=int, default=120, help="Dockerfiles for slow peers")
    parser.add_argument("--lines", type=int, default=100_000, help="lines of the longest file")
    parser.add_argument("--starts", type=int, default=15, help="runs of the command line")
    options = parser.parse_args()
    origin, files = samples.dockerfiles(options.files)
    speeds = peers.measure(files, options.peer_files)
    grown = length.measure(options.lines)
    starts = start_up.measure(options.starts)
    print(table.render(origin, len(files), speeds, grown, starts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
