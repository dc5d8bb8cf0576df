"""Reads plain scripts, which most are, without a grammar: commands joined by `&&`, `||` and `;`.

A script is plain when it holds nothing but words, quoted strings and variables besides. For such a
script this gives what `dockopt.shell.reader` would give, in a fraction of the time; a test compares
the two. Everything else is None here.
"""

import re

from dockopt.shell.script import Command, Step, Word
from dockopt.shell.values import static_value

_VARIABLE = r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})"
_WORD = (
    r"(?:[A-Za-z0-9_./:=@%+,^~*?-]++|'[^'\n]*+'|"
    rf'"(?:[^"$`\\\n]++|{_VARIABLE})*+"|{_VARIABLE})++'
)
_OPERATOR = r"&&|\|\||;"
_GAP = r"[ \t]*+"
_PLAIN = re.compile(rf"{_GAP}{_WORD}(?:[ \t]++(?:{_WORD})?|{_GAP}(?:{_OPERATOR}){_GAP}{_WORD})*+")
_TOKEN = re.compile(rf"({_OPERATOR})|([A-Za-z0-9_./:=@%+,^-]++)(?![^ \t;&|])|{_WORD}")
"""An operator, a word that stands for itself, or another word."""
_RESERVED = frozenset(
    (
        "case",
        "coproc",
        "declare",
        "do",
        "done",
        "elif",
        "else",
        "esac",
        "export",
        "fi",
        "for",
        "function",
        "if",
        "in",
        "local",
        "readonly",
        "select",
        "then",
        "time",
        "typeset",
        "unset",
        "unsetenv",
        "until",
        "while",
    )
)
"""First words that make something else than a simple command."""


def plain_steps(text: str) -> list[Step] | None:
    """The steps of a plain script, None for any other script."""
    if not text.isascii() or not _PLAIN.fullmatch(text):
        return None
    steps: list[Step] = []
    words: list[Word] = []
    operator = ("", 0, 0)
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if token.lastindex == 1:
            if not _is_command(words):
                return None
            steps.append(_step(operator, words))
            operator, words = (token[1], start, end), []
        else:
            word = token[0]
            value = word if token.lastindex else static_value(word)
            words.append(Word(word, value, start, end))
    if not _is_command(words):
        return None
    return [*steps, _step(operator, words)]


def _is_command(words: list[Word]) -> bool:
    if not words:
        return False
    first = words[0].text
    return first not in _RESERVED and "=" not in first


def _step(operator: tuple[str, int, int], words: list[Word]) -> Step:
    start, end = words[0].start, words[-1].end
    command = Command(tuple(words), (), (), start, end, 0, False)
    return Step(*operator, start, end, "command", (command,))
