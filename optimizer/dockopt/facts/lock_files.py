"""The lock files of a build context: which one counts, and the distributions that it names.

What stands in them `knowledge.lock_file` reads.
"""

import posixpath
from collections.abc import Mapping

from dockopt.facts.context import Context
from dockopt.facts.declared import declared
from dockopt.knowledge.lock_file import Lock, read_lock
from dockopt.remembering import remembered

LOCKS = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
    "pipenv": "Pipfile.lock",
}
"""By the tool that writes and reads it."""
GRAPHS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
"""Those that say who requires whom, or how large it is; the first that exists counts."""
MAX_DEPTH = 2
"""Locks of other projects in the context are looked for in so many folders."""
MAX_LOCKS = 8


def lock_at(context: Context, path: str) -> Lock | None:
    """The lock in a file of the context, None where it cannot be read."""
    known = _read(context)
    if path not in known:
        text = context.read_text(path) if context.is_file(path) else None
        known[path] = None if text is None else read_lock(path, text)
    return known[path]


@remembered
def _read(context: Context) -> dict[str, Lock | None]:
    del context
    return {}


def lock_of(context: Context) -> Lock | None:
    """The lock in the root of a build context, None where there is none that can be read."""
    first = next((name for name in GRAPHS if context.is_file(name)), None)
    return lock_at(context, first) if first else None


def lock_beside(context: Context, tool: str, manifest: str) -> str | None:
    """The lock file that a tool takes for a manifest of the context: beside it, or above it."""
    folder = posixpath.dirname(manifest)
    name = LOCKS.get(tool)
    while name:
        path = posixpath.join(folder, name)
        if context.is_file(path):
            return path
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return None


def locked_names(context: Context, tool: str, manifest: str) -> frozenset[str] | None:
    """The normalised names in the lock file of a manifest of the context, for all groups.

    Without a lock file the manifest's own requirements; None where neither is known.
    """
    path = lock_beside(context, tool, manifest)
    if path is not None:
        lock = lock_at(context, path)
        return frozenset(lock.packages) if lock else None
    known = declared(context, posixpath.dirname(manifest))
    listed = [r for g in known.groups if g.file == manifest for r in g.requirements]
    if manifest not in known.files or known.problems or not all(r.name for r in listed):
        return None
    return frozenset(r.name for r in listed)


@remembered
def locked_requirements(context: Context) -> Mapping[str, tuple[str, ...]]:
    """For each distribution what the locks of the context say that it requires.

    What extras bring counts where a lock shows that they are chosen.
    """
    paths = [p for p in context.files_under("") if posixpath.basename(p) in GRAPHS]
    found: dict[str, dict[str, None]] = {}
    for path in [p for p in paths if p.count("/") <= MAX_DEPTH][:MAX_LOCKS]:
        lock = lock_at(context, path)
        for package in lock.all if lock else ():
            required = dict.fromkeys(r.name for r in package.requires if r.chosen)
            found.setdefault(package.name, {}).update(required)
    return {name: tuple(required) for name, required in found.items()}
