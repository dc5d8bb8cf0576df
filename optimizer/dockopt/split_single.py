"""The first form of the split: a stage that installs for itself becomes builder and runtime."""

from collections.abc import Iterator

from dockopt.editing import RunEditor
from dockopt.facts import Facts
from dockopt.facts.environments import SYSTEM
from dockopt.facts.installer_runs import brought_tools
from dockopt.facts.installs import USER, Install
from dockopt.facts.packaging_tools import NEED_PIP, used_tools
from dockopt.facts.splitting import carries_build_tools, is_known_python
from dockopt.facts.venvs import created_venvs
from dockopt.model import Run, Stage
from dockopt.shell import Script
from dockopt.split_moves import (
    cannot_move,
    going_copies,
    installer_copies,
    moves_whole,
    moving_runs,
    separable,
)
from dockopt.staging import before_stage, builder_body, free_name, removal, with_newline
from dockopt.syntax import Instruction
from dockopt.text import Edit, Insert
from dockopt.transform import Change, Decline, Evidence, Level, Proposal, Saving


def single_stage_split(facts: Facts, stage: Stage) -> Iterator[Proposal]:
    """The split of a stage that makes an environment and installs into it."""
    venvs = created_venvs(stage)
    found = facts.installs(stage)
    at = venvs[0].run.instruction.span.start
    if not found or not (carries_build_tools(stage) or is_known_python(stage)):
        return
    reason = _nothing_left_behind(facts, stage, found) or cannot_move(
        facts, stage, found, stage.parent
    )
    plan = facts.own_environment_plan
    if plan is not None and plan.stage is stage:
        reason = plan.reason or reason
    if len({venv.path for venv in venvs}) > 1:
        reason = "the stage makes several virtual environments"
    if reason:
        yield Decline(at, reason)
        return
    yield _split(facts, stage, venvs[0].path, found)


def _nothing_left_behind(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> str:
    """Why it would not pay; empty where a compiler, an installer or at least pip is left behind."""
    if carries_build_tools(stage) or _installers(facts, stage, found) or _below(facts, stage):
        return ""
    little = (
        "nothing is certain to be left behind: the stage keeps no compiler, and the environment"
    )
    if not any(venv.with_pip for venv in created_venvs(stage)):
        return f"{little} is made without pip"
    for install in found:
        if needing := sorted((install.names or frozenset()) & NEED_PIP):
            line = install.run.instruction.line
            return f"{little} needs pip: line {line} installs {needing[0]} into it"
    moving = frozenset(moving_runs(stage, found))
    if why := used_tools(facts.dockerfile, stage, facts.runtime, moving).get("pip"):
        return f"{little} has to keep pip: {why}"
    return ""


def _installers(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> bool:
    """Whether an installer that stands beside the environment leaves the stage."""
    beside = any(i.only_tools and i.environment in (SYSTEM, USER) for i in found)
    moving = moving_runs(stage, found)
    brought = any(brought_tools(run) for run in moving.values())
    return beside or brought or bool(installer_copies(facts, stage, frozenset(moving)))


def _below(facts: Facts, stage: Stage) -> bool:
    """Whether a stage that this one starts from brings an installer, which it may then lose."""
    return any(
        any(brought_tools(run) for run in link.runs)
        or any(i.only_tools and i.environment == SYSTEM for i in facts.installs(link))
        for link in stage.ancestors
    )


def _split(facts: Facts, stage: Stage, path: str, found: tuple[Install, ...]) -> Change:
    runs = moving_runs(stage, found)
    last = runs[max(runs)].instruction
    pure = frozenset(start for start, run in runs.items() if moves_whole(facts, stage, run, found))
    going = going_copies(facts, stage, found) | installer_copies(facts, stage, frozenset(runs))
    name = free_name(facts, "builder", "python-builder")
    at = before_stage(facts, stage)
    edits = list(_builder(facts, stage, name, at, last, pure | going))
    edits += _runtime(facts, stage, name, path, runs, pure, found)
    return Change(
        title=f"Split stage {name} off: it installs, and the runtime copies {path}",
        level=Level.STANDARD,
        because="the runtime keeps every instruction but the installs; the builder keeps the base "
        "image and the tools that they need",
        edits=tuple(edits),
        at=stage.from_.span.start,
        alters=frozenset({"ARG", "files"} if going else {"ARG"}),
        evidence=(
            *(Evidence("installs distributions", i.run.instruction.span.start) for i in found),
            *(Evidence("only serves the installs", at) for at in sorted(going)),
        ),
        saves=Saving(None, "what it makes possible is counted there"),
        enables=_useful_with(facts, stage, found),
    )


def _useful_with(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> tuple[str, ...]:
    """What has to follow for the split to leave anything behind."""
    if carries_build_tools(stage):
        return ("runtime-packages", "retarget-runtime", "split-builder")
    if _installers(facts, stage, found):
        return ()
    return ("split-builder", "prune-venv") if _below(facts, stage) else ("prune-venv",)


def _builder(
    facts: Facts, stage: Stage, name: str, at: int, last: Instruction, moved: frozenset[int]
) -> Iterator[Edit]:
    document = facts.document
    newline = document.newline
    image = " ".join([*map(str, stage.from_.flags), stage.from_image_text])
    lines = (
        "# Installs the distributions; only the finished environment leaves this stage",
        f"FROM {image} AS {name}",
        "",
    )
    yield Insert(at, with_newline(document, at, newline.join(lines)), rank=0)
    yield from builder_body(facts, stage, at, last, moved)


def _first(
    stage: Stage, path: str, runs: dict[int, Run], found: tuple[Install, ...]
) -> Instruction:
    """The RUN in whose place the environment is copied.

    Where a project is installed, that is the first one that fills it: those before only bring tools.
    """
    filling = {i.run.instruction.start for i in found if i.environment == path}
    filling |= {venv.run.instruction.start for venv in created_venvs(stage)}
    all_of_them = not any(i.project for i in found)
    return runs[min(runs if all_of_them else filling)].instruction


def _runtime(
    facts: Facts,
    stage: Stage,
    name: str,
    path: str,
    runs: dict[int, Run],
    pure: frozenset[int],
    found: tuple[Install, ...],
) -> Iterator[Edit]:
    document = facts.document
    first = _first(stage, path, runs, found)
    copy = f"COPY --from={name} {path} {path}{document.newline}"
    yield Insert(document.attached_start(first), copy)
    for start, run in runs.items():
        if start in pure:
            continue
        stay = separable(facts, stage, run, found) or ()
        script = run.script
        if not isinstance(script, Script):
            continue
        if not stay:
            yield from removal(document, run.instruction)
            continue
        editor = RunEditor(document, run)
        editor.remove_steps(n for n in range(len(script.steps)) if n not in stay)
        yield from editor.edits()
