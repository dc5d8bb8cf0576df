"""A COPY of the code, and which files of the build context stand where in the image after it."""

import posixpath

from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import within
from dockopt.immutable import immutable
from dockopt.model import Copy, Stage
from dockopt.syntax import Instruction


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


def brought_from(context: Context, stage: Stage, before: Instruction, path: str) -> str | None:
    """The file of the context that a COPY before an instruction brings to an absolute path."""
    found = None
    for copy in stage.copies:
        target = absolute(stage, copy.instruction, copy.destination)
        if copy.instruction.start >= before.start or copy.from_ is not None or target is None:
            continue
        for text in copy.sources:
            source = posixpath.normpath("/" + text).lstrip("/")
            if context.is_dir(source) and within(path, target):
                inside = posixpath.normpath(posixpath.join(source, posixpath.relpath(path, target)))
            elif path in (target, posixpath.join(target, posixpath.basename(source))):
                inside = source
            else:
                continue
            found = inside if context.is_file(inside) and context.sent(inside) else found
    return found
