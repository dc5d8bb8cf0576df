"""Runs transforms on a text with a build context made of given files."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from dockopt import rewrite
from dockopt.result import Rewrite

SPLIT = ("venv-install", "split-builder", "retarget-runtime", "runtime-packages")
APP = {"app.py": "import flask\n", "requirements.txt": "flask==3.1.0\n"}
"""The files of a small application."""
GCC = "RUN apt-get update && apt-get install -y gcc\n"
INSTALL = "COPY requirements.txt .\nRUN pip install -r requirements.txt\n"


def run(
    text: str,
    folder: Path | None,
    select: Iterable[str],
    files: Mapping[str, str] | None = None,
    *,
    assume: Iterable[str] = (),
    target: str | None = None,
) -> Rewrite:
    """Rewrites `text`; `folder` becomes the context and is filled with `files`."""
    for path, content in (files or {}).items():
        assert folder is not None
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    result = rewrite(text, context=folder, select=select, assume=assume, target=target)
    again = rewrite(result.text, context=folder, select=select, assume=assume, target=target)
    assert again.text == result.text, "a second run changes something"
    return result


def reasons(result: Rewrite) -> str:
    """All that was said about what was not done."""
    left = [entry.reason for entry in result.not_applied]
    return "\n".join([*left, *(entry.reason for entry in result.declined)])


def stage(text: str, name: str) -> str:
    """The part of a Dockerfile that belongs to the stage `name`; the last one for an empty name."""
    parts = re.split(r"(?m)^(?=FROM )", text)
    if not name:
        return parts[-1]
    return next(part for part in parts if re.match(rf"FROM .* AS {name}\n", part, re.IGNORECASE))
