"""A registry of two made-up transforms, so that these tests are about the command alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from click.testing import CliRunner, Result
from tests.cli.dockerfiles import FINE, MENDABLE, MENDED, Dockopt

from dockopt.api import (
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Instruction,
    Level,
    Phase,
    Proposal,
    Saving,
    Span,
    Transform,
    Untouched,
    replace,
)
from dockopt.cli.program import program
from dockopt.registry import Registered


def _swap(facts: Facts, instruction: Instruction, old: str, new: str, level: Level) -> Change:
    start = facts.document.source.index(old, instruction.span.start)
    return Change(
        f"Put {new} for {old}",
        level,
        f"{old} is never read",
        tuple(replace(Span(start, start + len(old)), new)),
        instruction.span.start,
        evidence=(Evidence("it says so", start),),
        saves=Saving(180_000_000, "made up")
        if level < Level.AGGRESSIVE
        else Saving(None, "unknown"),
    )


def _propose(facts: Facts) -> Iterator[Proposal]:
    for instruction in facts.document.instructions:
        text = instruction.span.of(facts.document.source)
        if "CRASH" in text:
            raise KeyError("wires\nfell off")
        if "AAA" in text:
            yield _swap(facts, instruction, "AAA", "BBB", Level.STANDARD)
        if "CCC" in text:
            yield _swap(facts, instruction, "CCC", "DDD", Level.AGGRESSIVE)
        if "FILES" in text:
            where = "no build context" if facts.context is None else f"context {facts.context.root}"
            yield Decline(instruction.span.start, f"cannot tell the files: {where}")


DOCUMENTATION = """Mend what is marked.

## What it does
Puts BBB for AAA.

## Why
It is shorter.

## Safety
Nothing reads it.
"""


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    mend = Transform(
        "made_up.mend_marks",
        Phase.COMMANDS,
        Level.STANDARD,
        (
            Example(MENDABLE, MENDED, "a mark", context=(("app.py", ""),), assume=("no-gpu",)),
            Untouched(FINE, "it has no mark"),
        ),
    )
    idle = Transform("made_up.idle", Phase.SHRINK, Level.SAFE)
    found = MappingProxyType(
        {
            "mend-marks": Registered(mend, _propose, DOCUMENTATION),
            "idle": Registered(idle, lambda facts: (), "Do nothing at all."),
        }
    )
    # The session first: were it imported only now, it would keep what the registry has here.
    monkeypatch.setattr("dockopt.session.transforms", lambda: found)
    monkeypatch.setattr("dockopt.registry.transforms", lambda: found)


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("DOCKOPT_") or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: the root of a repository, with one Dockerfile that can be mended."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(MENDABLE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dockopt() -> Dockopt:
    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(program, list(arguments), input=stdin, prog_name="dockopt")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        assert "Traceback" not in result.output or "-v" in arguments
        return result

    return call
