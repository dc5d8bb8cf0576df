"""What commands install from a project's manifest and lock file, and into which environment.

https://docs.astral.sh/uv/concepts/projects/sync/, https://python-poetry.org/docs/cli/#install,
https://pipenv.pypa.io/en/latest/cli.html, https://pdm-project.org/latest/reference/cli/
"""

import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.installer_commands import (
    NOT_FOLLOWED,
    InstallerCommand,
    followed_runs,
    installer_commands,
)
from dockopt.facts.installer_settings import is_true, variable
from dockopt.facts.manifests import Manifest
from dockopt.facts.project_environments import Installing
from dockopt.facts.toml_tables import table, toml_tables
from dockopt.immutable import immutable
from dockopt.model import Run, Stage, Unknown

DEVELOPMENT = "dev"
"""The group that development requirements are in by convention."""


@immutable(eq=False)
class Selection:
    """Which requirements of a project a command asks for; None stands for a name that is not known."""

    development: bool | None
    """Whether those for development come along; None where a variable decides."""
    main: bool
    """Whether the project's own requirements do."""
    groups: tuple[str | None, ...]
    """Groups that are asked for by name."""
    without: tuple[str | None, ...]
    """Groups that are left out by name."""
    extras: tuple[str | None, ...]
    everything: bool
    """Whether all groups or all extras are asked for."""


@immutable(eq=False)
class ProjectInstall:
    """A command that installs a project's locked distributions."""

    stage: Stage
    run: Run
    command: InstallerCommand
    environment: str | Unknown
    """`system`, the absolute path of a virtual environment, or why it is not known."""
    selection: Selection
    project: bool | None
    """Whether it installs the project itself; None where only the manifest tells, which is not known."""
    editable: bool
    """Whether what is local is installed as a reference to its sources."""
    locked: bool
    """Whether it takes the versions of the lock file as they are."""
    folder: str | Unknown
    """Absolute path of the folder that it starts in, in the image."""
    manifests: tuple[Manifest, ...]
    """The manifests that it may read."""

    @property
    def line(self) -> int:
        """The line of its RUN."""
        return self.run.instruction.line


def project_installs(
    stage: Stage, venvs: frozenset[str], context: Context | None
) -> tuple[ProjectInstall, ...]:
    """The installs of a stage itself, in order; `venvs` are the environments that it holds."""
    return tuple(_project_installs(stage, stage.runs, venvs, context))


def followed_installs(stage: Stage, venvs: frozenset[str]) -> tuple[ProjectInstall, ...]:
    """Those of them that are followed further, as far as the Dockerfile alone tells."""
    runs = followed_runs(stage)
    return tuple(
        install
        for install in (_project_installs(stage, runs, venvs, None) if runs else ())
        if install.command.tool not in NOT_FOLLOWED
    )


def _project_installs(
    stage: Stage, runs: tuple[Run, ...], venvs: frozenset[str], context: Context | None
) -> Iterator[ProjectInstall]:
    for run in runs:
        for command in installer_commands(run):
            if command.installs or (
                command.tool == "uv" and command.runs and _syncs(stage, run, command)
            ):
                yield _install(Installing(stage, run, command, venvs, context))


def _syncs(stage: Stage, run: Run, command: InstallerCommand) -> bool:
    """Whether `uv run` brings the environment up to date first, as it does by default."""
    off = command.has("--no-sync", "--no-project", "--script", "--isolated")
    return not off and is_true(variable(stage, run, command, "UV_NO_SYNC")) is not True


def _install(found: Installing) -> ProjectInstall:
    return ProjectInstall(
        found.stage,
        found.run,
        found.command,
        found.environment(),
        _selection(found),
        _project(found),
        _editable(found),
        _locked(found),
        found.folder,
        found.own_manifests,
    )


def _selection(found: Installing) -> Selection:
    command = found.command
    groups = tuple(g for name in _NAMED for g in _listed(command, name))
    without = tuple(g for name in ("--without", "--no-group") for g in _listed(command, name))
    only = command.has("--only", "--only-group", "--only-dev", "--only-root", "--no-default")
    main = not only or "main" in groups or "default" in groups
    return Selection(
        _development(found, groups, without),
        main,
        tuple(g for g in groups if g not in ("main", "default")),
        without,
        _listed(command, "--extra") + _listed(command, "--extras"),
        command.has("--all-groups", "--all-extras", "--all") or ":all" in groups,
    )


def _development(
    found: Installing, groups: tuple[str | None, ...], without: tuple[str | None, ...]
) -> bool | None:
    command = found.command
    if command.tool in ("pip-tools", "setup.py", "conda", "pixi"):
        return None
    if None in groups or None in without or command.has_unknown:
        return None
    if DEVELOPMENT in without:
        return False
    if command.has("--dev", "--only-dev", "--all-groups") or DEVELOPMENT in groups:
        return True
    if command.tool == "pipenv":
        return found.is_set("PIPENV_DEV") or command.has("--all")
    if command.has(*_WITHOUT_DEVELOPMENT):
        return False
    if command.tool == "uv":
        value = variable(found.stage, found.run, command, "UV_NO_DEV")
        return None if isinstance(value, Unknown) else is_true(value) is not True
    return True


def _project(found: Installing) -> bool | None:
    command = found.command
    if command.has("--no-root", "--no-install-project", "--no-install-workspace", "--no-self"):
        return False
    if found.is_set("UV_NO_INSTALL_PROJECT") or found.is_set("PDM_NO_SELF"):
        return False
    if command.tool in ("pipenv", "pip-tools"):
        return False
    if command.has_unknown:
        return None
    if command.tool == "setup.py":
        return True
    return is_package(command.tool, _manifest_text(found))


def _manifest_text(found: Installing) -> str | None:
    root = found.root()
    own = [m for m in found.own_manifests if m.folder == root and m.source]
    if found.context is None or not own:
        return None
    return found.context.read_text(own[-1].source)


def _editable(found: Installing) -> bool:
    if found.command.tool == "setup.py":
        return found.command.action == "develop"
    if found.command.tool in ("uv", "pdm"):
        name = f"{found.command.tool}_NO_EDITABLE".upper()
        return not found.command.has("--no-editable") and not found.is_set(name)
    return found.command.tool == "poetry"


def _locked(found: Installing) -> bool:
    command = found.command
    if command.tool == "uv":
        names = ("--locked", "--frozen")
        return command.has(*names) or found.is_set("UV_LOCKED") or found.is_set("UV_FROZEN")
    if command.tool == "pipenv":
        return command.action == "sync" or command.has("--deploy", "--ignore-pipfile")
    if command.tool == "pdm":
        names = ("--frozen-lockfile", "--check")
        return command.action == "sync" or command.has(*names)
    return command.tool == "poetry" and command.action in ("install", "sync")


_NAMED = ("--group", "--with", "--only", "--only-group", "--categories")
_WITHOUT_DEVELOPMENT = (
    "--no-dev",
    "--prod",
    "--only",
    "--only-group",
    "--only-root",
    "--no-default-groups",
)


def _listed(command: InstallerCommand, name: str) -> tuple[str | None, ...]:
    """The values of an option, each of which may name several with commas or blanks between."""
    found: list[str | None] = []
    for value in command.values(name):
        found += [None] if value is None else [v for v in re.split(r"[,\s]+", value) if v]
    return tuple(found)


def is_package(tool: str, text: str | None) -> bool | None:
    """Whether the manifest says that the project itself is installed; None where it is not known.

    https://docs.astral.sh/uv/concepts/projects/config/#project-packaging,
    https://python-poetry.org/docs/basic-usage/#operating-modes,
    https://pdm-project.org/latest/reference/pep621/
    """
    manifest = toml_tables(text)
    if manifest is None:
        return None
    own = table(manifest, "tool", tool)
    if tool == "uv":
        return bool(own.get("package", "build-system" in manifest))
    if tool == "poetry":
        return own.get("package-mode", True) is not False
    if tool == "pdm":
        kind = own.get("package-type")
        return kind == "library" if kind else own.get("distribution", True) is not False
    return None
