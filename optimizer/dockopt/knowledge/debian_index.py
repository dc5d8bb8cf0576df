"""One Debian release's packages: relations, closures, sizes, run-time counterparts.

Read from the data that `debian_refresh` writes: a header line in JSON, then sorted lines, so that a
package is found by bisection and loading costs no more than unpacking. Virtual packages have lines
of their own, `=name`, with their providers.

Sizes are bytes as `Installed-Size` states them: KiB, an estimate of the package's files
(https://www.debian.org/doc/debian-policy/ch-controlfields.html#installed-size). Conflicts, pins,
other architectures than amd64 and packages from outside Debian's `main` are not known here.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from functools import cache
from typing import Literal

from dockopt.immutable import immutable
from dockopt.knowledge.debian_curated import (
    BUILDPACK_PACKAGES,
    PYTHON_SLIM_LIBRARIES,
    PYTHON_SLIM_PACKAGES,
    is_toolchain,
    runtime_exception,
)
from dockopt.remembering import cached_property

DATA_FILE = "debian-{}.gz"
KIB = 1024
NOT_RUNTIME = tuple(
    f"-{ending}"
    for ending in (
        *("dev", "dev-bin", "doc", "bin", "data", "common", "dbg", "tools", "utils"),
        *("headers", "arch-config", "perl", "java", "cil", "stdlib"),
    )
)
ALWAYS_THERE = {"libc6", "libgcc-s1", "libstdc++6"}

Group = tuple[str, ...]
"""Alternatives of one relation, in the archive's order."""
BaseKind = Literal["debian-slim", "python-slim", "python"]


class Release(Enum):
    """The Debian releases that packaged data exist for."""

    BOOKWORM = "bookworm"
    TRIXIE = "trixie"

    # The one that an Enum has takes a call, and tables of the release are asked for each package.
    __hash__ = object.__hash__


@immutable(slots=True)
class Package:
    """One package of a release; sizes in bytes.

    `flags`: L runtime library or typelib, D development package, N named in Dockerfiles.
    `section`: where Debian files it (https://packages.debian.org/stable/), such as `libdevel`.
    """

    name: str
    flags: str
    section: str
    installed_bytes: int
    source: str
    depends: tuple[Group, ...]
    recommends: tuple[Group, ...]

    @property
    def is_library(self) -> bool:
        """Whether programs load it at run time; tools and data beside a library do not count."""
        loadable = "L" in self.flags or self.name.startswith("lib")
        return loadable and not self.is_development and not self.name.endswith(NOT_RUNTIME)

    @property
    def is_development(self) -> bool:
        """Whether it holds what compiling against a library needs."""
        return "D" in self.flags


def _groups(text: str) -> tuple[Group, ...]:
    return tuple(tuple(group.split("|")) for group in text.split(",") if group)


def _package(name: str, line: str) -> Package:
    flags, size, source, depends, recommends = (*line.split("\t"), "", "", "")[:5]
    count = int(size) * KIB
    flags, _, section = flags.partition(":")
    return Package(
        name, flags, section, count, source or name, _groups(depends), _groups(recommends)
    )


class DebianIndex:
    """The packages of one release, unpacked at the first question. Read-only; made by `load`."""

    def __init__(self, of: Release) -> None:
        self.release = of
        self._packages: dict[str, Package | None] = {}
        self._providers: dict[str, tuple[str, ...]] = {}
        self._bases: dict[BaseKind, frozenset[str]] = {}

    @cached_property
    def _content(self) -> tuple[str, list[str]]:
        header, _, body = unpacked(DATA_FILE.format(self.release.value)).partition("\n")
        return header, body.rstrip("\n").split("\n")

    @property
    def _lines(self) -> list[str]:
        return self._content[1]

    @cached_property
    def header(self) -> dict[str, str]:
        """Where the data came from: `source`, `date`, `version`, `sha256` of the index."""
        found: dict[str, str] = json.loads(self._content[0])
        return found

    def _line(self, key: str) -> str | None:
        lines = self._lines
        at = bisect_left(lines, f"{key}\t")
        found = lines[at] if at < len(lines) else ""
        return found[len(key) + 1 :] if found.startswith(f"{key}\t") else None

    def package(self, name: str) -> Package | None:
        """The real package of that name; None: virtual, not in this release, or not packaged."""
        if name not in self._packages:
            line = None if name.startswith("=") else self._line(name)
            self._packages[name] = _package(name, line) if line else None
        return self._packages[name]

    def names(self) -> Iterator[str]:
        """Every real package, sorted."""
        return (line.partition("\t")[0] for line in self._lines if not line.startswith("="))

    def named(self) -> set[str]:
        """The packages that are packaged because Dockerfiles or our own tables name them."""
        fields = (line.split("\t", 2) for line in self._lines if not line.startswith("="))
        return {name for name, flags, *_ in fields if "N" in flags.partition(":")[0]}

    def providers(self, virtual: str) -> tuple[str, ...]:
        """The packages that provide a virtual one, in the order apt tries them; at most six."""
        if virtual not in self._providers:
            line = self._line(f"={virtual}")
            self._providers[virtual] = tuple(line.split(",")) if line else ()
        return self._providers[virtual]

    def resolve(self, name: str) -> str | None:
        """The real package that `apt-get install name` installs.

        A virtual name counts when it has a single provider: apt refuses to choose among several.
        """
        if self.package(name):
            return name
        providers = self.providers(name)
        return providers[0] if len(providers) == 1 else None

    def unknown(self, packages: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that this release's data cannot resolve."""
        return tuple(name for name in packages if self.first_of((name,)) is None)

    def installed_bytes(self, package: str) -> int | None:
        """Bytes the package alone occupies when installed; None when it is not known here."""
        found = self.package(self.resolve(package) or "")
        return found.installed_bytes if found else None

    def bytes_of(self, packages: Iterable[str]) -> int:
        """The sum of the installed bytes of the known packages, dependencies not followed."""
        return sum(self.installed_bytes(name) or 0 for name in packages)

    def base(self, kind: BaseKind) -> frozenset[str]:
        """The packages that an official image of that kind holds: see `debian.base_packages`."""
        if kind not in self._bases:
            self._bases[kind] = self._base(kind)
        return self._bases[kind]

    def _base(self, kind: BaseKind) -> frozenset[str]:
        if kind == "debian-slim":
            # debootstrap settles `usrmerge | usr-is-merged` itself; a dependency takes the first.
            merged = ("usr-is-merged",) if self.release is Release.BOOKWORM else ()
            seeds = (*self.header["required"].split(), *merged, "apt")
            return self.closure(seeds, over=frozenset())
        if kind == "python-slim":
            below = self.base("debian-slim")
            return below | self.closure(PYTHON_SLIM_PACKAGES + PYTHON_SLIM_LIBRARIES, over=below)
        below = self.base("python-slim")
        return below | self.closure(BUILDPACK_PACKAGES, over=below)

    def closure(
        self,
        packages: Iterable[str],
        recommends: bool = False,
        over: frozenset[str] | None = None,
    ) -> frozenset[str]:
        """What installing `packages` adds to an image that holds `over` (None: python-slim).

        Depends and Pre-Depends; of alternatives the first that can be installed, unless one is
        there already; virtual packages through their providers. Unknown names add nothing: see
        `unknown`.
        """
        have = self.base("python-slim") if over is None else over
        named = [real for name in packages if (real := self.first_of((name,)))]
        added = dict.fromkeys(name for name in named if name not in have)
        self._complete(added, have, recommends)
        return frozenset(added)

    def _complete(self, added: dict[str, None], have: frozenset[str], recommends: bool) -> None:
        """Follow relations: those without choice, then choices, then recommends, as apt does."""
        waiting = list(added)
        choices: list[Group] = []
        later: list[Group] = []
        while waiting or choices or later:
            groups: list[Group] = []
            if waiting:
                found = self.package(waiting.pop(0))
                for group in found.depends if found else ():
                    if len(group) > 1:
                        choices.append(group)
                    elif group[0] not in added and group[0] not in have:
                        groups.append(group)
                later += found.recommends if found and recommends else ()
            else:
                groups.append((choices or later).pop(0))
            for group in groups:
                real = None if self.satisfied(group, added, have) else self.first_of(group)
                if real and real not in added:
                    added[real] = None
                    waiting.append(real)

    def satisfied(self, group: Group, *present: Collection[str]) -> bool:
        """Whether any of the alternatives, or a provider of one, is among what is present."""
        for name in group:
            for each in present:
                if name in each:
                    return True
        # Few names are virtual, and even fewer of these are not there: asked last, for speed.
        for name in group:
            for real in self.providers(name):
                for each in present:
                    if real in each:
                        return True
        return False

    def first_of(self, group: Group) -> str | None:
        """The package that apt installs for a relation that nothing satisfies yet."""
        for name in group:
            if self.package(name):
                return name
            if providers := self.providers(name):
                return providers[0]
        return None

    def closure_bytes(
        self,
        packages: Iterable[str],
        recommends: bool = False,
        over: frozenset[str] | None = None,
    ) -> int | None:
        """Bytes that installing `packages` adds to `over`; None when a name is not known here."""
        wanted = tuple(packages)
        if self.unknown(wanted):
            return None
        return self.bytes_of(self.closure(wanted, recommends, over))

    def recommended(
        self, packages: Iterable[str], over: frozenset[str] | None = None
    ) -> frozenset[str]:
        """What apt's default, `--install-recommends`, adds beyond the plain closure."""
        wanted = tuple(packages)
        return self.closure(wanted, True, over) - self.closure(wanted, False, over)

    def runtime_packages(self, dev_package: str) -> Group | None:
        """The run-time packages that a development package stands for, sorted.

        `libpq-dev` -> `("libpq5",)`: the shared libraries (and typelibs) that it depends on and
        that are built from the same source package. One without any is a name for others
        (`default-libmysqlclient-dev`), which are followed. `()`: nothing is needed at run time
        (headers only). None: not a development package that is known here.
        """
        found = self.package(self.resolve(dev_package) or "")
        if found is None or not found.is_development:
            return None
        stated = runtime_exception(found.name)
        if stated is None:
            return tuple(sorted(self._libraries(found, set())))
        reals = [real for name in stated if (real := self.resolve(name))]
        return tuple(sorted(reals)) if len(reals) == len(stated) else None

    def _libraries(self, of: Package, seen: set[str]) -> set[str]:
        seen.add(of.name)
        needed = (self.package(self.first_of(group) or "") for group in of.depends)
        known = [each for each in needed if each and not is_toolchain(each.name)]
        same = [each for each in known if each.source == of.source]
        own = [each for each in same if each.is_library]
        found = {each.name for each in own or known if each.is_library} - ALWAYS_THERE
        for inner in same if own else known:
            if inner.is_development and inner.name not in seen:
                found |= self._libraries(inner, seen)
        return found


@cache
def load(of: Release) -> DebianIndex:
    """The index of a release: always the same one, so that it is unpacked once at most."""
    return DebianIndex(of)


def unpacked(data_file: str) -> str:
    """The text of one of the packaged files of data."""
    import gzip
    from importlib.resources import files

    return gzip.decompress(files("dockopt.knowledge").joinpath(data_file).read_bytes()).decode()
