"""What the shell makes of a word, as far as its text alone tells."""

import re

_CLOSING = {"[": "]", "{": "}"}
_PLAIN = re.compile(r"[^$`\\'\"*?\[{~]*|'[^']*'|\"[^$`\\\"]*\"")
"""Words without anything that a shell would expand, and strings quoted as a whole."""


def static_value(text: str) -> str | None:
    """What the shell makes of a word, None where an expansion or a file name pattern decides."""
    if _PLAIN.fullmatch(text):
        return text[1:-1] if text[:1] in ("'", '"') else text
    parts: list[str] = []
    quote, position = "", 0
    while position < len(text):
        char = text[position]
        if quote == "'":
            if char == "'":
                quote = ""
            else:
                parts.append(char)
        elif char in "$`":
            return None
        elif char == "\\" and position + 1 < len(text):
            position += 1
            if quote and text[position] not in '$`"\\\n':
                parts.append("\\")
            parts.append(text[position])
        elif char == '"':
            quote = "" if quote else '"'
        elif char == "'" and not quote:
            quote = "'"
        elif not quote and _is_pattern(char, text, position):
            return None
        else:
            parts.append(char)
        position += 1
    return None if text.startswith("~") else "".join(parts)


def _is_pattern(char: str, text: str, position: int) -> bool:
    """Whether a character makes the word a pattern of file names; a `[` alone is itself."""
    return char in "*?" or (char in _CLOSING and _CLOSING[char] in text[position:])
