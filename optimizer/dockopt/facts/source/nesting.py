"""Whether a module is nested too deeply, or has too long an expression, to be given to libcst.

libcst's parser recurses without a limit of its own: three thousand brackets within each other end
the process, and an expression of as many parts takes it ten seconds. Python itself allows 200
brackets and 100 indents: https://github.com/python/cpython/blob/main/Parser/lexer/state.h.
"""

import re

MAX_BRACKETS = 100
MAX_INDENT = 400
MAX_BRANCHES = 500
_LONG = 400
_MAX_LENGTH = 3_000
_MAX_SQUARES = 20_000_000
_STRING_OR_COMMENT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|'
    r"'''(?:[^'\\]|\\.|'(?!''))*'''|"
    r'"(?:[^"\\\n]|\\.)*"|'
    r"'(?:[^'\\\n]|\\.)*'|#[^\n]*",
    re.DOTALL,
)
_MARK = re.compile(r"[()\[\]{},;\n]")
_INDENT = re.compile(rf"^[ \t]{{{MAX_INDENT},}}\S", re.MULTILINE)
_BLANKS = re.compile(r"[ \t\f\\]+")


def too_deep(text: str) -> str:
    """Why a module is not given to libcst; empty where it may be."""
    if _INDENT.search(text):
        return "it is indented too deeply"
    if len(re.findall(r"^\s*elif\b", text, re.MULTILINE)) > MAX_BRANCHES:
        return "it has too many branches"
    plain = _BLANKS.sub(" ", _STRING_OR_COMMENT.sub("s", text))
    return _measured(plain)


def _measured(plain: str) -> str:
    """Walks along brackets and separators; strings are one character each."""
    depth = start = squares = 0
    for match in _MARK.finditer(plain):
        mark = match[0]
        if mark in "([{":
            depth += 1
            if depth > MAX_BRACKETS:
                return "its brackets are nested too deeply"
        elif mark in ")]}":
            depth = max(0, depth - 1)
        elif mark != "\n" or not depth:
            length = match.start() - start
            start = match.end()
            if length > _LONG:
                squares += length * length
            if length > _MAX_LENGTH or squares > _MAX_SQUARES:
                return "it has too long an expression"
    return "it has too long an expression" if len(plain) - start > _MAX_LENGTH else ""
