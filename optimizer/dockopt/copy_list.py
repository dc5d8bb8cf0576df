"""Writing a COPY that names what it takes, in the place of one that takes everything."""

import json
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.immutable import immutable
from dockopt.model import Copy
from dockopt.syntax import Document

MAX_ENTRIES = 25
"""A longer list is not readable, and a `.dockerignore` does the same with less."""
WIDTH = 100
"""A line is broken before it gets longer."""
_REFUSED = frozenset("*?[]\\$\"'`")
"""Characters that COPY reads as a pattern or a variable, or that need quotes of their own."""


@immutable()
class CopyList:
    """The entries of the context's root that a COPY is to name."""

    document: Document
    context: Context
    copy: Copy
    names: tuple[str, ...]

    @property
    def obstacle(self) -> str:
        """Why the list cannot be written; empty where it can."""
        if len(self.names) > MAX_ENTRIES:
            return f"{len(self.names)} entries of the build context stay; too many to name each"
        if not self.names:
            return "nothing of the build context would stay"
        for name in self.names:
            if _REFUSED & set(name) or name.startswith(("-", "<<")) or not name.isprintable():
                return f"COPY cannot name {name!r} as it is"
            if not (self.context.is_file(name) or self.context.is_dir(name)):
                return f"{name} is a link, and a COPY that names it would copy what it leads to"
            if self.context.is_dir(name) and not self.context.sent_files(name):
                return f"the folder {name} is empty, so it may be missing elsewhere"
        return ""

    @property
    def text(self) -> str:
        """The instructions: one for each folder, then one for all files."""
        folders = [name for name in self.names if self.context.is_dir(name)]
        files = [name for name in self.names if name not in folders]
        lines = [self._line([name], f"{self._root}/{name}") for name in folders]
        plain = [name for name in files if " " not in name]
        if plain:
            lines.append(self._line(plain, f"{self._root}/"))
        lines += [self._line([name], f"{self._root}/") for name in files if name not in plain]
        return self.document.newline.join(lines)

    @property
    def _root(self) -> str:
        return self.copy.destination.rstrip("/") or ""

    def _line(self, sources: list[str], target: str) -> str:
        words = " ".join(["COPY", *self._flags()])
        if any(" " in word for word in (*sources, target)):
            return f"{words} {json.dumps([*sources, target], ensure_ascii=False)}"
        joint = f" {self.document.escape}{self.document.newline}    "
        line = words
        width = len(words)
        for word in (*sources, target):
            if width + len(word) + 1 > WIDTH - 2:
                line += joint + word
                width = 4 + len(word)
            else:
                line += f" {word}"
                width += len(word) + 1
        return line

    def _flags(self) -> Iterator[str]:
        for flag in self.copy.instruction.flags:
            yield flag.span.of(self.document.source)
