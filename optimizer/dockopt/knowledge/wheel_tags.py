"""Which wheel an installer takes on Linux with glibc, by the tags in its file name.

https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
"""

import re
from collections.abc import Iterable

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, NormalizedName, parse_wheel_filename
from packaging.version import Version

INTERPRETERS = ("cp312", "cp311", "cp313", "cp310", "cp314", "cp39", "cp38", "cp37", "cp36")
"""Of several wheels of a version, the one that is described: CPython in this order."""


def read_filename(file: str) -> tuple[NormalizedName, Version, frozenset[Tag]] | None:
    """Name, version and tags of a wheel's file name; None for another file."""
    try:
        name, version, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return None
    return name, version, tags


def fitness(tags: Iterable[Tag]) -> int | None:
    """How well a wheel fits Linux on x86-64 with glibc, smaller is better; None: it does not."""
    ranks = [rank for tag in tags if (rank := _rank(tag)) is not None]
    return min(ranks, default=None)


def _rank(tag: Tag) -> int | None:
    if not _is_for(tag.platform, "x86_64"):
        return None
    if tag.interpreter in INTERPRETERS:
        # abi3 wheels of an old interpreter serve all later ones: as good as any.
        return 0 if tag.abi == "abi3" else INTERPRETERS.index(tag.interpreter)
    return 0 if tag.interpreter == "py3" else len(INTERPRETERS) if tag.interpreter == "py2" else 1


def fitness_for(tags: Iterable[Tag], minor: int, machine: str) -> int | None:
    """How well a wheel fits Python 3.`minor` on a machine, 0 best; None where it does not."""
    ranks = [rank for tag in tags if (rank := _rank_for(tag, minor, machine)) is not None]
    return min(ranks, default=None)


def _rank_for(tag: Tag, minor: int, machine: str) -> int | None:
    python, abi = tag.interpreter, tag.abi
    if not _is_for(tag.platform, machine):
        return None
    if python == f"cp3{minor}" and abi in (python, "none", "abi3"):
        return 0
    if abi == "abi3" and (match := re.fullmatch(r"cp3(\d+)", python)) and int(match[1]) <= minor:
        return 1
    return 2 if python in ("py3", "py2.py3", f"py3{minor}") and abi in ("none", "abi3") else None


def _is_for(platform: str, machine: str) -> bool:
    found = re.fullmatch(r"(?:many)?linux\w*_(x86_64|aarch64|armv7l|i686|ppc64le|s390x)", platform)
    return platform == "any" or bool(found and found[1] == machine)
