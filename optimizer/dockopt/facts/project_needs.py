"""What of a project uv, Poetry, Pipenv and PDM read to install what its lock file names.

https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers,
https://python-poetry.org/docs/faq/#poetry-busts-my-docker-cache-because-it-requires-me-to-copy-my-source-files-in-before-installing-3rd-party-dependencies
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from dockopt.facts.code_copies import CodeCopy, NotExact
from dockopt.facts.context import Context
from dockopt.facts.context_origins import brought_from
from dockopt.facts.declared import GROUP, declared
from dockopt.facts.installer_commands import InstallerCommand
from dockopt.facts.installs import requirement_name
from dockopt.facts.project_installs import ProjectInstall
from dockopt.facts.toml_tables import items_of, toml_tables

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
    "pdm": ("pdm.toml",),
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
    folder = install.folder
    if not isinstance(folder, str):
        raise NotExact(f"the project's folder is not known: {folder.reason}")
    for name in _READ[tool]:
        yield from _file(context, code, install, posixpath.join(folder, name))
    _check_manifest(
        context, _source(context, code, install, posixpath.join(folder, _READ[tool][0])), install
    )
    for name in _READ_TOO[tool]:
        path = code.context_path(posixpath.join(folder, name))
        if path is not None and context.is_file(path) and context.sent(path):
            yield path


def _file(context: Context, code: CodeCopy, install: ProjectInstall, path: str) -> Iterator[str]:
    """The file of the context that is copied with the code to `path`, if it comes from there."""
    inside = code.context_path(path)
    if inside is not None and context.is_file(inside) and context.sent(inside):
        yield inside
    elif brought_from(context, code.stage, install.run.instruction, path) is None:
        raise NotExact(f"{inside or path} is not sent to the builder as a file")


def _source(context: Context, code: CodeCopy, install: ProjectInstall, path: str) -> str:
    inside = code.context_path(path)
    if inside is not None and context.is_file(inside):
        return inside
    return brought_from(context, code.stage, install.run.instruction, path) or path


def is_fresh(context: Context, manifest: str) -> bool:
    """Whether uv.lock says of the project what pyproject.toml does, so that uv does not write it anew.

    https://docs.astral.sh/uv/concepts/projects/sync/#checking-the-lockfile
    """
    folder = posixpath.dirname(manifest)
    lock = toml_tables(context.read_text(posixpath.join(folder, "uv.lock"))) or {}
    declares = declared(context, folder)
    try:
        packages = items_of(lock.get("package"))
        own = [p["metadata"] for p in packages if set(p["source"]) & {"editable", "virtual"}]
        locked = sorted(_listed(own[0].get("requires-dist", [])))
        groups = own[0].get("requires-dev", {})
        development = {name: sorted(_listed(items)) for name, items in groups.items()}
    except (KeyError, IndexError, TypeError, AttributeError):
        return False
    said: dict[str, list[Listed]] = {}
    for group in declares.groups:
        asked = [(r.name, tuple(sorted(r.extras)), _parts(r.specifier)) for r in group.requirements]
        said.setdefault(group.name if group.kind == GROUP else "", []).extend(asked)
    main = sorted(said.pop("", []))
    return (
        len(own) == 1
        and not declares.problems
        and main == locked
        and development == {name: sorted(asked) for name, asked in said.items()}
    )


Listed = tuple[str, tuple[str, ...], tuple[str, ...]]


def _listed(items: list[dict[str, Any]]) -> Iterator[Listed]:
    """Name, extras and versions of what a lock file says that the project requires."""
    for item in items:
        extras = tuple(sorted(requirement_name(extra) for extra in item.get("extras", [])))
        yield requirement_name(item["name"]), extras, _parts(item.get("specifier", ""))


def _parts(specifier: str) -> tuple[str, ...]:
    return tuple(sorted(part.strip() for part in specifier.split(",") if part.strip()))


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


def _check_manifest(context: Context, path: str, install: ProjectInstall) -> None:
    text, tool = context.read_text(path), install.command.tool
    if text is None:
        raise NotExact(f"{path} cannot be read")
    if not install.locked and not (tool == "uv" and is_fresh(context, path)):
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
