"""Lock files: what a project resolves to, what each distribution requires, and how large its wheel is.

`uv.lock` and `pylock.toml` tell the bytes of every wheel; Poetry's and PDM's locks only who requires
whom. A lock is somebody else's file: it is read within bounds, and what does not look as expected is
left out or makes the whole lock unknown.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from dockopt.facts.context import Context
from dockopt.immutable import immutable
from dockopt.remembering import remembered

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
"""The names of lock files that say who requires whom, the first that exists counts."""
MAX_PACKAGES = 20_000
_X86_64 = re.compile(r"^(?:manylinux\w*|linux)_x86_64$")
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


@immutable(slots=True)
class Locked:
    """A distribution as a lock names it."""

    name: str
    version: str
    requires: tuple[Required, ...]
    wheels: tuple[tuple[str, int], ...]
    """File names and bytes of its wheels, empty where the lock does not tell."""
    local: bool = False
    """Whether it is a project of the build context."""
    groups: tuple[Required, ...] = ()
    """What its development groups ask for."""

    def wheel_bytes(self, minor: int, machine: str = "x86_64") -> int | None:
        """The bytes of the wheel that Python 3.`minor` on Linux takes; None where not known."""
        fitting = [(_rank(file, minor, machine), count) for file, count in self.wheels]
        ranked = sorted((rank, count) for rank, count in fitting if rank is not None)
        return ranked[0][1] if ranked else None


@immutable(eq=False)
class Lock:
    """All distributions of a lock file."""

    file: str
    packages: Mapping[str, Locked]
    """By normalised name; of a name with several versions the first."""

    @property
    def has_sizes(self) -> bool:
        """Whether it tells the bytes of wheels."""
        return any(locked.wheels for locked in self.packages.values())


@remembered
def lock_of(context: Context) -> Lock | None:
    """The lock in the root of a build context, None where there is none that can be read."""
    for name in LOCKS:
        text = context.read_text(name) if context.is_file(name) else None
        if text is not None:
            return read_lock(name, text)
    return None


def read_lock(file: str, text: str) -> Lock | None:
    """The lock in `text`, None where it is not one or holds more than `MAX_PACKAGES`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    tables = data.get("packages" if file.startswith("pylock") else "package")
    if not isinstance(tables, list) or len(tables) > MAX_PACKAGES:
        return None
    found: dict[str, Locked] = {}
    for table in tables:
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            name = canonicalize_name(table["name"])
            found.setdefault(name, _locked(name, table))
    return Lock(file, found)


def _locked(name: str, table: Mapping[str, Any]) -> Locked:
    source = table.get("source")
    return Locked(
        name,
        str(table.get("version", "")),
        tuple(_requires(table)),
        tuple(_wheels(table.get("wheels"))),
        isinstance(source, dict) and any(key in source for key in _SELF),
        tuple(r for group in _tables(table, "dev-dependencies") for r in _listed(group[1])),
    )


def _requires(table: Mapping[str, Any]) -> Iterator[Required]:
    yield from _listed(table.get("dependencies"))
    for extra, listed in _tables(table, "optional-dependencies"):
        yield from _listed(listed, canonicalize_name(extra))
    for extra, listed in _tables(table, "extras"):  # Poetry: names of what an extra switches on
        for text in listed if isinstance(listed, list) else ():
            yield from _of_text(str(text), canonicalize_name(extra))


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
                canonicalize_name(entry["name"]),
                frozenset(map(str, extras if isinstance(extras, list) else ())),
                str(entry.get("marker", "")),
                of_extra,
            )


def _of_poetry(table: Mapping[str, Any]) -> Iterator[Required]:
    for name, asked in table.items():
        for one in asked if isinstance(asked, list) else (asked,):
            details = one if isinstance(one, dict) else {}
            if not details.get("optional"):
                extras = details.get("extras", ())
                yield Required(
                    canonicalize_name(name),
                    frozenset(map(str, extras if isinstance(extras, list) else ())),
                    str(details.get("markers", "")),
                )


def _of_text(text: str, of_extra: str) -> Iterator[Required]:
    # Poetry writes `name (>=1,<2)`, which is not what requirements look like any more.
    try:
        found = Requirement(re.sub(r"\s*\(([^)]*)\)", r" \1", text, count=1).replace(" *", ""))
    except InvalidRequirement:
        return
    marker = str(found.marker) if found.marker else ""
    yield Required(canonicalize_name(found.name), frozenset(found.extras), marker, of_extra)


def _wheels(listed: object) -> Iterator[tuple[str, int]]:
    for wheel in listed if isinstance(listed, list) else ():
        if isinstance(wheel, dict) and isinstance(wheel.get("size"), int):
            name = str(wheel.get("url") or wheel.get("name") or "").rpartition("/")[2]
            yield name.partition("#")[0].replace("%2B", "+"), wheel["size"]


def _rank(file: str, minor: int, machine: str) -> tuple[int, str] | None:
    """How well a wheel fits, 0 best; None where it does not.

    https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
    """
    try:
        _, _, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return None
    ranks = [_rank_of_tag(t.interpreter, t.abi, t.platform, minor, machine) for t in tags]
    fitting = [rank for rank in ranks if rank is not None]
    return (min(fitting), file) if fitting else None


def _rank_of_tag(python: str, abi: str, platform: str, minor: int, machine: str) -> int | None:
    wanted = re.compile(_X86_64.pattern.replace("x86_64", re.escape(machine)))
    if platform != "any" and not wanted.match(platform):
        return None
    if python == f"cp3{minor}" and abi in (python, "none", "abi3"):
        return 0
    if abi == "abi3" and (match := re.fullmatch(r"cp3(\d+)", python)) and int(match[1]) <= minor:
        return 1
    return 2 if python in ("py3", "py2.py3", f"py3{minor}") and abi in ("none", "abi3") else None
