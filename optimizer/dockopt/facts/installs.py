"""Which Python distributions a stage installs, and into which environment."""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.environments import SYSTEM, absolute, activated, active_venv
from dockopt.facts.pip import PipCommand, pip_commands, spec_text
from dockopt.facts.project_installs import ProjectInstall, followed_installs
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.shell import Word

USER = "user"
ELSEWHERE = "elsewhere"
BASICS = frozenset({"pip", "setuptools", "wheel"})
TOOLS = frozenset(
    [
        "build",
        "hatch",
        "pdm",
        "pip-tools",
        "pipenv",
        "pipx",
        "poetry",
        "poetry-plugin-bundle",
        "poetry-plugin-export",
        "poetry-plugin-pypi-mirror",
        "uv",
        "virtualenv",
    ]
)
"""Distributions that only serve to install others; nothing imports them at run time."""
PROGRAMS = {"pip-tools": ("pip-compile", "pip-sync"), "build": ("pyproject-build", "-m build")}
"""How installers are called that have another name than their distribution."""
_REQUIREMENT_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


@immutable(eq=False)
class Install:
    """A command that installs distributions with pip or uv."""

    stage: Stage
    run: Run
    pip: PipCommand
    environment: str
    """`system`, `user`, `elsewhere` (a folder given on the command line, or one that is not known),
    `hidden` (a tool's own environment), or the path of a virtual environment."""
    project: ProjectInstall | None = None
    """What it installs of a project, where it is a command of uv, Poetry, Pipenv, PDM or pip-tools."""

    @property
    def place_words(self) -> tuple[Word, ...]:
        """The words that choose another place than the environment that is active."""
        names = ["--system", "--user", "--prefix", "--break-system-packages"]
        if self.prefix:  # what Python itself has counts as installed; a new environment is empty
            names.append("--ignore-installed")
        chosen = (self.pip.option(name) for name in names)
        return tuple(word for option in chosen if option for word in option.words)

    @property
    def prefix(self) -> str:
        """The folder that `--prefix` names, absolute; empty where there is none or it is not known."""
        option = self.pip.option("--prefix")
        if option is None or self.pip.has("--target", "--root") or option.value_word is None:
            return ""
        text = option.value_word.text
        text = text.partition("=")[2] if option.value_word is option.word else text
        return absolute(self.stage, self.run.instruction, text.strip("\"'")) or ""

    @property
    def names(self) -> frozenset[str] | None:
        """The distributions named on the command line, None where files or variables name some."""
        texts = [spec_text(word) for word in self.pip.specs]
        if self.project or self.pip.requirement_files or self.pip.editables or None in texts:
            return None
        return frozenset(requirement_name(text or "") for text in texts)

    @property
    def only_tools(self) -> bool:
        """Whether it only brings tools that install other distributions, pip beside them."""
        names = (self.names or frozenset()) - {"pip"}
        return bool(names) and names <= TOOLS

    @property
    def only_basics(self) -> bool:
        """Whether it only brings pip, setuptools or wheel up to date."""
        return bool(self.names) and (self.names or frozenset()) <= BASICS


def requirement_name(text: str) -> str:
    """The normalised name that a requirement starts with; a path or URL is returned as it is.

    https://packaging.python.org/en/latest/specifications/name-normalization/
    """
    if text.startswith((".", "/")) or "://" in text:
        return text
    match = _REQUIREMENT_NAME.match(text)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else text


def installs(stage: Stage, venvs: frozenset[str]) -> tuple[Install, ...]:
    """The installs of a stage, in order; `venvs` are the virtual environments that it holds."""
    found = [*_installs(stage, venvs), *_of_projects(stage, venvs)]
    return tuple(sorted(found, key=lambda i: (i.run.instruction.start, i.pip.command.start)))


def _installs(stage: Stage, venvs: frozenset[str]) -> Iterator[Install]:
    for run in stage.runs:
        for pip in pip_commands(run):
            if pip.installs and pip.group == "pip":
                active = activated(stage, run, venvs)
                active = active or active_venv(stage, venvs, run.instruction)
                yield Install(stage, run, pip, _environment(stage, run, pip, active, venvs))


def _of_projects(stage: Stage, venvs: frozenset[str]) -> Iterator[Install]:
    """What commands install from a lock file; `uv run`, which may do so too, is none of them."""
    for project in followed_installs(stage, venvs):
        command = project.command
        if command.runs:
            continue
        pip = PipCommand(
            command.command,
            command.tool,
            command.program,
            command.group,
            command.action,
            command.action_word,
            command.options,
            command.rest if command.tool == "pip-tools" else (),
            command.environment,
        )
        known = project.environment if isinstance(project.environment, str) else ELSEWHERE
        yield Install(stage, project.run, pip, known, project)


def _environment(
    stage: Stage, run: Run, pip: PipCommand, active: str, venvs: frozenset[str]
) -> str:
    if pip.folder_option:
        return ELSEWHERE
    if pip.python is not None:
        return _of_interpreter(stage, run, pip.python, venvs)
    if pip.user:
        return USER
    if pip.system:
        return SYSTEM
    if pip.tool == "uv":
        return _uv_environment(stage, run, active)
    return _of_program(stage, run, pip.program[0].text, active)


def _uv_environment(stage: Stage, run: Run, active: str) -> str:
    """`VIRTUAL_ENV`, which uv looks at before PATH, else the active environment."""
    chosen = stage.scope_at(run.instruction).values.get("VIRTUAL_ENV")
    return chosen if isinstance(chosen, str) and chosen else active


def _of_interpreter(stage: Stage, run: Run, text: str, venvs: frozenset[str]) -> str:
    path = absolute(stage, run.instruction, text)
    if path in venvs and path is not None:
        return path
    folder = posixpath.dirname(posixpath.dirname(path or ""))
    return folder if folder in venvs else ELSEWHERE


def _of_program(stage: Stage, run: Run, program: str, active: str) -> str:
    if "/" not in program:
        return active
    path = absolute(stage, run.instruction, program)
    if path is None:
        return ELSEWHERE
    folder = posixpath.dirname(path)
    if folder in ("/usr/local/bin", "/usr/bin"):
        return SYSTEM
    return folder.removesuffix("/bin") if folder.endswith("/bin") else ELSEWHERE
