"""The patterns of `${name#pattern}` and its relatives, as BuildKit matches them.

A port of the pattern functions of
https://github.com/moby/buildkit/blob/master/frontend/dockerfile/shell/lex.go: `*` and `?` are
special, brackets are not, and a backslash quotes whatever the `escape` directive says.
"""

import re

_MAX_STARS = 6
_MAX_VALUE = 4096


class PatternError(ValueError):
    """A pattern that BuildKit refuses, or one that would take too long to match."""


def without_prefix(value: str, pattern: str, *, greedy: bool) -> str:
    """`value` without its shortest (or longest) beginning that matches; raises PatternError."""
    match = _compiled(pattern, value, greedy=greedy).match(value)
    return value[match.end() :] if match else value


def without_suffix(value: str, pattern: str, *, greedy: bool) -> str:
    """`value` without its shortest (or longest) end that matches; raises PatternError."""
    return without_prefix(value[::-1], _reversed(pattern), greedy=greedy)[::-1]


def replaced(value: str, pattern: str, replacement: str, *, everywhere: bool) -> str:
    """`value` with the first match, or all matches, replaced; raises PatternError."""
    compiled = _compiled(pattern, value, greedy=True)
    parts: list[str] = []
    position, touched = 0, -1
    for match in compiled.finditer(value):
        # Unlike Python, Go takes no empty match just behind another one.
        if match.start() == match.end() == touched:
            continue
        parts += [value[position : match.start()], replacement]
        position = touched = match.end()
        if not everywhere:
            break
    return "".join(parts) + value[position:]


def _compiled(pattern: str, value: str, *, greedy: bool) -> re.Pattern[str]:
    if len(value) > _MAX_VALUE or pattern.count("*") > _MAX_STARS:
        raise PatternError(f"the pattern {pattern[:40]!r} is too costly to match")
    out: list[str] = []
    characters = iter(pattern)
    for char in characters:
        if char == "*":
            out.append(".*" if greedy else ".*?")
        elif char == "?":
            out.append(".")
        elif char == "\\":
            out.append(re.escape(_quoted(next(characters, ""), pattern)))
        else:
            out.append(re.escape(char))
    return re.compile("".join(out))


def _quoted(char: str, pattern: str) -> str:
    if not char or char not in "*?\\}/":
        raise PatternError(f"invalid escape in the pattern {pattern!r}")
    return char


def _reversed(pattern: str) -> str:
    """The pattern read backwards, every backslash still before what it quotes."""
    out: list[str] = []
    characters = iter(pattern)
    for char in characters:
        out.append(char + next(characters, "") if char == "\\" else char)
    return "".join(reversed(out))
