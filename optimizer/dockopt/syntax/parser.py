"""Reads a Dockerfile into a `Document`, line by line as BuildKit does.

The reference is https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go;
where this module differs from it, that is a defect.
"""

import re
from itertools import accumulate

from dockopt.errors import ParseError
from dockopt.syntax.heredocs import Opener
from dockopt.syntax.logical import LogicalText
from dockopt.syntax.nodes import (
    Blank,
    Comment,
    Directive,
    Document,
    Heredoc,
    Instruction,
    Node,
)
from dockopt.syntax.reading import read
from dockopt.syntax.words import SPACE, SplitError
from dockopt.text import Span

_DIRECTIVE = re.compile(
    rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*\Z"
)
_KNOWN_DIRECTIVES = ("syntax", "escape", "check")
_BYTE_ORDER_MARK = "\ufeff"
MAX_CHARACTERS = 16 * 1024 * 1024
"""A larger file is refused: a Dockerfile with 16 million characters is an attack or an accident."""
MAX_LINE_BYTES = 65535
"""BuildKit reads no longer line, its line feed not counted."""


def parse(text: str, file: str = "Dockerfile", earlier: Document | None = None) -> Document:
    """Reads `text`; `file` is only for messages.

    Where `text` begins as an `earlier` version did, the nodes of that one are taken again, with all
    that was found out about them. Raises ParseError where BuildKit's parser would refuse the file.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"larger than {MAX_CHARACTERS} characters; not a Dockerfile", 1, file)
    reader = _Reader(text, file)
    if earlier is not None:
        reader.start_as(earlier)
    return reader.document()


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.lines = text.split("\n")
        """Without their line feeds; all indexes of lines count from 0."""
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.starts[-1] = len(text)
        if not self.lines[-1]:
            self.lines.pop()
            self.starts.pop()
        self.marked = text.startswith(_BYTE_ORDER_MARK)
        self.index = 0
        self.nodes: list[Node] = []
        self.escape = "\\"
        self.directives: set[str] | None = set()
        """The parser directives seen so far, None once there can be no more."""

    def start_as(self, earlier: Document) -> None:
        """Takes the instructions of `earlier` and what is between them, up to the first change.

        What a here-document's terminator may end, further down, is read again.
        """
        same = _common_length(self.text, earlier.source)
        last = 0
        for count, node in enumerate(earlier.nodes, 1):
            if node.end > same or self.text[node.end - 1] != "\n":
                break
            if isinstance(node, Instruction):
                if node.reading.openers:
                    break
                last = count
        if last:
            self.nodes = list(earlier.nodes[:last])
            self.index = self.nodes[-1].end_line
            self.escape = earlier.escape
            self.directives = None

    def fail(self, message: str, index: int) -> ParseError:
        return ParseError(message, index + 1, self.file)

    def document(self) -> Document:
        self._refuse_long_lines()
        newline = "\r\n" if self.lines and self.lines[0].endswith("\r") else "\n"
        if self.marked:
            self.lines[0] = self.lines[0][1:]
        count = len(self.lines)
        while self.index < count:
            self._node()
        if not any(type(node) is Instruction for node in self.nodes):
            raise self.fail("the file has no instructions; a Dockerfile starts with FROM", 0)
        return Document(self.text, tuple(self.nodes), self.escape, newline)

    def _refuse_long_lines(self) -> None:
        if len(self.text) * 4 <= MAX_LINE_BYTES:
            return
        for index, line in enumerate(self.lines):
            if (
                len(line) * 4 > MAX_LINE_BYTES
                and len(line.encode("utf-8", "surrogateescape")) > MAX_LINE_BYTES
            ):
                raise self.fail(f"this line is longer than {MAX_LINE_BYTES} bytes", index)

    def _node(self) -> None:
        index = self.index
        line = self.lines[index].strip(SPACE)
        if line and line[0] != "#":
            self.directives = None
            self._instruction()
            return
        start, end = self.starts[index], self.starts[index + 1]
        if line:
            self._comment(line, start, end)
        else:
            self.directives = None
            self.nodes.append(Blank(start, end, index + 1, index + 1))
        self.index = index + 1

    def _comment(self, line: str, start: int, end: int) -> None:
        number = self.index + 1
        match = None
        if self.directives is not None:  # white space alone behind the `=` is a value
            match = _DIRECTIVE.match(self.lines[self.index].lstrip(SPACE).rstrip("\r"))
        if match and match[1].lower() in _KNOWN_DIRECTIVES:
            self._directive(match[1].lower(), match[2])
            directive = Directive(start, end, number, number, line, match[1].lower(), match[2])
            self.nodes.append(directive)
        else:
            self.directives = None
            self.nodes.append(Comment(start, end, number, number, line))

    def _directive(self, name: str, value: str) -> None:
        if self.directives is None or name in self.directives:
            raise self.fail(f"only one {name} parser directive can be used", self.index)
        self.directives.add(name)
        if name == "escape":
            if value not in ("\\", "`"):
                raise self.fail(f"invalid escape token {value!r}: it must be ` or \\", self.index)
            self.escape = value

    def _instruction(self) -> None:
        first = self.index
        logical, comments = self._joined()
        try:
            reading = read(logical.text, self.escape)
        except SplitError as error:
            raise self.fail(str(error), first) from error
        heredocs = self._heredocs(reading.openers, first) if reading.openers else ()
        last = self.index
        self.nodes.append(
            Instruction(
                self.starts[first], self.starts[last], first + 1, last,
                reading.keyword, reading.value, reading.is_json, logical, reading,
                heredocs, comments,
            )
        )  # fmt: skip

    def _joined(self) -> tuple[LogicalText, tuple[Comment, ...]]:
        """The lines of an instruction joined, and the comments between them."""
        index = self.index
        self.index += 1
        line = self.lines[index].rstrip("\r")
        text = line.lstrip(SPACE)
        start = self.starts[index] + len(line) - len(text) + (self.marked and not index)
        mark = _continuation(text, self.escape)
        if mark < 0:
            return LogicalText(text, ((0, start, len(text)),)), ()
        return self._continued(text[:mark], start)

    def _continued(self, text: str, start: int) -> tuple[LogicalText, tuple[Comment, ...]]:
        parts, runs, position = [text], [(0, start, len(text))], len(text)
        comments: list[Comment] = []
        lines, starts, escape = self.lines, self.starts, self.escape
        index, mark = self.index, 0
        while mark >= 0 and index < len(lines):
            line, start = lines[index], starts[index]
            index += 1
            bare = line.strip(SPACE)
            if not bare:
                continue
            if bare[0] == "#":
                comments.append(Comment(start, starts[index], index, index, bare))
                continue
            line = line.rstrip("\r")
            mark = _continuation(line, escape)
            if mark >= 0:
                line = line[:mark]
            if line:
                parts.append(line)
                runs.append((position, start, len(line)))
                position += len(line)
        self.index = index
        return LogicalText("".join(parts), tuple(runs)), tuple(comments)

    def _heredocs(self, openers: tuple[Opener, ...], first: int) -> tuple[Heredoc, ...]:
        found = (self._heredoc(opener, first) for opener in openers)
        return tuple(heredoc for heredoc in found if heredoc is not None)

    def _heredoc(self, opener: Opener, first: int) -> Heredoc | None:
        start = self.index
        for index in range(start, len(self.lines)):
            line = self.lines[index].rstrip("\r")
            if (line.lstrip("\t") if opener.chomp else line) == opener.name:
                self.index = index + 1
                return self._heredoc_between(opener, start, index)
        if opener.spaced:
            # Older versions of BuildKit see no here-document in `<< NAME`.
            return None
        raise self.fail(f"unterminated heredoc: no line {opener.name!r} follows", first)

    def _heredoc_between(self, opener: Opener, start: int, last: int) -> Heredoc:
        content = Span(self.starts[start], self.starts[last])
        whole = Span(self.starts[start], self.starts[last + 1])
        return Heredoc(
            opener.name,
            content.of(self.text),
            opener.expand,
            opener.chomp,
            opener.file_descriptor,
            content,
            whole,
            whole.of(self.text),
        )


def _continuation(line: str, escape: str) -> int:
    """Where the character stands that continues a line, -1 where the line ends here."""
    if escape not in line:
        return -1
    tail = line.rstrip(" \t")
    if tail.endswith(escape) and tail[-2:-1] != escape:
        return len(tail) - 1
    return -1


def _common_length(one: str, other: str) -> int:
    """How many characters two texts begin with that are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
