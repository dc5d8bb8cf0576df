"""What a RUN removes of the files that a COPY brought: a requirements file, a key for an index."""

import posixpath
from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Command, Script, Word

_GLOB = frozenset("*?[")


def removals_of_copies(
    stage: Stage, run: Run, gone: frozenset[int] = frozenset()
) -> tuple[int, ...] | None:
    """The steps of a RUN that remove copied files; None where that cannot be told.

    These steps have to stay with the COPY when the rest of the RUN leaves the stage, or the files
    would be back in the image. A step that would fail there counts as one that cannot be told.
    COPYs that start at an offset in `gone` leave the stage too.
    """
    script = run.script
    if not isinstance(script, Script):
        return None
    copied = frozenset(_copied(stage, run, gone))
    found: list[int] = []
    for index, step in enumerate(script.steps):
        if step.command is None or step.command.name != "rm":
            continue
        removed = _removed_by(stage, run, script, step.command)
        hits = [bool(path) and any(_covers(path, one) for one in copied) for path in removed]
        if not any(hits) and None not in removed:
            continue
        if None in removed or not (all(hits) or _is_forced(step.command)):
            return None
        found.append(index)
    return tuple(found)


def copies_for_one_run(
    stage: Stage, runs: Iterable[Run], context: Context | None
) -> frozenset[int]:
    """Offsets of COPYs of a stage whose files one of `runs` removes, with no other RUN between.

    Nothing but that RUN can use them, so they may go where it goes.
    """
    ours = {run.instruction.span.start: run for run in runs}
    found: set[int] = set()
    waiting: list[Copy] = []
    copies = {copy.instruction.span.start: copy for copy in stage.copies}
    for instruction in stage.instructions:
        start = instruction.span.start
        if start in copies:
            waiting.append(copies[start])
        elif instruction.keyword == "RUN" and start in ours:
            going = [c for c in waiting if _removes_all_of(stage, ours[start], c, context)]
            found.update(copy.instruction.span.start for copy in going)
        elif instruction.keyword == "RUN":
            waiting = []
    return frozenset(found)


def _removes_all_of(stage: Stage, run: Run, copy: Copy, context: Context | None) -> bool:
    script = run.script
    if not isinstance(script, Script) or not script.stops_on_failure:
        return False
    steps = [s.command for s in script.steps if s.command and s.command.name == "rm"]
    removed = [path for rm in steps for path in _removed_by(stage, run, script, rm)]
    target = absolute(stage, copy.instruction, copy.destination)
    if target is None:
        return False
    files = copy.from_ is None and all(context and context.is_file(s) for s in copy.sources)
    made = set(_paths_of(copy, target)) if files else {target}
    return all(any(_covers(path, one) for path in removed) for one in made)


def _copied(stage: Stage, run: Run, gone: frozenset[int]) -> Iterator[str]:
    """The paths that a COPY or ADD above the RUN may have made."""
    for link in stage.chain:
        for copy in link.copies:
            at = copy.instruction.span.start
            if at in gone or (link is stage and at > run.instruction.span.start):
                continue
            if target := absolute(link, copy.instruction, copy.destination):
                yield from _paths_of(copy, target)


def _paths_of(copy: Copy, target: str) -> Iterator[str]:
    for source in copy.sources:
        yield posixpath.join(target, posixpath.basename(source.rstrip("/")))
    if not copy.destination.endswith(("/", ".")):
        yield target


def _removed_by(stage: Stage, run: Run, script: Script, command: Command) -> list[str | None]:
    moved = any(step.command and step.command.name == "cd" for step in script.steps)
    return [_removed(stage, run, word, moved) for word in _paths(command)]


def _paths(command: Command) -> list[Word]:
    return [word for word in command.args if not word.text.startswith("-")]


def _is_forced(command: Command) -> bool:
    options = [word.text for word in command.args if word.text.startswith("-")]
    return "--force" in options or any("f" in o for o in options if not o.startswith("--"))


def _removed(stage: Stage, run: Run, word: Word, moved: bool) -> str | None:
    """The path that is removed, up to a wildcard; None where it is not known."""
    text = (word.value or word.text).strip("\"'")
    if text.startswith(("~/.", "$HOME/.cache", "${HOME}/.cache")):
        return "/root" + text[text.index("/") :]
    if moved and not text.startswith(("/", "$")):
        return None
    wild = next((at for at, mark in enumerate(text) if mark in _GLOB), len(text))
    if wild < len(text):
        text = posixpath.dirname(text[:wild]) + "/"
    return absolute(stage, run.instruction, text)


def _covers(path: str | None, copied: str) -> bool:
    return path is not None and (copied == path or copied.startswith(path.rstrip("/") + "/"))
