"""Names of images, and what the tag of an official Python image says."""

import re

from dockopt.immutable import immutable

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")
_PYTHON_TAG = re.compile(
    r"(?P<version>[0-9]+(?:\.[0-9]+){0,2}(?:(?:a|b|rc)[0-9]+)?)?(?P<rest>[a-z0-9.-]*)"
)
DEBIAN_RELEASES = ("trixie", "bookworm", "bullseye", "buster", "stretch", "jessie", "wheezy")
"""Debian releases that Python images were made of, newest first.
https://github.com/docker-library/python"""


@immutable(slots=True)
class ImageReference:
    """`[registry/]repository[:tag][@digest]`; https://github.com/distribution/reference"""

    text: str
    registry: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> "ImageReference":
        """Reads a reference; Docker Hub's own prefixes (`docker.io/library/`) are dropped."""
        rest, digest = text, ""
        if match := _DIGEST.search(text):
            rest, digest = text[: match.start()], match[1]
        first, slash, remainder = rest.partition("/")
        registry = ""
        if slash and ("." in first or ":" in first or first == "localhost"):
            registry, rest = first, remainder
        repository, _, tag = rest.partition(":")
        if registry in ("docker.io", "index.docker.io"):
            registry = ""
        if not registry:
            repository = repository.removeprefix("library/")
        return cls(text, registry, repository, tag, digest)

    @property
    def is_official_python(self) -> bool:
        """Whether this is `python` of Docker's official images."""
        return not self.registry and self.repository == "python"

    @property
    def python_tag(self) -> "PythonTag | None":
        """What the tag says, for an official Python image whose tag has a known form."""
        return PythonTag.parse(self.tag) if self.is_official_python else None

    @property
    def is_full_python(self) -> bool:
        """Whether this is the official Python image with its compilers, not a slim one."""
        tag = self.python_tag
        return tag is not None and tag.variant == "full"


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

    def slim(self) -> str:
        """The slim tag of the same version and release."""
        return "-".join(part for part in (self.version, "slim", self.release) if part)
