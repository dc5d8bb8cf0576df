"""The virtual environments that the RUNs of a stage make.

https://docs.python.org/3/library/venv.html#how-venvs-work
"""

import re
from collections.abc import Iterator

from dockopt.facts.environments import word_path
from dockopt.facts.project_installs import followed_installs
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Word

_PYTHON = re.compile(r"^python(?:3(?:\.\d+)?)?$")


@immutable(eq=False)
class Venv:
    """A virtual environment and the command that made it."""

    path: str
    """Absolute path in the image."""
    stage: Stage
    run: Run
    command: Command
    with_pip: bool


@remembered
def created_venvs(stage: Stage) -> tuple[Venv, ...]:
    """The virtual environments that RUNs of this stage make, by command or as a project's own.

    A project's own one is listed where it is made first.
    """
    made = tuple(_created(stage))
    known = frozenset(venv.path for link in stage.ancestors for venv in created_venvs(link))
    known |= {venv.path for venv in made}
    return (*made, *_of_projects(stage, known))


def _of_projects(stage: Stage, known: frozenset[str]) -> Iterator[Venv]:
    """What `uv sync` and the like make, where nothing made it before."""
    for install in followed_installs(stage, known):
        path = install.environment
        if isinstance(path, str) and path.startswith("/") and path not in known:
            known |= {path}
            yield Venv(path, stage, install.run, install.command.command, False)


def _created(stage: Stage) -> Iterator[Venv]:
    for run in stage.runs:
        if "venv" not in run.logical.text and "virtualenv" not in run.logical.text:
            continue
        if not isinstance(run.script, Script):
            continue
        for command in run.script.commands:
            target = venv_argument(command)
            path = word_path(stage, run, target) if target else None
            if path:
                bare = command.name == "uv" or command.has("--without-pip", "--no-pip")
                yield Venv(path, stage, run, command, not bare)


def venv_argument(command: Command) -> Word | None:
    """The folder that a command makes a virtual environment in."""
    values = command.values
    if (_PYTHON.match(command.name) and values[:2] == ("-m", "venv")) or (
        _PYTHON.match(command.name) and values[:2] == ("-m", "virtualenv")
    ):
        rest = command.args[2:]
    elif command.name == "virtualenv":
        rest = command.args
    elif command.name == "uv" and values[:1] == ("venv",):
        rest = command.args[1:]
    else:
        return None
    return _last_plain(rest)


_WITH_VALUE = frozenset({"-p", "--python", "--prompt", "--extra-search-dir", "--cache-dir"})


def _last_plain(words: tuple[Word, ...]) -> Word | None:
    plain: Word | None = None
    skip = False
    for word in words:
        if skip:
            skip = False
        elif (word.value or "").startswith("-"):
            skip = word.value in _WITH_VALUE
        else:
            plain = word
    return plain
