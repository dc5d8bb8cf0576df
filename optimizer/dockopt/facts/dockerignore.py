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
MAX_LINE_BYTES = 65_535
"""Docker reads lines with Go's `bufio.Scanner`, which takes no longer ones."""
_BOM = "\ufeff"
_SPECIAL = frozenset(".+()|{}$^")
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""White space in Go, which is less than in Python: https://pkg.go.dev/unicode#IsSpace"""


class PatternError(ValueError):
    """A pattern with which Docker would not build, or that it takes for something else."""


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
        return re.compile(translate(self.text))

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
        return self._judged(path, keep=False)[0]

    def _judged(self, path: str, *, keep: bool) -> tuple[Pattern | None, frozenset[int]]:
        """The deciding pattern, and which patterns took effect; `keep` for folders.

        As in `MatchesUsingParentResults`: a pattern that could change nothing at a folder is not
        tried there, and counts for what is below only where it matches that itself.
        """
        if path in self._folders:
            return self._folders[path]
        parent = path.rpartition("/")[0]
        above = self._judged(parent, keep=True)[1] if parent else frozenset[int]()
        found: Pattern | None = None
        effective: set[int] = set()
        for index, pattern in enumerate(self.patterns):
            tried = pattern.negated == (found is not None)
            if index in above or (tried and pattern.matches(path)):
                effective.add(index)
                if pattern.negated or found is None:
                    found = None if pattern.negated else pattern
        judged = (found, frozenset(effective))
        if keep:
            self._folders[path] = judged
        return judged

    @cached_property
    def _folders(self) -> dict[str, tuple[Pattern | None, frozenset[int]]]:
        return {}


def _patterns(text: str) -> Iterator[Pattern]:
    for number, line in enumerate(text.removeprefix(_BOM).split("\n"), 1):
        if len(line) > MAX_LINE_BYTES // 4 and len(line.encode()) > MAX_LINE_BYTES:
            raise PatternError(f"line {number} is longer than {MAX_LINE_BYTES} bytes")
        if line.startswith("#"):
            continue
        pattern = line.strip(_SPACE)
        negated = pattern.startswith("!")
        if negated:
            pattern = pattern[1:].strip(_SPACE)
        if pattern:
            pattern = _cleaned(pattern)
        if not negated and pattern.startswith("!"):  # `/!a`: it is looked at once more
            negated, pattern = True, pattern[1:]
        if negated and not pattern:
            raise PatternError(f"line {number}: `!` alone is not a pattern")
        if pattern:
            yield Pattern(pattern, negated, number)


def _cleaned(pattern: str) -> str:
    """Go's `filepath.Clean` without the leading slash: `/a//b/` is `a/b`."""
    cleaned = posixpath.normpath(pattern)
    if cleaned.startswith("//"):
        cleaned = cleaned[1:]
    return cleaned[1:] if len(cleaned) > 1 and cleaned.startswith("/") else cleaned


def translate(pattern: str) -> str:
    """The regular expression of a pattern: `**` crosses folders, `*` and `?` do not.

    Raises PatternError for what Go's `filepath.Match` refuses, and for what Docker reads as
    something else than it says: it makes a regular expression of Go out of the pattern, in which
    `\\d` is a digit and `[*]` no star.
    """
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if pattern.startswith("**", position):
            position += 3 if pattern.startswith("/", position + 2) else 2
            parts.append(_ANYTHING if position >= len(pattern) else _across(pattern, position))
            continue
        if char == "[":
            bracket, position = bracket_expression(pattern, position)
            parts.append(bracket)
            continue
        if char == "\\":
            parts.append(_escaped(pattern, position))
            position += 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(char, _literal(char)))
        position += 1
    return "".join(parts)


_ANYTHING = r"[\s\S]*"


def _across(pattern: str, position: int) -> str:
    """`**/` is any number of folders; `**` glued to a name at the start is any prefix."""
    glued = pattern[position - 1] != "/"
    at_start = position == 2 if glued else position == 3
    if at_start and not _wild(pattern[position:]):  # the end of a path, compared as it is
        return _ANYTHING if glued else rf"(?:{_ANYTHING}/)?"
    return "(?:.*/)?"


def _wild(pattern: str) -> bool:
    return any(char in "*?[]\\" for char in pattern)


def _literal(char: str) -> str:
    return "\\" + char if char in _SPECIAL else re.escape(char)


def _escaped(pattern: str, position: int) -> str:
    """The character after the backslash at `position`, as itself."""
    char = pattern[position + 1 : position + 2]
    if not char:
        raise PatternError(f"{pattern!r} ends in an escape")
    if char.isalnum() or not char.isascii():
        raise PatternError(f"in {pattern!r} the escape of {char!r} does not stand for itself")
    return re.escape(char)


def bracket_expression(pattern: str, start: int) -> tuple[str, int]:
    """The class that starts at `start` as a regular expression, and where it ends.

    `[^a-c]` is the one way to negate: in Go, unlike in a shell, `!` stands for itself.
    https://pkg.go.dev/path/filepath#Match
    """
    position = start + 1
    negated = pattern.startswith("^", position)
    position += negated
    members: list[str] = []
    while not (members and pattern.startswith("]", position)):
        low, position = _member(pattern, position)
        if pattern.startswith("-", position):
            high, position = _member(pattern, position + 1)
            low += "-" + high
        members.append(low)
    return f"[{'^' if negated else ''}{''.join(members)}]", position + 1


def _member(pattern: str, position: int) -> tuple[str, int]:
    """One character of a class, and where the next one is."""
    char = pattern[position : position + 1]
    if char in ("", "-", "]"):
        raise PatternError(f"{pattern!r} has a bracket that is not closed, or an open range")
    if char in "*?[":
        raise PatternError(f"in {pattern!r} a {char} within brackets does not stand for itself")
    if char == "\\":
        return _escaped(pattern, position), position + 2
    return re.escape(char), position + 1
