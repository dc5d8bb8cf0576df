"""What `uv.lock` files tell of distributions: versions, sizes of wheels, requirements.

A lock does not tell modules, scripts and installed sizes: these stay None.
"""

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from dockopt.knowledge.distributions import Distribution
from dockopt.knowledge.lock_file import Locked, read_lock
from dockopt.knowledge.markers import applies_today
from dockopt.knowledge.wheel_tags import fitness, read_filename

PUBLIC = "https://pypi.org/simple"
"""Locked from elsewhere (PyTorch's own index, say), a name means another build."""


def locked(text: str) -> Iterator[Distribution]:
    """The distributions that a lock takes from PyPI. Raises ValueError for what is no lock."""
    lock = read_lock("uv.lock", text)
    if lock is None:
        raise ValueError("not a uv.lock")
    for package in lock.all:
        if package.index.rstrip("/") != PUBLIC:
            continue
        try:
            found = _distribution(package)
        except InvalidVersion:
            continue
        if package.has_sdist or not found.sdist_only:  # else it is for other systems
            yield found


def _distribution(package: Locked) -> Distribution:
    wheels = [
        (rank, file, size) for file, size in package.wheels if (rank := _fit(file)) is not None
    ]
    _, file, size = min(wheels, key=lambda wheel: wheel[0], default=(0, "", None))
    is_pure = file.endswith("-any.whl")
    compiled = bool(file) and file.rpartition("-")[0].split("-")[-2].startswith("cp")
    return Distribution(
        name=package.name,
        version=str(Version(package.version)),
        modules=None,
        scripts=None,
        wheel_bytes=size,
        installed_bytes=None,
        bundles_libraries=False if is_pure else None,
        has_extensions=False if is_pure else True if compiled else None,
        sdist_only=not file,
        requires=tuple(sorted(set(_required(package)))),
    )


def _fit(file: str) -> int | None:
    found = read_filename(file)
    return fitness(found[2]) if found else None


def _required(package: Locked) -> Iterator[str]:
    for one in package.requires:
        if not one.of_extra and applies_today(one.marker):
            yield one.name


def newer(one: Distribution, other: Distribution) -> Distribution:
    """Of two locked versions the one that has a wheel, then the newer one.

    A lock for new Pythons leaves the wheels for older ones out, so that a version without any that
    fits may be no source-only distribution.
    """
    return max(one, other, key=lambda each: (not each.sdist_only, Version(each.version)))
