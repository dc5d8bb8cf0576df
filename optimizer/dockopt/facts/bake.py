"""The `target` blocks of a `docker-bake.hcl`: what they build, as far as plain values tell.

https://docs.docker.com/build/bake/reference/. Only attributes whose values are literal texts, lists
or maps of these are read; any expression is unknown. A block that cannot be followed to its end
makes the whole file unknown.
"""

import re
from collections.abc import Mapping

from dockopt.facts.settings_files import Told
from dockopt.immutable import immutable

MAX_TOKENS = 20_000
MAX_PARENTS = 20
_TOKEN = re.compile(
    r'\s+|#[^\n]*|//[^\n]*|/\*.*?\*/|(?P<heredoc><<-?\s*\w+)|"(?P<text>(?:[^"\\\n]|\\.)*)"'
    r"|(?P<word>[\w.-]+)|(?P<mark>[^\w\s])",
    re.DOTALL,
)


@immutable(slots=True)
class BakeTarget:
    """One target, with what it inherits."""

    name: str
    line: int
    attributes: Mapping[str, Told | None]
    """Those with one text as value; None where it is an expression."""
    inherits: tuple[str, ...]


def bake_targets(text: str) -> tuple[BakeTarget, ...] | None:
    """The targets of the file, None where it cannot be read."""
    tokens = _tokens(text)
    if tokens is None:
        return None
    found: dict[str, BakeTarget] = {}
    position = 0
    while position < len(tokens):
        head = position
        while position < len(tokens) and tokens[position][1] not in ("{", "="):
            position += 1
        if position < len(tokens) and tokens[position][1] == "=":
            position = _after_value(tokens, position + 1)
            continue
        end = _closing(tokens, position)
        if end is None:
            return None if position < len(tokens) else tuple(found.values())
        if tokens[head][1] == "target" and position == head + 2:
            name = tokens[head + 1][1]
            found[name] = _target(name, tokens[head][2], tokens[position + 1 : end])
        position = end + 1
    return tuple(_inherited(target, found, MAX_PARENTS) for target in found.values())


Token = tuple[str, str, int]
"""Its kind (`text`, `word`, `mark`), its text, and its line."""


def _tokens(text: str) -> list[Token] | None:
    found: list[Token] = []
    line, position = 1, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup == "heredoc" or len(found) > MAX_TOKENS:
            return None
        if match.lastgroup:
            found.append((match.lastgroup, match[match.lastgroup], line))
        line += match[0].count("\n")
        position = match.end()
    return found


def _closing(tokens: list[Token], start: int) -> int | None:
    """Where the bracket at `start` is closed."""
    depth = 0
    for index in range(start, len(tokens)):
        kind, text, _ = tokens[index]
        if kind == "mark":
            depth += (text in "{[(") - (text in "}])")
        if depth == 0:
            return index
    return None


def _after_value(tokens: list[Token], start: int) -> int:
    """Where the next attribute or block starts: on the first later line outside of brackets."""
    position = start
    while position < len(tokens):
        if tokens[position][0] == "mark" and tokens[position][1] in "{[(":
            end = _closing(tokens, position)
            if end is None:
                return len(tokens)
            position = end
        position += 1
        if position < len(tokens) and tokens[position][2] > tokens[position - 1][2]:
            return position
    return position


def _target(name: str, line: int, tokens: list[Token]) -> BakeTarget:
    attributes: dict[str, Told | None] = {}
    inherits: tuple[str, ...] = ()
    position = 0
    while position + 1 < len(tokens):
        key = tokens[position][1]
        end = _after_value(tokens, position + 1)
        value = tokens[position + 2 : end] if tokens[position + 1][1] == "=" else []
        attributes[key] = _literal(value)
        if key == "inherits":
            inherits = tuple(text for kind, text, _ in value if kind == "text")
        position = end
    return BakeTarget(name, line, attributes, inherits)


def _literal(value: list[Token]) -> Told | None:
    if len(value) != 1 or value[0][0] != "text" or "${" in value[0][1] or "\\" in value[0][1]:
        return None
    return Told.at(value[0][1], value[0][2])


def _inherited(target: BakeTarget, known: Mapping[str, BakeTarget], depth: int) -> BakeTarget:
    """The target with what its parents say; a later parent comes before an earlier one."""
    attributes: dict[str, Told | None] = {}
    for name in target.inherits if depth else ():
        if name in known and name != target.name:
            attributes |= _inherited(known[name], known, depth - 1).attributes
    return BakeTarget(target.name, target.line, attributes | dict(target.attributes), ())
