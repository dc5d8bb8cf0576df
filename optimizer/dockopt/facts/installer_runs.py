"""Steps of a RUN that bring or set up an installer: its own install script, pipx, its configuration.

https://python-poetry.org/docs/#installing-with-the-official-installer,
https://docs.astral.sh/uv/getting-started/installation/, https://pdm-project.org/latest/#installation
"""

import re

from dockopt.facts.installer_commands import installer_commands
from dockopt.facts.pip import pip_commands
from dockopt.model import Run
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Step

_SCRIPTS = {
    "poetry": re.compile(
        r"install\.python-poetry\.org|python-poetry/poetry/\S*/(?:get|install)-poetry"
    ),
    "uv": re.compile(r"astral\.sh/uv/"),
    "pdm": re.compile(r"pdm-project\.org/install-pdm|pdm\.fming\.dev/install-pdm|install-pdm\.py"),
}
_PIPX = re.compile(
    r"^(?:poetry|uv|pdm|pipenv|pip-tools|hatch)(?:\[[\w,]+\])?(?:[=<>~!]=?[\w.*]+)?$"
)
_TOOL_PATH = re.compile(r"/bin/(?:poetry|uvx?|pdm)$")
_QUIET = frozenset({"set", "export", "echo", "true", ":", "cd"})
_MANAGING = frozenset(
    {"config", "cache", "self", "lock", "check", "export", "requirements", "compile"}
)
"""Actions that set a tool up, or write a lock or requirements file."""


def brings_tool(step: Step, text: str) -> str:
    """The installer that a step fetches with its own script; empty where it does not.

    `text` is the script that the step is of.
    """
    written = text[step.start : step.end]
    return next((tool for tool, pattern in _SCRIPTS.items() if pattern.search(written)), "")


def tool_commands(run: Run) -> frozenset[int]:
    """The commands of a RUN, by `id`, that only bring or set up installers."""
    return _tool_commands(run.script) if isinstance(run.script, Script) else frozenset()


@remembered
def _tool_commands(script: Script) -> frozenset[int]:
    found: set[int] = set()
    for step in script.steps:
        if brings_tool(step, script.text):
            found.update(id(command) for command in step.commands)
        found.update(id(c) for c in step.commands if _is_pipx(c) or _is_placing(c))
    return frozenset(found)


def _is_placing(command: Command) -> bool:
    """Whether a command puts nothing but an installer into a folder of PATH."""
    if command.name not in ("ln", "mv", "cp") or len(command.args) < 2:
        return False
    paths = [w.text.strip("\"'") for w in command.args if not w.text.startswith("-")]
    return bool(paths) and all(_TOOL_PATH.search(p) for p in paths[: len(paths) - 1 or 1])


def _is_pipx(command: Command) -> bool:
    values = [v or "" for v in command.values]
    if command.name != "pipx" and values[:2] != ["-m", "pipx"]:
        return False
    rest = [v for v in values if v not in ("-m", "pipx") and not v.startswith("-")]
    if rest[:1] in (["ensurepath"], ["--version"], []):
        return True
    return rest[0] in ("install", "inject") and all(_PIPX.match(v) for v in rest[1:2])


def brought_tools(run: Run) -> frozenset[str]:
    """The names of the installers that a RUN brings by their own scripts or by pipx."""
    if not tool_commands(run) or not isinstance(run.script, Script):
        return frozenset()
    text = run.script.text
    found = {brings_tool(step, text) for step in run.script.steps}
    words = {w.value or "" for c in run.script.commands if _is_pipx(c) for w in c.words}
    found |= {re.split(r"[\[=<>~!]", word)[0] for word in words if _PIPX.match(word)}
    return frozenset(found - {""})


def managing_commands(run: Run) -> frozenset[int]:
    """The commands of a RUN, by `id`, that set up a tool: `poetry config`, `poetry --version`."""
    return frozenset(
        id(c.command)
        for c in installer_commands(run)
        if c.tool in ("uv", "poetry", "pipenv", "pdm", "pip-tools")
        and (not c.action or {c.action, c.group} & _MANAGING)
    )


def only_brings_tools(run: Run) -> bool:
    """Whether a RUN does nothing but bring and set up installers."""
    if not isinstance(run.script, Script) or run.instruction.heredocs:
        return False
    ours = tool_commands(run) | managing_commands(run)
    pip = {id(p.command) for p in pip_commands(run) if p.tool == "pip" and p.action != "install"}
    commands = run.script.commands
    if not any(id(c) in ours for c in commands):
        return False
    return all(id(c) in ours | pip or c.name in _QUIET or not c.words for c in commands)
