"""What the joined text of one instruction says: keyword, flags and arguments.

It is a function of that text alone, so the many instructions that are the same in two versions of a
Dockerfile (and in two Dockerfiles) are read once.
"""

import re

from dockopt.immutable import immutable
from dockopt.remembering import remembered_by_text
from dockopt.syntax import heredocs as heredoc_rules
from dockopt.syntax import words as word_rules
from dockopt.syntax.words import SPACE, Word

_HEAD = re.compile(rf"[{SPACE}]*+([^\t\v\f\r ]*+)[\t\v\f\r ]*+")
_HEALTH = re.compile(r"([^\t\n\v\f\r ]+)[\t\n\v\f\r ]*(.*)\Z", re.DOTALL)
_HEREDOC_KEYWORDS = frozenset({"ADD", "COPY", "RUN"})
_NAME_VALUE = frozenset({"ENV", "LABEL"})
_JSON_OR_WORDS = frozenset({"COPY", "ADD", "VOLUME"})
_JSON_OR_STRING = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_WORDS = frozenset({"FROM", "EXPOSE"})
_STRING = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})


@immutable(slots=True)
class Reading:
    """The parts of an instruction; all offsets count in its logical text."""

    keyword: str
    """In capitals; empty where the line says nothing."""
    keyword_start: int
    keyword_end: int
    flags: tuple[Word, ...]
    value: tuple[str, ...]
    is_json: bool
    start: int
    """Where the arguments start, after the flags."""
    end: int
    inner: "Reading | None"
    """The instruction that an ONBUILD triggers."""
    openers: tuple[heredoc_rules.Opener, ...]


def read(text: str, escape: str) -> Reading:
    """Reads the logical text of an instruction.

    Raises SplitError where BuildKit's parser refuses it.
    """
    return _whole(text, escape)


@remembered_by_text(4_000_000)
def _whole(text: str, escape: str) -> Reading:
    return _read(text, escape, 0)


def _read(text: str, escape: str, base: int) -> Reading:
    """Reads `text[base:]`; an instruction within an ONBUILD stands at `base` above 0."""
    end = len(text.rstrip(SPACE))
    start, keyword_end, body = _head(text, base, end)
    keyword = _capitals(text[start:keyword_end])
    flags: list[Word] = []
    if text.startswith("--", body, end):
        flags, offset = word_rules.leading_flags(text[body:end], escape)
        flags = [Word(w.text, w.start + body, w.end + body) for w in flags]
        body += offset
    while body < end and text[body] in SPACE:
        body += 1
    inner = _read(text, escape, body) if keyword == "ONBUILD" and not base and body < end else None
    if inner is not None:
        value, is_json = inner.value, inner.is_json
    else:
        value, is_json = _arguments(keyword, text[body:end], escape)
    opening = inner or keyword
    openers = () if is_json or base else _openers(opening, text)
    return Reading(
        keyword, start, keyword_end, tuple(flags), value, is_json, body, end, inner, openers
    )


def _head(text: str, base: int, end: int) -> tuple[int, int, int]:
    """Where the keyword starts and ends, and where what follows it starts."""
    match = _HEAD.match(text, base, end)
    return (*match.span(1), match.end()) if match else (base, base, base)


def _capitals(word: str) -> str:
    """BuildKit compares keywords in small letters; some letters are ASCII in that case alone."""
    lowered = word.lower()
    return lowered.upper() if lowered.isascii() else word


def _openers(opening: "Reading | str", text: str) -> tuple[heredoc_rules.Opener, ...]:
    keyword = opening if isinstance(opening, str) else opening.keyword
    return heredoc_rules.openers(text) if keyword in _HEREDOC_KEYWORDS else ()


def _arguments(keyword: str, text: str, escape: str) -> tuple[tuple[str, ...], bool]:
    if keyword in _JSON_OR_STRING or keyword in _JSON_OR_WORDS:
        items = word_rules.json_words(text)
        if items is not None:
            return items, True
        if keyword in _JSON_OR_STRING:
            return ((text,) if text else ()), False
        return word_rules.whitespace_words(text), False
    if keyword in _NAME_VALUE:
        return word_rules.name_values(text, keyword, escape), False
    if keyword == "ARG":
        return tuple(word.text for word in word_rules.words(text, escape)), False
    if keyword in _WORDS:
        return word_rules.whitespace_words(text), False
    if keyword == "HEALTHCHECK":
        return _healthcheck(text)
    if keyword in _STRING:
        return ((text,) if text else ()), False
    # BuildKit's parser drops the arguments of an instruction that it does not know.
    return () if keyword == "ONBUILD" and not text else ("",), False


def _healthcheck(text: str) -> tuple[tuple[str, ...], bool]:
    match = _HEALTH.match(text)
    if not match:
        return (), False
    kind, rest = match[1], match[2]
    items = word_rules.json_words(rest)
    if items is not None:
        return (kind, *items), True
    return ((kind, rest) if rest else (kind,)), False
