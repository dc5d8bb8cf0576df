"""Follows imports from the entry points; see `closure`."""

from __future__ import annotations

import posixpath
import re
import sys
from collections import deque
from collections.abc import Iterator

from dockopt.facts.source.closure import MAX_CHARACTERS, Closure, Reached, Widening
from dockopt.facts.source.entry_points import EntryPoint, EntryPoints
from dockopt.facts.source.layout import TESTS, Layout
from dockopt.facts.source.module import Dynamic, Import, Module, Unreadable
from dockopt.facts.source.reading import read_module
from dockopt.facts.source.runners import RUNNERS
from dockopt.facts.source.start import CODE, FILE, FOLDER, MODULE, OPTIONAL, PROJECT
from dockopt.model import Unknown

_SETTINGS = re.compile(
    r"""DJANGO_SETTINGS_MODULE["'],\s*["']((?:\w+\.)*\w*(?:settings|config|conf)\w*)\."""
)


class Walk:
    """A walk from the entry points along the imports."""

    def __init__(self, layout: Layout, points: EntryPoints) -> None:
        self.layout = layout
        self.points = points
        self.reached: dict[str, Reached] = {}
        self.modules: dict[str, Module | Unreadable] = {}
        self.widenings: dict[Widening, None] = {}
        self.waiting: deque[str] = deque()
        self.characters = 0
        self.missing: list[str] = []

    def run(self) -> Closure | Unknown:
        """What is reached; Unknown where that cannot be trusted."""
        for entry in self.points.found:
            self._enter(entry)
        while self.waiting:
            path = self.waiting.popleft()
            text = self.layout.context.read_text(path)
            self.characters += len(text or "")
            if self.characters > MAX_CHARACTERS:
                return Unknown(f"the modules have more than {MAX_CHARACTERS} characters")
            self._follow(path, text)
        if self.missing:
            return Unknown(self.missing[0])
        if not self.reached:
            return Unknown("what starts is no module of the build context")
        return Closure(self.reached, self.modules, tuple(self.widenings), self.points)

    def _enter(self, entry: EntryPoint) -> None:
        name = entry.start.name
        because = f"{entry.place} starts {name}"
        if entry.start.kind == MODULE:
            self._take(self._of_module(name), "", because)
            if not self.layout.roots_of(name.partition(".")[0]) and not _is_elsewhere(entry):
                self.missing.append(
                    f"{entry.place} starts {name}, which is not in the build context"
                )
            for package in self.layout.packages_of(name):
                self._take_if_there(f"{package}/__main__.py", "", because)
        elif entry.start.kind == FILE:
            self._take(entry.files, "", because)
            if not entry.files and entry.start.module not in OPTIONAL and not entry.is_lenient:
                self.missing.append(
                    f"{entry.place} starts {name}, which is not in the build context"
                )
        elif entry.start.kind == FOLDER:
            for folder in entry.files:
                inside = self.layout.modules_below(folder, tests=True)
                self._take(inside, "", f"{entry.place} runs {name}")
        elif entry.start.kind == CODE:
            self._code(entry)
        elif entry.start.kind == PROJECT:
            self._widen("", "", f"{entry.place}: {name}")

    def _code(self, entry: EntryPoint) -> None:
        module = read_module(entry.start.name)
        if isinstance(module, Module):
            for statement in module.imports:
                found = self._absolute(statement)
                self._take(found, "", f"{entry.place} imports {statement.module}")

    def _of_module(self, dotted: str) -> tuple[str, ...]:
        return self.layout.files_of(dotted)

    def _take(self, paths: Iterator[str] | tuple[str, ...], by: str, because: str) -> None:
        for path in paths:
            self._reach(path, by, because)

    def _take_if_there(self, path: str, by: str, because: str) -> None:
        if self.layout.context.is_file(path):
            self._reach(path, by, because)

    def _reach(self, path: str, by: str, because: str) -> None:
        if path not in self.reached:
            self.reached[path] = Reached(path, by, because)
            self.waiting.append(path)

    def _widen(self, folder: str, by: str, because: str) -> None:
        """All modules in a folder count from now on."""
        if Widening(folder, because) in self.widenings:
            return
        self.widenings[Widening(folder, because)] = None
        self._take(self.layout.modules_below(folder), by, because)

    def _follow(self, path: str, text: str | None) -> None:
        unread = Unreadable("it is too long or no text")
        module = unread if text is None else read_module(text)
        self.modules[path] = module
        if isinstance(module, Unreadable):
            self._widen("", path, f"may import anything: {module.reason}")
            return
        folder = path.rpartition("/")[0]
        for statement in module.imports:
            shown = "." * statement.level + statement.module
            because = (
                f"imports {shown}" if shown.strip(".") else f"imports {', '.join(statement.names)}"
            )
            self._take(self._imported(statement, folder), path, because)
        for name in sorted(module.dotted):
            self._named(path, name)
        for name in sorted(module.apps):
            self._application(path, name)
        for dynamic in module.dynamic:
            self._dynamic(path, dynamic, module)
        if module.lists_modules:
            self._listing(path, module)
        self._by_convention(path, text or "")

    def _imported(self, statement: Import, folder: str) -> Iterator[str]:
        if not statement.level:
            yield from self._absolute(statement)
            return
        base = folder
        for _ in range(statement.level - 1):
            base = base.rpartition("/")[0]
        yield from self.layout.from_folder(base, "__init__")
        yield from self.layout.from_folder(base, statement.module)
        for name in statement.names:
            dotted = f"{statement.module}.{name}" if statement.module else name
            yield from self.layout.from_folder(base, dotted)
            if name == "*":
                yield from self._all_of(self.layout.from_folder(base, statement.module))

    def _absolute(self, statement: Import) -> Iterator[str]:
        yield from self.layout.files_of(statement.module)
        for name in statement.names:
            yield from self.layout.files_of(f"{statement.module}.{name}")
            if name == "*":
                yield from self._all_of(self.layout.files_of(statement.module))

    def _all_of(self, files: tuple[str, ...]) -> Iterator[str]:
        """What `__all__` of a package names may be its modules."""
        for path in files[-1:]:
            if path.endswith("/__init__.py"):
                text = self.layout.context.read_text(path)
                module = read_module(text) if text and "__all__" in text else None
                if isinstance(module, Module):
                    folder = path.rpartition("/")[0]
                    for word in sorted(module.words):
                        yield from self.layout.from_folder(folder, word)

    def _named(self, path: str, name: str) -> None:
        """A string that names a module of the context counts as an import."""
        dotted = name.replace(":", ".").strip(".")
        top = dotted.partition(".")[0]
        if self.layout.is_precise(top) and self.layout.reaches(dotted.rpartition(".")[0] or dotted):
            self._take(self._of_module(dotted), path, f"names {name}")
            for package in self.layout.packages_of(dotted) if "." in name else ():
                # Whoever is given the name of a package may look into it, as Pyramid's `scan` does.
                self._take(self.layout.modules_below(package), path, f"names the package {name}")

    def _application(self, path: str, name: str) -> None:
        """An application of Django: Django finds its modules by their names."""
        dotted = name
        while dotted and not self.layout.packages_of(dotted):
            dotted = dotted.rpartition(".")[0]
        for package in self.layout.packages_of(dotted) if dotted else ():
            because = f"has the application {name}"
            self._take(self._of_module(dotted), path, because)
            self._take(self.layout.modules_below(package), path, because)

    def _dynamic(self, path: str, dynamic: Dynamic, module: Module) -> None:
        name = dynamic.name or ""
        if dynamic.how == "file" and name:
            self._file(path, name, dynamic)
        elif name.startswith("."):
            self._widen(
                self._own_package(path), path, f"imports from its package with {dynamic.how}"
            )
        elif dynamic.complete and name:
            self._take(self._of_module(name.replace(":", ".")), path, f"imports {name}")
        elif name and "." in name:
            package = name.rpartition(".")[0]
            for folder in self.layout.packages_of(package):
                self._widen(folder, path, f"imports {package}.… with {dynamic.how}")
        elif module.lists_modules:
            return
        else:
            self._widen("", path, f"imports what only the run tells, with {dynamic.how}")

    def _file(self, path: str, name: str, dynamic: Dynamic) -> None:
        found = [
            p for p in self.layout.files if dynamic.complete and p.endswith("/" + name.lstrip("./"))
        ]
        found += [name] if name in self.layout.files else []
        if found:
            self._take(tuple(found), path, f"loads {name}")
        else:
            self._widen("", path, f"loads files that only the run tells below {name}")

    def _listing(self, path: str, module: Module) -> None:
        """It looks for modules in folders: its own package, and the packages that it imports."""
        because = "looks for modules in its package"
        self._widen(self._own_package(path), path, because)
        folder = path.rpartition("/")[0]
        for statement in module.imports:
            for found in tuple(self._imported(statement, folder)):
                if found.endswith("/__init__.py"):
                    package = found.rpartition("/")[0]
                    if package and package not in self.layout.roots:
                        self._widen(package, path, "looks for modules in the packages it imports")

    def _own_package(self, path: str) -> str:
        return path.rpartition("/")[0]

    def _by_convention(self, path: str, text: str) -> None:
        """Modules that a framework finds by their names."""
        for match in _SETTINGS.finditer(text):
            for package in self.layout.packages_of(match[1]):
                # Another environment may choose a module beside the one that is written.
                self._take(self.layout.modules_below(package), path, f"chooses from {match[1]}")
        if "autodiscover_tasks" in text:
            found = (
                p
                for p in self.layout.files
                if posixpath.basename(p) == "tasks.py" or "/tasks/" in p
            )
            self._take((p for p in found if not TESTS.search(p)), path, "discovers tasks")
        if "autodiscover_modules" in text or "autodiscover(" in text:
            self._widen("", path, "discovers modules by their names")


def _is_elsewhere(entry: EntryPoint) -> bool:
    """Whether a module need not be in the context: it is Python's own, or a server that runs."""
    top = entry.start.name.partition(".")[0]
    known = top in sys.stdlib_module_names or top in RUNNERS or top in _SERVING
    return known or entry.is_lenient or entry.start.module in OPTIONAL


_SERVING = frozenset({"django", "debugpy", "coverage", "ddtrace", "pip", "ipykernel", "jupyter"})
