"""The distributions that a project's lock file or manifest names."""

import json
import posixpath
from collections.abc import Iterator
from typing import Any

from dockopt.facts.context import Context
from dockopt.facts.installs import requirement_name
from dockopt.facts.toml_tables import toml_tables

_LOCKS = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
    "pipenv": "Pipfile.lock",
}


def locked_names(context: Context, tool: str, manifest: str) -> frozenset[str] | None:
    """The normalised names in the lock file beside a manifest of the context, or above it.

    All groups count. Without a lock file the manifest's own requirements; None where neither is known.
    """
    folder = posixpath.dirname(manifest)
    while True:
        lock = posixpath.join(folder, _LOCKS.get(tool, ""))
        if _LOCKS.get(tool) and context.is_file(lock):
            text = context.read_text(lock)
            return None if text is None else _of_lock(text, lock)
        if not folder:
            break
        folder = posixpath.dirname(folder)
    text = context.read_text(manifest)
    return None if text is None else _of_manifest(text, manifest)


def _of_lock(text: str, path: str) -> frozenset[str] | None:
    try:
        if path.endswith("Pipfile.lock"):
            lock = json.loads(text)
            groups = (lock.get("default", {}), lock.get("develop", {}))
            return frozenset(requirement_name(name) for group in groups for name in group)
        tables = toml_tables(text)
        if tables is None:
            return None
        packages = tables.get("package", [])
        return frozenset(requirement_name(str(package["name"])) for package in packages)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _of_manifest(text: str, path: str) -> frozenset[str] | None:
    try:
        parsed = toml_tables(text)
        names = _pipfile(parsed) if path.endswith("Pipfile") else _pyproject(parsed)
        return frozenset(requirement_name(name) for name in names) - {"python"}
    except (ValueError, TypeError, AttributeError):
        return None


def _pipfile(parsed: Any) -> Iterator[str]:
    yield from parsed.get("packages", {})
    yield from parsed.get("dev-packages", {})


def _pyproject(parsed: Any) -> Iterator[str]:
    project, poetry = parsed.get("project", {}), parsed.get("tool", {}).get("poetry", {})
    if "dependencies" in project.get("dynamic", []) and not poetry:
        raise ValueError("the requirements are dynamic")
    yield from project.get("dependencies", [])
    for group in project.get("optional-dependencies", {}).values():
        yield from group
    for group in parsed.get("dependency-groups", {}).values():
        yield from (entry for entry in group if isinstance(entry, str))
    for table in ("dependencies", "dev-dependencies"):
        yield from poetry.get(table, {})
    for group in poetry.get("group", {}).values():
        yield from group.get("dependencies", {})
