"""What a RUN calls that cannot be read: scripts, and shell that the reader does not understand."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dockopt.facts.context import Context
from dockopt.facts.prefixes import invocation
from dockopt.facts.runtime import RuntimeTexts
from dockopt.model import Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Command, Script

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "source", "."})
_PROVISIONERS = frozenset({"ansible-playbook", "puppet", "chef-solo", "salt-call", "invoke"})
_BUILD_TOOLS = frozenset({"make", "ninja", "gradle", "mvn", "scons", "bazel"})
_SCRIPT = re.compile(r"\.(?:sh|bash)$")
_ACTIVATE = re.compile(r"/activate$|/conda\.sh$|/\.?(?:bashrc|profile|nvm\.sh|env)$")
_IN_PROGRAMS = re.compile(r"[\"']?[/$~].*/s?bin/[^/]+$|.*/bin/(?:python|pip|uv)[\d.]*[\"']?$")
"""Paths of programs of the image or of an environment."""
DEB = "dpkg -i"
_MAX_SCRIPTS = 20


def unread(run: Run, context: Context | None = None, word: str = "") -> str:
    """What of a RUN cannot be read, empty where everything can.

    With `word`, build tools and scripts of the build context that lack that word count as read.
    """
    if not isinstance(run.script, Script):
        return run.script.reason
    for script in _called(run.script):
        if not (word and _lacks(run, context, script, word)):
            return f"it runs {script}"
    return ""


@remembered
def _called(script: Script) -> tuple[str, ...]:
    """The local scripts that a script runs, in order."""
    return tuple(filter(None, map(script_of, script.commands)))


def unseen_script(stage: Stage, runtime: RuntimeTexts) -> str:
    """A script that a stage calls, in a RUN of its own or of those below it, or when it starts.

    Empty where all of them are among the scripts and sources of the build context. What a package
    file brings along is not known either.
    """
    seen = {PurePosixPath(path).name for path, _ in runtime.files or ()}
    for place, script in _called_scripts(stage, runtime):
        if script == DEB:
            return f"{place} runs {script}, and what the package needs is not known"
        if not _is_seen(script.strip("\"'"), seen):
            return f"{place} runs {script}, whose text is not known"
    return ""


def _called_scripts(stage: Stage, runtime: RuntimeTexts) -> Iterator[tuple[str, str]]:
    for link in stage.chain:
        for run in link.runs:
            for command in run.script.commands if isinstance(run.script, Script) else ():
                if command.name == "dpkg" and command.has("-i", "--install"):
                    yield f"line {run.instruction.line}", DEB
                elif script := script_of(command) or _own_program(command):
                    yield f"line {run.instruction.line}", script
    for instruction in runtime.commands:
        words = " ".join(instruction.value).split()
        words = words[1:] if instruction.keyword == "HEALTHCHECK" else words
        if words and ("/" in words[0] or _SCRIPT.search(words[0])):
            yield instruction.keyword, words[0]


def _is_seen(script: str, names: set[str]) -> bool:
    known = script in _BUILD_TOOLS | _PROVISIONERS or _IN_PROGRAMS.match(script)
    return bool(known) or PurePosixPath(script).name in names


def _own_program(command: Command) -> str:
    """A program that a command calls by its path, empty for one that is found by name."""
    words = invocation(command).words
    text = words[0].text if words else ""
    return text if "/" in text else ""


@remembered
def script_of(command: Command) -> str:
    """The local script that a command runs, empty where it runs none."""
    found = invocation(command)
    if not found.words:
        return ""
    program = found.words[0]
    arguments = [w.text for w in found.words[1:] if not w.text.startswith("-")]
    if found.name in _SHELLS:
        flags = {w.text for w in found.words[1:]}
        if flags & {"-c", "-lc", "-ec"}:
            return f"{found.name} -c"
        if "-s" in flags:
            # What comes through a pipe was downloaded: installers fetch lists of their own.
            return ""
        return arguments[0] if arguments and not _ACTIVATE.search(arguments[0]) else ""
    if found.name in _PROVISIONERS | _BUILD_TOOLS or _SCRIPT.search(program.text):
        return program.text
    return program.text if program.value is None and program.text not in ("[", "[[") else ""


def _lacks(run: Run, context: Context | None, script: str, word: str) -> bool:
    """Whether the shell text, or all files of that name in the context, do not hold `word`."""
    if script in _BUILD_TOOLS:
        return True
    if script.endswith(" -c"):
        return word not in run.logical.text
    name = PurePosixPath(script.strip("\"'")).name
    if context is None or not name or "$" in name:
        return False
    found = [path for path in context.files_under("") if PurePosixPath(path).name == name]
    if not found or len(found) > _MAX_SCRIPTS:
        return False
    texts = [context.read_text(path) for path in found]
    return all(text is not None and word not in text for text in texts)
