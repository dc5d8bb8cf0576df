"""What the project files of a build context declare: which distribution, in which group, on which line.

Read are pyproject.toml (`[project]`, `[dependency-groups]`, Poetry, PDM, uv), Pipfile, setup.cfg, and
setup.py for those who ask.
https://packaging.python.org/en/latest/specifications/pyproject-toml/,
https://packaging.python.org/en/latest/specifications/dependency-groups/,
https://python-poetry.org/docs/pyproject/, https://pdm-project.org/latest/usage/dependency/,
https://docs.astral.sh/uv/concepts/projects/dependencies/, https://pipenv.pypa.io/en/latest/pipfile.html.
"""

import configparser
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dockopt.facts.context import Context
from dockopt.facts.installs import requirement_name
from dockopt.facts.requirement import Requirement
from dockopt.facts.requirement_groups import (
    EXTRA,
    GROUP,
    PROJECT,
    Found,
    Group,
    Places,
    listed_group,
    named_group,
)
from dockopt.facts.setuptools_metadata import of_dynamic, of_setup_cfg, of_setup_py
from dockopt.facts.toml_tables import items_of, table, toml_problem, toml_tables
from dockopt.immutable import immutable

__all__ = ["EXTRA", "GROUP", "PROJECT", "Declared", "Group", "declared"]

Table = Mapping[str, Any]


@immutable()
class Declared:
    """What the project files of one folder declare."""

    groups: tuple[Group, ...]
    files: tuple[str, ...]
    """The files that were read."""
    problems: tuple[str, ...] = ()
    """What is not known: a file that cannot be read, a list that is found only when building."""

    def group(self, name: str, *kinds: str) -> tuple[Group, ...]:
        """The groups with this name, of one of these kinds or of any."""
        wanted = requirement_name(name)
        return tuple(g for g in self.groups if g.name == wanted and (not kinds or g.kind in kinds))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """All of them; `group` of each says what asks for it, as `extra dev`."""
        return tuple(r for group in self.groups for r in group.requirements)


def declared(context: Context, folder: str = "", *, setup_script: bool = False) -> Declared:
    """What the project files in `folder` of the build context declare.

    With `setup_script` setup.py counts as well, which takes longer to read, and often works out
    what it requires.
    """
    prefix = f"{folder.strip('/')}/" if folder.strip("/.") else ""
    groups: list[Group] = []
    files: list[str] = []
    problems: list[str] = []
    for name, read in _READERS.items():
        path = prefix + name
        if name == "setup.py" and not setup_script:
            continue
        if not context.exists(path):
            continue
        text = context.read_text(path)
        if text is None:
            problems.append(f"{path} cannot be read")
            continue
        files.append(path)
        try:
            for group in read(context, path, text):
                groups.append(group) if isinstance(group, Group) else problems.append(group)
        except (ValueError, configparser.Error) as error:
            problems.append(f"{path} cannot be read: {str(error).splitlines()[0]}")
    return Declared(tuple(groups), tuple(files), tuple(problems))


def _pyproject(context: Context, path: str, text: str) -> Found:
    document, places = _toml(text), Places(path, text)
    project, tool = table(document, "project"), table(document, "tool")
    dynamic = items_of(project.get("dynamic"))
    late = [f for f in ("dependencies", "optional-dependencies") if f in dynamic]
    for field in late:
        from_files = of_dynamic(context, path, tool, field)
        yield from from_files or [f"{path} leaves {field} to the build"]
    if project and "dependencies" not in late and not _is_left_to_poetry(project, tool):
        yield from listed_group(
            places, PROJECT, "", items_of(project.get("dependencies")), r"project\b"
        )
    for name, listed in table(project, "optional-dependencies").items():
        yield from listed_group(
            places, EXTRA, name, items_of(listed), r"project\.optional-dep|project\b"
        )
    groups = table(document, "dependency-groups")
    defaults = _defaults(tool)
    for name in groups:
        listed = list(_included(groups, name, set()))
        on = requirement_name(name) in defaults or "*" in defaults
        yield from listed_group(places, GROUP, name, listed, "dependency-groups", default=on)
    yield from _tool_groups(places, tool)


def _toml(text: str) -> Table:
    """The tables of a text. Raises ValueError for what is no TOML."""
    if problem := toml_problem(text):
        raise ValueError(problem)
    return toml_tables(text) or {}


def _is_left_to_poetry(project: Table, tool: Table) -> bool:
    """Whether `[project]` names no requirements, and Poetry's own table does."""
    return "dependencies" not in project and "dependencies" in table(tool, "poetry")


def _defaults(tool: Table) -> frozenset[str]:
    """The groups that the project's tool takes by itself, `*` for all of them.

    https://docs.astral.sh/uv/reference/settings/#default-groups,
    https://python-poetry.org/docs/managing-dependencies/#dependency-groups,
    https://pdm-project.org/latest/usage/dependency/#add-development-only-dependencies
    """
    usual = "all" if "poetry" in tool or "pdm" in tool else ["dev"]
    chosen = table(tool, "uv").get("default-groups", usual)
    if chosen == "all":
        return frozenset({"*"})
    return frozenset(requirement_name(str(name)) for name in items_of(chosen))


def _included(groups: Table, name: str, seen: set[str]) -> Iterator[Any]:
    """The items of a group and of those that it includes, each group once."""
    for key, items in groups.items():
        if requirement_name(key) != requirement_name(name) or key in seen:
            continue
        seen.add(key)
        for item in items_of(items):
            if isinstance(item, dict) and "include-group" in item:
                yield from _included(groups, str(item["include-group"]), seen)
            else:
                yield item


def _tool_groups(places: Places, tool: Table) -> Found:
    uv, pdm, poetry = table(tool, "uv"), table(tool, "pdm"), table(tool, "poetry")
    if "dev-dependencies" in uv:
        listed = items_of(uv["dev-dependencies"])
        on = bool({"dev", "*"} & _defaults(tool))
        yield from listed_group(places, GROUP, "dev", listed, r"tool\.uv", default=on)
    for name, listed in table(pdm, "dev-dependencies").items():
        yield from listed_group(places, GROUP, name, items_of(listed), r"tool\.pdm", default=True)
    if poetry:
        yield from _poetry(places, poetry)


def _poetry(places: Places, poetry: Table) -> Found:
    head = r"tool\.poetry\."
    main = {n: v for n, v in table(poetry, "dependencies").items() if n != "python"}
    if main:
        yield named_group(places, PROJECT, "", main, head + "dep")
    old = table(poetry, "dev-dependencies")
    if old:
        yield named_group(places, GROUP, "dev", old, head + "dev-dep", default=True)
    for name, group in table(poetry, "group").items():
        if isinstance(group, dict):
            optional = group.get("optional") is True
            listed = table(group, "dependencies")
            pattern = head + f"group\\.[\"']?{re.escape(name)}\\b"
            found = named_group(places, GROUP, name, listed, pattern, default=not optional)
            yield Group(GROUP, found.name, found.requirements, found.file, not optional, optional)
    for name, names in table(poetry, "extras").items():
        chosen = {str(n): main.get(str(n), "*") for n in items_of(names)}
        yield named_group(places, EXTRA, name, chosen, head + "dep")


def _pipfile(_: Context, path: str, text: str) -> Found:
    document, places = _toml(text), Places(path, text)
    for name, listed in document.items():
        if name in ("source", "requires", "scripts", "pipenv", "pipfile"):
            continue
        if isinstance(listed, dict):
            kind = PROJECT if name == "packages" else GROUP
            shown = {"packages": "", "dev-packages": "dev"}.get(name, name)
            yield named_group(places, kind, shown, listed, re.escape(name))


_READERS: Mapping[str, Callable[[Context, str, str], Found]] = {
    "pyproject.toml": _pyproject,
    "Pipfile": _pipfile,
    "setup.cfg": of_setup_cfg,
    "setup.py": of_setup_py,
}
