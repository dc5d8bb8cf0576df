"""How BuildKit splits the arguments of an instruction.

A port of the rules in https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/line_parsers.go
and split_command.go, with the offset of every word kept.
"""

import json
import re
from typing import NoReturn

from dockopt.immutable import immutable

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go's unicode.IsSpace takes for white space; `str.strip()` takes four characters more."""
WHITESPACE = re.compile(r"[\t\v\f\r ]+")
_PLAIN_WORD = re.compile(f"[^{SPACE}]+")
_FLAG_SPACE = "\t\n\v\f\r \x85\xa0"
_SURROGATE = re.compile("[\ud800-\udfff]")


class SplitError(ValueError):
    """The arguments have not the form that the instruction needs."""


@immutable(slots=True)
class Word:
    """A word with its place, `[start, end)`, in the text that was split."""

    text: str
    start: int
    end: int


def words(text: str, escape: str) -> list[Word]:
    """`text` split at white space outside quotes; quotes and escapes are kept in the words."""
    if "'" not in text and '"' not in text and escape not in text:
        return [Word(m[0], m.start(), m.end()) for m in _PLAIN_WORD.finditer(text)]
    found: list[Word] = []
    position, length = 0, len(text)
    while True:
        while position < length and text[position] in SPACE:
            position += 1
        if position >= length:
            return found
        start = position
        word, position = _word(text, position, escape)
        if word:
            found.append(Word(word, start, position))


def _word(text: str, position: int, escape: str) -> tuple[str, int]:
    """One word from `position`; an escape at the very end of the text is dropped."""
    start, length, quote = position, len(text), ""
    while position < length:
        char = text[position]
        if not quote and char in SPACE:
            break
        if char == escape and quote != "'":
            if position + 1 == length:
                return text[start:position], length
            position += 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        position += 1
    return text[start : min(position, length)], min(position, length)


def leading_flags(text: str, escape: str) -> tuple[list[Word], int]:
    """The `--flag` words at the start of `text`, and the offset at which the rest starts.

    Quotes and escapes are taken away from the flags. BuildKit reads flags byte by byte, each byte
    as a character of its own, so it garbles what is not ASCII; so does this.
    """
    if not text.startswith("--"):
        return [], 0
    found, offset = _flags(text, escape)
    if text[:offset].isascii():
        return found, offset
    raw = text.encode("utf-8", "surrogateescape")
    found, offset = _flags(raw.decode("latin-1"), escape)
    return (
        [Word(w.text, _characters(raw, w.start), _characters(raw, w.end)) for w in found],
        _characters(raw, offset),
    )


def _characters(raw: bytes, offset: int) -> int:
    """How many characters the first `offset` bytes are; one that is cut in two counts whole."""
    while offset < len(raw) and raw[offset] & 0xC0 == 0x80:
        offset += 1
    return len(raw[:offset].decode("utf-8", "surrogateescape"))


def _flags(text: str, escape: str) -> tuple[list[Word], int]:
    found: list[Word] = []
    position, length = 0, len(text)
    while True:
        while position < length and text[position] in _FLAG_SPACE:
            position += 1
        if position >= length:
            return found, length
        if not text.startswith("--", position):
            return found, position
        start = position
        word, position = _flag_word(text, position, escape)
        if word == "--":
            return found, position
        found.append(Word(word, start, position))


def _flag_word(text: str, position: int, escape: str) -> tuple[str, int]:
    parts: list[str] = []
    length, quote = len(text), ""
    while position < length:
        char = text[position]
        if not quote and char in _FLAG_SPACE:
            break
        if quote and char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif char == escape:
            if position + 1 >= length:
                position += 1
                break
            position += 1
            parts.append(text[position])
        else:
            parts.append(char)
        position += 1
    return "".join(parts), position


def name_values(text: str, keyword: str, escape: str) -> tuple[str, ...]:
    """ENV and LABEL: `name=value …`, or the old `name value`; names and values alternate.

    Raises SplitError where BuildKit refuses the line.
    """
    split = words(text, escape)
    if not split:
        return ()
    if "=" not in split[0].text:
        parts = WHITESPACE.split(text, maxsplit=1)
        if len(parts) < 2:
            raise SplitError(f"{keyword} must have two arguments")
        return parts[0], parts[1]
    flat: list[str] = []
    for word in split:
        name, equals, value = word.text.partition("=")
        if not equals:
            raise SplitError(f"can't find = in {word.text!r}: it must be of the form name=value")
        flat += [name, value]
    return tuple(flat)


def whitespace_words(text: str) -> tuple[str, ...]:
    """FROM, EXPOSE and shell-form COPY: plain white space splits, quotes mean nothing."""
    return tuple(WHITESPACE.split(text)) if text else ()


def json_words(text: str) -> tuple[str, ...] | None:
    """The strings of a JSON array, None where `text` is not one.

    What follows the array on the line is ignored, as BuildKit did until version 0.14; since then it
    reads such a line as shell.

    Raises SplitError for an array that holds something other than strings.
    """
    if not text.startswith("["):
        return None
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SplitError("a JSON array of arguments must hold strings only")
    return tuple(_SURROGATE.sub("\ufffd", item) for item in value)


def _no_constant(name: str) -> NoReturn:
    """Go's JSON has no NaN and no Infinity."""
    raise ValueError(name)


_DECODER = json.JSONDecoder(strict=True, parse_constant=_no_constant)
