"""The commands that start a container, word by word: CMD, ENTRYPOINT, and the scripts they run."""

import json
import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.context_origins import located
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.model.running import POSIX_SHELLS
from dockopt.shell import Command, Script
from dockopt.shell import parse as parse_shell
from dockopt.syntax import Instruction

MAX_DEPTH = 3
"""Scripts that run each other are followed this deep."""
_ELEMENT = re.compile(r'"(?:[^"\\]|\\.)*"')
_SHELL_SCRIPT = re.compile(r"\.(?:sh|bash)$|entrypoint[^/]*$|^#!.*\b(?:ba|da|a)?sh\b")
_SUPERVISED = re.compile(r"^\s*command\s*=\s*(?P<command>.+)$", re.MULTILINE)
_PROCESS = re.compile(r"^[A-Za-z0-9_-]+:\s*(?P<command>.+)$", re.MULTILINE)
_SETTINGS_OF = {"supervisord": _SUPERVISED, "honcho": _PROCESS, "foreman": _PROCESS}
_NO_START = frozenset(
    (
        "[",
        "apk",
        "apt",
        "apt-get",
        "cat",
        "conda",
        "echo",
        "export",
        "grep",
        "kill",
        "killall",
        "pgrep",
        "pip",
        "pip3",
        "pkill",
        "printf",
        "sed",
        "test",
        "type",
        "uvx",
        "which",
    )
)
"""Programs that start no service, whatever words follow."""


@immutable(slots=True, eq=False)
class StartWord:
    """A word of a command that runs when a container starts."""

    text: str
    """What it is once quotes are taken away; as written where a variable decides."""
    instruction: Instruction | None = None
    """The instruction that holds it, None for a file."""
    start: int = -1
    """Where it stands in the instruction's body; -1 where that is not known."""
    end: int = -1
    previous: int | None = None
    """In exec form, where the element before it ends, -1 for the first one; None in shell form."""

    @property
    def name(self) -> str:
        """The last part of a path."""
        return self.text.rpartition("/")[2]


@immutable(eq=False)
class StartCommand:
    """A command that runs when a container starts."""

    words: tuple[StartWord, ...]
    at: Instruction
    """The instruction that leads to it."""
    file: str = ""
    """The file of the build context that holds it, empty for the Dockerfile itself."""
    line: int = 0

    @property
    def place(self) -> str:
        """Where it stands, as a reader is told."""
        return f"{self.file}:{self.line}" if self.file else f"line {self.at.line}"


def start_commands(stage: Stage, context: Context | None) -> tuple[StartCommand, ...]:
    """The commands that start a container of `stage`; those that may not run are left out."""
    found, _ = _followed(stage, context)
    return tuple(command for command in found if not _starts_nothing(command.words))


def start_files(stage: Stage, context: Context) -> tuple[str, ...]:
    """The scripts and settings of the context that start a container of `stage`, in order."""
    _, seen = _followed(stage, context)
    return tuple(seen)


def _followed(stage: Stage, context: Context | None) -> tuple[list[StartCommand], dict[str, None]]:
    """The commands of the Dockerfile and of the files that they lead to, and these files."""
    found, seen = list(_in_dockerfile(stage)), dict[str, None]()
    for command in tuple(found) if context is not None else ():
        if context is not None:
            found += _in_files(command, context, seen, MAX_DEPTH)
    return found, seen


def _starts_nothing(words: tuple[StartWord, ...]) -> bool:
    """Whether the command is one like `pip install` or `python -m pip install`."""
    texts = [word.text for word in words[:3]]
    return (not {"-m"}.isdisjoint(texts[1:2]) and texts[2:] in (["pip"], ["venv"])) or (
        texts[0] in _NO_START and texts[:2] != ["conda", "run"]
    )


def _in_dockerfile(stage: Stage) -> Iterator[StartCommand]:
    entry, cmd = stage.last("ENTRYPOINT"), stage.last("CMD")
    shell = stage.final_shell
    if entry is not None and not entry.is_json:
        yield from _of_shell(entry, shell)  # the shell takes no arguments: CMD does not run
        return
    words = _elements(entry) if entry is not None else ()
    if cmd is not None and not cmd.is_json:
        if words:
            yield StartCommand(words, entry or cmd)
        yield from _of_shell(cmd, shell)
        return
    words += _elements(cmd) if cmd is not None else ()
    if words:
        yield from _of_elements(words, words[-1].instruction or entry or cmd)  # type: ignore[arg-type]


def _elements(instruction: Instruction) -> tuple[StartWord, ...]:
    """The elements of a JSON array, with their places where each is found for certain."""
    tokens = list(_ELEMENT.finditer(instruction.body.text))
    values = instruction.value
    if [json.loads(token[0], strict=False) for token in tokens] != list(values):
        return tuple(StartWord(value, instruction) for value in values)
    ends = [-1, *(token.end() for token in tokens)]
    return tuple(
        StartWord(value, instruction, token.start(), token.end(), ends[index])
        for index, (value, token) in enumerate(zip(values, tokens, strict=True))
    )


def _of_elements(words: tuple[StartWord, ...], at: Instruction) -> Iterator[StartCommand]:
    """The command itself, or those of the script where it is `sh -c "script"`."""
    for index, word in enumerate(words[:-2]):
        if word.name in POSIX_SHELLS and re.fullmatch(r"-[a-z]*c", words[index + 1].text):
            yield from _of_element_script(words[index + 2], at)
            return
    yield StartCommand(words, at)


def _of_element_script(word: StartWord, at: Instruction) -> Iterator[StartCommand]:
    script = parse_shell(word.text)
    length = word.end - word.start - 2
    base = word.start + 1 if word.start >= 0 and length == len(word.text) else -1
    for command in script.commands if isinstance(script, Script) else ():
        if not command.conditional and command.words:
            yield StartCommand(_words(command, at if base >= 0 else None, base), at)


def _of_shell(instruction: Instruction, shell: tuple[str, ...]) -> Iterator[StartCommand]:
    script = Run(instruction, shell).script
    for command in script.commands if isinstance(script, Script) else ():
        if command.conditional or not command.words:
            continue
        words = _words(command, instruction, 0)
        if words[0].name in POSIX_SHELLS and "-c" in (word.text for word in words[1:-1]):
            yield from _of_element_script(StartWord(words[-1].text), instruction)
        else:
            yield StartCommand(words, instruction)


def _words(command: Command, instruction: Instruction | None, base: int) -> tuple[StartWord, ...]:
    found = []
    for word in command.words:
        text = word.value if word.value is not None else word.text.strip("\"'")
        place = (word.start + base, word.end + base) if base >= 0 else (-1, -1)
        found.append(StartWord(text, instruction, *place))
    return tuple(found)


def _in_files(
    command: StartCommand, context: Context, seen: dict[str, None], depth: int
) -> Iterator[StartCommand]:
    """The commands of the scripts and settings that `command` names, and of those they run."""
    manager = next((_SETTINGS_OF[w.name] for w in command.words if w.name in _SETTINGS_OF), None)
    names = [w.text for w in command.words if not w.text.startswith("-")]
    if manager is _PROCESS and not any("procfile" in name.lower() for name in names):
        names.append("Procfile")
    for name in names if depth else ():
        path = located(context, name) if "$" not in name and len(name) > 1 else None
        if path is None or path in seen:
            continue
        text = context.read_text(path) or ""
        if manager is None and not _is_script(path, text):
            continue
        seen[path] = None
        for inner in _of_file(path, text, manager, command.at):
            yield inner
            yield from _in_files(inner, context, seen, depth - 1)


def _is_script(path: str, text: str) -> bool:
    return bool(_SHELL_SCRIPT.search(path) or _SHELL_SCRIPT.search(text.partition("\n")[0]))


def _of_file(
    path: str, text: str, manager: re.Pattern[str] | None, at: Instruction
) -> Iterator[StartCommand]:
    if _is_script(path, text):
        yield from _of_text(path, text, 1, at)
    elif manager is not None:
        for match in manager.finditer(text):
            line = text.count("\n", 0, match.start("command")) + 1
            yield from _of_text(path, match["command"], line, at)


def _of_text(path: str, text: str, first: int, at: Instruction) -> Iterator[StartCommand]:
    script = parse_shell(text)
    for command in script.commands if isinstance(script, Script) else ():
        if not command.conditional and command.words:
            line = first + text.count("\n", 0, command.start)
            yield StartCommand(_words(command, None, -1), at, path, line)
