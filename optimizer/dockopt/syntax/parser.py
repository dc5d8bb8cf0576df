"""Reads a Dockerfile into a `Document`, line by line as BuildKit does.

The reference is https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go;
where this module differs from it, that is a defect.
"""

import re
from dataclasses import dataclass, field

from dockopt.errors import ParseError
from dockopt.syntax import heredocs as heredoc_rules
from dockopt.syntax import words as word_rules
from dockopt.syntax.logical import LogicalText
from dockopt.syntax.nodes import (
    Blank,
    Comment,
    Directive,
    Document,
    Flag,
    Heredoc,
    Instruction,
    Node,
)
from dockopt.text import Span

_DIRECTIVE = re.compile(r"^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_KNOWN_DIRECTIVES = ("syntax", "escape", "check")
_COMMENT = re.compile(r"\s*#")
_HEREDOC_KEYWORDS = ("ADD", "COPY", "RUN")
_NAME_VALUE = ("ENV", "LABEL")
_JSON_OR_WORDS = ("COPY", "ADD", "VOLUME")
_JSON_OR_STRING = ("RUN", "CMD", "ENTRYPOINT", "SHELL")
_WORDS = ("FROM", "EXPOSE")
MAX_CHARACTERS = 16 * 1024 * 1024
"""A larger file is refused: a Dockerfile with 16 million characters is an attack or an accident."""


def parse(text: str, file: str = "Dockerfile") -> Document:
    """Reads `text`; `file` is only for messages.

    Raises ParseError where BuildKit's parser would refuse the file.
    """
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"larger than {MAX_CHARACTERS} characters; not a Dockerfile", 1, file)
    return _Reader(text, file).document()


@dataclass
class _Reader:
    text: str
    file: str
    nodes: list[Node] = field(default_factory=list)
    escape: str = "\\"
    seen_directives: dict[str, str] = field(default_factory=dict)
    directives_over: bool = False
    index: int = 0

    def __post_init__(self) -> None:
        self.lines = self.text.splitlines(keepends=True) if _only_newlines(self.text) else []
        if not self.lines and self.text:
            self.lines = re.findall(r"[^\n]*\n|[^\n]+", self.text)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self._set_escape("\\")

    def _set_escape(self, escape: str) -> None:
        self.escape = escape
        mark = re.escape(escape)
        self.continuation = re.compile(rf"(?:(?<=[^{mark}])|^){mark}[ \t]*$")

    def fail(self, message: str, index: int) -> ParseError:
        return ParseError(message, index + 1, self.file)

    def document(self) -> Document:
        while self.index < len(self.lines):
            self._node()
        if not any(isinstance(node, Instruction) for node in self.nodes):
            raise self.fail("the file has no instructions; a Dockerfile starts with FROM", 0)
        newline = "\r\n" if self.lines and self.lines[0].endswith("\r\n") else "\n"
        return Document(self.text, tuple(self.nodes), self.escape, newline)

    def _bare(self, index: int) -> str:
        line = self.lines[index].rstrip("\r\n")
        return line.removeprefix("\ufeff") if index == 0 else line

    def _node(self) -> None:
        line = self._bare(self.index)
        stripped = line.strip()
        if not stripped:
            self._add_line(Blank)
            self.directives_over = True
        elif stripped.startswith("#"):
            self._comment(line)
        else:
            self.directives_over = True
            self._instruction()

    def _span(self, first: int, last: int) -> Span:
        return Span(self.starts[first], self.starts[last + 1])

    def _add_line(self, kind: type[Blank]) -> None:
        number = self.index + 1
        self.nodes.append(kind(self._span(self.index, self.index), number, number))
        self.index += 1

    def _comment(self, line: str) -> None:
        span, number = self._span(self.index, self.index), self.index + 1
        match = None if self.directives_over else _DIRECTIVE.match(line)
        if match and match[1].lower() in _KNOWN_DIRECTIVES:
            self._directive(match[1].lower(), match[2], span)
        else:
            self.directives_over = self.directives_over or not match
            self.nodes.append(Comment(span, number, number, line.strip()))
        self.index += 1

    def _directive(self, name: str, value: str, span: Span) -> None:
        if name in self.seen_directives:
            raise self.fail(f"only one {name} parser directive can be used", self.index)
        if name == "escape":
            if value not in ("\\", "`"):
                raise self.fail(f"invalid escape token {value!r}: it must be ` or \\", self.index)
            self._set_escape(value)
        self.seen_directives[name] = value
        line, number = self._bare(self.index).strip(), self.index + 1
        self.nodes.append(Directive(span, number, number, line, name, value))

    def _instruction(self) -> None:
        first = self.index
        spans, embedded = self._continued_lines()
        logical = LogicalText.join(self.text, spans)
        last_value_line = self.index - 1
        instruction = self._read(logical, first, last_value_line, tuple(embedded))
        self.nodes.append(instruction)

    def _continued_lines(self) -> tuple[list[Span], list[Comment]]:
        """The source spans of the joined lines, and the comments between them."""
        spans: list[Span] = []
        embedded: list[Comment] = []
        first = True
        while self.index < len(self.lines):
            line = self._bare(self.index)
            start = self.starts[self.index + 1] - len(self.lines[self.index])
            start += len(self.lines[self.index].rstrip("\r\n")) - len(line)
            if first:
                lead = len(line) - len(line.lstrip())
                line, start = line[lead:], start + lead
            elif _COMMENT.match(line):
                at = self._span(self.index, self.index)
                number = self.index + 1
                embedded.append(Comment(at, number, number, line.strip()))
                self.index += 1
                continue
            elif not line.strip():
                self.index += 1
                continue
            first = False
            self.index += 1
            match = self.continuation.search(line)
            if not match:
                spans.append(Span(start, start + len(line)))
                break
            spans.append(Span(start, start + match.start()))
        return spans, embedded

    def _read(
        self, logical: LogicalText, first: int, last: int, embedded: tuple[Comment, ...]
    ) -> Instruction:
        parts = self._split(logical, first)
        opened = self._opened(parts)
        documents = tuple(self._heredoc(opener, first) for opener in opened)
        last = self.index - 1
        return Instruction(
            span=self._span(first, last),
            line=first + 1,
            end_line=last + 1,
            heredocs=documents,
            comments=embedded,
            after=logical.end_to_source(len(logical.text.rstrip())),
            **parts,
        )

    def _split(self, logical: LogicalText, first: int) -> dict[str, object]:
        match = re.match(r"(\S+?)(?:[\t\v\f\r ]+|$)", logical.text) or re.match(
            r"([^\t\v\f\r ]+)(?:[\t\v\f\r ]+|$)", logical.text
        )
        if not match:
            raise self.fail("an instruction has no keyword", first)
        keyword = match[1].upper()
        rest = logical.text[match.end() :]
        found, offset = word_rules.leading_flags(rest.strip(), self.escape)
        lead = len(rest) - len(rest.lstrip())
        base = match.end() + lead
        flags = tuple(self._flag(word, logical, base) for word in found)
        body_start = base + offset if found or offset else base
        body_end = len(logical.text.rstrip())
        body = logical.slice(min(body_start, body_end), body_end)
        value, is_json, inner = self._value(keyword, body, first)
        return {
            "keyword": keyword,
            "keyword_span": logical.span(0, match.end(1)),
            "flags": flags,
            "value": value,
            "is_json": is_json,
            "body": body,
            "inner": inner,
        }

    def _flag(self, word: word_rules.FlagWord, logical: LogicalText, base: int) -> Flag:
        name, equals, value = word.text.removeprefix("--").partition("=")
        span = logical.span(base + word.start, base + word.end)
        return Flag(name, value if equals else None, span)

    def _value(
        self, keyword: str, body: LogicalText, first: int
    ) -> tuple[tuple[str, ...], bool, Instruction | None]:
        try:
            if keyword == "ONBUILD":
                return self._onbuild(body, first)
            if keyword == "HEALTHCHECK":
                return (*_healthcheck(body.text), None)
            return (*_arguments(keyword, body.text, self.escape), None)
        except word_rules.SplitError as error:
            raise self.fail(f"{keyword}: {error}", first) from error

    def _onbuild(
        self, body: LogicalText, first: int
    ) -> tuple[tuple[str, ...], bool, Instruction | None]:
        if not body.text.strip():
            return (), False, None
        parts = self._split(body, first)
        line = first + 1
        span = body.span(0, len(body.text))
        inner = Instruction(span, line, line, heredocs=(), comments=(), **parts)  # type: ignore[arg-type]
        return inner.value, inner.is_json, inner

    def _opened(self, parts: dict[str, object]) -> list[heredoc_rules.Opener]:
        inner = parts["inner"]
        keyword, is_json, body = parts["keyword"], parts["is_json"], parts["body"]
        if isinstance(inner, Instruction):
            keyword, is_json, body = inner.keyword, inner.is_json, inner.body
        if keyword not in _HEREDOC_KEYWORDS or is_json or not isinstance(body, LogicalText):
            return []
        return heredoc_rules.openers(body.text)

    def _heredoc(self, opener: heredoc_rules.Opener, first: int) -> Heredoc:
        start = self.index
        while self.index < len(self.lines):
            line = self.lines[self.index].rstrip("\r\n")
            self.index += 1
            if (line.lstrip("\t") if opener.chomp else line) == opener.name:
                content = Span(self.starts[start], self.starts[self.index - 1])
                whole = Span(self.starts[start], self.starts[self.index])
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
        raise self.fail(f"unterminated heredoc: no line {opener.name!r} follows", first)


def _only_newlines(text: str) -> bool:
    """Whether `str.splitlines` splits at line feeds alone, as BuildKit does."""
    return text.isascii() and not any(mark in text for mark in "\v\f\x1c\x1d\x1e") and (
        "\r" not in text or text.count("\r") == text.count("\r\n")
    )


def _arguments(keyword: str, text: str, escape: str) -> tuple[tuple[str, ...], bool]:
    if keyword in _NAME_VALUE:
        return word_rules.name_values(text, keyword, escape), False
    if keyword == "ARG":
        return tuple(word.text for word in word_rules.words(text, escape)), False
    if keyword in _WORDS:
        return word_rules.whitespace_words(text), False
    if keyword in _JSON_OR_STRING or keyword in _JSON_OR_WORDS:
        items = word_rules.json_words(text)
        if items is not None:
            return items, True
        if keyword in _JSON_OR_WORDS:
            return word_rules.whitespace_words(text), False
    return ((text,) if text else ()), False


def _healthcheck(text: str) -> tuple[tuple[str, ...], bool]:
    kind, _, rest = text.partition(" ") if " " in text else (text, "", "")
    match = re.match(r"(\S+)(?:\s+(.*))?$", text, re.DOTALL)
    if not match:
        return (), False
    kind, rest = match[1], match[2] or ""
    items = word_rules.json_words(rest) if rest else None
    if items is not None:
        return (kind, *items), True
    return ((kind, rest) if rest else (kind,)), False
