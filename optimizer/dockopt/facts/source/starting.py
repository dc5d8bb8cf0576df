"""What one command line starts; servers and workers are left to `runners`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockopt.facts.source.runners import FILE_EXTENSION, RUNNERS, Line, settings_option
from dockopt.facts.source.start import (
    CODE,
    FILE,
    MODULE,
    PROGRAM,
    SCRIPT,
    UNKNOWN,
    Start,
    Variables,
    Words,
)
from dockopt.facts.source.wrapping import unwrapped

_PYTHON = re.compile(r"^(?:python|pypy)[\d.]*t?$")


def starts(words: Words, variables: Variables) -> Iterator[Start]:
    """What the command with these words starts; `variables` gives the value of a variable."""
    wrappers, words = unwrapped(words)
    yield from (Start(PROGRAM, name) for name in wrappers)
    if not words:
        return
    program = words[0]
    if program is None:
        yield Start(UNKNOWN, "a variable names the program")
        return
    yield from _of_program(program, words[1:], variables)


def _of_program(program: str, rest: Words, variables: Variables) -> Iterator[Start]:
    name = program.rpartition("/")[2]
    if _PYTHON.match(name):
        yield from _python(rest, variables)
    elif FILE_EXTENSION.search(name):
        yield Start(FILE, program)
        yield from settings_option(rest)
    elif name in RUNNERS:
        yield Start(PROGRAM, name)
        yield from RUNNERS[name](Line(name, rest, variables))
    elif name in ("sh", "bash", "dash", "ash", "zsh", "source", ".") and rest:
        yield from _shell_script(rest)
    elif name.endswith((".sh", ".bash")) or "/" in program:
        yield Start(SCRIPT, program)
    else:
        yield Start(PROGRAM, name)


def _shell_script(rest: Words) -> Iterator[Start]:
    """`sh -e FILE arguments`."""
    words = [w for w in rest if w is None or not w.startswith(("-", "+"))]
    if words and words[0]:
        yield Start(SCRIPT, words[0])
    elif words:
        yield Start(UNKNOWN, "a variable names the script that the shell runs")


def _python(rest: Words, variables: Variables) -> Iterator[Start]:
    """`python [options] file|-m module|-c code arguments`."""
    index = 0
    while index < len(rest):
        word = rest[index]
        if word is None:
            yield Start(UNKNOWN, "a variable says what Python runs")
            return
        if word == "-m" or (word.startswith("-m") and len(word) > 2):
            at = index + 1 if word == "-m" else index
            name = rest[at] if at < len(rest) else None
            yield from _module(name if word == "-m" else word[2:], rest[at + 1 :], variables)
            return
        if word == "-c":
            code = rest[index + 1] if index + 1 < len(rest) else None
            yield Start(CODE, code) if code else Start(UNKNOWN, "a variable holds the code")
            return
        if not word.startswith("-") or word == "-":
            yield Start(FILE, word) if word != "-" else Start(UNKNOWN, "code comes from a pipe")
            yield from settings_option(rest[index + 1 :])
            return
        index += 2 if word in ("-W", "-X", "--check-hash-based-pycs") else 1
    if not rest:
        yield Start(PROGRAM, "python")


def _module(name: str | None, rest: Words, variables: Variables) -> Iterator[Start]:
    if name is None:
        yield Start(UNKNOWN, "a variable names the module that Python runs")
        return
    yield Start(MODULE, name)
    if name in _RUN_BY_MODULE:
        wrappers, inner = unwrapped([_RUN_BY_MODULE[name], *rest])
        if wrappers and inner:
            yield from starts(inner, variables)
    elif name in RUNNERS or name == "django":
        runner = "django-admin" if name == "django" else name
        yield from RUNNERS[runner](Line(runner, rest, variables))


_RUN_BY_MODULE = {
    "debugpy": "debugpy",
    "coverage": "coverage",
    "ddtrace": "ddtrace-run",
    "scalene": "scalene",
    "memray": "memray",
}
