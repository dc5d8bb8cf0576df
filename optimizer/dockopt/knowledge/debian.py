"""What Debian knows: which packages exist, how big they are, what they need at run time.

The data are the distribution's own package index; judgement is kept apart in `debian_curated` and
`debian_recommends`, programs in `debian_programs`.
"""

from functools import cache

from dockopt.knowledge.debian_curated import BUILD_ONLY, is_build_only, runtime_counterpart
from dockopt.knowledge.debian_index import BaseKind, DebianIndex, Package, Release, load

__all__ = [
    "BUILD_ONLY",
    "BaseKind",
    "DebianIndex",
    "Package",
    "Release",
    "base_packages",
    "in_both",
    "is_build_only",
    "load",
    "release",
    "runtime_counterpart",
    "runtime_packages_any",
]

NAMES = {"12": Release.BOOKWORM, "13": Release.TRIXIE} | {each.value: each for each in Release}


def release(name: str) -> DebianIndex | None:
    """The index of a release by code name or number (`bookworm`, `12`); None: no data for it."""
    wanted = NAMES.get(name.lower())
    return load(wanted) if wanted else None


def base_packages(kind: BaseKind, of: Release) -> frozenset[str]:
    """The packages that an official image of that kind holds.

    `debian-slim` is debootstrap's minbase: priority required, and apt; `debian` without suffix
    holds the same packages. `python-slim` adds what that image's Dockerfile installs and what
    CPython links to. `python` is buildpack-deps. What only some versions link to (libnsl2 and
    Kerberos for `nis`, until 3.12 on bookworm) is left out: what is listed is there.
    Sources: https://github.com/docker-library/python and
    https://github.com/docker-library/buildpack-deps
    """
    return load(of).base(kind)


@cache
def in_both(package: str) -> str | None:
    """A name that apt accepts on every known release: `libmagic1t64` -> `libmagic1`.

    None when there is none, as for `libicu72`, which is `libicu76` in the next release.
    """
    indexes = [load(each) for each in Release]
    reals = [real for index in indexes if (real := index.resolve(package))]
    for name in (package, *(_before_time_change(real) for real in [package, *reals])):
        if all(index.resolve(name) for index in indexes):
            return name
    return None


def _before_time_change(name: str) -> str:
    """The name before time became 64 bits: https://wiki.debian.org/ReleaseGoals/64bit-time."""
    return name.replace("t64", "") if name.startswith("lib") else name


def runtime_packages_any(dev_package: str, of: Release | None) -> tuple[str, ...] | None:
    """Run-time packages of a development package, by names valid on the release, or on all (None).

    None when it cannot be known, or when no name is valid everywhere (`libicu-dev`).
    """
    if of is not None:
        return load(of).runtime_packages(dev_package)
    names: set[str] = set()
    for each in Release:
        needed = load(each).runtime_packages(dev_package)
        common = [name for one in needed or () if (name := in_both(one))]
        if needed is None or len(common) < len(needed):
            return None
        names.update(common)
    return tuple(sorted(names))
