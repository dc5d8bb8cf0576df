"""Names of images; what their tags say is `dockopt.knowledge.base_images`."""

import re

from dockopt.immutable import immutable
from dockopt.knowledge.base_images import PythonTag, official_name

__all__ = ["ImageReference", "PythonTag"]

_DIGEST = re.compile(r"@(sha256:[0-9a-f]{64})$")


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
    def official_name(self) -> str:
        """The name of one of Docker's official images, from Docker Hub or a mirror; else empty."""
        return official_name(self.registry, self.repository)

    @property
    def is_official_python(self) -> bool:
        """Whether this is `python` of Docker's official images."""
        return self.official_name == "python"

    @property
    def python_tag(self) -> PythonTag | None:
        """What the tag says, for an official Python image whose tag has a known form."""
        return PythonTag.parse(self.tag) if self.is_official_python else None

    @property
    def is_full_python(self) -> bool:
        """Whether this is the official Python image with its compilers, not a slim one."""
        tag = self.python_tag
        return tag is not None and tag.variant == "full"
