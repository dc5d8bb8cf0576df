"""What Debian knows: which packages exist, what they depend on, how big they are, what they need at run time.

The data are the distribution's own package index (`debian_refresh` writes them); names, sizes and relations are facts,
judgement is kept apart in `debian_curated`. Sizes are bytes as `Installed-Size` states them
(https://www.debian.org/doc/debian-policy/ch-controlfields.html#installed-size: KiB, an estimate of the package's files).
Nothing here knows conflicts, pins, other architectures than amd64 or packages from outside Debian's `main`.
"""

import gzip
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from importlib.resources import files
from typing import Literal

from dockopt.knowledge.debian_curated import (
    BUILD_ONLY,
    BUILDPACK_PACKAGES,
    PYTHON_SLIM_LIBRARIES,
    PYTHON_SLIM_PACKAGES,
    is_build_only,
    is_toolchain,
    runtime_counterpart,
    runtime_exception,
)

__all__ = [
    "BUILD_ONLY",
    "BaseKind",
    "DebianIndex",
    "Package",
    "Release",
    "base_packages",
    "in_both",
    "is_build_only",
    "release",
    "runtime_counterpart",
    "runtime_packages_any",
]

DATA_FILE = "debian-{}.gz"
PROGRAMS_FILE = "debian-{}-programs.gz"
KIB = 1024
NOT_RUNTIME = ("-dev", "-dev-bin", "-doc", "-bin", "-data", "-common", "-dbg", "-tools", "-utils")
NOT_RUNTIME += ("-perl", "-java", "-cil", "-stdlib")
ALWAYS_THERE = {"libc6", "libgcc-s1", "libstdc++6"}

BaseKind = Literal["debian-slim", "python-slim", "python"]


class Release(Enum):
    """The Debian releases that packaged data exist for."""

    BOOKWORM = "bookworm"
    TRIXIE = "trixie"


NUMBERS = {"12": Release.BOOKWORM, "13": Release.TRIXIE}


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a release.

    `flags`: L runtime library or typelib, D development package, N named in Dockerfiles.
    `depends` and `recommends` hold one tuple of alternatives a relation, in the archive's order.
    """

    name: str
    flags: str
    installed_bytes: int
    source: str
    depends: tuple[tuple[str, ...], ...]
    recommends: tuple[tuple[str, ...], ...]

    @property
    def is_library(self) -> bool:
        """Whether programs load it at run time; tools and data beside a library do not count."""
        loadable = "L" in self.flags or self.name.startswith("lib")
        return loadable and not self.is_development and not self.name.endswith(NOT_RUNTIME)

    @property
    def is_development(self) -> bool:
        """Whether it holds what compiling against a library needs."""
        return "D" in self.flags


def _package(name: str, line: str) -> Package:
    flags, size, source, depends, recommends = (*line.split("\t"), "", "", "")[:5]
    bytes_ = int(size) * KIB
    return Package(name, flags, bytes_, source or name, _groups(depends), _groups(recommends))


def _groups(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("|")) for group in text.split(",") if group)


class DebianIndex:
    """The packages of one release. Read-only; made by `release`, never directly."""

    def __init__(self, of: Release, text: str) -> None:
        self.release = of
        header, _, body = text.partition("\n")
        self.header: dict[str, str] = json.loads(header)
        """Where the data came from: `source`, `date`, `version`, `sha256` of the index."""
        self._lines = body.rstrip("\n").split("\n")
        self._packages: dict[str, Package | None] = {}

    def package(self, name: str) -> Package | None:
        """The real package of that name, or None: not in this release, virtual, or outside the packaged selection."""
        if name not in self._packages:
            line = None if name.startswith("=") else self._line(name)
            self._packages[name] = _package(name, line) if line else None
        return self._packages[name]

    def _line(self, key: str) -> str | None:
        """What follows the key in the data; lines are sorted, so nothing has to be indexed first."""
        at = bisect_left(self._lines, f"{key}\t")
        found = self._lines[at] if at < len(self._lines) else ""
        return found[len(key) + 1 :] if found.startswith(f"{key}\t") else None

    def names(self) -> Iterator[str]:
        """Every real package, sorted."""
        return (line.partition("\t")[0] for line in self._lines if not line.startswith("="))

    def named(self) -> set[str]:
        """The packages that were chosen because Dockerfiles name them."""
        return {line.partition("\t")[0] for line in self._lines if "N" in line[:99].partition("\t")[2]}

    def providers(self, virtual: str) -> tuple[str, ...]:
        """The packages that provide a virtual package, in the order apt would try them; at most six."""
        line = self._line(f"={virtual}")
        return tuple(line.split(",")) if line else ()

    def resolve(self, name: str) -> str | None:
        """The real package that `apt-get install name` installs; a virtual name counts when it has a single provider."""
        if self.package(name):
            return name
        providers = self.providers(name)
        return providers[0] if len(providers) == 1 else None

    def installed_bytes(self, package: str) -> int | None:
        """Bytes the package alone occupies when installed; None when it is not known here."""
        real = self.resolve(package)
        found = self.package(real) if real else None
        return found.installed_bytes if found else None

    @cached_property
    def required(self) -> frozenset[str]:
        """The packages of priority `required`."""
        return frozenset(self.header["required"].split())

    def closure(
        self, packages: Iterable[str], recommends: bool = False, over: frozenset[str] | None = None
    ) -> frozenset[str]:
        """The packages that installing `packages` adds to what `over` (python-slim when None) already holds.

        Depends and Pre-Depends, the first alternative apt could install unless another is there already, virtual
        packages through their providers. Names that are not known here are left out: see `unknown`.
        """
        have = base_packages("python-slim", self.release) if over is None else over
        named = [real for name in packages if (real := self._first(name))]
        added = dict.fromkeys(name for name in named if name not in have)
        self._complete(list(added), added, have, recommends)
        return frozenset(added)

    def unknown(self, packages: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that this release's data cannot resolve."""
        return tuple(name for name in packages if self._first(name) is None)

    def closure_bytes(
        self, packages: Iterable[str], recommends: bool = False, over: frozenset[str] | None = None
    ) -> int | None:
        """Bytes that installing `packages` adds to `over`; None when any of the names is not known here."""
        wanted = tuple(packages)
        if self.unknown(wanted):
            return None
        return self.bytes_of(self.closure(wanted, recommends, over))

    def bytes_of(self, packages: Iterable[str]) -> int:
        """The sum of the installed bytes of the packages that are known here, dependencies not followed."""
        return sum(self.installed_bytes(name) or 0 for name in packages)

    def recommended(self, packages: Iterable[str], over: frozenset[str] | None = None) -> frozenset[str]:
        """What `--install-recommends`, apt's default, adds beyond the plain closure of `packages`."""
        wanted = tuple(packages)
        return self.closure(wanted, True, over) - self.closure(wanted, False, over)

    def _first(self, name: str) -> str | None:
        """Like `resolve`, but takes the first of several providers, as a dependency does."""
        if self.package(name):
            return name
        return next(iter(self.providers(name)), None)

    def _complete(
        self, waiting: list[str], added: dict[str, None], have: frozenset[str], recommends: bool
    ) -> None:
        """Follow relations until nothing is missing; recommends only once no dependency is open, as apt does."""
        later: list[tuple[str, ...]] = []
        while waiting or later:
            if waiting:
                found = self.package(waiting.pop(0))
                groups = found.depends if found else ()
                later += found.recommends if found and recommends else ()
            else:
                groups = (later.pop(0),)
            for group in groups:
                real = None if self._satisfied(group, added, have) else self._first_of(group)
                if real and real not in added:
                    added[real] = None
                    waiting.append(real)

    def _satisfied(self, group: tuple[str, ...], added: dict[str, None], have: frozenset[str]) -> bool:
        return any(
            real in added or real in have for name in group for real in (name, *self.providers(name))
        )

    def _first_of(self, group: tuple[str, ...]) -> str | None:
        return next((real for name in group if (real := self._first(name))), None)

    def runtime_packages(self, dev_package: str) -> tuple[str, ...] | None:
        """The run-time packages that a development package stands for, sorted; `libpq-dev` -> `("libpq5",)`.

        Shared libraries (and typelibs) built from the same source package, through development packages of that
        source; a package without any is a name for another one (`default-libmysqlclient-dev`), which is then followed.
        `()` means that nothing is needed at run time (headers only). None: not a development package known here.
        """
        found = self.package(self.resolve(dev_package) or "")
        if found is None or not found.is_development:
            return None
        stated = runtime_exception(found.name)
        if stated is not None:
            return self._resolved(stated)
        return tuple(sorted(self._libraries(found, set())))

    def _resolved(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        reals = [self.resolve(name) for name in names]
        return None if None in reals else tuple(sorted(real for real in reals if real))

    def _libraries(self, of: Package, seen: set[str]) -> set[str]:
        """Libraries of the same source, through its development packages; without any, those of other sources."""
        seen.add(of.name)
        needed = [self.package(self._first_of(group) or "") for group in of.depends]
        known = [each for each in needed if each and not is_toolchain(each.name)]
        same = [each for each in known if each.source == of.source]
        own = [each for each in same if each.is_library]
        found = {each.name for each in own or known if each.is_library} - ALWAYS_THERE
        for inner in same if own else known:
            if inner.is_development and inner.name not in seen:
                found |= self._libraries(inner, seen)
        return found


@cache
def _load(of: Release) -> DebianIndex:
    data = files("dockopt.knowledge").joinpath(DATA_FILE.format(of.value)).read_bytes()
    return DebianIndex(of, gzip.decompress(data).decode())


def release(name: str) -> DebianIndex | None:
    """The index of a release by code name or number (`bookworm`, `12`), loaded once; None when there are no data."""
    wanted = NUMBERS.get(name) or next((each for each in Release if each.value == name.lower()), None)
    if wanted is None or not files("dockopt.knowledge").joinpath(DATA_FILE.format(wanted.value)).is_file():
        return None
    return _load(wanted)


@cache
def base_packages(kind: BaseKind, of: Release) -> frozenset[str]:
    """The packages that an official image of that kind holds.

    `debian-slim` is debootstrap's minbase (priority required, and apt); `debian` without suffix holds the same
    packages. `python-slim` adds what the image's Dockerfile installs and CPython links to; `python` is
    buildpack-deps. Libraries that only some versions link to (libnsl2 and Kerberos for `nis`, up to 3.12 on bookworm)
    are left out: what is listed is there. Sources: https://github.com/docker-library/python, …/buildpack-deps.
    """
    index = _load(of)
    if kind == "debian-slim":
        return index.closure((*index.required, "usr-is-merged", "apt"), over=frozenset())
    if kind == "python-slim":
        below, further = base_packages("debian-slim", of), PYTHON_SLIM_PACKAGES + PYTHON_SLIM_LIBRARIES
    else:
        below, further = base_packages("python-slim", of), BUILDPACK_PACKAGES
    return below | index.closure(further, over=below)


@cache
def in_both(package: str) -> str | None:
    """A name for the package that apt accepts on every known release, or None: `libmagic1t64` -> `libmagic1`."""
    indexes = [_load(each) for each in Release]
    reals = [real for index in indexes if (real := index.resolve(package))]
    provided = [package, *(_without_time_suffix(real) for real in [package, *reals])]
    for name in dict.fromkeys(provided):
        if all(index.resolve(name) for index in indexes):
            return name
    return None


def _without_time_suffix(name: str) -> str:
    """The name from before the change to 64-bit time (https://wiki.debian.org/ReleaseGoals/64bit-time)."""
    return name.replace("t64", "") if name.startswith("lib") else name


def runtime_packages_any(dev_package: str, of: Release | None) -> tuple[str, ...] | None:
    """Run-time packages of a development package, by names valid on the release, or on every release when None.

    None when it cannot be known, or when no name is valid everywhere (`libicu-dev`: libicu72, libicu76).
    """
    if of is not None:
        return _load(of).runtime_packages(dev_package)
    names: set[str] = set()
    for each in Release:
        needed = _load(each).runtime_packages(dev_package)
        common = [in_both(name) for name in needed or ()]
        if needed is None or None in common:
            return None
        names.update(name for name in common if name)
    return tuple(sorted(names))
