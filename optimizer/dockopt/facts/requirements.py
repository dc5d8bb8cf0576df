"""The distributions that are asked for by name, from manifests in the build context."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from dockopt.facts.context import Context
from dockopt.facts.declared import EXTRA, GROUP, PROJECT, Declared, Group, declared
from dockopt.facts.installs import BASICS, TOOLS, Install
from dockopt.facts.manifests import manifests
from dockopt.facts.pip import spec_text
from dockopt.facts.requirement import INDEX, PATH, Requirement, requirement
from dockopt.facts.requirement_files import read_requirements

Exported = Callable[[Install, str], frozenset[str] | None]
"""What a requirements file of an install holds that is written while the image is built, if it is."""
_SETUP_REQUIRES = re.compile(r"requires|[(,]\s*\*\*\w")
"""What tells that a setup.py lists requirements, or may."""


class NotKnown(Exception):  # noqa: N818
    """A manifest is missing or cannot be read; the message says which."""


def required_names(
    context: Context, found: tuple[Install, ...], exported: Exported | None = None
) -> frozenset[str] | str:
    """The normalised names of all top-level requirements, or why they are not all known."""
    found_all = required(context, found, exported)
    if isinstance(found_all, str):
        return found_all
    return frozenset(r.name for r in found_all) - BASICS - TOOLS


def required(
    context: Context, found: tuple[Install, ...], exported: Exported | None = None
) -> tuple[Requirement, ...] | str:
    """All top-level requirements with where they are written, or why they are not all known.

    What is named on the command line has no `file`. Of a project that is installed from a path,
    its own requirements and those of all its extras count; those of extras that are not asked for
    are `optional`.
    """
    listed: list[Requirement] = []
    try:
        for install in found:
            listed += _of_install(context, install, exported)
    except NotKnown as error:
        return str(error)
    return tuple(listed)


def located(context: Context, path: str) -> str | None:
    """The file of the context that a path in the image most likely is a copy of."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if context.is_file(candidate):
            return candidate
    same = [f for f in context.files_under("") if parts and f.rpartition("/")[2] == parts[-1]]
    return same[0] if len(same) == 1 else None


def _of_install(
    context: Context, install: Install, exported: Exported | None
) -> Iterator[Requirement]:
    line = install.run.instruction.line
    if install.project is not None:
        yield from _of_lock(context, install)
    for file in install.pip.requirement_files:
        if file is None:
            raise NotKnown(f"line {line} takes its requirements from a variable")
        names = exported(install, file) if exported else None
        yield from (Requirement(name, name, INDEX) for name in sorted(names or ()))
        if names is None or located(context, file):
            yield from _of_file(context, install, file)
    for word in install.pip.specs:
        text = spec_text(word)
        if text is None:
            yield from _of_pattern(context, word.text, line)
        else:
            yield from _resolved(context, requirement(text), f"line {line}")
    for text in install.pip.editables:
        one = requirement(text or "", editable=True)
        yield from _resolved(context, one, f"line {line}")


def _of_lock(context: Context, install: Install) -> Iterator[Requirement]:
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
    yield from (Requirement(name, name, INDEX) for name in sorted(names))


def _of_pattern(context: Context, text: str, line: int) -> Iterator[Requirement]:
    """A variable that may name extras of the project: every extra counts."""
    if "$" in text and context.exists("pyproject.toml"):
        yield from _of_project(context, ".")
    else:
        raise NotKnown(f"line {line} installs what a variable names")


def _of_file(context: Context, install: Install, path: str) -> Iterator[Requirement]:
    where = located(context, path)
    if where is None or not _may_be_it(context, install, path, where):
        raise NotKnown(f"{path} is not in the build context")
    file = read_requirements(context, where)
    if file.problems:
        raise NotKnown(file.problems[0])
    for one in file.requirements:
        yield from _resolved(context, one, f"line {one.line} of {one.file}")


def _may_be_it(context: Context, install: Install, path: str, where: str) -> bool:
    """Whether a file that has no more than the name in common with `path` is what it is read from.

    One that the build itself writes, as pip-compile does, has the name of many others.
    """
    if f"/{path.lstrip('./')}".endswith(f"/{where}"):
        return True
    name = where.rpartition("/")[2]
    brought = manifests(install.stage, install.run, name, context)
    return brought is None or any(one.source in (where, "") for one in brought)


def _resolved(context: Context, one: Requirement | None, what: str) -> Iterator[Requirement]:
    """The requirement itself; for one by path, what the project there requires."""
    if one is None:
        raise NotKnown(f"{what} cannot be read")
    if one.kind == PATH and not one.name:
        yield from _of_project(context, one.target, one.extras)
    elif one.name:
        yield one
    else:
        raise NotKnown(f"{what} names a URL whose distribution is not known")


def _of_project(
    context: Context, path: str, extras: frozenset[str] | None = None
) -> Iterator[Requirement]:
    """What a project requires; with all `extras`, or these while others are optional."""
    folder = path.removeprefix("file:").strip("./")
    found = declared(context, folder)
    if found.problems:
        raise NotKnown(found.problems[0])
    groups = _published(context, f"{folder}/" if folder else "", found)
    asked = None if extras is None else _with_own(groups, extras)
    for group in groups:
        for one in group.requirements:
            left_out = asked is not None and group.kind == EXTRA and group.name not in asked
            yield replace(one, optional=left_out or (one.optional and group.kind != EXTRA))


def _published(context: Context, prefix: str, found: Declared) -> list[Group]:
    """What the metadata of a project will ask for: its own groups and its extras.

    pyproject.toml says it, or for setuptools setup.cfg, as far as setup.py adds nothing.
    https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
    """
    manifest, settings, script = (
        f"{prefix}{name}" for name in ("pyproject.toml", "setup.cfg", "setup.py")
    )
    for file in (manifest, settings):
        groups = [g for g in found.groups if g.kind != GROUP and g.file == file]
        if any(group.kind == PROJECT for group in groups):
            if file == settings and _SETUP_REQUIRES.search(context.read_text(script) or ""):
                raise NotKnown(f"{script} lists requirements, too")
            return groups
    if context.is_file(manifest):
        raise NotKnown(f"{manifest} does not list the project's requirements")
    raise NotKnown(f"{manifest} is not there, so the project's requirements are not known")


def _with_own(groups: list[Group], extras: frozenset[str]) -> frozenset[str]:
    """The extras, and those that they bring: `all = ["project[server,mail]"]`."""
    known, found = {g.name: g for g in groups if g.kind == EXTRA}, set(extras)
    waiting = [name for name in extras if name in known]
    while waiting:
        for one in known[waiting.pop()].requirements:
            fresh = {extra for extra in one.extras if extra in known} - found
            found |= fresh
            waiting += fresh
    return frozenset(found)
