"""What lock files say that distributions require: uv.lock, poetry.lock, pdm.lock."""

import re
import tomllib
from typing import Any

from dockopt.facts.context import Context
from dockopt.facts.installs import requirement_name

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")


def locked_requirements(context: Context) -> dict[str, tuple[str, ...]]:
    """For each locked distribution what it requires; empty where there is no lock to be read."""
    for path in context.files_under(""):
        if path.rpartition("/")[2] in LOCKS and path.count("/") <= 2:
            text = context.read_text(path)
            if text is not None:
                return _read(text)
    return {}


def _read(text: str) -> dict[str, tuple[str, ...]]:
    try:
        packages: Any = tomllib.loads(text).get("package", [])
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for package in packages if isinstance(packages, list) else []:
        if isinstance(package, dict) and isinstance(package.get("name"), str):
            found[requirement_name(package["name"])] = tuple(
                _names(package.get("dependencies", []))
            )
    return found


def _names(listed: Any) -> list[str]:
    """uv has tables with a name, Poetry a table by name, PDM texts."""
    items = list(listed) if isinstance(listed, (list, dict)) else []
    names = [i.get("name", "") if isinstance(i, dict) else str(i) for i in items]
    return [requirement_name(re.split(r"[\s\[;<>=!~]", n)[0]) for n in names if n]
