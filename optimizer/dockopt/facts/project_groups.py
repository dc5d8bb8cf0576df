"""The optional parts of a project: its extras and dependency groups, as `pyproject.toml` has them."""

from dockopt.facts.context import Context
from dockopt.facts.declared import EXTRA, GROUP, declared
from dockopt.facts.toml_tables import items_of, table, toml_tables
from dockopt.facts.variant import normalised
from dockopt.immutable import immutable
from dockopt.remembering import remembered


@immutable()
class ProjectGroups:
    """What `pyproject.toml` declares beside the plain dependencies; names are normalised."""

    file: str
    extras: frozenset[str]
    groups: frozenset[str]
    """Dependency groups of PEP 735, uv, Poetry and PDM: they are not part of the distribution."""
    default: frozenset[str]
    """The groups that uv, Poetry and PDM install unless they are told otherwise."""
    complete: bool = True
    """Whether these are all: extras can also be given by `setup.py`."""

    def unknown(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `names` that are neither an extra nor a group."""
        known = self.extras | self.groups
        return tuple(name for name in names if normalised(name) not in known)


@remembered
def project_groups(context: Context) -> ProjectGroups | None:
    """What the project of the build context declares, None where there is none that can be read.

    The project is in the root of the context, or where the only `pyproject.toml` is.
    """
    path = "pyproject.toml"
    if not context.is_file(path):
        found = [p for p in context.files_under("") if p.endswith("/pyproject.toml")]
        if len(found) != 1 or context.truncated:
            return None
        path = found[0]
    tables = toml_tables(context.read_text(path))
    if tables is None:
        return None
    known = declared(context, path.rpartition("/")[0])
    extras = {g.name for g in known.groups if g.kind == EXTRA and g.file == path}
    groups = [g for g in known.groups if g.kind == GROUP and g.file == path]
    return ProjectGroups(
        path,
        frozenset(extras),
        frozenset(g.name for g in groups),
        frozenset(g.name for g in groups if g.default),
        "optional-dependencies" not in items_of(table(tables, "project").get("dynamic")),
    )
