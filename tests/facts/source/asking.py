"""Facts about a Dockerfile with a build context that is made of given files."""

from collections.abc import Mapping
from pathlib import Path

from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.facts.source.closure import Closure
from dockopt.facts.source.entry_points import EntryPoints
from dockopt.model import build
from dockopt.syntax import parse

COPY_ALL = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"


def facts(folder: Path, files: Mapping[str, str], end: str, start: str = COPY_ALL) -> Facts:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return Facts(build(parse(start + end)), Context.open(folder))


def starts(folder: Path, files: Mapping[str, str], end: str, start: str = COPY_ALL) -> list[str]:
    """What starts, as `kind name`."""
    found = facts(folder, files, end, start).entry_points
    assert isinstance(found, EntryPoints)
    return [f"{e.start.kind} {e.start.name}" for e in found.found]


def reached(folder: Path, files: Mapping[str, str], end: str, start: str = COPY_ALL) -> set[str]:
    """The modules that are reached."""
    found = facts(folder, files, end, start).closure
    assert isinstance(found, Closure), found
    return set(found.reached)
