"""Reads plain scripts, which most are, without a grammar: commands joined by `&&`, `||`, `;`, `|`.

A script is plain when it holds nothing but words, quoted strings, variables, assignments and simple
redirections besides. For such a script this gives what `dockopt.shell.reader` would give, in a
fraction of the time; a test compares the two. Everything else is None here.
"""

import re
from dataclasses import dataclass, field

from dockopt.shell.script import Command, Redirect, Step, Word
from dockopt.shell.values import static_value

_VARIABLE = r"\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})"
_WORD = (
    r"(?:[A-Za-z0-9_./:=@%+,^~*?-]++|'[^'\n]*+'|"
    rf'"(?:[^"$`\\\n]++|{_VARIABLE})*+"|{_VARIABLE})++'
)
_OPERATOR = r"&&|\|\||;|\|(?!&)"
_GAP = r"[ \t]*+"
_REDIRECT = rf"[0-9]?(?:>&[0-9](?![^ \t;&|])|(?:>>?|<){_GAP}{_WORD})"
_UNIT = rf"(?:{_REDIRECT}|{_WORD})"
_PLAIN = re.compile(rf"{_GAP}{_UNIT}(?:[ \t]++{_UNIT}?|{_GAP}(?:{_OPERATOR}){_GAP}{_UNIT})*+")
_TOKEN = re.compile(
    rf"({_OPERATOR})|([A-Za-z0-9_./:=@%+,^-]++)(?![^ \t;&|])|([0-9]?)(>>|>&|[<>]){_GAP}({_WORD})|{_WORD}"
)
"""An operator, a word that stands for itself, a redirection, or another word."""
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_OPERATOR_GROUP, _REDIRECT_GROUP = 1, 5
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


@dataclass
class _Words:
    """A command while it is read."""

    words: list[Word] = field(default_factory=list)
    assignments: list[tuple[str, Word | None]] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    start: int = -1
    end: int = 0

    def command(self, depth: int) -> Command:
        """The command; one of a pipeline stands a level deeper, and its failure is not seen."""
        return Command(
            tuple(self.words), tuple(self.assignments), tuple(self.redirects),
            self.start, self.end, depth, bool(depth),
        )  # fmt: skip


def plain_steps(text: str) -> list[Step] | None:
    """The steps of a plain script, None for any other script."""
    if not text.isascii() or not _PLAIN.fullmatch(text):
        return None
    steps: list[Step] = []
    operator = ("", 0, 0)
    piped = [_Words()]
    for token in _TOKEN.finditer(text):
        if token.lastindex != _OPERATOR_GROUP:
            if not _take(piped[-1], token):
                return None
        elif token[1] == "|":
            piped.append(_Words())
        elif (step := _step(operator, piped)) is None:
            return None
        else:
            steps.append(step)
            operator, piped = (token[1], *token.span()), [_Words()]
    last = _step(operator, piped)
    return None if last is None else [*steps, last]


def _take(command: _Words, token: re.Match[str]) -> bool:
    """Adds a word or redirection to a command; whether it is still a plain one."""
    start, end = token.span()
    if command.start < 0:
        command.start = start
    command.end = end
    if token.lastindex == _REDIRECT_GROUP:
        target = Word(token[5], static_value(token[5]), *token.span(5))
        command.redirects.append(Redirect(token[4], target, token[3]))
        return bool(command.words)
    word = token[0]
    if command.redirects:
        return False  # the grammar has its own view of arguments behind a redirection
    if not command.words:
        if "=" in word:
            return _assign(command, word, start)
        if word in _RESERVED:
            return False
    command.words.append(Word(word, word if token.lastindex else static_value(word), start, end))
    return True


def _assign(command: _Words, word: str, start: int) -> bool:
    match = _ASSIGNMENT.match(word)
    if match is None:
        return False
    place, end = start + match.end(), start + len(word)
    text = word[match.end() :]
    value = Word(text, static_value(text), place, end) if text else None
    command.assignments.append((match[1], value))
    return True


def _step(operator: tuple[str, int, int], piped: list[_Words]) -> Step | None:
    start, end = piped[0].start, piped[-1].end
    if len(piped) == 1:
        only = piped[0]
        if not only.words and len(only.assignments) != 1:
            return None
        return Step(*operator, start, end, "command", (only.command(0),))
    if any(not part.words for part in piped) or piped[-1].redirects:
        return None
    commands = tuple(part.command(1) for part in piped)
    return Step(*operator, start, end, "pipeline", commands)
