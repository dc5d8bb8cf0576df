"""What `uv.lock` files tell of distributions: versions, sizes of wheels, requirements.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile. A lock does not tell modules,
scripts and installed sizes: these stay None.
"""

import tomllib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from dockopt.knowledge.distributions import Distribution
from dockopt.knowledge.wheels import fitness, read_filename, systems

PUBLIC = "https://pypi.org/simple"
"""Locked from elsewhere (PyTorch's own index, say), a name means another build."""


def locked(text: str) -> Iterator[Distribution]:
    """The distributions that a lock takes from PyPI. Raises ValueError for what is no lock."""
    packages = tomllib.loads(text).get("package", [])
    if not isinstance(packages, list):
        raise ValueError("not a uv.lock: `package` is no list")  # noqa: TRY004 (a user's file)
    for package in packages:
        try:
            if package["source"].get("registry", "").rstrip("/") == PUBLIC:
                found = _distribution(package)
                if "sdist" in package or not found.sdist_only:  # else it is for other systems
                    yield found
        except (KeyError, TypeError, AttributeError, InvalidVersion):
            continue


def _distribution(package: dict[str, Any]) -> Distribution:
    wheels = [wheel for wheel in package.get("wheels", []) if _fit(wheel) is not None]
    best = min(wheels, key=lambda wheel: _fit(wheel) or 0, default=None)
    is_pure = best is not None and _file(best).endswith("-any.whl")
    compiled = best is not None and _file(best).rpartition("-")[0].split("-")[-2].startswith("cp")
    return Distribution(
        name=canonicalize_name(package["name"]),
        version=str(Version(package["version"])),
        modules=None,
        scripts=None,
        wheel_bytes=best.get("size") if best else None,
        installed_bytes=None,
        bundles_libraries=False if is_pure else None,
        has_extensions=False if is_pure else True if compiled else None,
        sdist_only=best is None,
        requires=tuple(sorted(set(_required(package.get("dependencies", []))))),
    )


def _file(wheel: dict[str, Any]) -> str:
    return urlsplit(str(wheel["url"])).path.rpartition("/")[2]


def _fit(wheel: dict[str, Any]) -> int | None:
    found = read_filename(_file(wheel))
    return fitness(found[2]) if found else None


def _required(dependencies: list[dict[str, Any]]) -> Iterator[str]:
    for dependency in dependencies:
        marker = dependency.get("marker")
        try:
            if marker is None or any(map(Marker(marker).evaluate, systems())):
                yield canonicalize_name(dependency["name"])
        except (InvalidMarker, UndefinedEnvironmentName):
            yield canonicalize_name(dependency["name"])


def newer(one: Distribution, other: Distribution) -> Distribution:
    """Of two locked versions the one that has a wheel, then the newer one.

    A lock for new Pythons leaves the wheels for older ones out, so that a version without any that
    fits may be no source-only distribution.
    """
    return max(one, other, key=lambda each: (not each.sdist_only, Version(each.version)))
