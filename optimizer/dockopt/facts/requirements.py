"""The distributions that are asked for by name, from manifests in the build context."""

import re
import tomllib
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.installs import BASICS, TOOLS, Install, requirement_name
from dockopt.facts.pip import spec_text

MAX_INCLUDES = 20
"""Requirement files that include each other are followed this deep."""
_OPTION = re.compile(r"^(-r|--requirement|-c|--constraint|-e|--editable)[ =]?\s*(\S+)")


class NotKnown(Exception):  # noqa: N818
    """A manifest is missing or cannot be read; the message says which."""


def required_names(context: Context, found: tuple[Install, ...]) -> frozenset[str] | str:
    """The normalised names of all top-level requirements, or why they are not all known."""
    names: set[str] = set()
    try:
        for install in found:
            names.update(_of_install(context, install))
    except NotKnown as error:
        return str(error)
    return frozenset(names - BASICS - TOOLS)


def _of_install(context: Context, install: Install) -> Iterator[str]:
    line = install.run.instruction.line
    if install.project is not None:
        yield from _of_lock(context, install)
    for file in install.pip.requirement_files:
        if file is None:
            raise NotKnown(f"line {line} takes its requirements from a variable")
        yield from _of_file(context, _located(context, file), MAX_INCLUDES)
    for word in install.pip.specs:
        text = spec_text(word)
        if text is None:
            yield from _of_pattern(context, word.text, line)
        elif text.startswith((".", "/")):
            yield from _of_project(context, text)
        else:
            yield requirement_name(text)


def _of_lock(context: Context, install: Install) -> Iterator[str]:
    """All distributions that the lock file names, those of every group."""
    from dockopt.facts.lock_files import locked_names
    from dockopt.facts.project_hazards import manifest_of

    tool, path = install.pip.tool, manifest_of(install, context)
    if tool == "pip-tools":
        return
    names = locked_names(context, tool, path) if path else None
    if names is None:
        line = install.run.instruction.line
        raise NotKnown(f"line {line} installs with {tool}, whose lock file is not known")
    yield from names


def _of_pattern(context: Context, text: str, line: int) -> Iterator[str]:
    """A variable that may name extras of the project: every extra counts."""
    if "$" in text and context.exists("pyproject.toml"):
        yield from _of_project(context, ".")
    else:
        raise NotKnown(f"line {line} installs what a variable names")


def _located(context: Context, path: str) -> str:
    """The file of the context that a path in the image most likely is a copy of."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if context.is_file(candidate):
            return candidate
    same = [f for f in context.files_under("") if f.rpartition("/")[2] == parts[-1]]
    if len(same) == 1:
        return same[0]
    raise NotKnown(f"{path} is not in the build context")


def _of_file(context: Context, path: str, depth: int) -> Iterator[str]:
    text = context.read_text(path)
    if text is None or depth <= 0:
        raise NotKnown(f"{path} cannot be read")
    folder = path.rpartition("/")[0]
    for raw in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(?:^|\s)#.*$", "", raw).strip()
        match = _OPTION.match(line)
        if match and match[1] in ("-r", "--requirement"):
            inner = f"{folder}/{match[2]}" if folder else match[2]
            yield from _of_file(context, _located(context, inner), depth - 1)
        elif match and match[1] in ("-e", "--editable"):
            yield from _of_url_or_path(context, match[2], path)
        elif line and not line.startswith("-"):
            yield from _of_url_or_path(context, line, path)


def _of_url_or_path(context: Context, line: str, path: str) -> Iterator[str]:
    name = line.partition(" @ ")[0].strip()
    if "://" in name or name.startswith("git+"):
        egg = re.search(r"[#&]egg=([\w.-]+)", name)
        if not egg:
            raise NotKnown(f"{path} names a URL whose distribution is not known")
        yield requirement_name(egg[1])
    elif name.startswith((".", "/")):
        yield from _of_project(context, name)
    else:
        yield requirement_name(name)


def _of_project(context: Context, path: str) -> Iterator[str]:
    folder = path.partition("[")[0].strip("./")
    where = f"{folder}/pyproject.toml" if folder else "pyproject.toml"
    text = context.read_text(where)
    if text is None:
        raise NotKnown(f"{where} is not there, so the project's requirements are not known")
    try:
        project = tomllib.loads(text).get("project")
    except tomllib.TOMLDecodeError as error:
        raise NotKnown(f"{where} cannot be read: {error}") from error
    if not isinstance(project, dict) or "dependencies" in project.get("dynamic", []):
        raise NotKnown(f"{where} does not list the project's requirements")
    groups = project.get("optional-dependencies", {})
    listed = [*project.get("dependencies", []), *(r for group in groups.values() for r in group)]
    yield from (requirement_name(str(requirement)) for requirement in listed)
