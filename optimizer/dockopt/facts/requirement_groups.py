"""Lists of requirements that have a name: what a project always needs, its extras, its groups."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dockopt.facts.installs import requirement_name
from dockopt.facts.requirement import INDEX, PATH, URL, VCS, Requirement, requirement
from dockopt.facts.toml_tables import items_of
from dockopt.immutable import immutable

PROJECT, EXTRA, GROUP = "project", "extra", "group"


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


Found = Iterator[Group | str]
"""Groups, and as texts what is not known."""


class Places:
    """Finds the lines of a file on which something is written: no reader tells them."""

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

    def anywhere(self, item: str) -> int:
        """The number of the first line with `item` in quotes, else with `item` at all."""
        wanted = re.compile(rf"[\"']{re.escape(item)}[\"']")
        quoted = (n for n, line in enumerate(self._lines, 1) if wanted.search(line))
        bare = (n for n, line in enumerate(self._lines, 1) if item in line)
        return next(quoted, 0) or next(bare, 0)


def listed_group(
    places: Places,
    kind: str,
    name: str,
    listed: Sequence[Any],
    section: str | None,
    *,
    default: bool = False,
) -> Found:
    """The group of a list of requirements as texts; without a `section` they stand anywhere."""
    label, found = _label(kind, name), []
    for item in listed:
        read = requirement(item) if isinstance(item, str) else None
        if read is None:
            yield f"{places.file} lists {item!r} in {label}, which cannot be read"
            continue
        if section is None:
            line = places.anywhere(str(item).strip())
        else:
            line = places.of(section, re.escape(str(item)), quoted=True)
        found.append(read.at(places.file, line, label))
    yield Group(kind, requirement_name(name), tuple(found), places.file, default)


def named_group(
    places: Places,
    kind: str,
    name: str,
    listed: Mapping[str, Any],
    section: str,
    *,
    default: bool = False,
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
    entry: Mapping[str, Any] = value if isinstance(value, dict) else {"version": value}
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
