"""pip and uv in a RUN: what they install, from where, into which environment, with which options.

Options: https://pip.pypa.io/en/stable/cli/ and https://docs.astral.sh/uv/reference/cli/.
"""

import re
from functools import cached_property, partial

from dockopt.facts.option_words import Grammar, Option, Optioned, OptionReader
from dockopt.facts.pip_options import canonical, takes_value
from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Word

PIP = re.compile(r"^pip(?:\d+(?:\.\d+)?)?$")
PYTHON = re.compile(r"^(?:python|pypy)(?:\d+(?:\.\d+)?)?$")
_UV_GROUPS = frozenset({"pip", "tool", "python", "cache", "self", "auth", "workspace"})
_GRAMMARS = {
    "pip": Grammar(
        partial(canonical, "pip"), partial(takes_value, "pip"), starts_programs=frozenset()
    ),
    "uv": Grammar(partial(canonical, "uv"), partial(takes_value, "uv"), _UV_GROUPS),
}


UV_GRAMMAR = _GRAMMARS["uv"]


@immutable(eq=False)
class PipCommand(Optioned):
    """A `pip`, `python -m pip`, `uv` or `uvx` command."""

    command: Command
    tool: str
    """`pip` or `uv`; of a command that installs a project, its tool: see `facts.installs`."""
    program: tuple[Word, ...]
    """The words that name the tool: `pip`, `python -m pip`, `uv pip`, `/opt/venv/bin/pip`."""
    group: str
    """`pip` for pip and `uv pip …`, `tool` for `uv tool …`, empty for `uv sync` and the like."""
    action: str
    """`install`, `wheel`, `sync`, …; empty where it is not known."""
    action_word: Word | None
    options: tuple[Option, ...]
    specs: tuple[Word, ...]
    """Requirements and local paths: what is neither option nor action; see `spec_text`."""
    environment: tuple[tuple[str, str | None], ...]
    """The variables set for this command alone; None for a value that is not known."""

    @property
    def path(self) -> str:
        """The first program word as it is written: `/opt/venv/bin/pip`, `python3`."""
        return self.program[0].value or self.program[0].text

    @property
    def installs(self) -> bool:
        """Whether it puts distributions into an environment."""
        if self.tool == "pip" or self.group == "pip":
            return self.action in ("install", "sync")
        return (self.group, self.action) in (("", "sync"), ("", "add"), ("tool", "install"))

    @cached_property
    def requirement_files(self) -> tuple[str | None, ...]:
        """What `-r` names; for `uv pip sync`, which takes files as arguments, these too."""
        files = self.values("--requirement")
        if self.tool == "pip-tools" or (self.group == "pip" and self.action == "sync"):
            files += tuple(word.value for word in self.specs)
        return files

    @property
    def constraint_files(self) -> tuple[str | None, ...]:
        """What `-c` names."""
        return self.values("--constraint")

    @property
    def editables(self) -> tuple[str | None, ...]:
        """What `-e` names; as with `spec_text`, None where a variable or command decides."""
        return tuple(_editable(option) for option in self.options if option.name == "--editable")

    @property
    def user(self) -> bool:
        """Whether it installs into the user's site directory: `--user`."""
        return self.has("--user")

    @property
    def system(self) -> bool:
        """uv: whether it installs into the system's Python: `--system`."""
        return self.has("--system") or self._is_set("UV_SYSTEM_PYTHON")

    @property
    def folder_option(self) -> Option | None:
        """The option that moves the installation: `--target`, `--prefix` or `--root`."""
        return self.option("--target", "--prefix", "--root")

    @property
    def python(self) -> str | None:
        """The interpreter or environment that `--python` names."""
        found = self.option("--python")
        return found.value if found else None

    @property
    def has_unknown(self) -> bool:
        """Whether a variable or command decides what is installed."""
        files = (*self.requirement_files, *self.constraint_files, *self.editables)
        return None in files or any(spec_text(word) is None for word in self.specs)

    def _is_set(self, name: str) -> bool:
        return dict(self.environment).get(name) not in ("", "0", "false", None)


def spec_text(word: Word) -> str | None:
    """A requirement as pip gets it, None where a variable or command decides.

    `uvicorn[standard]` is a file name pattern, which the shell leaves alone when no file matches.
    """
    if word.value is not None:
        return word.value
    if any(mark in word.text for mark in "$`*?~"):
        return None
    return word.text.replace('"', "").replace("'", "")


def _editable(option: Option) -> str | None:
    """The value of `-e`, whose extras make it a pattern for file names: `-e .[server]`."""
    if option.value is not None or option.value_word is None:
        return option.value
    text = spec_text(option.value_word)
    if text is None or option.value_word is not option.word:
        return text
    return text.partition("=")[2] if text.startswith("--") else text.removeprefix("-e")


def pip_commands(run: Run) -> tuple[PipCommand, ...]:
    """The pip and uv commands of a RUN, in order; none where its shell could not be read."""
    text = run.logical.text
    if ("pip" not in text and "uv" not in text) or not isinstance(run.script, Script):
        return ()
    return _pip_commands(run.script)


@remembered
def _pip_commands(script: Script) -> tuple[PipCommand, ...]:
    return tuple(found for c in script.commands if (found := pip_command(c)) is not None)


def pip_command(command: Command) -> PipCommand | None:
    """The pip or uv command that `command` is; `sudo`, `env` and `conda run` are looked through."""
    found = invocation(command)
    words = found.words
    length = module_length(words) if PYTHON.match(found.name) else 1
    module = (words[length - 1].value or "") if words and length > 1 else found.name
    if not length or not words:
        return None
    if PIP.match(module):
        return _read(command, "pip", words[:length], words[length:], found.environment)
    if module in ("uv", "uvx"):
        return _read(command, "uv", words[:length], words[length:], found.environment)
    return None


def module_length(words: tuple[Word, ...]) -> int:
    """How many words `python [-I] -m module` takes, 0 where that is not what they are."""
    for index, word in enumerate(words[1:], 1):
        if word.value == "-m":
            return index + 2 if index + 1 < len(words) else 0
        if not (word.value or "").startswith("-") or word.value in ("-c", "-W", "-X"):
            return 0
    return 0


def _read(
    command: Command,
    tool: str,
    program: tuple[Word, ...],
    rest: tuple[Word, ...],
    environment: tuple[tuple[str, str | None], ...],
) -> PipCommand:
    reading = OptionReader(_GRAMMARS[tool], "pip" if tool == "pip" else "")
    for word in rest:
        reading.take(word)
    if reading.group_word is not None:
        program = (*program, reading.group_word)
    action, group, specs = reading.action, reading.group, reading.rest
    name = (action.value or "") if action else ""
    if tool == "uv" and (program[-1].value or "").endswith("uvx"):
        # `uvx NAME` is `uv tool run NAME`: no word says so, and the first one is the tool.
        specs = [action, *specs] if action else specs
        action, group, name = None, "tool", "run"
    options = tuple(reading.options)
    return PipCommand(
        command, tool, program, group, name, action, options, tuple(specs), environment
    )
