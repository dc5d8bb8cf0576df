"""Which packages of other distributions bring transforms: those that entry points name.

To ask `importlib.metadata` takes longer than to rewrite a short Dockerfile, and on most machines the
answer is: none. So the files that it would read are looked through for the name of the group first.
"""

import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path

__all__ = ["GROUP", "named_packages"]

GROUP = "dockopt.transforms"
_OWN = "dockopt-"
"""How the name of the folder with dockopt's own metadata begins; no other distribution's does.
https://packaging.python.org/en/latest/specifications/recording-installed-packages/"""


def named_packages() -> frozenset[str]:
    """The packages that entry points of other installed distributions name."""
    if not (_has_other_finders() or any(map(_may_name_group, sys.path))):
        return frozenset()
    from importlib.metadata import entry_points

    return frozenset(point.value for point in entry_points(group=GROUP))


def _has_other_finders() -> bool:
    """Whether distributions may be found elsewhere than in the folders of `sys.path`."""
    others = (finder for finder in sys.meta_path if finder is not PathFinder)
    return any(hasattr(finder, "find_distributions") for finder in others)


def _may_name_group(folder: str) -> bool:
    """Whether a distribution in a folder may name the group; one in an archive always may."""
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 - what importlib.metadata does, as fast
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return any(
        GROUP.encode() in _content(Path(folder, name, "entry_points.txt"))
        for name in names
        if name.lower().endswith(("dist-info", "egg-info")) and not name.startswith(_OWN)
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # most distributions have no such file, and some `.egg-info` is one itself
        return b""
