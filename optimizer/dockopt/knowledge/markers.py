"""Where the marker of a requirement holds: on Linux, with CPython 3.

https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
"""

from collections.abc import Iterable
from functools import lru_cache

MINORS = range(9, 15)
"""The minor versions of Python 3 that are in use."""
_EVERY_MINOR = range(4, 20)
_MACHINES = ("x86_64", "aarch64")


@lru_cache(maxsize=4_096)
def holds(marker: str, minor: int, machine: str = "x86_64") -> bool | None:
    """Whether a marker holds with Python 3.`minor`, no extra being asked for; None: not understood."""
    if not marker:
        return True
    from packaging.markers import (
        InvalidMarker,
        Marker,
        UndefinedComparison,
        UndefinedEnvironmentName,
    )

    environment = {
        "implementation_name": "cpython",
        "implementation_version": f"3.{minor}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"3.{minor}.0",
        "python_version": f"3.{minor}",
        "sys_platform": "linux",
        "extra": "",
    }
    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return None


def applies(marker: str, minor: int) -> bool:
    """Whether a marker holds with Python 3.`minor` on x86-64; true for one not understood."""
    return holds(marker, minor) is not False


def applies_today(marker: str) -> bool:
    """Whether a marker holds with some Python of today on x86-64; true for one not understood."""
    return any(applies(marker, minor) for minor in MINORS)


@lru_cache(maxsize=4_096)
def may_apply(marker: str) -> bool:
    """Whether a marker may hold on Linux at all, whatever the Python 3 and the machine."""
    return not marker or any(
        holds(marker, minor, machine) is not False
        for minor in _EVERY_MINOR
        for machine in _MACHINES
    )


def always_apply(markers: Iterable[str]) -> bool:
    """Whether with every Python of today one of the markers is sure to hold, on every machine."""
    listed = tuple(markers)
    return "" in listed or all(
        any(holds(marker, minor, machine) for marker in listed)
        for minor in MINORS
        for machine in _MACHINES
    )
