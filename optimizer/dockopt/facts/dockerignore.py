"""Docker's own rules for `.dockerignore`: which paths of the build context are not sent.

The reference is https://github.com/moby/patternmatcher (`patternmatcher.go` and `ignorefile`): the
last pattern that matches a path, or a folder above it, decides. They are not git's rules: a pattern
without a slash is about the root of the context alone.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.immutable import immutable

MAX_PATTERNS = 10_000
"""More patterns than that are no ignore file; matching costs patterns times files."""
_BOM = "\ufeff"
_SPECIAL = frozenset(".+()|{}$^")


class PatternError(ValueError):
    """A pattern that Docker refuses, with which it would not build."""


@immutable()
class Pattern:
    """One line of an ignore file, cleaned as Docker does."""

    text: str
    negated: bool
    """Whether it began with `!`: what it matches is sent after all."""
    line: int

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern as a regular expression over a whole path."""
        return re.compile(translate(self.text), re.DOTALL)

    def matches(self, path: str) -> bool:
        """Whether it matches `path` itself, not a folder above it."""
        return self.expression.fullmatch(path) is not None


@immutable()
class IgnoreRules:
    """The patterns of an ignore file, in order."""

    patterns: tuple[Pattern, ...] = ()
    file: str = ""
    """Where they stand, empty where there is no ignore file."""

    @classmethod
    def parse(cls, text: str, file: str = ".dockerignore") -> "IgnoreRules":
        """Reads an ignore file.

        Raises PatternError for a pattern that Docker refuses.
        """
        patterns = tuple(_patterns(text))
        if len(patterns) > MAX_PATTERNS:
            raise PatternError(f"{file}: more than {MAX_PATTERNS} patterns")
        for pattern in patterns:
            try:
                _ = pattern.expression
            except re.error as error:
                raise PatternError(f"{file}:{pattern.line}: {error}") from error
        return cls(patterns, file)

    @cached_property
    def has_exceptions(self) -> bool:
        """Whether something below an ignored folder can be sent."""
        return any(pattern.negated for pattern in self.patterns)

    def ignores(self, path: str) -> bool:
        """Whether `path`, relative to the root with `/` between its parts, is left out."""
        return self.deciding(path) is not None

    def deciding(self, path: str) -> Pattern | None:
        """The pattern by which `path` is left out, None where it is sent."""
        found: Pattern | None = None
        for pattern, matches in zip(self.patterns, self._matching(path, keep=False), strict=True):
            if matches and pattern.negated == (found is not None):
                found = None if pattern.negated else pattern
        return found

    def _matching(self, path: str, *, keep: bool) -> tuple[bool, ...]:
        """For each pattern, whether it matches `path` or a folder above it; `keep` for folders."""
        if path in self._folders:
            return self._folders[path]
        parent = path.rpartition("/")[0]
        above = self._matching(parent, keep=True) if parent else (False,) * len(self.patterns)
        found = tuple(
            inherited or pattern.matches(path)
            for pattern, inherited in zip(self.patterns, above, strict=True)
        )
        if keep:
            self._folders[path] = found
        return found

    @cached_property
    def _folders(self) -> dict[str, tuple[bool, ...]]:
        return {}


def _patterns(text: str) -> Iterator[Pattern]:
    for number, line in enumerate(text.removeprefix(_BOM).split("\n"), 1):
        if line.startswith("#"):
            continue
        pattern = line.strip()
        negated = pattern.startswith("!")
        if negated:
            pattern = pattern[1:].strip()
            if not pattern:
                raise PatternError(f"line {number}: `!` alone is not a pattern")
        if pattern:
            yield Pattern(_cleaned(pattern), negated, number)


def _cleaned(pattern: str) -> str:
    """Go's `filepath.Clean` without the leading slash: `/a//b/` is `a/b`."""
    cleaned = posixpath.normpath(pattern)
    if cleaned.startswith("//"):
        cleaned = cleaned[1:]
    return cleaned[1:] if len(cleaned) > 1 and cleaned.startswith("/") else cleaned


def translate(pattern: str) -> str:
    """The regular expression of a pattern: `**` crosses folders, `*` and `?` do not.

    Raises PatternError for an open bracket and a lone escape at the end.
    """
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("**", position):
            position += 3 if pattern.startswith("/", position + 2) else 2
            parts.append(".*" if position >= len(pattern) else _across(pattern, position))
            continue
        if char == "[":
            bracket, position = bracket_expression(pattern, position)
            parts.append(bracket)
            continue
        if char == "\\":
            position += 1
            if position >= len(pattern):
                raise PatternError(f"{pattern!r} ends in an escape")
            parts.append(re.escape(pattern[position]))
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(char, _literal(char)))
        position += 1
    return "".join(parts)


def _across(pattern: str, position: int) -> str:
    """`**/` is any number of folders; `**` glued to a name at the start is any prefix."""
    glued = pattern[position - 1] != "/"
    return ".*" if glued and position == 2 and not _wild(pattern[position:]) else "(?:.*/)?"


def _wild(pattern: str) -> bool:
    return any(char in "*?[\\" for char in pattern)


def _literal(char: str) -> str:
    return "\\" + char if char in _SPECIAL else re.escape(char)


def bracket_expression(pattern: str, start: int) -> tuple[str, int]:
    """The class that starts at `start` as a regular expression, and where it ends.

    `[^a-c]` is the one way to negate: in Go, unlike in a shell, `!` stands for itself.
    https://pkg.go.dev/path/filepath#Match
    """
    position = start + 1
    negated = pattern.startswith("^", position)
    position += negated
    members: list[str] = []
    while position < len(pattern) and (pattern[position] != "]" or not members):
        if pattern[position] == "\\" and position + 1 < len(pattern):
            position += 1
            members.append(re.escape(pattern[position]))
        elif pattern[position] == "-":
            members.append("-" if members else r"\-")
        else:
            members.append(re.escape(pattern[position]))
        position += 1
    if position >= len(pattern) or not members:
        raise PatternError(f"{pattern!r} has a bracket that is not closed")
    body = "".join(members)
    return f"[{'^' if negated else ''}{body}]", position + 1
