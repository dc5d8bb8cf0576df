"""Variables of ARG and ENV, expanded as BuildKit expands them; `Unknown` where that needs a build.

https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLATFORM_ARGUMENTS = frozenset(
    f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
"""https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope"""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-]")
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only a build can tell, and why."""

    reason: str


Value = str | Unknown


@dataclass(frozen=True)
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
    """A `${…}` that BuildKit refuses."""


def expand(text: str, scope: Scope, escape: str = "\\") -> Value:
    """`text` with variables replaced and quotes removed; Unknown where a variable is.

    Raises ExpansionError for a form that BuildKit does not read.
    """
    return _Expansion(text, scope, escape).run()


@dataclass
class _Expansion:
    text: str
    scope: Scope
    escape: str
    position: int = 0
    depth: int = 0

    def run(self) -> Value:
        parts: list[str] = []
        unknown: Unknown | None = None
        quote = ""
        while self.position < len(self.text):
            char = self.text[self.position]
            if quote == "'" and char != "'":
                parts.append(char)
                self.position += 1
            elif char in "\"'" and (not quote or quote == char):
                quote = "" if quote else char
                self.position += 1
            elif char == self.escape:
                parts.append(self._escaped(quote))
            elif char == "$":
                value = self._variable()
                unknown = unknown or (value if isinstance(value, Unknown) else None)
                parts.append(value if isinstance(value, str) else "")
            else:
                parts.append(char)
                self.position += 1
        return unknown or "".join(parts)

    def _escaped(self, quote: str) -> str:
        following = self.text[self.position + 1 : self.position + 2]
        self.position += 2
        if quote == '"' and following not in ('"', "$", self.escape):
            return self.escape + following
        return following

    def _variable(self) -> Value:
        self.position += 1
        if self.text[self.position : self.position + 1] == "{":
            return self._braced()
        match = _NAME.match(self.text, self.position)
        if not match:
            return "$"
        self.position = match.end()
        value = self.scope.get(match[0])
        return "" if value is None else value

    def _braced(self) -> Value:
        self.position += 1
        match = _NAME.match(self.text, self.position)
        if not match:
            raise ExpansionError("bad substitution: a name must follow ${")
        self.position = match.end()
        inside = self._until_brace()
        value = self.scope.get(match[0])
        if not inside:
            return "" if value is None else value
        return self._modified(value, inside)

    def _until_brace(self) -> str:
        start, depth = self.position, 1
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == self.escape:
                self.position += 1
            elif char == "{" and self.text[self.position - 1] == "$":
                depth += 1
            elif char == "}":
                depth -= 1
                if not depth:
                    self.position += 1
                    return self.text[start : self.position - 1]
            self.position += 1
        raise ExpansionError("bad substitution: } is missing")

    def _modified(self, value: Value | None, inside: str) -> Value:
        colon = inside.startswith(":")
        operator, word = (inside[1:2], inside[2:]) if colon else (inside[0], inside[1:])
        if operator in "-+?" and operator:
            return self._choice(value, operator, word, colon)
        if colon or operator not in "#%/":
            raise ExpansionError(f"unsupported modifier {inside[:2]!r} in a substitution")
        if value is None:
            return ""
        if isinstance(value, Unknown):
            return value
        if operator == "/":
            return self._replaced(value, word)
        return self._trimmed(value, operator, word)

    def _choice(self, value: Value | None, operator: str, word: str, colon: bool) -> Value:
        if isinstance(value, Unknown):
            return value
        is_set = bool(value) if colon else value is not None
        if operator == "-":
            return (value or "") if is_set else self._nested(word)
        if operator == "+":
            return self._nested(word) if is_set else ""
        if not is_set:
            return Unknown(f"the build stops: {word or 'a variable is not set'}")
        return value or ""

    def _nested(self, word: str) -> Value:
        if self.depth >= _MAX_DEPTH:
            raise ExpansionError("substitutions are nested too deeply")
        return _Expansion(word, self.scope, self.escape, depth=self.depth + 1).run()

    def _trimmed(self, value: str, operator: str, word: str) -> Value:
        greedy = word.startswith(operator)
        pattern = self._nested(word[1:] if greedy else word)
        if isinstance(pattern, Unknown):
            return pattern
        compiled = re.compile(_glob(pattern, self.escape), re.DOTALL)
        lengths = range(len(value), -1, -1) if greedy else range(len(value) + 1)
        for length in lengths:
            part = value[:length] if operator == "#" else value[len(value) - length :]
            if compiled.fullmatch(part):
                return value[length:] if operator == "#" else value[: len(value) - length]
        return value

    def _replaced(self, value: str, word: str) -> Value:
        everywhere = word.startswith("/")
        pattern_text, _, replacement_text = (word[1:] if everywhere else word).partition("/")
        pattern, replacement = self._nested(pattern_text), self._nested(replacement_text)
        if isinstance(pattern, Unknown):
            return pattern
        if isinstance(replacement, Unknown):
            return replacement
        compiled = re.compile(_glob(pattern, self.escape), re.DOTALL)
        return compiled.sub(lambda _: replacement, value, count=0 if everywhere else 1)


def _glob(pattern: str, escape: str) -> str:
    """A shell pattern as a regular expression: `*` and `?` are special, the escape quotes."""
    out: list[str] = []
    characters = iter(pattern)
    for char in characters:
        if char == escape:
            out.append(re.escape(next(characters, escape)))
        else:
            out.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
    return "".join(out)
