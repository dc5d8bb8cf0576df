"""Which modules of the build context the entry points reach by imports, and why each.

What cannot be followed widens the closure instead of leaving something out: an import whose module
is only known at run time reaches the package that makes it, or everything; so does a module that
cannot be read. Strings count as imports where they name a module of the context.
"""

from __future__ import annotations

from collections.abc import Mapping

from dockopt.facts.context import Context
from dockopt.facts.source.entry_points import EntryPoints
from dockopt.facts.source.layout import Layout, module_files
from dockopt.facts.source.module import Module, Unreadable
from dockopt.immutable import immutable
from dockopt.model import Unknown
from dockopt.remembering import cached_property

MAX_MODULES = 4_000
MAX_CHARACTERS = 12_000_000
"""More modules or more text than this are not followed: the walk takes about a second for 800 kB."""


@immutable(slots=True)
class Reached:
    """Why a module is reached."""

    path: str
    by: str
    """The module that reaches it; empty for an entry point."""
    because: str
    """A phrase: `imports app.models`, `CMD starts app.main`."""


@immutable(slots=True)
class Widening:
    """Where it is not known which modules are imported, so that all in a folder count."""

    folder: str
    """The folder, empty for everything but test suites."""
    because: str


@immutable(eq=False)
class Closure:
    """The modules that the entry points reach."""

    reached: Mapping[str, Reached]
    """By path in the context, in the order in which they were found."""
    modules: Mapping[str, Module | Unreadable]
    """What each of them says."""
    widenings: tuple[Widening, ...]
    entry_points: EntryPoints

    @cached_property
    def unreadable(self) -> dict[str, str]:
        """The modules that could not be read, with the reasons."""
        return {p: m.reason for p, m in self.modules.items() if isinstance(m, Unreadable)}

    @cached_property
    def read(self) -> dict[str, Module]:
        """The modules that could be read."""
        return {path: m for path, m in self.modules.items() if isinstance(m, Module)}

    @cached_property
    def programs(self) -> dict[str, str]:
        """The programs that the code calls, each with the first module that does."""
        found = self.entry_points.programs
        named = {name: str(place) for name, place in found.items()}
        for path, module in self.read.items():
            for call in module.calls:
                if call.program:
                    named.setdefault(call.program, path)
        return named

    @cached_property
    def unknown_programs(self) -> dict[str, str]:
        """The modules that call programs whose names are not written, with the function used."""
        return {
            path: call.how
            for path, module in self.read.items()
            for call in module.calls
            if call.program is None
        }

    @cached_property
    def uses(self) -> dict[str, str]:
        """What forbids certain prunings (`reading.USES`), each with the first module that does."""
        found: dict[str, str] = {}
        for path, module in self.read.items():
            for use in module.uses:
                found.setdefault(use, path)
        return found

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """The first parts of the absolute imports, with the modules that have them."""
        found: dict[str, list[str]] = {}
        for path, module in self.read.items():
            for top in dict.fromkeys(i.top for i in module.imports if i.top):
                found.setdefault(top, []).append(path)
        return {top: tuple(paths) for top, paths in found.items()}

    @property
    def is_everything(self) -> bool:
        """Whether all modules count as reached, because some import is not known."""
        return any(not widening.folder for widening in self.widenings)

    def chain(self, path: str) -> tuple[str, ...]:
        """Why `path` is reached, from the entry point on; empty where it is not."""
        lines: list[str] = []
        found = self.reached.get(path)
        while found is not None and len(lines) < 100:
            lines.append(f"{found.by}: {found.because}" if found.by else found.because)
            found = self.reached.get(found.by) if found.by else None
        return tuple(reversed(lines))


def closure(context: Context, points: EntryPoints) -> Closure | Unknown:
    """What the entry points reach; Unknown where that cannot be trusted."""
    if context.truncated:
        return Unknown("the build context is too big to be read")
    if points.unknown:
        return Unknown(points.unknown[0])
    files = module_files(context)
    if len(files) > MAX_MODULES:
        return Unknown(f"there are more than {MAX_MODULES} Python modules")
    from dockopt.facts.source.walk import Walk

    return Walk(Layout(context, files, points.roots), points).run()
