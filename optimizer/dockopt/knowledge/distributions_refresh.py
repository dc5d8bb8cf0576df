"""Refresh the packaged data: `python -m dockopt.knowledge.distributions_refresh [--names FILE]`.

Asks a package index (`--index`, else the environment's `PIP_INDEX_URL`, else PyPI) for every
distribution that is packaged already or that `--names` lists, at most eight at a time, and reads the
end of one wheel of each. What was read is kept in a journal (`--journal`), so that a run that was cut
short goes on where it stopped. `--offline` asks no index and reads only the wheels in the folders
that `--wheels` names and the `uv.lock` files that `--lock` names.

A distribution that cannot be read keeps the entry that it had.
"""

import argparse
import gzip
import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from dockopt.knowledge import distributions, package_index
from dockopt.knowledge.distributions import DATA_FILE, NOBODYS, Distribution, line_of
from dockopt.knowledge.locked import locked, newer
from dockopt.knowledge.wheel_tags import fitness, read_filename
from dockopt.knowledge.wheels import described

MAX_CONNECTIONS = 8
MAX_LOCK_BYTES = 32 * 2**20
Known = dict[str, Distribution]


def in_folders(folders: Iterable[Path]) -> Iterator[Distribution]:
    """The newest version of every distribution that has a wheel in these folders. Raises OSError."""
    best: dict[str, tuple[Version, int, Path]] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.whl")):
        found = read_filename(path.name)
        rank = fitness(found[2]) if found else None
        if found and rank is not None:
            candidate = (found[1], -rank, path)
            best[found[0]] = max(best.get(found[0], candidate), candidate)
    for name, (version, _, path) in best.items():
        try:
            with path.open("rb") as wheel:
                yield described(name, str(version), wheel, path.stat().st_size)
        except ValueError as error:
            print(f"{path.name}: {error}", file=sys.stderr)


def in_locks(paths: Iterable[Path]) -> Known:
    """What lock files tell, by name. Raises OSError, ValueError."""
    found: Known = {}
    for path in paths:
        if path.stat().st_size > MAX_LOCK_BYTES:
            raise ValueError(f"{path}: more than {MAX_LOCK_BYTES} bytes")
        for each in locked(path.read_text(encoding="utf-8")):
            found[each.name] = newer(found.get(each.name, each), each)
    return found


class Journal:
    """Lines of what an index has answered, so that it is asked once."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.lines: dict[str, str] = {}
        if path and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                self.lines[line.partition("\t")[0]] = line

    def keep(self, known: Distribution) -> None:
        """Add an answer."""
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line_of(known) + "\n")


def in_index(
    index: str, wanted: Iterable[str], journal: Journal, connections: int
) -> Iterator[Distribution]:
    """What an index tells of these distributions; says on standard error what it does not."""
    asked = []
    for name in sorted(set(wanted)):
        if name in journal.lines:
            yield distributions.read_line(journal.lines[name])
        else:
            asked.append(name)
    with ThreadPoolExecutor(min(connections, MAX_CONNECTIONS)) as threads:
        for name, found in zip(asked, threads.map(lambda n: _asked(index, n), asked), strict=True):
            if isinstance(found, Distribution):
                journal.keep(found)
                yield found
            else:
                print(f"{name}: {found}", file=sys.stderr)


def _asked(index: str, name: str) -> Distribution | str:
    try:
        return package_index.read(index, name) or "no final version"
    except (OSError, ValueError) as error:
        return str(error)


def write(path: Path, known: Known, source: str, date: str) -> None:
    """The data file: a gzip file without time stamp, so that the same data make the same bytes."""
    bringing: dict[str, list[str]] = {}
    for each in known.values():
        for module in set(each.modules or ()) - NOBODYS:
            bringing.setdefault(module, []).append(each.name)
    lines = [line_of(each) for each in known.values()]
    lines += [f"={module}\t{','.join(sorted(found))}" for module, found in bringing.items()]
    first = json.dumps({"date": date, "source": source}, sort_keys=True)
    text = "\n".join((first, *sorted(lines))) + "\n"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _packaged() -> Known:
    try:
        return {each.name: each for each in distributions.packaged()}
    except FileNotFoundError:
        return {}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dockopt.knowledge.distributions_refresh")
    default = os.environ.get("PIP_INDEX_URL") or package_index.DEFAULT_INDEX
    parser.add_argument("--index", default=default, help="default: %(default)s")
    parser.add_argument("--names", type=Path, help="file of further names, one a line")
    parser.add_argument(
        "--wheels", type=Path, action="append", default=[], help="a folder of wheels"
    )
    parser.add_argument("--lock", type=Path, action="append", default=[], help="a uv.lock file")
    parser.add_argument("--offline", action="store_true", help="ask no index")
    parser.add_argument("--connections", type=int, default=MAX_CONNECTIONS)
    parser.add_argument("--journal", type=Path, help="file that keeps what the index answered")
    parser.add_argument("--source", help="what to say of the origin; default: the index")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    return parser.parse_args(arguments)


def refreshed(options: argparse.Namespace) -> Known:
    """All entries, new and kept: the index over wheels, these over locks. Raises OSError, ValueError."""
    known = _packaged()
    for name, each in in_locks(options.lock).items():
        if name not in known or known[name].modules is None:
            known[name] = each
    known.update((each.name, each) for each in in_folders(options.wheels))
    further = options.names.read_text(encoding="utf-8").split() if options.names else []
    if not options.offline:
        wanted = {*known, *map(canonicalize_name, further)}
        answers = in_index(options.index, wanted, Journal(options.journal), options.connections)
        known.update((each.name, each) for each in answers)
    return known


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    options = _options(arguments)
    try:
        known = refreshed(options)
        source = options.source or ("wheels and locks" if options.offline else options.index)
        date = datetime.now(UTC).strftime("%Y-%m-%d")
        write(options.output / DATA_FILE, known, source, date)
    except (OSError, ValueError) as error:
        print(f"distributions_refresh: {error}", file=sys.stderr)
        return 1
    modules = sum(each.modules is not None for each in known.values())
    print(f"{len(known)} distributions, of which {modules} with their modules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
