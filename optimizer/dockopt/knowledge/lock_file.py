"""Lock files: what a project resolves to, what each distribution requires, and how large its wheels are.

uv.lock, poetry.lock, pdm.lock, Pipfile.lock and pylock.toml. `uv.lock` and `pylock.toml` tell the
bytes of every wheel; Poetry's and PDM's locks only who requires whom, and Pipenv's neither. A lock is
somebody else's file: it is read within bounds, and what does not look as expected is left out or
makes the whole lock unknown.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile,
https://packaging.python.org/en/latest/specifications/pylock-toml/,
https://pipenv.pypa.io/en/latest/pipfile.html#example-pipfile-lock
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dockopt.immutable import immutable
from dockopt.knowledge.distributions import SEPARATORS
from dockopt.remembering import cached_property

MAX_PACKAGES = 20_000
SOME_EXTRA = "*"
"""For an extra that Poetry does not name in the same place."""
_SELF = ("virtual", "editable", "directory")


@immutable(slots=True)
class Required:
    """One requirement of a distribution in a lock."""

    name: str
    """Normalised."""
    extras: frozenset[str] = frozenset()
    marker: str = ""
    """A marker of PEP 508, empty for none; Poetry's own forms count as none."""
    of_extra: str = ""
    """The extra of the distribution that asks for it, empty where it is always required."""
    chosen: bool = True
    """Whether it is locked for that: Poetry lists all that extras would bring, chosen or not."""


@immutable(slots=True)
class Locked:
    """A distribution as a lock names it."""

    name: str
    version: str
    requires: tuple[Required, ...] = ()
    wheels: tuple[tuple[str, int | None], ...] = ()
    """File names and bytes of its wheels, empty where the lock does not tell."""
    local: bool = False
    """Whether it is a project of the build context."""
    groups: tuple[Required, ...] = ()
    """What its development groups ask for."""
    development: bool = False
    """Whether the lock says that it is there for development alone."""
    index: str = ""
    """The URL of the index that it comes from, empty where the lock does not tell."""
    has_sdist: bool = False

    def wheel_bytes(self, minor: int, machine: str = "x86_64") -> int | None:
        """The bytes of the wheel that Python 3.`minor` on Linux takes; None where not known."""
        from dockopt.knowledge.wheel_tags import fitness_for, read_filename

        ranked = sorted(
            (rank, file, count)
            for file, count in self.wheels
            if count is not None
            and (named := read_filename(file))
            and (rank := fitness_for(named[2], minor, machine)) is not None
        )
        return ranked[0][2] if ranked else None


@immutable(eq=False)
class Lock:
    """All distributions of a lock file."""

    file: str
    all: tuple[Locked, ...]
    """In their order; a name may stand there with several versions."""

    @cached_property
    def packages(self) -> Mapping[str, Locked]:
        """By normalised name; of a name with several versions the first."""
        return {locked.name: locked for locked in reversed(self.all)}

    @property
    def has_sizes(self) -> bool:
        """Whether it tells the bytes of wheels."""
        return any(count is not None for locked in self.all for _, count in locked.wheels)

    @property
    def has_requirements(self) -> bool:
        """Whether it tells who requires whom."""
        return any(locked.requires for locked in self.all)


def read_lock(file: str, text: str) -> Lock | None:
    """The lock in `text`, None where it is not one or holds more than `MAX_PACKAGES`.

    What it is follows from the name of the file.
    """
    try:
        return Lock(file, _pipenv(text) if file.endswith("Pipfile.lock") else _of_toml(file, text))
    except (ValueError, RecursionError):  # the errors of both decoders are kinds of ValueError
        return None


def _of_toml(file: str, text: str) -> tuple[Locked, ...]:
    key = "packages" if file.rpartition("/")[2].startswith("pylock") else "package"
    import tomllib

    tables = tomllib.loads(text).get(key, [])
    if not isinstance(tables, list) or len(tables) > MAX_PACKAGES:
        raise ValueError(f"{file}: no list of packages that can be read")
    return tuple(_locked(table) for table in tables)


def _locked(table: object) -> Locked:
    if not isinstance(table, dict) or not isinstance(table.get("name"), str):
        raise ValueError("a package without a name")  # noqa: TRY004 (a user's file)
    source = table.get("source")
    about = source if isinstance(source, dict) else {}
    return Locked(
        _normal(table["name"]),
        str(table.get("version", "")),
        tuple(_requires(table)),
        tuple(_wheels(table.get("wheels"))),
        any(key in about for key in _SELF),
        tuple(r for group in _tables(table, "dev-dependencies") for r in _listed(group[1])),
        index=str(about.get("registry") or table.get("index") or ""),
        has_sdist="sdist" in table,
    )


def _pipenv(text: str) -> tuple[Locked, ...]:
    document = json.loads(text)
    sections = (
        [(k, document.get(k, {})) for k in ("default", "develop")]
        if isinstance(document, dict)
        else []
    )
    if not sections or not all(isinstance(section, dict) for _, section in sections):
        raise ValueError("no sections of packages")
    listed = {_normal(n): (k, about) for k, part in reversed(sections) for n, about in part.items()}
    if len(listed) > MAX_PACKAGES:
        raise ValueError("too many packages")
    return tuple(
        Locked(name, _version(about), development=section == "develop")
        for name, (section, about) in listed.items()
    )


def _version(about: object) -> str:
    return str(about.get("version", "")).lstrip("=") if isinstance(about, dict) else ""


def _requires(table: Mapping[str, Any]) -> Iterator[Required]:
    yield from _listed(table.get("dependencies"))
    for extra, listed in _tables(table, "optional-dependencies"):
        yield from _listed(listed, _normal(extra))
    for extra, listed in _tables(table, "extras"):  # Poetry: names of what an extra switches on
        for text in listed if isinstance(listed, list) else ():
            found = _of_text(str(text), _normal(extra))
            yield from (replace(one, chosen=False) for one in found)


def _tables(table: Mapping[str, Any], key: str) -> Iterable[tuple[str, Any]]:
    found = table.get(key)
    return found.items() if isinstance(found, dict) else ()


def _listed(listed: object, of_extra: str = "") -> Iterator[Required]:
    """Requirements as uv (tables), PDM (texts) and Poetry (a table by name) write them."""
    if isinstance(listed, dict):
        yield from _of_poetry(listed)
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, str):
            yield from _of_text(entry, of_extra)
        elif isinstance(entry, dict) and isinstance(entry.get("name"), str):
            extras = entry.get("extra", ())
            yield Required(
                _normal(entry["name"]),
                frozenset(map(str, extras if isinstance(extras, list) else ())),
                str(entry.get("marker", "")),
                of_extra,
            )


def _of_poetry(table: Mapping[str, Any]) -> Iterator[Required]:
    for name, asked in table.items():
        for one in asked if isinstance(asked, list) else (asked,):
            details = one if isinstance(one, dict) else {}
            extras = details.get("extras", ())
            yield Required(
                _normal(name),
                frozenset(map(str, extras if isinstance(extras, list) else ())),
                str(details.get("markers", "")),
                SOME_EXTRA if details.get("optional") else "",
            )


def _of_text(text: str, of_extra: str) -> Iterator[Required]:
    from packaging.requirements import InvalidRequirement, Requirement

    # Poetry writes `name (>=1,<2)`, which is not what requirements look like any more.
    try:
        found = Requirement(re.sub(r"\s*\(([^)]*)\)", r" \1", text, count=1).replace(" *", ""))
    except InvalidRequirement:
        return
    marker = str(found.marker) if found.marker else ""
    yield Required(_normal(found.name), frozenset(found.extras), marker, of_extra)


def _normal(name: str) -> str:
    return SEPARATORS.sub("-", name).lower()


def _wheels(listed: object) -> Iterator[tuple[str, int | None]]:
    for wheel in listed if isinstance(listed, list) else ():
        if isinstance(wheel, dict):
            name = str(wheel.get("url") or wheel.get("path") or wheel.get("name") or "")
            size = wheel.get("size")
            file = name.rpartition("/")[2].partition("#")[0].partition("?")[0].replace("%2B", "+")
            yield file, size if isinstance(size, int) else None
