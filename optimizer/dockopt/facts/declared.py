"""What the project files of a build context declare: which distribution, in which group, on which line.

Read are pyproject.toml (`[project]`, `[dependency-groups]`, Poetry, PDM, uv), Pipfile and setup.cfg.
https://packaging.python.org/en/latest/specifications/pyproject-toml/,
https://packaging.python.org/en/latest/specifications/dependency-groups/,
https://python-poetry.org/docs/pyproject/, https://pdm-project.org/latest/usage/dependency/,
https://docs.astral.sh/uv/concepts/projects/dependencies/, https://pipenv.pypa.io/en/latest/pipfile.html.
"""

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dockopt.facts.context import Context
from dockopt.facts.installs import requirement_name
from dockopt.facts.requirement import INDEX, PATH, URL, VCS, Requirement, requirement
from dockopt.facts.toml_tables import items_of, table, toml_problem, toml_tables
from dockopt.immutable import immutable

PROJECT, EXTRA, GROUP = "project", "extra", "group"
Table = Mapping[str, Any]


@immutable()
class Group:
    """A list of requirements with a name."""

    kind: str
    """`project`: what is always installed; `extra`: part of the distribution's metadata, chosen as
    `.[name]`; `group`: for work on the project alone, never part of its metadata."""
    name: str
    """Normalised; empty for `project`."""
    requirements: tuple[Requirement, ...]
    file: str
    default: bool = False
    """Whether the tool of the project installs it unless told otherwise."""
    optional: bool = False
    """Whether Poetry leaves it out unless told otherwise."""


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


def declared(context: Context, folder: str = "") -> Declared:
    """What the project files in `folder` of the build context declare."""
    prefix = f"{folder.strip('/')}/" if folder.strip("/.") else ""
    groups: list[Group] = []
    files: list[str] = []
    problems: list[str] = []
    for name, read in (
        ("pyproject.toml", _pyproject),
        ("Pipfile", _pipfile),
        ("setup.cfg", _setup),
    ):
        path = prefix + name
        if not context.exists(path):
            continue
        text = context.read_text(path)
        if text is None:
            problems.append(f"{path} cannot be read")
            continue
        files.append(path)
        try:
            for group in read(path, text):
                groups.append(group) if isinstance(group, Group) else problems.append(group)
        except (ValueError, configparser.Error) as error:
            problems.append(f"{path} cannot be read: {str(error).splitlines()[0]}")
    return Declared(tuple(groups), tuple(files), tuple(problems))


Found = Iterator[Group | str]
"""Groups, and as texts what is not known."""


def _pyproject(path: str, text: str) -> Found:
    document, places = _toml(text), _Places(path, text)
    project, tool = table(document, "project"), table(document, "tool")
    dynamic = project.get("dynamic", [])
    late = [f for f in ("dependencies", "optional-dependencies") if f in items_of(dynamic)]
    yield from (f"{path} leaves {field} to the build" for field in late)
    if project and "dependencies" not in late and not _is_left_to_poetry(project, tool):
        yield from _group(places, PROJECT, "", items_of(project.get("dependencies")), r"project\b")
    for name, listed in table(project, "optional-dependencies").items():
        yield from _group(places, EXTRA, name, items_of(listed), r"project\.optional-dep|project\b")
    groups = table(document, "dependency-groups")
    defaults = _defaults(tool)
    for name in groups:
        listed = list(_included(groups, name, set()))
        on = requirement_name(name) in defaults or "*" in defaults
        yield from _group(places, GROUP, name, listed, "dependency-groups", default=on)
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


def _tool_groups(places: "_Places", tool: Table) -> Found:
    uv, pdm, poetry = table(tool, "uv"), table(tool, "pdm"), table(tool, "poetry")
    if "dev-dependencies" in uv:
        listed = items_of(uv["dev-dependencies"])
        on = bool({"dev", "*"} & _defaults(tool))
        yield from _group(places, GROUP, "dev", listed, r"tool\.uv", default=on)
    for name, listed in table(pdm, "dev-dependencies").items():
        yield from _group(places, GROUP, name, items_of(listed), r"tool\.pdm", default=True)
    if poetry:
        yield from _poetry(places, poetry)


def _poetry(places: "_Places", poetry: Table) -> Found:
    head = r"tool\.poetry\."
    main = {n: v for n, v in table(poetry, "dependencies").items() if n != "python"}
    if main:
        yield _named_group(places, PROJECT, "", main, head + "dep")
    old = table(poetry, "dev-dependencies")
    if old:
        yield _named_group(places, GROUP, "dev", old, head + "dev-dep", default=True)
    for name, group in table(poetry, "group").items():
        if isinstance(group, dict):
            optional = group.get("optional") is True
            listed = table(group, "dependencies")
            pattern = head + f"group\\.[\"']?{re.escape(name)}\\b"
            found = _named_group(places, GROUP, name, listed, pattern, default=not optional)
            yield Group(GROUP, found.name, found.requirements, found.file, not optional, optional)
    for name, names in table(poetry, "extras").items():
        chosen = {str(n): main.get(str(n), "*") for n in items_of(names)}
        yield _named_group(places, EXTRA, name, chosen, head + "dep")


def _pipfile(path: str, text: str) -> Found:
    document, places = _toml(text), _Places(path, text)
    for name, listed in document.items():
        if name in ("source", "requires", "scripts", "pipenv", "pipfile"):
            continue
        if isinstance(listed, dict):
            kind = PROJECT if name == "packages" else GROUP
            shown = {"packages": "", "dev-packages": "dev"}.get(name, name)
            yield _named_group(places, kind, shown, listed, re.escape(name))


def _setup(path: str, text: str) -> Found:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    places = _Places(path, text)
    if parser.has_option("options", "install_requires"):
        listed = _setup_list(parser.get("options", "install_requires"))
        yield from _group(places, PROJECT, "", listed, "options")
    if parser.has_section("options.extras_require"):
        for name, value in parser.items("options.extras_require"):
            yield from _group(places, EXTRA, name, _setup_list(value), r"options\.extras_require")


def _setup_list(value: str) -> list[str]:
    lines = (line.strip() for line in re.split(r"[\n]", value))
    return [line for line in lines if line and not line.startswith("#")]


def _group(
    places: "_Places",
    kind: str,
    name: str,
    listed: Sequence[Any],
    section: str,
    *,
    default: bool = False,
) -> Found:
    """The group of a list of requirements as texts."""
    label, found = _label(kind, name), []
    for item in listed:
        read = requirement(item) if isinstance(item, str) else None
        if read is None:
            yield f"{places.file} lists {item!r} in {label}, which cannot be read"
        else:
            line = places.of(section, re.escape(str(item)), quoted=True)
            found.append(read.at(places.file, line, label))
    yield Group(kind, requirement_name(name), tuple(found), places.file, default)


def _named_group(
    places: "_Places", kind: str, name: str, listed: Table, section: str, *, default: bool = False
) -> Group:
    """The group of a table of names, as Poetry and Pipenv have it."""
    label = _label(kind, name)
    found = [
        _of_table(key, value).at(places.file, places.of(section, re.escape(key)), label)
        for key, value in listed.items()
    ]
    return Group(kind, requirement_name(name), tuple(found), places.file, default)


def _label(kind: str, name: str) -> str:
    return f"{kind} {requirement_name(name)}".strip()


def _of_table(name: str, value: Any) -> Requirement:
    """https://python-poetry.org/docs/dependency-specification/; a Pipfile's are much the same."""
    entry: Table = value if isinstance(value, dict) else {"version": value}
    version = entry.get("version")
    specifier = version.strip() if isinstance(version, str) and version != "*" else ""
    extras = frozenset(requirement_name(str(e)) for e in items_of(entry.get("extras")))
    kind, target = INDEX, ""
    for key, meant in (("git", VCS), ("url", URL), ("path", PATH), ("file", PATH)):
        if isinstance(entry.get(key), str):
            kind, target = meant, entry[key]
    marker = entry.get("markers")
    return Requirement(
        text=name if not specifier else f"{name} {specifier}",
        name=requirement_name(name),
        kind=kind,
        extras=extras,
        specifier=specifier.replace(" ", ""),
        marker=marker if isinstance(marker, str) else "",
        target=target,
        editable=entry.get("editable") is True or entry.get("develop") is True,
        optional=entry.get("optional") is True,
    )


class _Places:
    """Finds the lines of a file on which something is written: tomllib does not tell them."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._lines = text.splitlines()

    def of(self, section: str, item: str, *, quoted: bool = False) -> int:
        """The number of the first line with `item` below a header that begins with `section`."""
        inside = False
        header = re.compile(rf"\[\s*(?:{section})")
        wanted = re.compile(
            rf"[\"']{item}[\"']|^\s*{item}\s*$" if quoted else rf"^\s*[\"']?{item}[\"']?\s*="
        )
        for number, line in enumerate(self._lines, 1):
            if re.match(r"\[", line):
                inside = bool(header.match(line))
            elif inside and wanted.search(line):
                return number
        return 0
