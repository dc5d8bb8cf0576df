"""Whether a stage is for work on the project rather than for running it."""

import re

from dockopt.facts.audience import for_development
from dockopt.facts.container import Facts
from dockopt.model import Stage
from dockopt.model.running import POSIX_SHELLS

_STARTS_SERVER = re.compile(
    r"--reload\b|\brunserver(?:_plus)?\b|\bpytest\b|\btox\b|\bjupyter\b|\bfastapi\s+dev\b|--debug\b"
    r"|\bflask\b.*\s--debug\b|\bwatchmedo\b|\bnodemon\b|\bdebugpy\b|\bpre-commit\b|\bunittest\b"
)
_WAITING = frozenset({"tail", "sleep", "cat", "top", "true"})
_IDLE = frozenset({"python", "python3", "ipython", "zsh"})


def development_image(facts: Facts) -> str:
    """Why the image that is shipped is one to develop in; empty where nothing says so."""
    target = facts.dockerfile.target
    if for_development(facts.dockerfile, target, facts.file, facts.context):
        what = f"stage {target.name}" if target.name else facts.file
        return f"{what} is not for production, by its name or by who builds it"
    if use := next((use for use in facts.dev_uses if use.stage is target), None):
        where = f" in {use.file}" if use.file else ""
        return f"the image starts for development: {use.what}{where}"
    return _command(facts, target)


def _command(facts: Facts, target: Stage) -> str:
    """Why what the image starts tells that it serves development."""
    commands = [c for c in (target.last("ENTRYPOINT"), target.last("CMD")) if c is not None]
    words = [word for command in commands for word in command.value]
    if not words and not any(r.starts and r.words for r in facts.references.certain):
        return "nothing says what the image runs: it has no CMD and no ENTRYPOINT"
    text = " ".join(words)
    if found := _STARTS_SERVER.search(text):
        return f"the image starts for development: {found[0]}"
    program = text.split()[0].rpartition("/")[2] if text.split() else ""
    alone = len(text.split()) == 1 and program in POSIX_SHELLS | _IDLE
    return f"the image only starts {program}" if alone or program in _WAITING else ""


def other_users(facts: Facts, stage: Stage) -> str:
    """Which stage beside the target's chain uses `stage`, or what builds it; empty for none."""
    dockerfile = facts.dockerfile
    chain = {link.index for link in dockerfile.target.chain}
    for other in dockerfile.built_upon(stage):
        if other is not stage and other.index not in chain:
            return f"stage {other.reference} starts from it"
    for user in dockerfile.copied_from[stage.index]:
        if user not in chain:
            return f"stage {dockerfile.stages[user].reference} copies from it"
    reference = facts.references.to(stage) if stage is not dockerfile.target else None
    return (
        f"{reference.by} in {reference.place} builds stage {stage.reference}" if reference else ""
    )
