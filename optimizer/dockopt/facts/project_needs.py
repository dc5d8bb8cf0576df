"""What of a project uv, Poetry, Pipenv and PDM read to install what its lock file names.

https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers,
https://python-poetry.org/docs/faq/#poetry-busts-my-docker-cache-because-it-requires-me-to-copy-my-source-files-in-before-installing-3rd-party-dependencies
"""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.install_needs import CodeCopy, NotExact
from dockopt.facts.installer_commands import InstallerCommand
from dockopt.facts.project_installs import ProjectInstall

_READ = {
    "uv": ("pyproject.toml", "uv.lock"),
    "poetry": ("pyproject.toml", "poetry.lock"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
    "pdm": ("pyproject.toml", "pdm.lock"),
}
_READ_TOO = {
    "uv": ("uv.toml", ".python-version"),
    "poetry": ("poetry.toml",),
    "pipenv": (),
    "pdm": ("pdm.toml", ".pdm-python"),
}
"""Read where they are there."""
_LOCAL = re.compile(
    r"""\b(?:path|file)\s*=\s*["']|\bworkspace\s*=|\.workspace\]|@\s*file:|file://|find-links|"""
    r"""["']-e\s|\beditable\s*=|\bdevelop\s*=|\$\{""",
)
"""What stands in a manifest that needs more of the project than itself."""
_ELSEWHERE = (
    "--project", "--directory", "--script", "--package", "--all-packages", "--no-lock", "--skip-lock",
    "--editable", "--requirements", "--lockfile", "--override", "--global", "--dry-run",
)  # fmt: skip
_PLUGINS = re.compile(r"poetry-dynamic-versioning|requires-plugins")


def files_of_project(context: Context, code: CodeCopy, install: ProjectInstall) -> Iterator[str]:
    """The files that installing the locked distributions needs, without the project itself.

    Raises NotExact where it needs more, or that cannot be told.
    """
    tool = install.command.tool
    folder = _folder(code, install)
    for name in _READ[tool]:
        path = posixpath.normpath(posixpath.join(folder, name))
        if not context.is_file(path) or not context.sent(path):
            raise NotExact(f"{path} is not sent to the builder as a file")
        yield path
    _check_manifest(context, posixpath.normpath(posixpath.join(folder, _READ[tool][0])), install)
    for name in _READ_TOO[tool]:
        path = posixpath.normpath(posixpath.join(folder, name))
        if context.is_file(path) and context.sent(path):
            yield path


def check_command(command: InstallerCommand) -> None:
    """Raises NotExact for a command that does not just install what a lock file names."""
    if command.action not in ("install", "sync"):
        raise NotExact(f"{command.tool} {command.action} may need the code")
    if command.rest:
        raise NotExact(f"{command.tool} installs {command.rest[0].text}, not the lock file alone")
    if (other := command.option(*_ELSEWHERE)) is not None:
        raise NotExact(f"{other.name} is not looked into")
    if command.command.depth or command.command.conditional:
        raise NotExact(f"{command.tool} runs on a condition")


def _folder(code: CodeCopy, install: ProjectInstall) -> str:
    """The project's folder in the build context."""
    folder = install.folder if isinstance(install.folder, str) else None
    inside = code.context_path(folder) if folder else None
    if inside is None:
        raise NotExact("the project's folder is not among what is copied")
    return inside


def _check_manifest(context: Context, path: str, install: ProjectInstall) -> None:
    text, tool = context.read_text(path), install.command.tool
    if text is None:
        raise NotExact(f"{path} cannot be read")
    if not install.locked:
        raise NotExact(f"{tool} {install.command.action} may write a new lock file")
    if found := _LOCAL.search(text):
        raise NotExact(f"{path} refers to something beside it: {found[0]}")
    if tool == "poetry" and (plugin := _PLUGINS.search(text)):
        raise NotExact(f"{path} names {plugin[0]}, which may read the repository")
    frozen = install.command.has("--frozen")
    if tool in ("uv", "pdm") and not frozen and re.search(r"(?m)^dynamic\s*=", text):
        raise NotExact(
            f"{path} leaves metadata to a build, which {tool} compares with the lock file"
        )
