"""Where waste was made that a later RUN cleans up: in which RUNs, if any.

A file that a layer holds stays in the image when a later layer removes it: the removal is one more
entry (https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts).
"""

import re

from dockopt.facts.apt_lists import lists_used_after
from dockopt.facts.cleanup import Junk, Target, cleaning_steps
from dockopt.facts.pip import pip_command
from dockopt.facts.prefixes import invocation
from dockopt.facts.scripts import unread
from dockopt.facts.waste_makers import makes, mentions_temporary
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Command, Script
from dockopt.syntax import Instruction

_BY_SCRIPTS = frozenset({Junk.LISTS, Junk.HOME_CACHE, Junk.NODE, Junk.TEMPORARY, Junk.CONDA})
_KEPT_IN_CACHE = re.compile(
    r"playwright|huggingface|transformers|torch\.hub|from_pretrained|whisper|spacy|nltk|camoufox"
    r"|pyppeteer|sentence.transformers|puppeteer|cypress",
    re.IGNORECASE,
)
"""What keeps more than archives in ~/.cache: browsers and models that the application loads."""
MAX_MAKERS = 3
"""Clean-up that would have to move to more RUNs than this is left: it would bury what they do."""
_OF_SYSTEM = frozenset({Junk.LISTS, Junk.ARCHIVES, Junk.APT_TRACES, Junk.APK, Junk.RPM})
TEMPORARY = "/tmp"  # noqa: S108 - a place in the image, nothing is written there
_SETTINGS = frozenset({"USER", "SHELL"})


@immutable(eq=False)
class Origin:
    """Where a target of a clean-up comes from."""

    target: Target
    runs: tuple[tuple[Stage, Run], ...]
    """The RUNs that made it; none when it is part of the base image, or was copied."""
    unsure: str = ""
    """Why that cannot be told, or why the clean-up cannot move there."""


def origin(dockerfile: Dockerfile, stage: Stage, run: Run, target: Target) -> Origin:
    """Where what `run` removes was made."""
    before = _before(stage, run)
    makers = [(s, r) for s, r in before if makes(dockerfile, s, r, target.junk)]
    if target.tool in _OWN_CACHE:
        makers = [(s, r) for s, r in makers if _calls(r, target.tool)]
    if alone := next((r for _, r in makers if not _calls(r, target.tool)), None):
        line = alone.instruction.line
        return Origin(target, (), f"line {line} makes it, and may not have {target.tool}")
    if reason := _unclear(dockerfile, stage, run, target, makers, before):
        return Origin(target, (), reason)
    return Origin(target, tuple(makers))


_OWN_CACHE = frozenset({"pip", "pip3", "uv", "npm", "yarn"})
"""Programs that empty the cache of nobody else."""
_TOGETHER = {
    "apt": frozenset({"apt", "apt-get"}),
    "apt-get": frozenset({"apt", "apt-get"}),
    "pip": frozenset({"pip", "pip3"}),
    "pip3": frozenset({"pip", "pip3"}),
    "conda": frozenset({"conda", "mamba"}),
}
"""Programs that are there where one of these is."""


def _calls(run: Run, tool: str) -> bool:
    """Whether a RUN calls a program, so that it is there; true where none is needed."""
    names = _TOGETHER.get(tool, frozenset({tool}))
    called = (
        _program(command)
        for command in (run.script.commands if isinstance(run.script, Script) else ())
    )
    return not tool or any(name in names for name in called)


def _program(command: Command) -> str:
    pip = pip_command(command)
    return pip.tool if pip else invocation(command).name


def made_here(run: Run, target: Target) -> bool:
    """Whether the RUN itself may have made what one of its steps removes.

    Also what comes after the step counts: `rm -rf …/lists/* && apt-get update` repairs stale lists.
    """
    if not isinstance(run.script, Script) or target.junk is Junk.TEMPORARY:
        return True
    cleaning = {id(c) for step, _ in cleaning_steps(run) for c in step.commands}
    others = [c for c in run.script.commands if id(c) not in cleaning]
    return not all(_leaves_alone(command, target.junk) for command in others)


def _leaves_alone(command: Command, junk: Junk) -> bool:
    """Whether a command is known not to make this kind of waste."""
    if junk in _OF_SYSTEM and pip_command(command) is not None:
        return True
    return invocation(command).name in _IDLE or not command.words


_IDLE_NAMES = """
    chmod chown chgrp mkdir rmdir ln useradd adduser usermod groupadd addgroup echo printf
    true : set cd touch rm sed install localedef locale-gen update-ca-certificates ldconfig
    groupmod test [ ls cat mv id export
"""
_IDLE = frozenset(_IDLE_NAMES.split())
"""Programs that are known to leave no cache behind."""


def _before(stage: Stage, run: Run) -> list[tuple[Stage, Run]]:
    start = run.instruction.span.start
    return [
        (link, earlier)
        for link in reversed(stage.chain)
        for earlier in link.runs
        if earlier.instruction.span.start < start
    ]


def _unclear(
    dockerfile: Dockerfile,
    stage: Stage,
    run: Run,
    target: Target,
    makers: list[tuple[Stage, Run]],
    before: list[tuple[Stage, Run]],
) -> str:
    junk = target.junk
    if junk is Junk.HOME_CACHE and any(_KEPT_IN_CACHE.search(r.logical.text) for _, r in before):
        return "more than a download cache may be in ~/.cache"
    if junk is Junk.TEMPORARY and (reason := _temporary(stage, run, before)):
        return reason
    if not makers and junk in _BY_SCRIPTS:
        reasons = (unread(r) for _, r in before)
        if reason := next((reason for reason in reasons if reason), ""):
            return f"an earlier RUN may have made it: {reason}"
    if not makers and _used_later(dockerfile, stage, run, junk):
        return "a later RUN uses what it empties, and may need it empty"
    if len(makers) > MAX_MAKERS:
        return f"{len(makers)} RUNs made it"
    for made_in, maker in makers:
        if made_in is not stage and len(dockerfile.children(made_in)) > 1:
            return "it was made in a stage that other stages build upon"
        if reason := _between(dockerfile, stage, maker, run, target):
            return reason
    return ""


def _used_later(dockerfile: Dockerfile, stage: Stage, run: Run, junk: Junk) -> bool:
    """Whether a RUN after `run`, or upon its stage, calls the program that fills the place."""
    programs = _USERS.get(junk, frozenset())
    start = run.instruction.span.start
    later = [
        other
        for link in dockerfile.stages
        if stage in link.chain
        for other in link.runs
        if other.instruction.span.start > start
    ]
    return any(
        invocation(command).name in programs
        for other in later
        if isinstance(other.script, Script)
        for command in other.script.commands
    ) or (junk is Junk.TEMPORARY and any(TEMPORARY in other.logical.text for other in later))


_USERS = {
    Junk.LISTS: frozenset({"apt-get", "apt", "aptitude"}),
    Junk.ARCHIVES: frozenset({"apt-get", "apt", "aptitude"}),
    Junk.APK: frozenset({"apk"}),
    Junk.RPM: frozenset({"yum", "dnf", "microdnf"}),
    Junk.NODE: frozenset({"npm", "yarn", "pnpm"}),
    Junk.CONDA: frozenset({"conda", "mamba", "micromamba"}),
}


def _temporary(stage: Stage, run: Run, before: list[tuple[Stage, Run]]) -> str:
    """Files in /tmp may be needed in between, so the maker must be the RUN just above."""
    start = run.instruction.span.start
    for link in stage.chain:
        for instruction in link.instructions:
            if instruction.span.start >= start:
                break
            text = instruction.body.text
            if (
                instruction.keyword in ("COPY", "ADD", "WORKDIR", "ENV", "VOLUME")
                and TEMPORARY in text
            ):
                return "files in /tmp were put there on purpose"
    mentioning = [r for _, r in before if mentions_temporary(r)]
    if mentioning and not _adjacent(stage, mentioning[-1].instruction, run.instruction):
        return "files in /tmp may be used between the RUN that made them and this one"
    return ""


def _adjacent(stage: Stage, first: Instruction, second: Instruction) -> bool:
    starts = [i.span.start for i in stage.instructions]
    if first.span.start not in starts:
        return False
    return starts.index(second.span.start) == starts.index(first.span.start) + 1


def _between(dockerfile: Dockerfile, stage: Stage, maker: Run, run: Run, target: Target) -> str:
    """What stands against cleaning up in `maker` already."""
    start, end = maker.instruction.span.start, run.instruction.span.start
    between = [i for s in stage.chain for i in s.instructions if start < i.span.start < end]
    if any(i.keyword in _SETTINGS for i in between):
        return "the user or the shell changes between the RUN that made it and this one"
    of_home = "~" in target.text or "HOME" in target.text
    if of_home and any(i.keyword == "ENV" and "HOME" in i.value for i in between):
        return "HOME changes between the RUN that made it and this one"
    if target.junk is Junk.LISTS:
        uses = lists_used_after(dockerfile, stage, maker)
        if any(start < use.run.instruction.span.start < end for use in uses):
            return "a RUN in between may install with these lists"
    return ""
