"""How BuildKit splits the arguments of an instruction.

A port of the rules in https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/line_parsers.go
and split_command.go, with the offset of every word kept.
"""

import json
import re
from dataclasses import dataclass

WHITESPACE = re.compile(r"[\t\v\f\r ]+")


class SplitError(ValueError):
    """The arguments have not the form that the instruction needs."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place, `[start, end)`, in the text that was split."""

    text: str
    start: int
    end: int


def words(text: str, escape: str) -> list[Word]:
    """`text` split at white space outside quotes; quotes and escapes are kept in the words."""
    found: list[Word] = []
    position, length = 0, len(text)
    while True:
        while position < length and text[position].isspace():
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
        if not quote and char.isspace():
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


@dataclass(frozen=True, slots=True)
class FlagWord:
    """A flag as BuildKit reads it: quotes and escapes taken away."""

    text: str
    start: int
    end: int


def leading_flags(text: str, escape: str) -> tuple[list[FlagWord], int]:
    """The `--flag` words at the start of `text`, and the offset at which the rest starts."""
    found: list[FlagWord] = []
    position, length = 0, len(text)
    while True:
        while position < length and text[position].isspace():
            position += 1
        if position >= length:
            return found, length
        if not text.startswith("--", position):
            return found, position
        start = position
        word, position = _flag_word(text, position, escape)
        if word == "--":
            return found, position
        found.append(FlagWord(word, start, position))


def _flag_word(text: str, position: int, escape: str) -> tuple[str, int]:
    parts: list[str] = []
    length, quote = len(text), ""
    while position < length:
        char = text[position]
        if not quote and char.isspace():
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

    As in BuildKit, what follows the array on the line is ignored.
    Raises SplitError for an array that holds something other than strings.
    """
    if not text.startswith("["):
        return None
    try:
        value, _ = json.JSONDecoder(strict=True).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SplitError("a JSON array of arguments must hold strings only")
    return tuple(value)
