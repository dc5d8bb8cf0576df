"""What one Python module says, as far as its text tells."""

from collections.abc import Mapping

from dockopt.immutable import immutable

ALWAYS = "always"
CONDITIONAL = "conditional"
OPTIONAL = "optional"
TYPING = "typing"
LAZY = "lazy"


@immutable(slots=True)
class Import:
    """An import statement, or one of the modules that it names."""

    module: str
    """As written, without the leading dots; empty for `from . import x`."""
    names: tuple[str, ...] = ()
    """What a `from` takes out of the module; `*` for everything."""
    level: int = 0
    """How many dots stand before the module."""
    when: str = ALWAYS
    """`always`; `conditional` (in an `if`), `optional` (in a `try` that goes on without it),
    `typing` (for type checkers alone), `lazy` (in a function)."""

    @property
    def top(self) -> str:
        """The first part of an absolute module, empty for a relative one."""
        return "" if self.level else self.module.partition(".")[0]


@immutable(slots=True)
class Dynamic:
    """An import whose module a call names."""

    name: str | None
    """The module or file as far as it is written; None where nothing of it is."""
    complete: bool
    """Whether `name` is all of it; else it goes on with what is not known."""
    how: str
    """The function that imports: `importlib.import_module`."""


@immutable(slots=True)
class Called:
    """A program that a call runs or looks for."""

    program: str | None
    """Its name without its folder; None where it is not written."""
    how: str
    """The function that calls it: `subprocess.run`."""


@immutable(slots=True)
class Opened:
    """A file or folder that the module names to open it."""

    path: str
    """As written; joined parts are joined with `/`."""
    anchored: bool
    """Whether the path is complete; else it stands below a folder that is not written."""
    how: str


@immutable(eq=False)
class Module:
    """What a module says."""

    imports: tuple[Import, ...]
    dynamic: tuple[Dynamic, ...]
    calls: tuple[Called, ...]
    opened: tuple[Opened, ...]
    dotted: frozenset[str]
    """String literals that may name a module, or something in it: `a.b`, `a.b:c`."""
    words: frozenset[str]
    """String literals that are one word, such as an application in Django's settings."""
    apps: frozenset[str]
    """String literals in assignments to names that end in `APPS`: Django's applications."""
    uses: Mapping[str, str]
    """What forbids certain prunings, with the name that shows it: see `reading.USES`."""
    lists_modules: bool
    """Whether it looks for modules in folders: `pkgutil.iter_modules`, `__path__`."""


@immutable(slots=True)
class Unreadable:
    """A module that could not be read, and why; nothing may be concluded from it."""

    reason: str
