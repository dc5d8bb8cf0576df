"""What a RUN calls that cannot be read: scripts, and shell that the reader does not understand."""

import re
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
_MAX_SCRIPTS = 20


def unread(run: Run, context: Context | None = None, word: str = "") -> str:
    """What of a RUN cannot be read, empty where everything can.

    With `word`, build tools and scripts of the build context that lack that word count as read.
    """
    if not isinstance(run.script, Script):
        return run.script.reason
    for command in run.script.commands:
        script = script_of(command)
        if script and not (word and _lacks(run, context, script, word)):
            return f"it runs {script}"
    return ""


def unseen_script(stage: Stage, runtime: RuntimeTexts) -> str:
    """A script that a RUN of a stage, or of those below it, calls, and whose text is not known.

    Empty where all of them are among the scripts and sources of the build context.
    """
    seen = {PurePosixPath(path).name for path, _ in runtime.files or ()}
    for link in stage.chain:
        for run in link.runs:
            for command in run.script.commands if isinstance(run.script, Script) else ():
                script = script_of(command)
                name = PurePosixPath(script.strip("\"'")).name
                if script and script not in _BUILD_TOOLS | _PROVISIONERS and name not in seen:
                    return f"line {run.instruction.line} runs {script}, whose text is not known"
    return ""


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
