"""The optional parts of a project: its extras and dependency groups, as `pyproject.toml` has them."""

from collections.abc import Mapping
from typing import Any

from dockopt.facts.context import Context
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
    import tomllib

    try:
        table = tomllib.loads(context.read_text(path) or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return _groups(path, table)


def _groups(path: str, table: Mapping[str, Any]) -> ProjectGroups:
    project, tool = _table(table, "project"), _table(table, "tool")
    poetry, pdm, uv = _table(tool, "poetry"), _table(tool, "pdm"), _table(tool, "uv")
    extras = {*_table(project, "optional-dependencies"), *_table(poetry, "extras")}
    pep735 = set(_table(table, "dependency-groups"))
    if "dev-dependencies" in uv:
        pep735.add("dev")
    of_pdm = set(_table(pdm, "dev-dependencies"))
    of_poetry = _table(poetry, "group")
    optional = {
        n for n, group in of_poetry.items() if isinstance(group, dict) and group.get("optional")
    }
    named = set(of_poetry) | ({"dev"} if "dev-dependencies" in poetry else set())
    default = (named - optional) | of_pdm
    default |= pep735 if poetry or pdm else _default_of_uv(uv, pep735)
    dynamic = project.get("dynamic", [])
    return ProjectGroups(
        path,
        frozenset(map(normalised, extras)),
        frozenset(map(normalised, pep735 | of_pdm | named)),
        frozenset(map(normalised, default)),
        not isinstance(dynamic, list) or "optional-dependencies" not in dynamic,
    )


def _default_of_uv(uv: Mapping[str, Any], groups: set[str]) -> set[str]:
    """https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups"""
    chosen = uv.get("default-groups", ["dev"])
    if chosen == "all":
        return groups
    return (
        groups & {name for name in chosen if isinstance(name, str)}
        if isinstance(chosen, list)
        else set()
    )


def _table(of: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = of.get(key)
    return found if isinstance(found, dict) else {}
