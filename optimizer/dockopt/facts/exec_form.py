"""CMD and ENTRYPOINT in shell form: whether the command starts just the same without the shell.

https://docs.docker.com/reference/dockerfile/#shell-and-exec-form
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from dockopt.model import ImageReference, Stage, shell_script
from dockopt.model.running import POSIX_SHELLS
from dockopt.model.stages import DEFAULT_SHELL
from dockopt.shell import Command, Opaque, Word
from dockopt.syntax import Instruction

if TYPE_CHECKING:
    from dockopt.facts import Facts

_WITHOUT_ENTRYPOINT = frozenset({"alpine", "buildpack-deps", "debian", "python", "ubuntu"})
"""Official images that set neither ENTRYPOINT nor SHELL."""
_INITS = frozenset({"catatonit", "docker-init", "dumb-init", "tini"})
"""Programs that start their arguments as a command, and do nothing else with them."""
_BUILTINS = frozenset(
    [
        *(".", ":", "[", "alias", "bg", "break", "cd", "chdir", "command", "continue", "echo"),
        *("eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "jobs", "kill"),
        *("local", "printf", "pwd", "read", "readonly", "return", "set", "shift", "source"),
        *("test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait"),
    ]
)
"""What dash does itself, whether or not there is a program of that name."""
_INSTALLED = re.compile(r"/(?:[\w.-]+/)*s?bin/[\w.+-]+")
_SCRIPT = re.compile(r"\.(?:sh|bash|py|pl|rb)$")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|<%|@@")
_SEARCHED = re.compile(r"/?|/usr/?|/usr/local/?|.*/s?bin/?")
"""Where COPY puts whole folders among which programs are found."""
_PWD = re.compile(r"\$\{?PWD\b|[\"']PWD[\"']")
_SAYS_ARGUMENTS = re.compile(r"^[ \t-]*[\"']?(?:command|args)[\"']?[ \t]*:", re.MULTILINE)


def exec_words(facts: "Facts", instruction: Instruction) -> tuple[Word, ...] | str:
    """The words of the command, `exec` left out; or why it needs the shell."""
    target = facts.dockerfile.target
    command = _command(target, instruction)
    if isinstance(command, str):
        return command
    words = command.words[1:] if command.name == "exec" else command.words
    checks = (
        _words(instruction, words),
        _program(facts, words),
        _entrypoint(target) if instruction.keyword == "CMD" else _arguments(facts, target),
        _directory(facts),
    )
    return next((reason for check in checks for reason in check), "") or words


def _command(stage: Stage, instruction: Instruction) -> Command | str:
    """The only command of the instruction."""
    if any(link.of("SHELL") for link in stage.chain):
        return "a SHELL instruction says what reads it"
    script = shell_script(instruction, DEFAULT_SHELL)
    if isinstance(script, Opaque):
        return script.reason
    step = script.steps[0] if len(script.steps) == 1 else None
    command = step.command if step else None
    if command is None or script.background or script.text[command.end :].strip():
        return "it is more than one command"
    if command.redirects or command.assignments:
        return "it sets variables or redirects output"
    return command


def _words(instruction: Instruction, words: tuple[Word, ...]) -> Iterator[str]:
    body = instruction.body
    unknown = next((word for word in words if word.value is None), None)
    if unknown is not None:
        yield (
            f"the shell decides what {unknown.text} is; with `exec` before the command, signals "
            "arrive all the same"
        )
    elif not words or not words[0].value or words[0].value in _BUILTINS:
        yield "the shell does it itself"
    elif words[0].value.startswith("-"):
        yield "exec has options"
    elif any("\n" in (w.value or "") or not _is_text(w.value or "") for w in words):
        yield "a word of it cannot be written as JSON on one line"
    elif any(len(list(body.pieces(word.start, word.end))) != 1 for word in words):
        yield "a word of it stands on several lines"
    elif not _is_read_so(body.text, words):
        yield "where its words end is not certain"
    elif _TEMPLATE.search(body.text):
        yield "the file is a template, which decides what the words are"
    elif _is_shell(words):
        yield "the program is a shell itself"


def _is_read_so(text: str, words: tuple[Word, ...]) -> bool:
    """Whether a second reader finds the same words."""
    try:
        found = shlex.split(text)
    except ValueError:
        return False
    return found[-len(words) :] == [w.value for w in words] and len(found) <= len(words) + 1


def _is_shell(words: tuple[Word, ...]) -> bool:
    """Whether a shell without a script is started: it would pass no signals on either."""
    if PurePosixPath(words[0].value or "").name not in POSIX_SHELLS | {"zsh"}:
        return False
    return len(words) == 1 or (words[1].value or "").startswith("-")


def _is_text(text: str) -> bool:
    return all(ord(char) >= 32 and not 0xD800 <= ord(char) < 0xE000 for char in text)


def _program(facts: "Facts", words: tuple[Word, ...]) -> Iterator[str]:
    """A script without `#!` is run by the shell that starts it, but not without one."""
    path = (words[0].value or "") if words else ""
    name = PurePosixPath(path).name
    made = _is_made(facts, name) or _SCRIPT.search(name)
    if not made and ("/" not in path or _INSTALLED.fullmatch(path)):
        return
    found = [] if facts.context is None else facts.context.files_under("")
    texts = (
        [facts.context.read_text(f) for f in found if PurePosixPath(f).name == name]
        if facts.context
        else []
    )
    if not texts or not all(text and text.startswith("#!") for text in texts):
        yield f"whether {path} starts with #! is not known, as it must without a shell"


def _is_made(facts: "Facts", name: str) -> bool:
    """Whether the build copies or writes a program of that name."""
    for link in facts.dockerfile.target.chain:
        for copy in link.copies:
            places = (*copy.sources, copy.destination)
            if any(PurePosixPath(place).name == name for place in places):
                return True
            if copy.from_ is None and _SEARCHED.fullmatch(copy.destination):
                return True
        if any(_writes(run.logical.text, name) for run in link.runs):
            return True
    return False


def _writes(text: str, name: str) -> bool:
    """Whether a RUN downloads, copies, links or writes something to a path that ends so."""
    if name not in text:
        return False
    made = rf"(?:\s-\w*[oOP]|>|\b(?:ln|cp|mv|install|tee)\s[^;&|]*)\s*[^\s;&|]*/{re.escape(name)}(?![\w.-])"
    return re.search(made, text) is not None


def _entrypoint(stage: Stage) -> Iterator[str]:
    """An ENTRYPOINT gets the words of CMD as arguments; in shell form it gets none."""
    found = stage.last("ENTRYPOINT")
    if found is None:
        image = stage.root.image
        if not isinstance(image, ImageReference) or image.registry:
            yield "whether the base image has an ENTRYPOINT or a SHELL is not known"
        elif image.repository not in _WITHOUT_ENTRYPOINT:
            yield f"whether the base image {image.text} has an ENTRYPOINT or a SHELL is not known"
    elif not found.is_json:
        yield "the ENTRYPOINT, in shell form, does not use it"
    elif found.value and not _is_init(found.value):
        yield "the ENTRYPOINT gets it as arguments, and may look at them"


def _is_init(value: tuple[str, ...]) -> bool:
    options = all(word.startswith("-") for word in value[1:])
    return PurePosixPath(value[0]).name in _INITS and options


def _arguments(facts: "Facts", stage: Stage) -> Iterator[str]:
    """In shell form ENTRYPOINT drops CMD and the arguments of whoever starts the container."""
    if stage.last("CMD") is not None:
        yield "in exec form it would get CMD as arguments, which it ignores now"
    elif facts.runtime.files is None:
        yield "without the build context it is not known who gives it arguments, which it ignores now"
    for path, text in facts.runtime.files or ():
        if path.endswith((".yml", ".yaml")) and _SAYS_ARGUMENTS.search(text):
            yield f"{path} may give it arguments, which it ignores now"


def _directory(facts: "Facts") -> Iterator[str]:
    """A shell sets PWD, which Docker does not."""
    if place := facts.runtime.mentions(_PWD):
        yield f"{place} reads PWD, which the shell sets"
