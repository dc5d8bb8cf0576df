"""Foreign text made harmless: for terminals, and for Markdown.

File names and lines of a Dockerfile are foreign. Printed as they are, a control character could
move the cursor or write a title, a bidirectional mark could make a line read as another, and
a line of backticks could end the block that quotes it.
"""

import re

# C0 but for tab and newline, DEL and C1; line and paragraph separators; marks that change the
# direction of text (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings); zero
# widths and tags, which nobody sees; and lone surrogates: bytes of the input that are not UTF-8.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPECIAL = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#|\w+;)")
# What would begin a heading or a list; a number is escaped behind its digits, as only punctuation can
# be: https://spec.commonmark.org/0.31.2/#backslash-escapes
_LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)](?:\s|$)))?)([#+-]|(?<=\d)[.)])")


def visible(text: str) -> str:
    """`text` with every character that is not seen written out, such as `\\x1b`; lines stay."""
    return _HIDDEN.sub(_written_out, text)


def one_line(text: str) -> str:
    """`text` on one line, with every character visible."""
    return visible(" ".join(text.split("\n")) if "\n" in text else text).replace("\t", " ")


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00  # the byte that `surrogateescape` carried
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class Markdown(str):
    """A text that is Markdown already, and is not escaped again."""

    __slots__ = ()


def markdown(value: object) -> str:
    """A value as plain words of Markdown, on one line; `code` in single backticks stays code."""
    if isinstance(value, Markdown):
        return value
    text = one_line(str(value))
    parts = text.split("`")
    if len(parts) % 2 == 0 or "``" in text:  # they do not pair: none of them marks code
        return _plain(text)
    return "".join(
        code(part) if number % 2 else _plain(part, starts=not number)
        for number, part in enumerate(parts)
    )


def _plain(text: str, *, starts: bool = True) -> str:
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return _LINE_START.sub(r"\1\\\2", escaped) if starts else escaped


def code(value: object) -> Markdown:
    """A value as code within a line; its fence is longer than any run of backticks in it."""
    text = one_line(str(value))
    if not text:
        return Markdown("")
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return Markdown(f"{fence}{pad}{text}{pad}{fence}")


def fenced(text: str, language: str = "dockerfile") -> Markdown:
    """Lines as a block of code; no line of them can end it."""
    body = visible(text.replace("\r\n", "\n")).rstrip("\n")
    fence = "`" * max(3, _longest_run(body) + 1)
    return Markdown(f"{fence}{language}\n{body}\n{fence}")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
