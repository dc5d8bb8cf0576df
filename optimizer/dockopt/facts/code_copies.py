"""A COPY of the code, and which files of the build context stand where in the image after it."""

import posixpath

from dockopt.facts.footprint import within
from dockopt.immutable import immutable
from dockopt.model import Copy, Stage


class NotExact(Exception):  # noqa: N818
    """What a RUN needs cannot be told; the message says why."""


@immutable(eq=False)
class CodeCopy:
    """A COPY of a folder of the build context."""

    stage: Stage
    copy: Copy
    source: str
    """The folder in the build context, empty for its root."""
    root: str
    """Where it is copied to, an absolute path."""

    def context_path(self, path: str) -> str | None:
        """What in the context an absolute path of the image is a copy of; None for another."""
        if not within(path, self.root):
            return None
        return posixpath.join(self.source, posixpath.relpath(path, self.root))
