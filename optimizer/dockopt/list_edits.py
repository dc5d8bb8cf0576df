"""Edits around apt's package lists: fetched where they are used, removed where fetched."""

import re
from collections.abc import Iterator

from dockopt.editing import RunEditor
from dockopt.facts.apt import LISTS, AptCommand
from dockopt.facts.apt_lists import Event, ListUse, events, lists_left_behind, only_fetches_lists
from dockopt.model import Run, Stage
from dockopt.shell import Script, Step
from dockopt.staging import removal
from dockopt.syntax import Document, Instruction
from dockopt.text import Delete, Edit

REMOVE_LISTS = f"rm -rf {LISTS}/*"
_LEAVES = frozenset({"exit", "exec", "return"})
_ABOUT_ONE = re.compile(r"hadolint|dockopt:|check=", re.IGNORECASE)
_SOURCES = re.compile(r"sources\.list|apt-key|keyrings|add-apt-repository|/etc/apt|dpkg --add-arch")


def fixed_lists(
    document: Document,
    run: Run,
    uses: tuple[ListUse, ...],
    shipped: tuple[Stage, ...],
) -> tuple[Edit, ...] | str:
    """Edits after which no RUN leaves the lists of `run` behind, and all that use lists fetch them.

    A text instead says why that cannot be done.
    """
    update = lists_left_behind(run)
    if update is None:
        return "it leaves no lists"
    if uses and (reason := _not_repeatable(run, update, uses)):
        return reason
    edits: list[Edit] = []
    for use in uses:
        found = _with_own_update(document, use, update, use.stage in shipped)
        if isinstance(found, str):
            return found
        edits += found
    if only_fetches_lists(run):
        return (*edits, *without(document, run.instruction))
    if (idle := idle_update(run)) is not None:
        editor = RunEditor(document, run)
        editor.remove_steps([idle])
        return (*edits, *editor.edits())
    own = _removing(document, run, update)
    return own if isinstance(own, str) else (*edits, *own)


def idle_update(run: Run) -> int | None:
    """The last step of a RUN that does more, if all it does is fetch lists for others."""
    script, update = run.script, lists_left_behind(run)
    if not isinstance(script, Script) or not script.stops_on_failure or run.instruction.heredocs:
        return None
    last = len(script.steps) - 1
    command = script.steps[last].command
    return last if last and update is not None and command is update.command else None


def without(
    document: Document, instruction: Instruction, about: re.Pattern[str] = _ABOUT_ONE
) -> tuple[Edit, ...]:
    """Takes an instruction out, with its comments.

    Comments stay where they may speak of the instruction directly below as well: none of them is
    `about` the one that goes.
    """
    follows = any(i.line == instruction.end_line + 1 for i in document.instructions)
    remarks = [comment.text for comment in document.attached_comments(instruction)]
    if follows and not any(about.search(remark) for remark in remarks):
        return (Delete(instruction.span),)
    return removal(document, instruction)


def _removing(document: Document, run: Run, update: AptCommand) -> tuple[Edit, ...] | str:
    if reason := cannot_append(run):
        return reason
    editor = RunEditor(document, run)
    editor.append_step(_as_root(update) + REMOVE_LISTS)
    return editor.edits()


def cannot_append(run: Run) -> str:
    """Why no step can be added at the end of a RUN, empty where one can."""
    script = run.script
    if not isinstance(script, Script) or not script.steps:
        return "the shell of the RUN could not be read"
    if run.instruction.heredocs:
        return "the RUN is a here-document"
    last = script.steps[-1]
    if script.text[last.end :].strip(" \t;").startswith("&"):
        return "the RUN ends with a command in the background"
    if last.command is not None and last.command.name in _LEAVES:
        return f"the RUN ends with {last.command.name}"
    return ""


def _as_root(command: AptCommand) -> str:
    return "sudo " if command.command.name == "sudo" else ""


def _not_repeatable(run: Run, update: AptCommand, uses: tuple[ListUse, ...]) -> str:
    """Why the update cannot be repeated word for word where the lists are used."""
    if not isinstance(run.script, Script):
        return run.script.reason
    step = next(s for s in run.script.steps if update.command in s.commands)
    if update.command.conditional or step.command is None or _fails_unnoticed(run.script, step):
        return "its apt-get update may fail unnoticed"
    if "$" in _one_line(update) or update.command.redirects:
        return "its apt-get update cannot be repeated elsewhere"
    if any(_SOURCES.search(i.body.text) for use in uses for i in _between(run, use)):
        return "package sources change between the update and the install"
    return ""


def _between(run: Run, use: ListUse) -> Iterator[Instruction]:
    """The instructions after `run` that the RUN of `use` builds upon."""
    start, end = run.instruction.span.start, use.run.instruction.span.start
    for link in use.stage.chain:
        yield from (i for i in link.instructions if start < i.span.start < end)


def _fails_unnoticed(script: Script, step: Step) -> bool:
    index = script.steps.index(step)
    following = script.steps[index + 1 :]
    return bool(following) and not script.stops_on_failure and following[0].operator != "&&"


def _with_own_update(
    document: Document, use: ListUse, update: AptCommand, shipped: bool
) -> tuple[Edit, ...] | str:
    """The edits that put an update before the install, and in a shipped stage remove its lists."""
    if use.command is None:
        return f"a later RUN may install with these lists: {use.reason}"
    script = use.run.script
    if not isinstance(script, Script) or use.run.instruction.heredocs:
        return "a later RUN that installs with these lists cannot be edited"
    step = next((s for s in script.steps if use.command.command in s.commands), None)
    if step is None or step.kind not in ("command", "pipeline") or step.operator in ("||", "&"):
        return "a later RUN installs with these lists only under a condition"
    editor = RunEditor(document, use.run)
    editor.precede_step(step, _one_line(update))
    if shipped and not _removes(use.run):
        if reason := cannot_append(use.run):
            return f"a later RUN installs with these lists, and {reason}"
        editor.append_step(_as_root(use.command) + REMOVE_LISTS)
    return editor.edits()


def _one_line(update: AptCommand) -> str:
    assignments = [
        f"{name}={word.text if word else ''}" for name, word in update.command.assignments
    ]
    return " ".join([*assignments, *(word.text for word in update.command.words)])


def _removes(run: Run) -> bool:
    """Whether the RUN removes lists after all else that it does with apt."""
    found = [event for event, _, _ in events(run)]
    return bool(found) and found[-1] is Event.REMOVE
