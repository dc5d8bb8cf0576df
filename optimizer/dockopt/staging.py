"""Writing whole stages: names that are free, places between stages, copies of instructions."""

import re
from collections.abc import Iterable, Iterator

from dockopt.facts import Facts
from dockopt.facts.installer_runs import managing_commands, tool_commands
from dockopt.facts.installs import Install
from dockopt.facts.runtime import Place
from dockopt.facts.stage_work import compiling_place
from dockopt.model import Run, Stage
from dockopt.shell import Command, Script
from dockopt.syntax import Blank, Document, Instruction
from dockopt.text import Delete, Draft, Edit, Insert, Move, Span

_PRAGMA = re.compile(r"#\s*(?:hadolint|dockopt:|tally|check=)")
_ACCOUNTS = frozenset(
    ["useradd", "adduser", "groupadd", "addgroup", "usermod", "passwd", "chpasswd"]
)
_FOR_ACCOUNTS = frozenset(
    ["set", "mkdir", "echo", "true", ":", "install", "chown", "chgrp", "chmod"]
)
"""What often stands beside the making of an account, and is of no use to a builder."""
_NAMES_ACCOUNT = re.compile(
    r"\b(?:chown|chgrp|setfacl|su|sudo|gosu|runuser|setpriv)\b"
    r"|\binstall\s[^;&|]*-(?:o|g|-owner|-group)\b"
)
_CARRIED = frozenset({"ARG", "ENV", "WORKDIR", "SHELL", "COPY", "ADD", "RUN"})
_OWNER_FLAG = re.compile(r"--chown=\S+\s+")


def free_name(facts: Facts, *wanted: str) -> str:
    """The first of the wanted names that no stage has and no image in the file is called."""
    taken = {stage.name.lower() for stage in facts.dockerfile.stages}
    taken |= {stage.from_image_text.lower() for stage in facts.dockerfile.stages}
    for name in wanted:
        if name not in taken:
            return name
    number = 2
    while f"{wanted[0]}-{number}" in taken:
        number += 1
    return f"{wanted[0]}-{number}"


def spans_of(
    document: Document, instruction: Instruction, gone: frozenset[int] = frozenset()
) -> tuple[Span, Span]:
    """An instruction with its comments, and the blank lines below that would be left over without it.

    The second span is empty unless a blank line (or the start of the file) stands above as well;
    instructions above that start at an offset in `gone` are looked through.
    """
    start = document.attached_start(instruction)
    whole = Span(start, instruction.span.end)
    end = whole.end
    if _stands_alone(document, start, gone):
        for node in document.nodes:
            if node.span.start == end and isinstance(node, Blank):
                end = node.span.end
    return whole, Span(whole.end, end)


def _stands_alone(document: Document, start: int, gone: frozenset[int]) -> bool:
    """Whether a blank line or nothing stands above `start`, but for instructions in `gone`."""
    for node in reversed(document.nodes):
        if node.span.end != start:
            continue
        if isinstance(node, Blank):
            return True
        if node.span.start not in gone:
            return False
        start = document.attached_start(node)
    return True


def has_gap_above(document: Document, instruction: Instruction) -> bool:
    """Whether a blank line stands above an instruction and its comments."""
    start = document.attached_start(instruction)
    return any(node.span.end == start and isinstance(node, Blank) for node in document.nodes)


def removal(document: Document, instruction: Instruction) -> tuple[Edit, ...]:
    """The edits that take out a whole instruction, with the comments directly above it."""
    whole, blank = spans_of(document, instruction)
    return (Delete(whole), Delete(blank)) if len(blank) else (Delete(whole),)


def relocation(
    document: Document,
    instruction: Instruction,
    to: int,
    rank: int,
    gone: frozenset[int] = frozenset(),
) -> tuple[Edit, ...]:
    """The edits that move a whole instruction, with the comments directly above it."""
    whole, blank = spans_of(document, instruction, gone)
    move = Move(whole, to, rank)
    return (move, Delete(blank)) if len(blank) else (move,)


def before_stage(facts: Facts, stage: Stage) -> int:
    """The offset at which a new stage goes before `stage`.

    The comments directly above a FROM belong to it; those above the first one are about the file
    and stay on top, unless one of them is a pragma.
    """
    document = facts.document
    attached = document.attached_comments(stage.from_)
    if stage.index == 0 and not any(_PRAGMA.match(comment.text) for comment in attached):
        return stage.from_.span.start
    return document.attached_start(stage.from_)


def end_of_stage(stage: Stage) -> int:
    """The offset just after the last instruction of a stage."""
    last = stage.instructions[-1] if stage.instructions else stage.from_
    return last.span.end


def with_newline(document: Document, at: int, text: str) -> str:
    """`text`, with a line feed before it where the character before `at` is none."""
    lead = "" if at == 0 or document.source[at - 1] == "\n" else document.newline
    return lead + text


def in_lines_of(document: Document, text: str) -> str:
    """`text` with the line endings that the file uses."""
    return text if document.newline == "\n" else text.replace("\n", document.newline)


def text_of(document: Document, instruction: Instruction) -> str:
    """An instruction as it stands in the file, always with a line feed at its end."""
    text = document.text_of(instruction)
    return text if text.endswith("\n") else text + document.newline


def edited(document: Document, instruction: Instruction, edits: Iterable[Edit]) -> str:
    """The text of an instruction after edits of its own."""
    draft = Draft.of(document.source).apply([("edit", tuple(edits))])
    length = len(draft.text) - len(document.source)
    span = instruction.span
    return Span(span.start, span.end + length).of(draft.text)


def builder_body(
    facts: Facts,
    stage: Stage,
    at: int,
    last: Instruction,
    moved: frozenset[int],
    known: frozenset[str] = frozenset(),
) -> Iterator[Edit]:
    """What a builder before offset `at` needs of `stage`, up to the instruction `last`.

    Instructions that start at an offset in `moved` move there; of the others, those that an install
    can depend on are copied, unless their text is in `known`. A blank line follows the whole.
    """
    document = facts.document
    rank = 1
    for instruction in stage.instructions:
        if instruction.span.start > last.span.start:
            break
        text = _OWNER_FLAG.sub("", text_of(document, instruction))
        moving = instruction.span.start in moved
        if not moving and (not _is_carried(stage, instruction, last) or text in known):
            continue
        if rank > 1 and has_gap_above(document, instruction):
            yield Insert(at, document.newline, rank)
            rank += 1
        if moving:
            yield from relocation(document, instruction, at, rank, moved)
        else:
            yield Insert(at, text, rank)
        rank += 1
    yield Insert(at, document.newline, rank)


def _is_carried(stage: Stage, instruction: Instruction, last: Instruction) -> bool:
    if instruction.keyword not in _CARRIED:
        return False
    return _accounts_needed(stage, last) or not _is_about_accounts(stage, instruction)


def _accounts_needed(stage: Stage, last: Instruction) -> bool:
    """Whether a RUN up to `last` that is about more than accounts may name one."""
    return any(
        _NAMES_ACCOUNT.search(run.logical.text) and not _is_about_accounts(stage, run.instruction)
        for run in stage.runs
        if run.instruction.span.start <= last.span.start
    )


def _is_about_accounts(stage: Stage, instruction: Instruction) -> bool:
    """Whether a RUN makes accounts and does nothing that an install may depend on."""
    run = run_of(stage, instruction)
    if run is None or not isinstance(run.script, Script):
        return False
    names = {command.name for command in run.script.commands}
    return bool(names & _ACCOUNTS) and names <= _ACCOUNTS | _FOR_ACCOUNTS


def run_of(stage: Stage, instruction: Instruction) -> Run | None:
    """The typed form of a RUN of a stage."""
    return next((r for r in stage.runs if r.instruction.span.start == instruction.span.start), None)


_HARMLESS = frozenset(["set", "export", "echo", "true", ":", "cd", "test", "[", "unset"])
_VENV = re.compile(r"(?:^|/)(?:python[\d.]*|virtualenv|uv)$")


def only_installs(run: Run, found: Iterable[Install]) -> bool:
    """Whether a RUN does nothing but install distributions and clean up after that."""
    if not isinstance(run.script, Script):
        return False
    ours = {id(i.pip.command) for i in found if i.run.instruction.span == run.instruction.span}
    ours |= tool_commands(run) | managing_commands(run)
    return all(_belongs(command, ours) for command in run.script.commands)


def _belongs(command: Command, installing: set[int]) -> bool:
    if id(command) in installing or not command.words:
        return True
    values = command.values
    if command.name in _HARMLESS:
        return True
    if command.name in ("rm", "find"):
        return _is_cache_cleaning(command)
    if "venv" in values or command.name == "virtualenv":
        return bool(_VENV.search(command.name))
    text = command.words[0].text
    program = text.rpartition("/")[2]
    if re.match(r"^(?:pip[\d.]*|uv)$", program):
        return values[:1] != ("run",)
    return program.startswith("python") and values[:2] in (("-m", "pip"), ("-m", "compileall"))


_CACHES = re.compile(
    r"^(?:/root/\.cache|~/\.cache|\$HOME/\.cache|/tmp/|/var/tmp/|/opt/venv|\$VENV|\$VIRTUAL_ENV|/usr/local/lib)"
)


def _is_cache_cleaning(command: Command) -> bool:
    paths = [w for w in command.args if not w.text.startswith("-")]
    return bool(paths) and bool(_CACHES.match(paths[0].text.strip("\"'")))


def stage_compiles(facts: Facts, stage: Stage, ignore: Iterable[Run] = ()) -> Place | None:
    """The first RUN of `stage` itself that may call a compiler, RUNs in `ignore` aside."""
    return compiling_place(facts.dockerfile, stage, ignore)


def word_span(instruction: Instruction, index: int) -> Span:
    """The span of a white-space separated word of an instruction's arguments."""
    match = list(re.finditer(r"\S+", instruction.body.text))[index]
    return instruction.body.span(match.start(), match.end())
