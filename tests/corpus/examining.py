"""One file of the corpus: read by both parsers, rewritten, and its rewrite checked."""

import re
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.properties import violations
from tests.syntax.buildkit import ours, theirs

from dockopt import rewrite
from dockopt.errors import ParseError
from dockopt.model import Dockerfile, build
from dockopt.result import Rewrite
from dockopt.shell import Opaque
from dockopt.syntax import parse


@dataclass
class Examined:
    """What was found out about one file; plain values alone, they come from another process."""

    path: Path
    reading: str = ""
    """`read by both`, `refused by both`, or how the two parsers disagree."""
    refusal: str = ""
    runs: int = 0
    opaque: Counter[str] = field(default_factory=Counter)
    fate: str = ""
    """`changed`, `declined`, `unchanged`, `not a build` or `crashed`."""
    applied: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    declined: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Properties that the rewrite breaks, and crashes."""


def examine(path: Path) -> Examined:
    """Reads and rewrites one file; nothing is raised."""
    found = Examined(path)
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    _read(text, found)
    try:
        _rewrite(text, found)
    except Exception:  # every crash is a finding, whatever it is
        found.fate = "crashed"
        found.wrong.append("crash: " + " | ".join(traceback.format_exc().splitlines()[-4:]))
    return found


def _read(text: str, found: Examined) -> None:
    expected, own = theirs(text), ours(text)
    if isinstance(expected, str) or isinstance(own, str):
        both = isinstance(expected, str) and isinstance(own, str)
        found.reading = "refused by both" if both else "refused by one of them"
        found.refusal = f"dockopt: {own}" if isinstance(own, str) else f"BuildKit: {expected}"
    else:
        found.reading = "read by both" if own == expected else "read otherwise"


def _rewrite(text: str, found: Examined) -> None:
    try:
        dockerfile = build(parse(text))
        result = rewrite(text)
    except ParseError as error:
        found.fate = "not a build"
        found.declined[_general(error.message)] += 1
        return
    _count_scripts(dockerfile, found)
    _count(result, found)
    found.wrong += violations(result)


def _count_scripts(dockerfile: Dockerfile, found: Examined) -> None:
    for stage in dockerfile.stages:
        for run in stage.runs:
            found.runs += 1
            if isinstance(run.script, Opaque):
                found.opaque[_general(run.script.reason)] += 1


def _count(result: Rewrite, found: Examined) -> None:
    found.fate = "changed" if result.changed else "declined" if result.declined else "unchanged"
    found.applied.update(record.transform for record in result.applied)
    found.left_out.update(
        f"{n.record.transform}: {n.kind}" + (f", {_general(n.reason)}" if n.kind == "guard" else "")
        for n in result.not_applied
    )
    found.declined.update(f"{d.transform}: {_general(d.reason)}" for d in result.declined)


def _general(reason: str) -> str:
    """A reason without the names and numbers of one file, so that reasons can be counted."""
    reason = re.sub(r"(['\"`]).*?\1", "…", reason)
    reason = re.sub(r"(?<!\S)[/$.]\S*|\S*[/=$:]\S+", "…", reason)
    return re.sub(r"\d+", "N", reason)[:100]
