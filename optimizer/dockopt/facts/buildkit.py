"""Whether a file is for BuildKit, and what its frontend knows.

https://docs.docker.com/build/buildkit/, https://docs.docker.com/build/buildkit/frontend/
"""

import re
from collections.abc import Iterator

from dockopt.immutable import immutable
from dockopt.remembering import remembered
from dockopt.syntax import Document

_FRONTEND = re.compile(
    r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?::(?P<tag>[^@]+))?(?:@.*)?"
)
_FLAGS = {
    "RUN": frozenset({"mount", "network", "security", "device"}),
    "COPY": frozenset({"chmod", "link", "parents", "exclude"}),
    "ADD": frozenset({"chmod", "link", "checksum", "keep-git-dir", "exclude", "unpack"}),
}
"""Flags that the builder before BuildKit refuses."""


@immutable()
class BuildKitSign:
    """Something that only BuildKit reads, or a builder that reads the same."""

    text: str
    offset: int


@remembered
def buildkit_sign(document: Document) -> BuildKitSign | None:
    """The first sign that the file is for BuildKit, None where there is none."""
    return next(_signs(document), None)


def _signs(document: Document) -> Iterator[BuildKitSign]:
    if (syntax := document.directives.get("syntax")) and not lacks_mounts(document):
        yield BuildKitSign(f"the syntax {syntax}", 0)
    for instruction in document.instructions:
        if instruction.heredocs:
            yield BuildKitSign("a here-document", instruction.start)
        known = _FLAGS.get(instruction.keyword, frozenset())
        found = next((f.name for f in instruction.flags if f.name in known), "")
        if found:
            yield BuildKitSign(f"{instruction.keyword} --{found}", instruction.start)


def lacks_mounts(document: Document) -> str:
    """Why `RUN --mount` may not be understood, empty where the frontend says nothing against it.

    It is known since docker/dockerfile 1.2: https://docs.docker.com/reference/dockerfile/#run---mount
    """
    name = document.directives.get("syntax")
    if name is None:
        return ""
    match = _FRONTEND.fullmatch(name)
    if not match:
        return f"whether the syntax {name} knows RUN --mount is not known"
    parts = re.findall(r"\d+", (match["tag"] or "latest").partition("-")[0])
    old = len(parts) > 1 and (int(parts[0][:4]), int(parts[1][:4])) < (1, 2)
    return f"the syntax {name} does not know RUN --mount" if old else ""
