"""What BuildKit's own parser makes of a Dockerfile, and what dockopt does, in one form.

The oracle is the `dockerfile` package, which wraps the parser of BuildKit 0.12. Some rules have
changed in BuildKit since then, and dockopt follows the newer ones (see `differs_by_version`);
an exec form with something behind it, it reads as the oracle does.
"""

import re
from typing import NamedTuple

import pytest

from dockopt.errors import ParseError
from dockopt.syntax import Document, Instruction, parse

REASON = "the oracle, the package `dockerfile`, has no wheel for this platform"


class Seen(NamedTuple):
    """An instruction as both parsers can tell it."""

    keyword: str
    triggered: str
    flags: tuple[str, ...]
    value: tuple[str, ...]
    is_json: bool
    line: int
    end_line: int
    heredocs: tuple[tuple[str, str, int], ...]


def theirs(text: str) -> list[Seen] | str:
    """BuildKit's reading, or the message with which it refuses the text."""
    dockerfile = pytest.importorskip("dockerfile", reason=REASON)
    try:
        commands = dockerfile.parse_string(utf8(text))
    except dockerfile.GoParseError as error:
        return str(error)
    return [
        Seen(
            _folded(command.cmd),
            _folded(command.sub_cmd),
            tuple(command.flags),
            tuple(command.value),
            command.json,
            command.start_line,
            command.end_line,
            tuple((h.name, h.content, h.file_descriptor) for h in command.heredocs),
        )
        for command in commands
    ]


def ours(text: str) -> list[Seen] | str:
    """dockopt's reading, or the message with which it refuses the text."""
    try:
        return seen(parse(text))
    except ParseError as error:
        return str(error)


def seen(document: Document) -> list[Seen]:
    """The instructions of `document` in the common form."""
    return [_seen(instruction) for instruction in document.instructions]


def _seen(instruction: Instruction) -> Seen:
    # The oracle does not tell the here-documents of an ONBUILD.
    heredocs = () if instruction.keyword == "ONBUILD" else instruction.heredocs
    return Seen(
        _folded(utf8(instruction.keyword)),
        _folded(utf8(instruction.inner.keyword)) if instruction.inner else "",
        tuple(utf8(str(flag)) for flag in instruction.flags),
        tuple(utf8(word) for word in instruction.value),
        instruction.is_json,
        instruction.line,
        instruction.end_line,
        tuple((utf8(h.name), utf8(h.content), h.file_descriptor) for h in heredocs),
    )


def utf8(text: str) -> str:
    """Bytes that are not UTF-8 replaced: the oracle takes and gives nothing else."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_CHECK = re.compile(r"^[\ufeff\s]*#\s*check\s*=", re.IGNORECASE | re.MULTILINE)
_ODD_DIRECTIVE = re.compile(
    r"^[\ufeff\s]*#[\t\f ]*[\v\x85\xa0\u2028\u3000]\s*\w+\s*=", re.MULTILINE
)
_OTHER_ESCAPE = re.compile(r"^[\ufeff\s]*#\s*escape\s*=\s*`", re.IGNORECASE | re.MULTILINE)


def differs_by_version(text: str) -> str:
    """The rule by which newer versions of BuildKit read `text` otherwise; empty if none does."""
    if _CHECK.search(text):
        return "`check` is a parser directive since 0.15"
    if _ODD_DIRECTIVE.search(text):
        return "any white space may stand between the # and the name of a directive"
    if _has_spaced_heredoc(text):
        return "white space between << and the name of a here-document is read since 0.22"
    # The two dashes of a flag may stand on two lines.
    joined = re.sub(r"`[ \t]*\r?\n", "", text)
    if _OTHER_ESCAPE.search(text) and re.search(r"--.*[\\`]", f"{text}\n{joined}"):
        return "the escape directive holds within flags since 0.13"
    if "<<" in text and re.search(r"\$\{\w*:?[#%/]", text):
        return "${name#…}, ${name%…} and ${name/…} are read since 0.13"
    return ""


def _has_spaced_heredoc(text: str) -> bool:
    try:
        instructions = parse(text).instructions
    except ParseError:
        return False
    return any(opener.spaced for i in instructions for opener in i.reading.openers)


def _folded(keyword: str | None) -> str:
    """BuildKit compares keywords in small letters, so K may be the sign for kelvin."""
    return (keyword or "").lower().upper()
