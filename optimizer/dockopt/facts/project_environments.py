"""Into which environment uv, Poetry, Pipenv, PDM, pip-tools and setup.py install.

https://docs.astral.sh/uv/concepts/projects/config/#project-environment-path,
https://python-poetry.org/docs/configuration/, https://pipenv.pypa.io/en/latest/configuration.html,
https://pdm-project.org/latest/usage/venv/
"""

import posixpath

from dockopt.facts.context import Context
from dockopt.facts.environments import (
    HIDDEN,
    SYSTEM,
    absolute,
    activated,
    active_venv,
    path_entries,
)
from dockopt.facts.installer_commands import InstallerCommand
from dockopt.facts.installer_settings import is_true, setting, variable
from dockopt.facts.manifests import Manifest, manifests
from dockopt.immutable import immutable
from dockopt.model import Run, Stage, Unknown
from dockopt.remembering import cached_property
from dockopt.shell import Script

_PLAIN_PYTHON = ("/usr", "/usr/local")


@immutable(eq=False)
class Installing:
    """A command that installs, with what has to be known to tell where it does."""

    stage: Stage
    run: Run
    command: InstallerCommand
    venvs: frozenset[str]
    context: Context | None

    def is_set(self, name: str) -> bool:
        """Whether a variable has a value that means yes."""
        return is_true(variable(self.stage, self.run, self.command, name)) is True

    def _setting(self, key: str) -> str | Unknown | None:
        folders = tuple(posixpath.dirname(m.source) for m in self.own_manifests if m.source)
        return setting(self.stage, self.run, self.command, key, self.context, folders)

    @cached_property
    def folder(self) -> str | Unknown:
        """Where the command starts: WORKDIR, then `cd` in the script, then its own options."""
        current = self.stage.workdir_at(self.run.instruction)
        script = self.run.script
        for other in script.commands if isinstance(script, Script) else ():
            if other.start >= self.command.command.start:
                break
            if other.name in ("cd", "pushd", "popd"):
                current = self._changed(current, other.args[0].text if other.args else "~")
        option = self.command.option("--directory", "--project")
        if option is not None:
            current = self._changed(current, option.value if option.value is not None else "$")
        return current

    def _changed(self, current: str | Unknown, text: str) -> str | Unknown:
        if not isinstance(current, str):
            return current
        path = absolute(
            self.stage,
            self.run.instruction,
            text if text.startswith(("/", "$")) else f"{current}/{text}",
        )
        return path if path is not None else Unknown(f"the folder {text} is not known")

    @cached_property
    def own_manifests(self) -> tuple[Manifest, ...]:
        """The manifests in the folder where the command starts, and in those above."""
        name = "Pipfile" if self.command.tool == "pipenv" else "pyproject.toml"
        if not isinstance(self.folder, str):
            return ()
        found = manifests(self.stage, self.run, name, self.context) or ()
        above = _folders_above(self.folder)
        return tuple(m for m in found if m.folder in above)

    def environment(self) -> str | Unknown:
        """`system`, the path of a virtual environment, or why it is not known."""
        found = _ENVIRONMENTS[self.command.tool](self)
        return SYSTEM if found in _PLAIN_PYTHON else found

    @cached_property
    def virtual_env(self) -> str | Unknown | None:
        """The environment that is activated, by the script or by VIRTUAL_ENV."""
        own = activated(self.stage, self.run, self.venvs)
        return own or variable(self.stage, self.run, self.command, "VIRTUAL_ENV")

    @cached_property
    def first_python(self) -> str:
        """The environment of the first Python in PATH."""
        own = activated(self.stage, self.run, self.venvs)
        return own or active_venv(self.stage, self.venvs, self.run.instruction)

    def root(self) -> str | Unknown:
        """The folder of the project: where the nearest manifest is."""
        if not isinstance(self.folder, str):
            return self.folder
        if not self.own_manifests:
            return Unknown("it is not known where the project's manifest is")
        nearest = max((m.folder for m in self.own_manifests), key=len)
        certain = {m.folder for m in self.own_manifests if not m.assumed}
        if nearest in certain or (not certain and nearest == self.folder):
            return nearest
        return Unknown("without the build context it is not known where the project's manifest is")

    def in_project(self) -> str | Unknown:
        """The `.venv` beside the manifest."""
        root = self.root()
        return posixpath.join(root, ".venv") if isinstance(root, str) else root

    def _uv(self) -> str | Unknown:
        if self.command.has("--active") and self.virtual_env:
            return self.virtual_env
        root = self._workspace_root()
        chosen = variable(self.stage, self.run, self.command, "UV_PROJECT_ENVIRONMENT")
        if isinstance(chosen, Unknown):
            return chosen
        if chosen and chosen.startswith("/"):
            return posixpath.normpath(chosen)
        if not isinstance(root, str):
            return root
        return posixpath.normpath(posixpath.join(root, chosen or ".venv"))

    def _workspace_root(self) -> str | Unknown:
        """Of several manifests above each other the one whose environment is in PATH."""
        folders = {m.folder for m in self.own_manifests}
        entries = {(e or "").rstrip("/") for e in path_entries(self.stage)}
        named = [f for f in folders if posixpath.join(f, ".venv/bin") in entries]
        if len(named) == 1:
            return named[0]
        if len(folders) > 1:
            return Unknown("it may be a member of a workspace, whose root has the environment")
        return self.root()

    def _poetry(self) -> str | Unknown:
        if self.virtual_env:
            return self.virtual_env
        if self.first_python not in (SYSTEM, self.in_project()):
            return Unknown("an environment is in PATH, and VIRTUAL_ENV does not name it")
        create, inside = (
            self._setting("virtualenvs.create"),
            self._setting("virtualenvs.in-project"),
        )
        for value in (create, inside):
            if isinstance(value, Unknown):
                return value
        root = self.root()
        existing = isinstance(root, str) and f"{root}/.venv" in self.venvs
        if existing and is_true(inside) is not False:
            return self.in_project()
        if create is not None and not is_true(create):
            return SYSTEM
        if is_true(inside):
            return self.in_project()
        return HIDDEN

    def _pipenv(self) -> str | Unknown:
        if self.command.has("--system") or self.is_set("PIPENV_SYSTEM"):
            return self.first_python
        if self.virtual_env and not self.is_set("PIPENV_IGNORE_VIRTUALENVS"):
            return self.virtual_env
        root = self.root()
        existing = isinstance(root, str) and f"{root}/.venv" in self.venvs
        if self.is_set("PIPENV_VENV_IN_PROJECT") or existing:
            return self.in_project()
        return HIDDEN

    def _pdm(self) -> str | Unknown:
        if self.command.has("--global", "--venv"):
            return Unknown("PDM installs into another environment than the project's")
        if self.virtual_env and not self.is_set("PDM_IGNORE_ACTIVE_VENV"):
            return self.virtual_env
        for key in ("use_venv", "python.use_venv", "venv.in_project"):
            value = self._setting(key)
            if value is not None and is_true(value) is not True:
                return Unknown(f"{key} chooses another place than .venv")
        if _names_pypackages(self.stage):
            return Unknown("PDM installs into __pypackages__")
        return self.in_project()

    def _pip_tools(self) -> str | Unknown:
        if self.command.has("--user", "--pip-args"):
            return Unknown("an option chooses the environment")
        chosen = self.command.option("--python-executable")
        if chosen is None:
            return self.first_python
        path = absolute(self.stage, self.run.instruction, chosen.value or "?")
        folder = posixpath.dirname(posixpath.dirname(path or ""))
        return folder if folder in self.venvs else Unknown("an option chooses the environment")

    def _setup_script(self) -> str | Unknown:
        if self.command.has("--prefix", "--root", "--user", "--home", "--install-dir"):
            return Unknown("an option chooses the environment")
        return self.first_python

    def _conda(self) -> str | Unknown:
        return Unknown("conda's environments cannot be moved to another image as a folder")


_ENVIRONMENTS = {
    "uv": Installing._uv,
    "poetry": Installing._poetry,
    "pipenv": Installing._pipenv,
    "pdm": Installing._pdm,
    "pip-tools": Installing._pip_tools,
    "setup.py": Installing._setup_script,
    "conda": Installing._conda,
    "pixi": Installing._conda,
}


def _folders_above(path: str) -> frozenset[str]:
    found = {path}
    while path not in ("/", ""):
        path = posixpath.dirname(path)
        found.add(path)
    return frozenset(found)


def _names_pypackages(stage: Stage) -> bool:
    return any("__pypackages__" in i.body.text for link in stage.chain for i in link.instructions)
