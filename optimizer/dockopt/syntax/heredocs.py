"""Here-documents: which ones a line opens, and where their lines end.

BuildKit's rules: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go (heredocsFromLine).
"""

import re
from dataclasses import dataclass

_OPENER = re.compile(r"^(\d*)<<(-?)([^<]*)$")


@dataclass(frozen=True, slots=True)
class Opener:
    """A `<<NAME` on a line."""

    name: str
    expand: bool
    chomp: bool
    file_descriptor: int


def openers(line: str) -> list[Opener]:
    """The here-documents that the words of `line` open, in order."""
    if "<<" not in line:
        return []
    return [opener for word in _raw_words(line) if (opener := _opener(word))]


def _opener(word: str) -> Opener | None:
    match = _OPENER.match(word)
    if not match or not match[3]:
        return None
    unquoted = _unquote(match[3])
    if not unquoted or unquoted != unquoted.strip() or WHITE.search(unquoted):
        return None
    expand = not any(quote in match[3] for quote in "\"'\\")
    return Opener(unquoted, expand, match[2] == "-", int(match[1] or 0))


WHITE = re.compile(r"\s")


def _unquote(text: str) -> str:
    out: list[str] = []
    quote, position = "", 0
    while position < len(text):
        char = text[position]
        if char == "\\" and quote != "'" and position + 1 < len(text):
            position += 1
            out.append(text[position])
        elif quote:
            if char == quote:
                quote = ""
            else:
                out.append(char)
        elif char in "\"'":
            quote = char
        else:
            out.append(char)
        position += 1
    return "".join(out)


def _raw_words(line: str) -> list[str]:
    """The words of a line as a shell splits them, quotes kept."""
    found: list[str] = []
    word, quote, position = "", "", 0
    while position < len(line):
        char = line[position]
        if quote:
            if char == "\\" and quote == '"' and position + 1 < len(line):
                word += line[position : position + 2]
                position += 2
                continue
            quote = "" if char == quote else quote
            word += char
        elif char.isspace():
            if word:
                found.append(word)
            word = ""
        elif char == "\\" and position + 1 < len(line):
            word += line[position : position + 2]
            position += 2
            continue
        else:
            quote = char if char in "\"'" else ""
            word += char
        position += 1
    return [*found, word] if word else found
