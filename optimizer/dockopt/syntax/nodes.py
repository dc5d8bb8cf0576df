"""Nodes of the Dockerfile tree. Joined in order, their texts are the input, byte for byte."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

from dockopt.immutable import immutable
from dockopt.remembering import cached_property
from dockopt.syntax.logical import LogicalText
from dockopt.syntax.reading import Reading
from dockopt.text import Span


@immutable()
class Node:
    """A part of the file, whole lines long."""

    start: int
    """The offset of its first character."""
    end: int
    line: int
    """The line, from 1, on which the node starts."""
    end_line: int
    """The last line of the node."""

    @cached_property
    def span(self) -> Span:
        """The characters that it covers, line ends included."""
        return Span(self.start, self.end)


@immutable()
class Blank(Node):
    """A line with nothing on it but white space."""


@immutable()
class Comment(Node):
    """A comment line between instructions."""

    text: str


@immutable()
class Directive(Comment):
    """A parser directive, `# name=value`, at the top of the file.

    https://docs.docker.com/reference/dockerfile/#parser-directives
    """

    name: str
    value: str


@immutable()
class Heredoc:
    """A here-document of a RUN, COPY or ADD."""

    name: str
    """The terminator, without quotes."""
    content: str
    """The lines before the terminator, as they stand in the file."""
    expand: bool
    """Whether variables in the content are expanded: the name was not quoted."""
    chomp: bool
    """Whether leading tabs are dropped: `<<-`."""
    file_descriptor: int
    content_span: Span
    span: Span
    """The content and the line of the terminator."""
    raw: str
    """The text of `span`."""


@immutable()
class Flag:
    """A flag of an instruction: `--name` or `--name=value`."""

    name: str
    value: str | None
    span: Span

    def __str__(self) -> str:
        return f"--{self.name}" if self.value is None else f"--{self.name}={self.value}"


@immutable()
class Instruction(Node):
    """One instruction with all its lines, embedded comments and here-documents."""

    keyword: str
    """In capitals."""
    value: tuple[str, ...]
    """The arguments as BuildKit's parser splits them."""
    is_json: bool
    """Whether the arguments are a JSON array (exec form)."""
    logical: LogicalText
    """All of it but the here-documents, its lines joined."""
    reading: Reading
    """The parts of `logical`."""
    heredocs: tuple[Heredoc, ...] = ()
    comments: tuple[Comment, ...] = ()
    """Comment lines embedded between continuation lines."""

    @cached_property
    def keyword_span(self) -> Span:
        """Where the keyword stands."""
        return self.logical.span(self.reading.keyword_start, self.reading.keyword_end)

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The `--name=value` words before the arguments, in order."""
        found: list[Flag] = []
        for word in self.reading.flags:
            name, equals, value = word.text.removeprefix("--").partition("=")
            span = self.logical.span(word.start, word.end)
            found.append(Flag(name, value if equals else None, span))
        return tuple(found)

    @cached_property
    def body(self) -> LogicalText:
        """The logical text after keyword and flags."""
        return self.logical.slice(self.reading.start, self.reading.end)

    @cached_property
    def after(self) -> int:
        """The source offset just after the last character of the value, before the line's end."""
        return self.logical.end_to_source(self.reading.end)

    @cached_property
    def inner(self) -> "Instruction | None":
        """The triggered instruction of an ONBUILD."""
        reading = self.reading.inner
        if reading is None:
            return None
        span = self.logical.span(reading.keyword_start, reading.end)
        return Instruction(
            span.start, span.end, self.line, self.line,
            reading.keyword, reading.value, reading.is_json, self.logical, reading,
        )  # fmt: skip

    def flag(self, name: str) -> str | None:
        """The value of the first flag `name`, None where there is none or it has no value."""
        return next((f.value for f in self.flags if f.name == name), None)

    def flags_named(self, name: str) -> tuple[str, ...]:
        """The values of all flags `name`."""
        return tuple(f.value or "" for f in self.flags if f.name == name)


@immutable()
class Document:
    """A parsed Dockerfile."""

    source: str
    nodes: tuple[Node, ...]
    escape: str
    newline: str
    """The line ending that the file uses: the first one found."""

    @cached_property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions, in order."""
        return tuple(node for node in self.nodes if isinstance(node, Instruction))

    @cached_property
    def directives(self) -> Mapping[str, str]:
        """The parser directives by name."""
        found = {n.name: n.value for n in self.nodes if isinstance(n, Directive)}
        return MappingProxyType(found)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments, those embedded in instructions included, in the order of the file."""
        found: list[Comment] = []
        for node in self.nodes:
            if isinstance(node, Comment):
                found.append(node)
            elif isinstance(node, Instruction):
                found.extend(node.comments)
        return tuple(found)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset at which each line starts."""
        lengths = (len(line) + 1 for line in self.source.split("\n")[:-1])
        return tuple(accumulate(lengths, initial=0))

    def line_at(self, offset: int) -> int:
        """The line, from 1, of the character at `offset`."""
        return bisect_right(self.line_starts, offset)

    def text_of(self, node: Node) -> str:
        """The node as it stands in the file."""
        return self.source[node.start : node.end]

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(node.start for node in self.nodes)

    def nodes_in(self, start: int, end: int) -> tuple[Node, ...]:
        """The nodes that the characters `[start, end)` belong to.

        For an empty range it is the node that `start` stands within, not one that begins there.
        """
        if start >= len(self.source):
            return ()
        first = max(0, bisect_right(self._starts, start) - 1)
        return self.nodes[first : bisect_left(self._starts, end)]

    @cached_property
    def _position(self) -> Mapping[int, int]:
        return {node.start: index for index, node in enumerate(self.nodes)}

    def attached_start(self, node: Node) -> int:
        """Where the comments directly above `node` (no blank line between) start, else its start.

        Parser directives are never attached: they belong to the file.
        """
        index = self._position[node.start]
        while index and type(self.nodes[index - 1]) is Comment:
            index -= 1
        return self.nodes[index].start

    def attached_comments(self, node: Node) -> tuple[Comment, ...]:
        """The comments directly above `node`, in the order of the file."""
        index = self._position[node.start]
        found: list[Comment] = []
        while index and type(previous := self.nodes[index - 1]) is Comment:
            found.append(previous)
            index -= 1
        return tuple(reversed(found))
