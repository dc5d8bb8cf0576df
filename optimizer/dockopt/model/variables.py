"""Variables of ARG and ENV, expanded as BuildKit expands them; `Unknown` where that needs a build.

https://docs.docker.com/reference/dockerfile/#environment-replacement, and where that is silent
https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go.
"""

import re
from collections.abc import Mapping
from dataclasses import field

from dockopt.immutable import immutable
from dockopt.model.patterns import PatternError, replaced, without_prefix, without_suffix

PLATFORM_ARGUMENTS = frozenset(
    f"{side}{part}"
    for side in ("BUILD", "TARGET")
    for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
"""https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope"""
_SPECIAL = "@*#?-!$"
_MAX_DEPTH = 20
_PLAIN = re.compile(r"[^$'\"\\`/}]+")
"""Characters that mean nothing but themselves."""


@immutable(slots=True)
class Unknown:
    """A value that only a build can tell, and why."""

    reason: str


Value = str | Unknown


@immutable()
class Scope:
    """The variables at one place of a Dockerfile."""

    values: Mapping[str, Value] = field(default_factory=dict)
    closed: bool = False
    """Whether a name that is not in `values` is certainly unset (before the first FROM)."""

    def get(self, name: str) -> Value | None:
        """The value of `name`, None where it is certainly unset."""
        if name in self.values:
            return self.values[name]
        return None if self.closed else Unknown(f"{name} may be set by the base image")


class ExpansionError(ValueError):
    """A quote or `${…}` that BuildKit refuses: the build stops there."""


def expand(text: str, scope: Scope, escape: str = "\\") -> Value:
    """`text` with variables replaced and quotes removed; Unknown where a variable is.

    Raises ExpansionError for a form that BuildKit does not read.
    """
    if "$" not in text and '"' not in text and "'" not in text and escape not in text:
        return text
    return _Expansion(text, scope, escape).until("", raw=False)


def _joined(parts: list[Value]) -> Value:
    for part in parts:
        if isinstance(part, Unknown):
            return part
    return "".join(part for part in parts if isinstance(part, str))


class _Expansion:
    """One pass over a text; `raw` says whether escape characters stay, as they do in patterns."""

    def __init__(self, text: str, scope: Scope, escape: str) -> None:
        self.text = text
        self.scope = scope
        self.escape = escape
        self.position = 0
        self.depth = 0

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _next(self) -> str:
        self.position += 1
        return self.text[self.position - 1 : self.position]

    def until(self, stop: str, *, raw: bool) -> Value:
        """What the text up to `stop` (up to its end, where that is empty) stands for."""
        parts: list[Value] = []
        while self.position < len(self.text):
            if plain := _PLAIN.match(self.text, self.position):
                parts.append(plain[0])
                self.position = plain.end()
                continue
            char = self._peek()
            if stop and char == stop:
                self.position += 1
                return _joined(parts)
            parts.append(self._part(char, raw=raw))
        if stop:
            raise ExpansionError(f"bad substitution: {stop} is missing")
        return _joined(parts)

    def _part(self, char: str, *, raw: bool) -> Value:
        if char == "$":
            return self._dollar()
        if char == "'":
            return self._single()
        if char == '"':
            return self._double(raw=raw)
        self.position += 1
        if char == self.escape:
            return (char if raw else "") + self._next()
        return char

    def _single(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise ExpansionError("a single quote is not closed")
        start, self.position = self.position + 1, end + 1
        return self.text[start:end]

    def _double(self, *, raw: bool) -> Value:
        self.position += 1
        parts: list[Value] = []
        while self.position < len(self.text):
            if plain := _PLAIN.match(self.text, self.position):
                parts.append(plain[0])
                self.position = plain.end()
                continue
            char = self._peek()
            if char == "$":
                parts.append(self._dollar())
                continue
            self.position += 1
            if char == '"':
                return _joined(parts)
            if char == self.escape and self._peek() in ('"', "$", self.escape):
                parts.append(char if raw else "")
                char = self._next()
            parts.append(char)
        raise ExpansionError("a double quote is not closed")

    def _dollar(self) -> Value:
        self.position += 1
        if self._peek() == "{":
            self.position += 1
            return self._braced()
        name = self._name()
        if not name:
            return "$"
        value = self.scope.get(name)
        return "" if value is None else value

    def _name(self) -> str:
        start = self.position
        first = self._peek()
        if first and first in _SPECIAL:
            self.position += 1
            return first
        digits = first.isdecimal()
        while char := self._peek():
            if not (char.isdecimal() or (not digits and (char.isalpha() or char == "_"))):
                break
            self.position += 1
        return self.text[start : self.position]

    def _braced(self) -> Value:
        if self._peek() in ("", "{", "}", ":"):
            raise ExpansionError("bad substitution: a name must follow ${")
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise ExpansionError("substitutions are nested too deeply")
        name = self._name()
        value = self.scope.get(name)
        operator = self._next()
        if operator == "}":
            found: Value = "" if value is None else value
        elif operator == "/":
            found = self._replacement(value)
        else:
            found = self._modified(value, operator)
        self.depth -= 1
        return found

    def _modified(self, value: Value | None, operator: str) -> Value:
        empty_is_unset = operator == ":"
        if empty_is_unset:
            operator = self._next()
        if not operator or operator not in ("+-?" if empty_is_unset else "+-?#%"):
            shown = f":{operator}" if empty_is_unset else operator
            raise ExpansionError(f"unsupported modifier {shown!r} in a substitution")
        word = self.until("}", raw=operator in "#%")
        if isinstance(value, Unknown):
            return value
        if operator in "#%":
            return self._trimmed(value or "", operator, word)
        is_set = bool(value) if empty_is_unset else value is not None
        if operator == "+":
            return word if is_set else ""
        if operator == "-":
            return (value or "") if is_set else word
        return (value or "") if is_set else Unknown("the build stops: a variable is not set")

    def _trimmed(self, value: str, operator: str, pattern: Value) -> Value:
        if isinstance(pattern, Unknown):
            return pattern
        greedy = pattern.startswith(operator)
        trim = without_prefix if operator == "#" else without_suffix
        try:
            return trim(value, pattern[1:] if greedy else pattern, greedy=greedy)
        except PatternError as error:
            raise ExpansionError(str(error)) from error

    def _replacement(self, value: Value | None) -> Value:
        everywhere = self._peek() == "/"
        if everywhere:
            self.position += 1
        pattern, replacement = self.until("/", raw=True), self.until("}", raw=True)
        for part in (value, pattern, replacement):
            if isinstance(part, Unknown):
                return part
        if everywhere and "$" in str(replacement):
            return Unknown("the replacement refers to parts of the match")
        try:
            return replaced(str(value or ""), str(pattern), str(replacement), everywhere=everywhere)
        except PatternError as error:
            raise ExpansionError(str(error)) from error
