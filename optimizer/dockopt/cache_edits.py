"""Edits that mount caches over a RUN, and take out what would empty or avoid them."""

import re
from collections.abc import Iterator

from dockopt.chaining import chain_of
from dockopt.editing import RunEditor
from dockopt.facts.apt import apt_commands
from dockopt.facts.cache_obstacles import off_assignments
from dockopt.facts.cache_plan import DOCKER_CLEAN, CachePlan
from dockopt.model import Dockerfile, ImageReference, Mount, Run, Stage
from dockopt.shell import Step, Word
from dockopt.syntax import Document
from dockopt.text import Delete, Edit, Insert, Span

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")
_TELLING = frozenset({"type", "id", "target", "dst", "destination", "sharing"})


def cache_edits(dockerfile: Dockerfile, plan: CachePlan) -> tuple[Edit, ...]:
    """The edits of one RUN."""
    editor = RunEditor(dockerfile.document, plan.run)
    for filling in plan.filled:
        editor.remove_words(filling.off_words)
        for name, word in off_assignments(filling):
            _remove_assignment(editor, name, word)
    editor.remove_words(plan.uncleaning.words)
    editor.remove_steps(plan.uncleaning.steps)
    if "apt" in plan.tools and DOCKER_CLEAN not in plan.run.logical.text:
        _keep_archives(editor)
    flags = list(_flags(dockerfile, plan))
    return (*editor.edits(), *_mounting(dockerfile.document, plan.run, flags))


def _remove_assignment(editor: RunEditor, name: str, word: Word) -> None:
    text, end = editor.run.logical.text, word.end
    while end < len(text) and text[end] in " \t":
        end += 1
    editor.delete(word.start - len(name) - 1, end)


def _keep_archives(editor: RunEditor) -> None:
    """Puts a step before the update that has apt keep what it downloads."""
    update = next(c for c in apt_commands(editor.run) if c.action == "update")
    step = next(s for s in editor.script.steps if s.command is update.command)
    remove = f"rm -f {DOCKER_CLEAN}"
    if step.operator == "&&" or step is editor.script.steps[0]:
        editor.precede_step(step, remove)
    elif step.operator == "\n":
        editor.insert_before(step.start, f"{remove}\n{_indent(editor, step)}")
    else:
        editor.insert_before(step.start, f"{remove}{_break(editor)}")


def _indent(editor: RunEditor, step: Step) -> str:
    text = editor.run.logical.text
    return text[text.rfind("\n", 0, step.start) + 1 : step.start]


def _break(editor: RunEditor) -> str:
    """What joins a step to the next one in a RUN that parts them by `;`."""
    chain = chain_of(editor.document, editor.run)
    return (
        f";{chain.broken}" if "\n" in editor.document.text_of(editor.run.instruction)[:-1] else "; "
    )


def _flags(dockerfile: Dockerfile, plan: CachePlan) -> Iterator[str]:
    """The mounts; those of other RUNs are repeated, so that they share what they hold."""
    for cache in plan.caches:
        sharing = ",sharing=locked" if cache.locked else ""
        for name, path in cache.targets:
            told = _told(plan, dockerfile, path)
            yield (
                told or f"--mount=type=cache,id={name}-{_image(plan.stage)},target={path}{sharing}"
            )


def _told(plan: CachePlan, dockerfile: Dockerfile, path: str) -> str:
    """The mount of another RUN at the same place, where it says nothing unusual."""
    image = _image(plan.stage)
    for stage, run in ((s, r) for s in dockerfile.stages for r in s.runs):
        for text in run.instruction.flags_named("mount"):
            mount = Mount.parse(text)
            names = {name for name, _ in mount.options}
            if mount.kind != "cache" or mount.target.rstrip("/") != path or names - _TELLING:
                continue
            if not mount.get("id") or _image(stage) == image:
                return f"--mount={text}"
    return ""


def _image(stage: Stage) -> str:
    """The base image in a name: wheels that one image compiled may not load in another."""
    image = stage.root.image
    text = image.text if isinstance(image, ImageReference) else "unknown"
    return _NOT_IN_NAMES.sub("-", text.partition("@")[0])


def _mounting(document: Document, run: Run, flags: list[str]) -> Iterator[Edit]:
    """Puts flags behind the keyword, or behind the flags that are there, each on its line."""
    instruction = run.instruction
    last = instruction.flags[-1].span if instruction.flags else instruction.keyword_span
    gap = Span(last.end, instruction.body.to_source(0))
    if instruction.heredocs:
        yield Insert(last.end, "".join(f" {flag}" for flag in flags))
        return
    broken = chain_of(document, run).broken
    text = (broken if instruction.flags else " ") + broken.join(flags)
    if "\n" in gap.of(document.source):
        yield Insert(last.end, text)
    else:
        yield Insert(last.end, text + broken)
        yield Delete(gap)
