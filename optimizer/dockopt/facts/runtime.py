"""What runs in a container: the commands of the image, scripts and sources of the build context.

Programs are found by their names: in shell the words of commands, in Python sources that can call
programs the first word of any string. That finds too much rather than too little, which is the safe
side here: what is called is kept. Names that are also everyday words count in Python only where a
call is written right before them.
"""

import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.context import Context
from dockopt.facts.deployment import compose_above, deployment_words, is_deployment, is_manifest
from dockopt.facts.installs import BASICS, installs, requirement_name
from dockopt.facts.pip import PipCommand, pip_command, spec_text
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, Run, Stage
from dockopt.model.running import POSIX_SHELLS
from dockopt.remembering import remembered
from dockopt.shell import Command, Opaque, Script
from dockopt.shell import parse as parse_shell
from dockopt.syntax import Instruction

MAX_FILES = 4_000
MAX_CHARACTERS = 24_000_000
"""More sources than this are not read; then any program may be called."""
_SHELL_WORD = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9_+.-]*")
_STRING_START = re.compile(r"""["'](?:[\w./-]*/)?([A-Za-z0-9_+][A-Za-z0-9_+.-]{0,40})(?=["'\s])""")
_SKIPPED = re.compile(
    r"(?:^|/)(?:\.git|\.hg|node_modules|\.venv|venv|env|__pycache__|docs?|tests?|\.github|site-packages)/"
)
_SHELL_FILE = re.compile(
    r"(?:\.(?:sh|bash|ash|dash)|(?:^|/)(?:Procfile[\w.-]*|[\w.-]*(?:compose)[\w.-]*\.ya?ml|"
    r"[\w.-]*supervisor[\w.-]*|[\w.-]*entrypoint[\w.-]*|crontab|[\w.-]+\.(?:conf|service|cron)))$",
    re.IGNORECASE,
)


@immutable(slots=True)
class Place:
    """Where something was found."""

    text: str
    offset: int | None = None
    """In the Dockerfile."""
    file: str | None = None
    """In the build context."""

    def __str__(self) -> str:
        return self.file or self.text


@immutable(eq=False)
class RuntimeTexts:
    """The commands of a stage and the files of the context that may run in it."""

    dockerfile: Dockerfile
    stage: Stage
    context: Context | None

    @cached_property
    def commands(self) -> tuple[Instruction, ...]:
        """CMD, ENTRYPOINT and HEALTHCHECK that are in force."""
        found = (self.stage.last(k) for k in ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
        return tuple(instruction for instruction in found if instruction is not None)

    @property
    def files(self) -> tuple[tuple[str, str], ...] | None:
        """Scripts, sources and what starts the image, with their texts; None where not known."""
        return None if self.context is None else texts_of(self.context).files

    @cached_property
    def _command_words(self) -> dict[str, Place]:
        words: dict[str, Place] = {}
        for instruction in self.commands:
            place = Place(instruction.keyword, instruction.span.start)
            for word in _command_words(instruction):
                words.setdefault(word, place)
        return words

    def calls(self, program: str) -> Place | None:
        """Where `program` is named, None where it is not (as far as is known: see `files`)."""
        if place := self._command_words.get(program):
            return place
        return self.called_by_file(program)

    def called_by_file(self, program: str) -> Place | None:
        """Which script, source or file that starts containers names `program`."""
        file = texts_of(self.context).words.get(program) if self.context else None
        return Place(file, file=file) if file else None

    def command_calling(self, program: str) -> Place | None:
        """The command that names `program`: CMD, ENTRYPOINT or HEALTHCHECK."""
        return self._command_words.get(program)

    def file_calling(self, program: str, within: frozenset[str] | None) -> Place | None:
        """The file of the context that names `program`, as `calls` finds it.

        Of scripts and sources only those in `within`, unless it is None; of the files that start
        containers all.
        """
        if self.context is None or program not in texts_of(self.context).words:
            return None
        for path, text in self.files or ():
            if program not in text or not (within is None or path in within or _starts(path)):
                continue
            if program in _words_of(path, text):
                return Place(path, file=path)
        return None

    def mentions(
        self, pattern: re.Pattern[str], within: frozenset[str] | None = None
    ) -> Place | None:
        """Where a text that runs matches `pattern`: the commands, RUNs aside, and context files.

        Of scripts and sources only those in `within`, unless it is None; of the files that start
        containers all.
        """
        for instruction in self.commands:
            if pattern.search(" ".join(instruction.value)):
                return Place(instruction.keyword, instruction.span.start)
        found = texts_of(self.context).mentioning(pattern) if self.context else ()
        file = next((f for f in found if within is None or f in within or _starts(f)), None)
        return Place(file, file=file) if file else None


def _starts(path: str) -> bool:
    """Whether a file is among those that start containers: it need not go into the image."""
    return is_deployment(path) or path.startswith("../") or path.endswith((".yml", ".yaml"))


@remembered
def texts_of(context: Context) -> "ContextTexts":
    """The texts of a build context, read once for all phases and attempts."""
    return ContextTexts(context)


class ContextTexts:
    """The files of a build context that may run in the image, or say what does."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._mentioning: dict[re.Pattern[str], tuple[str, ...]] = {}

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...] | None:
        """Their paths and texts; None where they cannot all be known."""
        if self.context.truncated:
            return None
        found = list(compose_above(self.context.root))
        total = sum(len(text) for _, text in found)
        for path in self.context.files_under(""):
            text = self._text_that_runs(path)
            if text is None:
                continue
            total += len(text)
            if len(found) >= MAX_FILES or total > MAX_CHARACTERS:
                return None
            found.append((path, text))
        return tuple(found)

    def _text_that_runs(self, path: str) -> str | None:
        if _SKIPPED.search(path):
            return None
        runs = path.endswith(".py") or self._is_shell(path)
        if is_deployment(path) or (runs and self.context.sent(path)):
            return self.context.read_text(path)
        if not path.endswith((".yml", ".yaml")):
            return None
        text = self.context.read_text(path)
        return text if text and is_manifest(text) else None

    def _is_shell(self, path: str) -> bool:
        if _SHELL_FILE.search(path):
            return True
        if "." in path.rpartition("/")[2]:
            return False
        entry = self.context.entry(path)
        return bool(entry and entry.mode & 0o111)

    @cached_property
    def words(self) -> dict[str, str]:
        """Every word that may name a program, with the first file where it stands."""
        found: dict[str, str] = {}
        for path, text in self.files or ():
            for word in _words_of(path, text):
                found.setdefault(word, path)
        return found

    def mentioning(self, pattern: re.Pattern[str]) -> tuple[str, ...]:
        """The files whose texts match `pattern`."""
        if pattern not in self._mentioning:
            texts = self.files or ()
            self._mentioning[pattern] = tuple(p for p, text in texts if pattern.search(text))
        return self._mentioning[pattern]


_CALLS_PROGRAMS = re.compile(
    r"subprocess|os\.(?:system|popen|exec|spawn)|Popen|which\(|pexpect|plumbum|invoke|fabric|\bsh\b"
)
_DIRECT_CALL = re.compile(
    r"(?:run|call|Popen|check_\w+|getoutput|which|system|popen|exec|shell|spawn\w*|execv\w*)"
    r"""\(\s*[\[(]?\s*[frb]{0,2}["'](?:[\w./-]*/)?([\w+.-]+)(?=["'\s])"""
)
_EVERYDAY = frozenset(
    [
        "ar",
        "as",
        "at",
        "compare",
        "convert",
        "display",
        "file",
        "free",
        "identify",
        "import",
        "info",
        "kill",
        "ld",
        "link",
        "make",
        "nm",
        "patch",
        "sq",
        "size",
        "sort",
        "stream",
        "strings",
        "strip",
        "test",
        "top",
        "unzip",
        "watch",
        "zip",
        "animate",
        "conjure",
        "gold",
        "bison",
        "flex",
        "m4",
    ]
)

_PROSE = frozenset({"as", "file"})
_BEGINS = re.compile(
    r"(?:^|[;&|({`!\"'/=]|\b(?:then|do|else|if|elif|while|until|exec|sudo|env|xargs|time|nohup|command)"
    r"|--|-c)\s*$"
)
"""What stands before a command on its line."""


def _command_words(instruction: Instruction) -> Iterator[str]:
    """The words of a CMD, ENTRYPOINT or HEALTHCHECK that may name programs."""
    value = instruction.value
    if instruction.keyword == "HEALTHCHECK":
        value = value[1:]
    if instruction.is_json:
        for item in value:
            yield item.rpartition("/")[2]
        shells = [n for n, item in enumerate(value[:-2]) if item.rpartition("/")[2] in POSIX_SHELLS]
        scripts = [value[n + 2] for n in shells if value[n + 1].endswith("c")]
    else:
        scripts = [" ".join(value)]
    for script in scripts:
        yield from _script_words(script)


def _script_words(text: str) -> Iterator[str]:
    """The words of commands; every word of the text where it cannot be read as shell.

    Of these, words that any usage message holds count only where a command can begin.
    """
    script = parse_shell(text)
    if isinstance(script, Opaque):
        for match in _SHELL_WORD.finditer(text):
            line_start = text.rfind("\n", 0, match.start()) + 1
            if match[0] not in _PROSE or _BEGINS.search(text[line_start : match.start()]):
                yield match[0]
        return
    for command in script.commands:
        for word in command.words:
            yield (word.value or word.text).rpartition("/")[2]


def _python_words(text: str) -> Iterator[str]:
    """The words that may name programs, in a source that can call any at all."""
    if not _CALLS_PROGRAMS.search(text):
        return
    for match in _STRING_START.finditer(text):
        if match[1] not in _EVERYDAY:
            yield match[1]
    yield from (match[1] for match in _DIRECT_CALL.finditer(text))


def _words_of(path: str, text: str) -> Iterator[str]:
    if path.endswith(".py"):
        return _python_words(text)
    if path.endswith((".yml", ".yaml", ".json", ".toml")):
        return deployment_words(text, _EVERYDAY)
    return _shell_words(text)


def _shell_words(text: str) -> Iterator[str]:
    if text.startswith("#!"):
        yield from _script_words(text)
        return
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            yield from (match[0] for match in _SHELL_WORD.finditer(line))


_COMPILES = frozenset(
    [
        "make",
        "cmake",
        "gcc",
        "g++",
        "cc",
        "c++",
        "clang",
        "cargo",
        "rustc",
        "go",
        "meson",
        "ninja",
        "configure",
        "autoreconf",
        "./configure",
        "autogen.sh",
        "bootstrap.sh",
        "cython",
        "swig",
    ]
)


def compiles(stage: Stage, venvs: frozenset[str], skipped: frozenset[int]) -> Place | None:
    """The first RUN of a stage that may call a compiler: an install, or a build tool by name.

    What ONBUILD triggers may too, in images that are not seen here. RUNs that start at an offset in
    `skipped` are not looked at.
    """
    for trigger in stage.of("ONBUILD"):
        return Place(f"line {trigger.line} is for images built upon it", trigger.start)
    for found in installs(stage, venvs):
        at = found.run.instruction.span.start
        if not found.only_basics and at not in skipped:
            return Place(f"line {found.run.instruction.line} installs distributions", at)
    for run in stage.runs:
        if run.instruction.span.start not in skipped and (place := _compiling(run)):
            return place
    return None


def _compiling(run: Run) -> Place | None:
    at = run.instruction.span.start
    if not isinstance(run.script, Script):
        return Place(f"the RUN on line {run.instruction.line} could not be read", at)
    for command in run.script.commands:
        name = command.name or (command.words[0].text.rpartition("/")[2] if command.words else "")
        if (pip := pip_command(command)) is not None:
            builds = pip.installs and not _only_basics(pip)
            if builds or pip.action in ("wheel", "build", "run", "lock"):
                return Place(f"line {run.instruction.line} calls {pip.tool}", at)
        elif name in _COMPILES or name.startswith(_BUILDING) or _is_setup(command):
            return Place(f"line {run.instruction.line} calls {name}", at)
    return None


_BUILDING = ("pipx", "poetry", "pipenv", "pdm", "conda", "mamba", "npm", "yarn", "pnpm")


def _only_basics(pip: PipCommand) -> bool:
    names = {requirement_name(spec_text(word) or "?") for word in pip.specs}
    return bool(names) and names <= BASICS and not pip.requirement_files


def _is_setup(command: Command) -> bool:
    """`python setup.py …` and `python -m build`."""
    values = command.values
    return any((v or "").endswith("setup.py") for v in values) or values[:2] == ("-m", "build")
