"""Whether a stage is for work on the project rather than for running it."""

import re
from collections.abc import Iterator

from dockopt.facts.container import Facts
from dockopt.facts.tool_uses import runner_texts
from dockopt.model import Stage
from dockopt.model.running import POSIX_SHELLS

_NAME = re.compile(
    r"(?:^|[-_./])(?:dev|devel|develop|development|devcontainer|tests?|testing|ci|debug|local|lint|"
    r"docs?|e2e|unittests?|jupyter|notebook|sandbox|playground)(?:$|[-_./])",
    re.IGNORECASE,
)
_STARTS_SERVER = re.compile(
    r"--reload\b|\brunserver(?:_plus)?\b|\bpytest\b|\btox\b|\bjupyter\b|\bfastapi\s+dev\b|--debug\b"
    r"|\bflask\b.*\s--debug\b|\bwatchmedo\b|\bnodemon\b|\bdebugpy\b|\bpre-commit\b|\bunittest\b"
)
_IDLE = frozenset({"tail", "sleep", "python", "python3", "ipython", "true", "cat", "top", "zsh"})
_DEBUGGING = re.compile(r"^(?:FLASK_DEBUG|FLASK_ENV)$")


def development_image(facts: Facts) -> str:
    """Why the image that is shipped is one to develop in; empty where nothing says so."""
    target = facts.dockerfile.target
    if _NAME.search(facts.file.rpartition("/")[2].removesuffix("ockerfile")):
        return f"{facts.file} is not for production, by its name"
    if "/" in facts.file and _NAME.search(facts.file.rpartition("/")[0].rpartition("/")[2]):
        return f"{facts.file} is not for production, by its folder"
    if target.name and _NAME.search(target.name):
        return f"stage {target.name} is not for production, by its name"
    if reason := _command(target):
        return reason
    for name, value in target.final_environment.items():
        if _DEBUGGING.match(name) and value in ("1", "true", "development"):
            return f"{name} is {value}"
    return ""


def _command(target: Stage) -> str:
    """Why what the image starts tells that it serves development."""
    commands = [c for c in (target.last("ENTRYPOINT"), target.last("CMD")) if c is not None]
    words = [word for command in commands for word in command.value]
    if not words:
        return "nothing says what the image runs: it has no CMD and no ENTRYPOINT"
    text = " ".join(words)
    if found := _STARTS_SERVER.search(text):
        return f"the image starts for development: {found[0]}"
    program = words[0].split()[0].rpartition("/")[2] if words[0].split() else ""
    if len(text.split()) == 1 and program in POSIX_SHELLS | _IDLE:
        return f"the image only starts {program}"
    if program in ("tail", "sleep", "cat", "top"):
        return f"the image only starts {program}"
    return ""


def other_users(facts: Facts, stage: Stage) -> str:
    """Which stage beside the target's chain uses `stage`, or what names it; empty for none."""
    dockerfile = facts.dockerfile
    chain = {link.index for link in dockerfile.target.chain}
    for other in dockerfile.built_upon(stage):
        if other is not stage and other.index not in chain:
            return f"stage {other.reference} starts from it"
    for user in dockerfile.copied_from[stage.index]:
        if user not in chain:
            return f"stage {dockerfile.stages[user].reference} copies from it"
    if stage is not dockerfile.target and stage.name:
        return next(_named(facts, stage.name), "")
    return ""


def _named(facts: Facts, name: str) -> Iterator[str]:
    """Files that name a stage as what is to be built."""
    pattern = re.compile(rf"(?:target:|--target[= ])\s*[\"']?{re.escape(name)}(?![\w.-])")
    texts = runner_texts(facts.context) if facts.context else ()
    yield from (f"{file} builds stage {name}" for file, text in texts if pattern.search(text))
