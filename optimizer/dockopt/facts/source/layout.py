"""Which file of the build context is which Python module.

Python looks for modules in the folder of the script or the working directory, in PYTHONPATH and
among what is installed; a project that is installed is found below its `src` or package folders.
Where a name is found in none of these, any folder that has it counts: `sys.path` may be changed.
"""

import posixpath
import re
import sys
from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context, normal
from dockopt.facts.toml_tables import items_of, table, toml_tables
from dockopt.immutable import immutable
from dockopt.remembering import cached_property

_SKIPPED = re.compile(
    r"(?:^|/)(?:\.git|\.hg|node_modules|\.venv|venv|__pycache__|site-packages|\.tox|\.nox)/"
)
TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|__tests__)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|conftest|tests)\.py$"
)
"""Test suites, which no service imports by a name that is made at run time."""
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_MAX_PROJECTS = 40


@immutable(eq=False)
class Layout:
    """The Python modules of a build context."""

    context: Context
    files: tuple[str, ...]
    """The modules that count: paths of `.py` files."""
    given: tuple[str, ...]
    """Folders of the context that are searched first: those of scripts, WORKDIR, PYTHONPATH."""

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The folders that modules are looked for in, in order."""
        found = [*self.given, "", "src"]
        for folder in self._projects:
            found += [folder, posixpath.join(folder, "src"), *self._package_folders(folder)]
        return tuple(dict.fromkeys(normal(f) for f in found if f == "" or self.context.is_dir(f)))

    @cached_property
    def _projects(self) -> tuple[str, ...]:
        paths = self.context.files_under("")
        found = [p for p in paths if p.rpartition("/")[2] in _PROJECT_FILES and not skipped(p)]
        folders = dict.fromkeys(path.rpartition("/")[0] for path in found)
        return tuple(sorted(folders, key=lambda f: (f.count("/"), f)))[:_MAX_PROJECTS]

    def _package_folders(self, folder: str) -> Iterator[str]:
        """What `package-dir`, `packages` and the like name in a pyproject.toml."""
        text = self.context.read_text(posixpath.join(folder, "pyproject.toml"))
        for name in _folders_named(table(toml_tables(text), "tool")):
            yield posixpath.join(folder, name)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def _folders(self) -> frozenset[str]:
        """The folders that have modules somewhere below them."""
        found: set[str] = set()
        for path in self.files:
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def _anywhere(self) -> dict[str, tuple[str, ...]]:
        """For each first part of a module name the folders that have it."""
        found: dict[str, dict[str, None]] = {}
        for path in self.files:
            folder, _, name = path.rpartition("/")
            if name != "__init__.py":
                found.setdefault(name.removesuffix(".py"), {}).setdefault(folder)
        for folder in sorted(self._folders):
            parent, _, name = folder.rpartition("/")
            found.setdefault(name, {}).setdefault(parent)
        return {name: tuple(folders) for name, folders in found.items()}

    def roots_of(self, top: str) -> tuple[str, ...]:
        """The folders where a module of this name is: the first root that has it, else all."""
        for root in self.roots:
            if self._at(root, top):
                # A folder without modules of its own gives way to a module further on.
                return (root,)
        if top in sys.stdlib_module_names:
            return ()
        return self._anywhere.get(top, ())

    def is_precise(self, top: str) -> bool:
        """Whether a module of this name is in one of the roots."""
        return any(self._at(root, top) for root in self.roots)

    def _at(self, root: str, name: str) -> bool:
        path = posixpath.join(root, name)
        return path + ".py" in self._names or path in self._folders

    def files_of(self, dotted: str) -> tuple[str, ...]:
        """The files that an import of `a.b.c` runs: the packages on the way, and the module.

        As far as they are there: of `a.b.C` with a class `C` those of `a.b`.
        """
        parts = [part for part in dotted.split(".") if part]
        found: list[str] = []
        for root in self.roots_of(parts[0]) if parts else ():
            found += self._down(root, parts)
        return tuple(dict.fromkeys(found))

    def _down(self, folder: str, parts: Iterable[str]) -> Iterator[str]:
        path = folder
        for part in parts:
            path = posixpath.join(path, part)
            if f"{path}/__init__.py" in self._names:
                yield f"{path}/__init__.py"
            elif f"{path}.py" in self._names:
                yield f"{path}.py"
                return
            elif path not in self._folders:
                return

    def reaches(self, dotted: str) -> bool:
        """Whether all of `dotted`, or all but its last part, is there."""
        parts = dotted.split(".")
        return any(
            self._exists(root, parts) or (len(parts) > 1 and self._exists(root, parts[:-1]))
            for root in self.roots_of(parts[0])
        )

    def _exists(self, root: str, parts: list[str]) -> bool:
        path = posixpath.join(root, *parts)
        return path + ".py" in self._names or path in self._folders

    def from_folder(self, folder: str, dotted: str) -> tuple[str, ...]:
        """The files that a relative import runs, seen from the folder of the package."""
        return tuple(self._down(folder, [p for p in dotted.split(".") if p]))

    def packages_of(self, dotted: str) -> tuple[str, ...]:
        """The folders that are the package `dotted`; none where it is a module or not there."""
        parts = [part for part in dotted.split(".") if part]
        if not parts:
            return ()
        paths = (posixpath.join(root, *parts) for root in self.roots_of(parts[0]))
        return tuple(path for path in paths if path in self._folders)

    def modules_below(self, folder: str, *, tests: bool = False) -> tuple[str, ...]:
        """The modules in a folder and below it, without test suites unless these are asked for."""
        inside = (p for p in self.files if not folder or p.startswith(folder + "/"))
        return tuple(p for p in inside if tests or not TESTS.search(p))

    def top_folder(self, path: str) -> str:
        """The outermost package that a file is part of; empty for a file in no package."""
        folder = path.rpartition("/")[0]
        best = ""
        while folder and folder not in self.roots:
            best = folder
            folder = folder.rpartition("/")[0]
        return best


def skipped(path: str) -> bool:
    """Whether a path lies in a folder that is nobody's source: `.git`, environments, caches."""
    return bool(_SKIPPED.search(path))


def module_files(context: Context) -> tuple[str, ...]:
    """All Python modules of a context that are sent to the builder."""
    return tuple(p for p in context.sent_files("") if p.endswith(".py") and not skipped(p))


def _folders_named(tool: object) -> Iterator[str]:
    """The folders that setuptools, Poetry and hatch take packages from, relative to the project."""
    yield from map(str, table(tool, "setuptools", "package-dir").values())
    yield from map(str, items_of(table(tool, "setuptools", "packages", "find").get("where")))
    for package in items_of(table(tool, "poetry").get("packages")):
        if isinstance(package, dict) and "from" in package:
            yield str(package["from"])
    wheel = table(tool, "hatch", "build", "targets", "wheel")
    yield from (str(p).rpartition("/")[0] for p in items_of(wheel.get("packages")))
    yield from map(str, items_of(wheel.get("sources")))
