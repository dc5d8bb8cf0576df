"""Start the program itself instead of a shell that starts it.

## What it does
CMD and ENTRYPOINT in shell form become a JSON list where the shell does nothing but start one program: no
variable, pattern, redirection, second command or builtin. Quotes are resolved as the shell resolves them, an `exec`
before the command goes, and lines stay as they are.

## Why
In shell form process 1 is `/bin/sh -c`, and the program is its child: dash of Debian bookworm and trixie stays
(measured: process 1 is `sh`). `docker stop` sends SIGTERM to process 1, the shell does not pass it on, and after ten
seconds everything is killed: no request is finished, no connection closed
(https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example). No bytes are saved.

## Safety
Level `aggressive`: the words of the command are the same, but the program becomes process 1. Signals reach
it, which is the purpose; process 1 ignores a signal that it has no handler for, and has to collect children that
others left. A shell also sets `PWD`, so that nothing is done where a source reads it. It declines behind a SHELL
instruction, for a program that is a shell itself, and for a script that is not known to start with `#!`, without
which only a shell runs it; for a CMD where the base image may have an ENTRYPOINT, or where an ENTRYPOINT gets the
words of CMD as arguments (tini and dumb-init excepted); and for an ENTRYPOINT where there is a CMD, or where a
compose file or manifest gives arguments: in shell form it ignores both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.AGGRESSIVE,
    examples=(
        Example(
            before="FROM python:3.12-slim\nCMD gunicorn -b 0.0.0.0:8000 'desk.web:create(\"live\")'\n",
            after='FROM python:3.12-slim\nCMD ["gunicorn", "-b", "0.0.0.0:8000", "desk.web:create(\\"live\\")"]\n',
        ),
        Example(
            title="lines stay",
            before="FROM python:3.12-slim\n"
            'ENTRYPOINT ["tini", "--"]\n'
            "CMD exec uvicorn desk.web:app \\\n"
            "    # behind a proxy\n"
            "    --proxy-headers \\\n"
            "    --port 8000\n",
            after="FROM python:3.12-slim\n"
            'ENTRYPOINT ["tini", "--"]\n'
            'CMD ["uvicorn", "desk.web:app", \\\n'
            "    # behind a proxy\n"
            '    "--proxy-headers", \\\n'
            '    "--port", "8000"]\n',
        ),
        Untouched(
            "FROM python:3.12-slim\nCMD uvicorn desk.web:app --port $PORT\n",
            why="the shell has to put in the variable",
        ),
        Untouched(
            'FROM python:3.12-slim\nENTRYPOINT python -m desk\nCMD ["--help"]\n',
            why="an ENTRYPOINT in shell form ignores CMD; in exec form it would not",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change each for the CMD and the ENTRYPOINT that the target itself sets."""
    target = facts.dockerfile.target
    for keyword in ("ENTRYPOINT", "CMD"):
        found = target.of(keyword)
        if not found or found[-1].is_json or not found[-1].value or api.is_windows(target):
            continue
        instruction = found[-1]
        words = api.exec_words(facts, instruction)
        if isinstance(words, str):
            yield Decline(instruction.start, f"{keyword} stays in shell form: {words}")
        else:
            yield _change(instruction, words)


def _change(instruction: api.Instruction, words: tuple[api.Word, ...]) -> Change:
    return Change(
        title=f"Start {words[0].value} itself, not a shell that starts it",
        level=Level.AGGRESSIVE,
        because="the shell only parts the command into these words; the program becomes process 1, "
        "and signals reach it",
        edits=tuple(_as_list(instruction, words)),
        at=instruction.start,
        alters=frozenset({instruction.keyword}),
        evidence=(
            Evidence("one command, without anything for the shell to do", instruction.start),
        ),
        saves=Saving(0, "nothing is left out; it is about signals"),
    )


def _as_list(instruction: api.Instruction, words: tuple[api.Word, ...]) -> Iterator[api.Edit]:
    """Writes every word as JSON in its own place."""
    body = instruction.body
    # Only the line of an `exec` is cut: the next one keeps its indentation.
    yield from (api.Delete(piece) for piece in [*body.pieces(0, words[0].start)][:1])
    for word in words:
        lead = "[" if word is words[0] else ""
        text = json.dumps(word.value, ensure_ascii=False)
        yield api.Insert(
            body.to_source(word.start), lead + text + ("]" if word is words[-1] else ",")
        )
        yield from (api.Delete(piece) for piece in body.pieces(word.start, word.end))
