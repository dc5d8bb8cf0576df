"""What Python distributions hold: modules, console scripts, sizes, native code, requirements.

Read from the data that `distributions_refresh` writes: a header line in JSON, then sorted lines by
normalised name, so that one is found by bisection; unpacked at the first question. Each entry
describes one version for Linux on x86-64 (`Distribution.version`); another version may differ, so
what is told here is evidence about a requirement, and no proof. None stands for what is not known:
an entry that a lock file gave has sizes and requirements, and modules where `imported_as` has them.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from dockopt.immutable import immutable
from dockopt.knowledge.imported_as import IMPORTED

__all__ = ["DATA_FILE", "Distribution", "header", "lookup", "names", "packaged", "providers"]

DATA_FILE = "distributions.gz"
UNKNOWN = "?"
SEPARATORS = re.compile(r"[-_.]+")
"""https://packaging.python.org/en/latest/specifications/name-normalization/"""
NAME = re.compile(r"[a-z0-9-]+")
NOBODYS = frozenset(
    ["benchmarks", "doc", "docs", "example", "examples", "setup", "test", "testing", "tests"]
)
"""Top-level names that many wheels carry by mistake: an import of one means the project's own."""


@immutable(slots=True)
class Distribution:
    """One distribution as its newest known wheel for Linux on x86-64 shows it; sizes in bytes."""

    name: str
    """Normalised."""
    version: str
    """The version that the other fields describe."""
    modules: tuple[str, ...] | None
    """What can be imported, by the shortest name that is its own: `yaml`, but `google.cloud.storage`
    where `google` and `google.cloud` are namespace packages (https://peps.python.org/pep-0420/)."""
    scripts: tuple[str, ...] | None
    """Programs that land in `bin`: entry points and scripts."""
    wheel_bytes: int | None
    """Size of the wheel file; None where there is none, or it is not known."""
    installed_bytes: int | None
    """Sum of the files in the wheel, without the bytecode that an installer may add."""
    bundles_libraries: bool | None
    """Whether the wheel holds shared libraries besides its extension modules."""
    has_extensions: bool | None
    """Whether the wheel holds extension modules or shared libraries; a program alone is none."""
    sdist_only: bool
    """Whether no wheel of that version fits Linux on x86-64 with glibc: it has to be compiled or
    at least built."""
    requires: tuple[str, ...] | None
    """Normalised names of what it requires on Linux, whatever the Python version; extras left out."""


def lookup(name: str) -> Distribution | None:
    """What is known about a distribution, by any spelling of its name; None: nothing."""
    normal = SEPARATORS.sub("-", name).lower()
    rest = _line(f"{normal}\t") if NAME.fullmatch(normal) else None
    if rest is None:
        return None
    found = read_line(f"{normal}\t{rest}")
    if found.modules is None and normal in IMPORTED:
        return replace(found, modules=IMPORTED[normal])
    return found


def providers(module: str) -> tuple[str, ...]:
    """The distributions that bring an imported module, sorted; `()`: none is known.

    Of a dotted name the longest known part counts: `google.cloud.storage.blob` is asked for as
    `google.cloud.storage`, and a namespace package alone has no provider.
    """
    while not (found := _bringing(module)) and "." in module:
        module = module.rpartition(".")[0]
    return found


def _bringing(module: str) -> tuple[str, ...]:
    """The distributions whose own module has exactly this name."""
    line = _line(f"={module}\t")
    return tuple(sorted({*(line.split(",") if line else ()), *_by_import().get(module, ())}))


@cache
def _by_import() -> dict[str, list[str]]:
    """`IMPORTED`, the other way round; only for those that no wheel tells of."""
    found: dict[str, list[str]] = {}
    for name, modules in IMPORTED.items():
        for module in modules if _says_no_modules(name) else ():
            found.setdefault(module, []).append(name)
    return found


def _says_no_modules(name: str) -> bool:
    line = _line(f"{name}\t")
    return line is None or read_line(f"{name}\t{line}").modules is None


def names() -> Iterator[str]:
    """The distributions that something is known about, sorted."""
    return (line.partition("\t")[0] for line in _content()[1] if not line.startswith("="))


def packaged() -> Iterator[Distribution]:
    """The entries as they were read from wheels and locks, sorted."""
    return (read_line(line) for line in _content()[1] if not line.startswith("="))


def header() -> dict[str, str]:
    """Where the data came from: `date` and `source`."""
    found: dict[str, str] = json.loads(_content()[0])
    return found


@cache
def _content() -> tuple[str, list[str]]:
    from dockopt.knowledge.debian_index import unpacked

    first, _, body = unpacked(DATA_FILE).partition("\n")
    return first, body.rstrip("\n").split("\n")


def _line(key: str) -> str | None:
    """What follows `key` on the line that it starts."""
    lines = _content()[1]
    at = bisect_left(lines, key)
    found = lines[at] if at < len(lines) else ""
    return found[len(key) :] if found.startswith(key) else None


def read_line(line: str) -> Distribution:
    """A distribution from its line: see `line_of`."""
    name, version, flags, wheel, installed, modules, scripts, requires = line.split("\t")
    return Distribution(
        name=name,
        version=version,
        modules=_listed(modules),
        scripts=_listed(scripts),
        wheel_bytes=_number(wheel),
        installed_bytes=_number(installed),
        bundles_libraries=_flag(flags, "L"),
        has_extensions=_flag(flags, "X"),
        sdist_only="S" in flags,
        requires=_listed(requires),
    )


def _listed(text: str) -> tuple[str, ...] | None:
    if text == UNKNOWN:
        return None
    return tuple(text.split(",")) if text else ()


def _number(text: str) -> int | None:
    return None if text == UNKNOWN else int(text)


def _flag(flags: str, letter: str) -> bool | None:
    """`L`: yes; `l`: no; neither: not known."""
    return True if letter in flags else False if letter.lower() in flags else None


def _yes_or_no(letter: str, value: bool | None) -> str:
    return "" if value is None else letter if value else letter.lower()


def _field(value: tuple[str, ...] | int | None) -> str:
    if value is None:
        return UNKNOWN
    return ",".join(value) if isinstance(value, tuple) else str(value)


def line_of(known: Distribution) -> str:
    """The line of a distribution in the packaged data; `lookup` reads it."""
    flags = _yes_or_no("L", known.bundles_libraries) + _yes_or_no("X", known.has_extensions)
    values = (
        known.wheel_bytes,
        known.installed_bytes,
        known.modules,
        known.scripts,
        known.requires,
    )
    return "\t".join(
        (known.name, known.version, flags + "S" * known.sdist_only, *map(_field, values))
    )
