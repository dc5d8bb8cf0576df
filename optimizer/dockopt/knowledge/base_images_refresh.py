"""Refresh the dates of base images: `python -m dockopt.knowledge.base_images_refresh`.

Python's come from its developers' release cycle, Debian's from the table of distro-info-data; both can be
given as files or other addresses. Releases that stay are those that are known already, and newer ones.
"""

import argparse
import csv
import json
import re
import sys
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from dockopt.knowledge.base_image_dates import DEBIAN_END, PYTHON_END

PYTHON = "https://peps.python.org/api/release-cycle.json"
DEBIAN = "https://salsa.debian.org/debian/distro-info-data/-/raw/main/debian.csv"
MAX_BYTES = 1_000_000
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_VERSION = re.compile(r"\d+\.\d+")
_CODENAME = re.compile(r"[a-z]+")


def read(source: str) -> str:
    """The text of a file or an address. Raises OSError, ValueError for more than `MAX_BYTES`."""
    if urlsplit(source).scheme not in ("http", "https"):
        return Path(source).read_text(encoding="utf-8")
    with urllib.request.urlopen(source, timeout=60) as response:  # noqa: S310 (checked above)
        content: bytes = response.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"{source}: more than {MAX_BYTES} bytes")
    return content.decode("utf-8")


def python_dates(text: str) -> dict[str, str]:
    """By minor version, oldest first. Raises ValueError for a text of another form."""
    cycle = json.loads(text)
    if not isinstance(cycle, dict):
        raise ValueError("the release cycle of Python is no table")  # noqa: TRY004 - bad data
    found = {
        version: str(entry.get("end_of_life", ""))
        for version, entry in cycle.items()
        if isinstance(entry, dict) and _VERSION.fullmatch(version)
    }
    return _checked(found, PYTHON_END, "Python")


def debian_dates(text: str) -> dict[str, str]:
    """By codename, oldest first: the end of long-term support, else of support.

    Raises ValueError for a text of another form.
    """
    found: dict[str, str] = {}
    known = list(DEBIAN_END)
    for row in csv.DictReader(text.splitlines()):
        name = row.get("series") or ""
        ends = row.get("eol-lts") or row.get("eol") or ""
        newer = known[0] in found or name in known
        if newer and _CODENAME.fullmatch(name) and row.get("release") and ends:
            found[name] = ends
    return _checked(found, DEBIAN_END, "Debian")


def _checked(found: dict[str, str], before: Mapping[str, str], what: str) -> dict[str, str]:
    """What was found, if nothing that was known is missing and every date is one."""
    kept = {name: date for name, date in found.items() if _DATE.fullmatch(date)}
    if missing := [name for name in before if name not in kept]:
        raise ValueError(f"{what}: there is no date for {', '.join(missing)}")
    order = list(before)
    return dict(sorted(kept.items(), key=lambda pair: _rank(pair[0], order)))


def _rank(name: str, order: list[str]) -> tuple[int, tuple[int, ...]]:
    numbers = tuple(int(part) for part in name.split(".")) if _VERSION.fullmatch(name) else ()
    return (0, numbers) if numbers else (order.index(name) if name in order else len(order), ())


def rendered(
    day: str, sources: tuple[str, str], python: dict[str, str], debian: dict[str, str]
) -> str:
    """The module that holds the dates."""
    template = Path(__file__).with_name("base_image_dates.py").read_text(encoding="utf-8")
    for name, value in (
        ("KNOWN_ON", json.dumps(day)),
        ("PYTHON_SOURCE", json.dumps(sources[0])),
        ("DEBIAN_SOURCE", json.dumps(sources[1])),
        ("PYTHON_END", _table(python)),
        ("DEBIAN_END", _table(debian)),
    ):
        pattern = rf"(?ms)^{name} = (?:\{{.*?^\}}|\"[^\n]*\")$"
        template, count = re.subn(pattern, lambda _, n=name, v=value: f"{n} = {v}", template)  # type: ignore[misc]
        if count != 1:
            raise ValueError(f"base_image_dates.py has {count} times {name}")
    return template


def _table(dates: dict[str, str]) -> str:
    return "{\n" + "".join(f'    "{name}": "{date}",\n' for name, date in dates.items()) + "}"


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m dockopt.knowledge.base_images_refresh")
    parser.add_argument("--python", default=PYTHON, help="default: %(default)s")
    parser.add_argument("--debian", default=DEBIAN, help="default: %(default)s")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    try:
        python, debian = python_dates(read(options.python)), debian_dates(read(options.debian))
        day = datetime.now(UTC).strftime("%Y-%m-%d")
        text = rendered(day, (options.python, options.debian), python, debian)
        (options.output / "base_image_dates.py").write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"base_images_refresh: {error}", file=sys.stderr)
        return 1
    print(f"{len(python)} versions of Python, {len(debian)} releases of Debian")
    return 0


if __name__ == "__main__":
    sys.exit(main())
