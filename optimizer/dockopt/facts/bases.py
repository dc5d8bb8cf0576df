"""What is known of the image that a stage starts from: system, Debian release, packages."""

import re

from dockopt.knowledge import debian
from dockopt.knowledge.debian import BaseKind, DebianIndex
from dockopt.model import ImageReference, Stage

_WINDOWS = re.compile(r"windows|nanoserver|servercore", re.IGNORECASE)
_OLD_PIP = re.compile(r"ubuntu[:-]?1[0-4]\.|trusty|precise|wheezy|jessie|squeeze|debian:[678]\b")


def base_image(stage: Stage) -> ImageReference | None:
    """The image at the root of a stage, None where a build argument decides."""
    image = stage.root.image
    return image if isinstance(image, ImageReference) else None


def is_windows(stage: Stage) -> bool:
    """Whether the stage is a Windows image, as far as its name tells."""
    image = base_image(stage)
    return image is not None and bool(_WINDOWS.search(image.text))


def may_have_old_pip(stage: Stage) -> bool:
    """Whether the distribution's own pip is older than 6.0 (December 2014).

    Ubuntu 14.04 and Debian 8 packaged pip 1.5: https://packages.debian.org/source/jessie/python-pip
    """
    image = base_image(stage)
    return image is not None and not image.is_official_python and bool(_OLD_PIP.search(image.text))


def base_kind(stage: Stage) -> BaseKind | None:
    """Which packages the base image holds, None for an image that is not known."""
    image = base_image(stage)
    if image is None:
        return None
    if image.official_name == "debian":
        return "debian-slim"
    tag = image.python_tag
    if tag is None or tag.variant not in ("slim", "full"):
        return None
    return "python-slim" if tag.variant == "slim" else "python"


def debian_indexes(stage: Stage) -> tuple[DebianIndex, ...]:
    """The package indexes that may hold for a stage: one when its release is known, else all.

    Empty for an image that is not Debian's or Python's, and for a release without packaged data.
    """
    image = base_image(stage)
    if image is None or base_kind(stage) is None:
        return ()
    tag = image.python_tag
    release = tag.release if tag else re.split(r"[-.]", image.tag, maxsplit=1)[0]
    if tag and not release and not tag.is_recent:
        return ()
    names = [release] if release and release not in ("latest", "stable") else _all_releases()
    return tuple(index for name in names if (index := debian.release(name)) is not None)


def _all_releases() -> list[str]:
    return [release.value for release in debian.Release]
