"""Which folders a base image may already have files in, and which tools it brings."""

from dockopt.facts.footprint import within
from dockopt.model import ImageReference, Stage

_DISTRIBUTIONS = frozenset(
    {
        "python", "debian", "ubuntu", "alpine", "node", "buildpack-deps", "golang", "rust",
        "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "astral-sh/uv", "nvidia/cuda",
    }
)  # fmt: skip
"""Images of a bare system or language: they keep to the folders of the file system standard."""
_WITH_FIND = frozenset(
    {
        "python", "debian", "ubuntu", "alpine", "node", "buildpack-deps", "golang", "rust",
        "astral-sh/uv", "nvidia/cuda",
    }
)  # fmt: skip
_FREE = ("/opt", "/srv", "/home", "/mnt", "/media", "/usr/src", "/usr/local/src", "/data")
"""Folders below which those images keep nothing of their own, but for a few named here."""
_EMPTY = frozenset({"/srv"})
"""Folders that those images bring empty; https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s17.html"""
_TAKEN = frozenset({"/home/node", "/home/ubuntu", "/opt/nvidia"})
_STANDARD = frozenset(
    {
        "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt",
        "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var",
    }
)  # fmt: skip
"""https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03.html"""


def is_system_image(stage: Stage) -> bool:
    """Whether the stage starts from an image of a bare system or language."""
    return _repository(stage) in _DISTRIBUTIONS


def may_have_files(stage: Stage, folder: str) -> bool:
    """Whether the base image may have files in `folder`; unknown images may have them anywhere."""
    if not is_system_image(stage):
        return True
    if any(within(folder, taken) or within(taken, folder) for taken in _TAKEN):
        return True
    if any(within(folder, free) and (folder != free or free in _EMPTY) for free in _FREE):
        return False
    first = folder.strip("/").split("/")[0]
    return first in _STANDARD or not first


def has_find(stage: Stage) -> bool:
    """Whether `find` is certainly there: it is part of Debian's and Alpine's smallest systems."""
    if _repository(stage) in _WITH_FIND:
        return True
    texts = (run.logical.text for link in stage.chain for run in link.runs)
    return any("apt-get " in text or "apk " in text or "find " in text for text in texts)


def _repository(stage: Stage) -> str:
    image = stage.root.image
    return image.repository if isinstance(image, ImageReference) else ""
