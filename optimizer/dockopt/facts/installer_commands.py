"""Commands that manage a whole project's distributions: uv, Poetry, Pipenv, PDM, pip-tools, conda.

What is said here stands in the command line; into which environment it installs is found by
`facts.project_installs`. pip and `uv pip` are read by `facts.pip`.
"""

from dockopt.facts.installer_options import GRAMMARS
from dockopt.facts.option_words import Option, Optioned, OptionReader
from dockopt.facts.pip import PYTHON, PipCommand, module_length, pip_command
from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Word

_TOOLS = {
    "poetry": "poetry",
    "pipenv": "pipenv",
    "pdm": "pdm",
    "pip-sync": "pip-tools",
    "pip-compile": "pip-tools",
    "piptools": "pip-tools",
    "conda": "conda",
    "mamba": "conda",
    "micromamba": "conda",
    "pixi": "pixi",
}
NOT_FOLLOWED = frozenset({"conda", "pixi", "setup.py"})
"""Tools that install in ways which are not followed any further."""
_FOLLOWED_WORDS = ("uv", "poetry", "pipenv", "pdm", "pip-sync", "pip-compile", "piptools")
_OTHER_WORDS = ("conda", "mamba", "pixi", "setup.py")
_INSTALLING = {
    "uv": {"sync", "add"},
    "poetry": {"install", "sync", "add", "update"},
    "pipenv": {"install", "sync", "update"},
    "pdm": {"install", "sync", "add", "update"},
    "pip-tools": {"sync"},
    "pixi": {"install", "add"},
    "setup.py": {"install", "develop"},
}
_EXPORTING = {
    "uv": {"export"},
    "poetry": {"export"},
    "pipenv": {"requirements"},
    "pdm": {"export"},
    "pip-tools": {"compile"},
}


@immutable(eq=False)
class InstallerCommand(Optioned):
    """A command of such a tool."""

    command: Command
    tool: str
    """`uv`, `poetry`, `pipenv`, `pdm`, `pip-tools`, `conda` (and mamba), `pixi` or `setup.py`."""
    program: tuple[Word, ...]
    """The words that name the tool: `poetry`, `/opt/poetry/bin/poetry`, `python -m pipenv`."""
    group: str
    """`env` of `conda env create`, `self` of `poetry self add`; empty for most commands."""
    action: str
    """`install`, `sync`, `run`, `export`, `config`, …; `sync` for `pip-sync`."""
    action_word: Word | None
    """The word that says the action; None where the program's name does."""
    options: tuple[Option, ...]
    rest: tuple[Word, ...]
    """What is neither option nor action; after `run` the program with its arguments."""
    environment: tuple[tuple[str, str | None], ...]
    """The variables set for this command alone; None for a value that is not known."""

    @property
    def has_unknown(self) -> bool:
        """Whether a variable or command may add options: `poetry install $FLAGS`."""
        return any(word.value is None for word in self.rest)

    @property
    def installs(self) -> bool:
        """Whether it puts the project's distributions into an environment, or makes one of them."""
        if self.tool == "conda":
            return (self.group, self.action) in _CONDA
        return not self.group and self.action in _INSTALLING.get(self.tool, ())

    @property
    def exports(self) -> bool:
        """Whether it writes the locked requirements in pip's format, to a file or to its output."""
        return not self.group and self.action in _EXPORTING.get(self.tool, ())

    @property
    def runs(self) -> bool:
        """Whether it starts another program within the environment, as `poetry run` does."""
        return not self.group and self.action == "run"


_CONDA = {
    ("", "install"),
    ("", "create"),
    ("", "update"),
    ("env", "create"),
    ("env", "update"),
}


@remembered
def followed_runs(stage: Stage) -> tuple[Run, ...]:
    """The RUNs of a stage itself that may call one of these tools, those not followed aside."""
    return tuple(r for r in stage.runs if any(w in r.logical.text for w in _FOLLOWED_WORDS))


def installer_commands(run: Run) -> tuple[InstallerCommand, ...]:
    """Such commands of a RUN, in order; none where its shell could not be read."""
    text = run.logical.text
    if not any(word in text for word in (*_FOLLOWED_WORDS, *_OTHER_WORDS)):
        return ()
    if not isinstance(run.script, Script):
        return ()
    return _installer_commands(run.script)


@remembered
def _installer_commands(script: Script) -> tuple[InstallerCommand, ...]:
    return tuple(found for c in script.commands if (found := installer_command(c)) is not None)


@remembered
def installer_command(command: Command) -> InstallerCommand | None:
    """What `command` is of these; `sudo`, `env` and `conda run` are looked through."""
    found = invocation(command)
    words = found.words
    if not words:
        return None
    length = module_length(words) if PYTHON.match(found.name) else 1
    if PYTHON.match(found.name) and not length:
        return _of_setup_script(command, words, found.environment)
    name = (words[length - 1].value or "") if length > 1 else found.name
    if name == "uv":
        return _of_uv(pip_command(command))
    tool = _TOOLS.get(name, "")
    if not tool:
        return None
    reading = _read(tool, words[length:])
    action, said = reading.action, (reading.action.value or "") if reading.action else ""
    rest = reading.rest
    if name in ("pip-sync", "pip-compile"):
        rest = [action, *rest] if action else rest
        action, said = None, name.removeprefix("pip-")
    program = words[:length] + ((reading.group_word,) if reading.group_word else ())
    return InstallerCommand(
        command,
        tool,
        program,
        reading.group,
        said,
        action,
        tuple(reading.options),
        tuple(rest),
        found.environment,
    )


def _read(tool: str, words: tuple[Word, ...]) -> OptionReader:
    reading = OptionReader(GRAMMARS[tool])
    for word in words:
        reading.take(word)
    return reading


def _of_uv(pip: PipCommand | None) -> InstallerCommand | None:
    """`uv sync`, `uv run`, `uv export` and the like, but nothing of `uv pip` and `uv tool`."""
    if pip is None or pip.group:
        return None
    return InstallerCommand(
        pip.command,
        "uv",
        pip.program,
        "",
        pip.action,
        pip.action_word,
        pip.options,
        pip.specs,
        pip.environment,
    )


def _of_setup_script(
    command: Command, words: tuple[Word, ...], environment: tuple[tuple[str, str | None], ...]
) -> InstallerCommand | None:
    """`python setup.py install`."""
    at = next((n for n, w in enumerate(words) if (w.value or "").endswith("setup.py")), 0)
    if not at:
        return None
    reading = _read("setup.py", words[at + 1 :])
    said = (reading.action.value or "") if reading.action else ""
    return InstallerCommand(
        command,
        "setup.py",
        words[: at + 1],
        "",
        said,
        reading.action,
        tuple(reading.options),
        tuple(reading.rest),
        environment,
    )
