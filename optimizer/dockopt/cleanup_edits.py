"""Plans and edits for clean-up that stands in another layer than the mess."""

import re
from collections.abc import Sequence

from dockopt.editing import RunEditor
from dockopt.facts.apt import REMOVES, apt_commands
from dockopt.facts.cleanup import Junk, Target, cleaning_steps
from dockopt.facts.prefixes import invocation
from dockopt.facts.waste import Origin, made_here, origin
from dockopt.immutable import immutable
from dockopt.list_edits import cannot_append, without
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Command, Script, Step
from dockopt.syntax import Document
from dockopt.text import Edit

_ABOUT_CLEANING = re.compile(
    r"clean|remov|delet|purge|cache|tidy|small|size|space|unused|need|strip|\brm\b|leftover|temp"
    r"|hadolint|dockopt:|check=",
    re.IGNORECASE,
)
_QUOTED_BLANKS = re.compile(r"""(['"])(?:(?!\1).)*\s{2,}(?:(?!\1).)*\1""")


@immutable(eq=False)
class CleanupPlan:
    """What becomes of the clean-up in one RUN."""

    whole: bool
    """Whether the RUN does nothing else, and goes as a whole."""
    steps: tuple[int, ...]
    """The steps that go."""
    moves: tuple[tuple[Run, tuple[str, ...]], ...]
    """The steps, as text, that other RUNs get at their end."""
    kinds: tuple[str, ...]
    """What is cleaned up, in words."""
    moves_lists: bool
    unsure: str = ""
    """Why nothing can be done, empty where something can."""


def removes_packages(run: Run) -> bool:
    """Whether a RUN takes packages of Debian or Alpine away that it did not install itself."""
    commands = apt_commands(run)
    installs = any(command.action == "install" for command in commands)
    removes = any(c.action in REMOVES and c.packages for c in commands)
    text = run.logical.text
    if not removes and "apk" in text and "del" in text and isinstance(run.script, Script):
        found = [invocation(command) for command in run.script.commands]
        asked = {w.value for f in found if f.name == "apk" for w in f.words[1:]}
        removes, installs = "del" in asked, "add" in asked
    return removes and not installs


def cleanup_plan(dockerfile: Dockerfile, stage: Stage, run: Run) -> CleanupPlan | None:
    """What to do with the clean-up in a RUN; None where there is none, or where it belongs."""
    cleaning = [(s, w) for s, w in cleaning_steps(run) if w]
    if not cleaning or not isinstance(script := run.script, Script):
        return None
    whole = len(cleaning_steps(run)) == len(script.steps)
    if not whole:
        cleaning = [(s, w) for s, w in cleaning if not any(made_here(run, t) for t in w)]
    if not cleaning:
        return None
    origins = [[origin(dockerfile, stage, run, target) for target in what] for _, what in cleaning]
    unsure = next((o.unsure for group in origins for o in group if o.unsure), "")
    steps = [step for step, _ in cleaning]
    makers = {r.instruction.span.start for group in origins for o in group for _, r in o.runs}
    if not whole and _leaves_two_short(stage, run, len(script.steps) - len(steps), makers):
        unsure = unsure or "what is left would be a short RUN beside another; join them first"
    if not whole and not script.stops_on_failure:
        unsure = "the RUN goes on where one of its commands fails, so it is not taken apart"
    moves = () if unsure else _moves(script, steps, origins)
    targets = [target for _, what in cleaning for target in what]
    return CleanupPlan(
        whole,
        tuple(script.steps.index(step) for step in steps),
        tuple(moves),
        tuple(dict.fromkeys(target.junk.value for target in targets)),
        any(o.runs and o.target.junk is Junk.LISTS for group in origins for o in group),
        unsure,
    )


def _leaves_two_short(stage: Stage, run: Run, left: int, makers: set[int]) -> bool:
    """Whether one command would be left of the RUN, beside a RUN of one command.

    Linters ask to join such RUNs (https://github.com/hadolint/hadolint/wiki/DL3059), and rightly.
    """
    runs = {r.instruction.span.start: r for r in stage.runs}
    starts = [i.span.start for i in stage.instructions]
    index = starts.index(run.instruction.span.start)
    beside = {*starts[index - 1 : index], *starts[index + 1 : index + 2]} - makers
    found = [runs[start].script for start in beside if start in runs]
    return left == 1 and any(isinstance(s, Script) and len(s.steps) == 1 for s in found)


def _moves(
    script: Script, steps: Sequence[Step], origins: Sequence[Sequence[Origin]]
) -> list[tuple[Run, tuple[str, ...]]]:
    """What each RUN that made something has to clean up: its own part of every step."""
    texts: dict[int, tuple[Run, list[str]]] = {}
    for step, group in zip(steps, origins, strict=True):
        for _, maker in dict.fromkeys(entry for o in group for entry in o.runs):
            own = [o.target for o in group if any(r is maker for _, r in o.runs)]
            text = _step_text(script, step, own, len(own) == len(group))
            key = maker.instruction.span.start
            texts.setdefault(key, (maker, []))[1].append(text)
    return [(maker, tuple(parts)) for maker, parts in texts.values()]


def _step_text(script: Script, step: Step, own: list[Target], whole: bool) -> str:
    """A step on one line, or what it does to `own` targets alone."""
    command = step.command
    if command is not None and command.name == "rm" and (not whole or not _is_forced(command)):
        flags = [w.text for w in command.args if w.text.startswith("-")]
        # Where it moves, the files may be missing: a plain `rm` would fail.
        force = [] if _is_forced(command) else ["-f"]
        return " ".join(["rm", *flags, *force, *(target.text for target in own)])
    text = script.text[step.start : step.end]
    text = text if _QUOTED_BLANKS.search(text) else " ".join(text.split())
    return f"({text} || true)" if _fails_unnoticed(script, step) else text


def _is_forced(command: Command) -> bool:
    return any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--force", w.text) for w in command.args)


def _fails_unnoticed(script: Script, step: Step) -> bool:
    """Whether a failure of the step does not stop the RUN; `rm -f` never fails."""
    if step.command is not None and step.command.name == "rm":
        return False
    following = script.steps[script.steps.index(step) + 1 :][:1]
    if not following:
        return False
    return following[0].operator == "||" or not script.stops_on_failure


def cleanup_edits(document: Document, run: Run, plan: CleanupPlan) -> tuple[Edit, ...] | str:
    """The edits that carry a plan out; a text says why that is impossible."""
    edits: list[Edit] = []
    for maker, texts in plan.moves:
        if reason := cannot_append(maker):
            return f"the RUN that made it cannot be extended: {reason}"
        editor = RunEditor(document, maker)
        editor.append_step(*texts)
        edits += editor.edits()
    if plan.whole:
        return (*edits, *without(document, run.instruction, _ABOUT_CLEANING))
    editor = RunEditor(document, run)
    editor.remove_steps(plan.steps)
    return (*edits, *editor.edits())
