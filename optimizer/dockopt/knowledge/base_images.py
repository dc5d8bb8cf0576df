"""Base images: what a tag of the official Python image says, and what is out of support.

Tags are read by rules, not looked up: which tags there are changes by the week. Dates are those that
the projects themselves publish, as of `KNOWN_ON`; no clock is read, so that a rewrite does not depend
on the day it is made.
"""

import re

from dockopt.immutable import immutable
from dockopt.knowledge.base_image_dates import (
    DEBIAN_END,
    KNOWN_ON,
    PYTHON_END,
)

__all__ = [
    "DEBIAN_END",
    "DEBIAN_RELEASES",
    "FIRST_KNOWN_MINOR",
    "KNOWN_ON",
    "PYTHON_END",
    "PythonTag",
    "debian_end",
    "official_name",
    "python_end",
    "uv_tag",
]

DEBIAN_NUMBERS = {
    "7": "wheezy", "8": "jessie", "9": "stretch", "10": "buster",
    "11": "bullseye", "12": "bookworm", "13": "trixie",
}  # fmt: skip
DEBIAN_RELEASES = tuple(reversed(DEBIAN_END))
"""Debian releases that Python images were made of, newest first.
https://github.com/docker-library/python"""
FIRST_KNOWN_MINOR = (3, 8)
"""Python images without a release in the tag: from here on, bookworm or trixie was the last.
https://github.com/docker-library/python"""
_FIRST_ON_BOOKWORM = {8: 17, 9: 17, 10: 12, 11: 4}
"""Exact versions 3.minor from this one on were made on bookworm, earlier ones on older releases.
https://github.com/docker-library/python/pull/822"""

_PYTHON_TAG = re.compile(
    r"(?P<version>[0-9]+(?:\.[0-9]+){0,2}(?:(?:a|b|rc)[0-9]+)?)?(?P<rest>[a-z0-9.-]*)"
)
_HUB = frozenset({"", "docker.io", "index.docker.io", "registry-1.docker.io"})
_MIRRORS = (
    ("public.ecr.aws", "docker/library/"),
    ("mirror.gcr.io", "library/"),
)
"""Copies of Docker's official images, under the same tags:
https://docs.aws.amazon.com/AmazonECR/latest/public/docker-hub-images.html,
https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images"""


def official_name(registry: str, repository: str) -> str:
    """The name of one of Docker's official images, from Docker Hub or a mirror of it; else empty.

    Of a name with `library/` or without; `registry` is empty for Docker Hub.
    """
    if registry in _HUB:
        name = repository.removeprefix("library/")
        return "" if "/" in name else name
    for mirror, folder in _MIRRORS:
        if registry == mirror and repository.startswith(folder):
            name = repository.removeprefix(folder)
            return "" if "/" in name else name
    return ""


@immutable(slots=True)
class PythonTag:
    """A tag of the official Python image. https://hub.docker.com/_/python"""

    version: str
    """`3.12.4`, `3.12`, `3`, or empty for `latest` and bare variants."""
    variant: str
    """`full`, `slim`, `alpine` or `windows`."""
    release: str
    """Name of the Debian release, empty where the tag does not say (it then moves with time)."""

    @classmethod
    def parse(cls, tag: str) -> "PythonTag | None":
        """Reads a tag, None for one of another form."""
        if tag in ("", "latest"):
            return cls("", "full", "")
        match = _PYTHON_TAG.fullmatch(tag)
        if not match:
            return None
        version, parts = match["version"] or "", [p for p in match["rest"].split("-") if p]
        variant, release = "full", ""
        for part in parts:
            if part == "slim":
                variant = "slim"
            elif part in DEBIAN_RELEASES:
                release = part
            elif part.startswith("alpine"):
                variant = "alpine"
            elif part.startswith(("windowsservercore", "nanoserver", "ltsc")):
                variant = "windows"
            else:
                return None
        return cls(version, variant, release)

    def is_before(self, minor: tuple[int, int]) -> bool:
        """Whether the version is certainly older than `minor`: 2, 2.7 and 3.6 are before (3, 7)."""
        parts = tuple(int(part) for part in re.findall(r"\d+", self.version)[:2])
        return bool(parts) and parts < minor[: len(parts)]

    @property
    def minor(self) -> tuple[int, int] | None:
        """(3, 12) for 3.12 and 3.12.4, None where the tag does not say."""
        parts = re.findall(r"\d+", self.version)[:2]
        return (int(parts[0]), int(parts[1])) if len(parts) == 2 else None

    @property
    def is_recent(self) -> bool:
        """Whether a tag without a release is bookworm or trixie, whichever it was made on last."""
        if self.minor is None:
            return not self.version.startswith("2")
        if self.minor < FIRST_KNOWN_MINOR:
            return False
        patch = re.match(r"\d+", "".join(self.version.split(".")[2:3]))
        return patch is None or int(patch[0]) >= _FIRST_ON_BOOKWORM.get(self.minor[1], 0)

    def slim(self) -> str:
        """The slim tag of the same version and release."""
        return "-".join(part for part in (self.version, "slim", self.release) if part)


def python_end(minor: tuple[int, int]) -> str:
    """The date of the last security fix, where it lay before `KNOWN_ON`; else empty."""
    return _past(PYTHON_END.get(f"{minor[0]}.{minor[1]}", ""))


def debian_end(release: str) -> str:
    """The date on which a release's support ended, by name or number; empty where it had not."""
    return _past(DEBIAN_END.get(DEBIAN_NUMBERS.get(release, release), ""))


def _past(date: str) -> str:
    return date if date < KNOWN_ON else ""


_UV = re.compile(r"(?:[\d.]+-)?python(?P<version>\d+\.\d+)(?:-rc)?(?:-(?P<rest>[a-z0-9.-]+))?")


def uv_tag(tag: str) -> PythonTag | None:
    """What a tag of `ghcr.io/astral-sh/uv` says: `python3.12-bookworm-slim`, `0.9-python3.12-alpine`.

    The interpreter in it is the official image's, so that its tag is one of that image's; None for
    tags without an interpreter. https://docs.astral.sh/uv/guides/integration/docker/
    """
    match = _UV.fullmatch(tag)
    if not match:
        return None
    parts = (match["rest"] or "").split("-")
    ordered = sorted((part for part in parts if part), key=lambda part: part != "slim")
    return PythonTag.parse("-".join([match["version"], *ordered]))
