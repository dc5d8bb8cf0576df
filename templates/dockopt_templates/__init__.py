"""The text that dockopt renders: Dockerfile fragments and, beside them, other templates.

A fragment is one complete piece of Dockerfile (a comment and an instruction), so that what a
transform inserts can be read, reviewed and tested as a file of its own.
"""

import re
import shlex
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2

_HERE = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_COLUMNS = 100
"""No longer are the lines into which a tuple is broken; the first leaves 12 for what it is called."""


def fragment(name: str, **values: object) -> str:
    """The text of `fragments/<name>.Dockerfile.j2` with its values filled in; it ends in a newline.

    Raises `LookupError` for a name that no fragment has, `jinja2.UndefinedError` for a value that
    is missing, and `ValueError` for a value that cannot stand in a Dockerfile.
    """
    file = f"fragments/{name}.Dockerfile.j2"
    if not _NAME.fullmatch(name) or not (_HERE / file).is_file():
        raise LookupError(f"no Dockerfile fragment is called {name!r}")
    return _environment().get_template(file).render(values)


def ignore_group(groups: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The lines that go into an ignore file: each group a title and its patterns; ends in a newline.

    Raises `ValueError` for a pattern that does not stay on its line.
    """
    for pattern in (pattern for _, patterns in groups for pattern in patterns):
        if not pattern.isprintable() or pattern != pattern.strip() or pattern[:1] in ("#", "!", ""):
            raise ValueError(f"cannot be a line of an ignore file: {pattern!r}")
    return _environment().get_template("context/dockerignore.j2").render(groups=groups)


@cache
def _environment() -> "jinja2.Environment":
    """The jinja2 environment, imported on first use: it costs more than the rest of a start."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is rendered is no HTML; the filters quote
    )
    environment.filters["shell"] = _shell
    environment.filters["literal"] = _literal
    environment.filters["line"] = _line
    return environment


def _line(value: object) -> str:
    """A value that stays on its line: a newline or a backslash would end or continue the line."""
    text = str(value)
    if not text.isprintable() or "\\" in text:
        raise ValueError(f"cannot be written into a Dockerfile line: {text!r}")
    return text


def _shell(value: object) -> str:
    """A value as one word of the shell."""
    return shlex.quote(_line(value))


def _literal(value: object) -> str:
    """A text, or a tuple of texts, as a Python literal in ASCII, broken into readable lines."""
    if isinstance(value, str):
        return ascii(value)
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"neither a text nor a tuple of texts: {value}")
    lines = [" " * 12]
    for item in value:
        word = f" {item!a},"
        if len(lines[-1] + word) >= _COLUMNS:
            lines.append("   ")
        lines[-1] += word
    return "(" + "\n".join(lines).lstrip() + ")"
