"""Here-documents: which ones a line opens.

A port of heredocsFromLine in
https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go and of the word
splitting in https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go that it
relies on. There a backslash escapes whatever the `escape` directive says.
"""

import re

from dockopt.immutable import immutable
from dockopt.syntax.words import SPACE

_OPENER = re.compile(r"([0-9]*)<<(-?)([\t\n\f\r ]*)([^<]*)\Z")
_JOINED = re.compile(r"(?<=<<)[\t\r ]+")
_MODIFIERS = "+-?#%"
_SPECIAL = "@*#?-$!"
_MAX_DEPTH = 50
_MAX_DESCRIPTOR = 2**64 - 1


@immutable(slots=True)
class Opener:
    """A `<<NAME` on a line."""

    name: str
    expand: bool
    chomp: bool
    file_descriptor: int
    spaced: bool
    """Whether white space follows the `<<`; BuildKit takes no such opener before version 0.22."""


class _LexError(ValueError):
    """A quote or substitution is not closed: BuildKit then sees no words at all."""


def openers(line: str) -> tuple[Opener, ...]:
    """The here-documents that `line`, keyword and flags included, opens; in order."""
    if "<<" not in line:
        return ()
    try:
        words = _Lexer(line, quotes=True, escapes=True).words()
    except _LexError:
        return ()
    return tuple(found for word in words for found in _openers_in(word))


def _openers_in(word: str) -> list[Opener]:
    """The opener that `word` is; else those of its parts, where white space after `<<` joined them."""
    whole = opener(word)
    parts = [] if whole else _JOINED.split(word)
    found = [whole] if whole else [opener(part) for part in parts if len(parts) > 1]
    return [each for each in found if each is not None]


def opener(word: str) -> Opener | None:
    """The here-document that `word` as a whole opens, None where it is something else."""
    match = _OPENER.match(word)
    if not match or not match[4]:
        return None
    try:
        names = _Lexer(match[4], quotes=False, escapes=False).words()
        quoted = _Lexer(match[4], quotes=True, escapes=False).words()
    except _LexError:
        return None
    if len(names) != 1 or len(quoted) != 1:
        return None
    return Opener(
        names[0],
        expand=_quotes(names[0]) == _quotes(quoted[0]),
        chomp=match[2] == "-",
        file_descriptor=min(int(match[1][:20] or 0), _MAX_DESCRIPTOR),
        spaced=bool(match[3]),
    )


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


class _Lexer:
    """Splits like BuildKit's shell lexer with no variable set, which leaves `$name` alone."""

    def __init__(self, text: str, *, quotes: bool, escapes: bool) -> None:
        self.text = text
        self.quotes = quotes
        self.escapes = escapes
        self.position = 0

    def words(self) -> list[str]:
        """The words; raises _LexError."""
        found, word = [], ""
        while self.position < len(self.text):
            char = self.text[self.position]
            if char in SPACE:
                self.position += 1
                if word:
                    found.append(word)
                word = ""
            else:
                word += self._part(char, 0)
        return [*found, word] if word else found

    def _part(self, char: str, depth: int) -> str:
        """The next quoted string, substitution, escape or character."""
        if char == "'":
            return self._single()
        if char == '"':
            return self._double(depth)
        if char == "$":
            return self._dollar(depth)
        if char == "<":
            return self._angle()
        if char == "\\":
            self.position += 2
            escaped = self.text[self.position - 1 : self.position]
            return char + escaped if self.escapes else escaped
        self.position += 1
        return char

    def _single(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise _LexError
        start, self.position = self.position, end + 1
        return self.text[start : end + 1] if self.quotes else self.text[start + 1 : end]

    def _double(self, depth: int) -> str:
        out = '"' if self.quotes else ""
        self.position += 1
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == '"':
                self.position += 1
                return out + char if self.quotes else out
            if char == "$":
                out += self._dollar(depth)
                continue
            self.position += 1
            if char == "\\" and self.text[self.position : self.position + 1] in ('"', "$", "\\"):
                out += char if self.escapes else ""
                char = self.text[self.position]
                self.position += 1
            out += char
        raise _LexError

    def _angle(self) -> str:
        """`<`, or `<<` with the white space after it: that belongs to the word that follows."""
        start = self.position
        self.position += 1
        if self.text[self.position : self.position + 1] != "<":
            return "<"
        self.position += 1
        while self.text[self.position : self.position + 1] in ("\t", "\r", " "):
            self.position += 1
        return self.text[start : self.position]

    def _dollar(self, depth: int) -> str:
        start = self.position
        self.position += 1
        if self.text[self.position : self.position + 1] != "{":
            self._name()
            return self.text[start : self.position]
        self.position += 1
        if self.text[self.position : self.position + 1] in ("", "{", "}", ":"):
            raise _LexError
        self._name()
        operator = self._next()
        if operator == ":":
            # No variable is set, so whatever stands behind the colon is left as it is.
            if self._next() in ("#", "%"):
                raise _LexError
            self._until("}", depth + 1)
        elif operator == "/":
            if self.text[self.position : self.position + 1] == "/":
                self.position += 1
            self._until("/", depth + 1)
            self._until("}", depth + 1)
        elif operator and operator in _MODIFIERS:
            self._until("}", depth + 1)
        elif operator != "}":
            raise _LexError
        return self.text[start : self.position]

    def _next(self) -> str:
        self.position += 1
        return self.text[self.position - 1 : self.position]

    def _name(self) -> None:
        first = self.text[self.position : self.position + 1]
        if first and first in _SPECIAL:
            self.position += 1
            return
        digits = first.isdecimal()
        while self.position < len(self.text):
            char = self.text[self.position]
            if not (char.isdecimal() or (not digits and (char.isalpha() or char == "_"))):
                return
            self.position += 1

    def _until(self, stop: str, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise _LexError
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == stop:
                self.position += 1
                return
            self._part(char, depth)
        raise _LexError
