"""The distributions that an install asks for by name, read from manifests in the build context."""

import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.context_origins import origin, traced
from dockopt.facts.declared import EXTRA, GROUP, PROJECT, Group, declared
from dockopt.facts.installs import BASICS, TOOLS, Install
from dockopt.facts.pip import spec_text
from dockopt.facts.requirement import INDEX, PATH, Requirement, requirement
from dockopt.facts.requirement_files import read_requirements
from dockopt.facts.toml_tables import table, toml_tables
from dockopt.immutable import immutable
from dockopt.shell import Script

_METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


@immutable(slots=True)
class Missing:
    """What of an install is not known, and why."""

    reason: str


Found = Iterator[Requirement | Missing]


def required_names(context: Context, found: tuple[Install, ...]) -> frozenset[str] | str:
    """The normalised names of all top-level requirements, or why they are not all known."""
    found_all = required(context, found)
    if isinstance(found_all, str):
        return found_all
    return frozenset(r.name for r in found_all) - BASICS - TOOLS


def required(
    context: Context, found: tuple[Install, ...], *, all_extras: bool = True
) -> tuple[Requirement, ...] | str:
    """All top-level requirements with where they are written, or why they are not all known.

    What is named on the command line has no `file`. Of a project that is installed from a path, its
    own requirements count, and those of the extras that are asked for, or of all.
    """
    listed: list[Requirement] = []
    for one in (one for install in found for one in asked_by(context, install, all_extras)):
        if isinstance(one, Missing):
            return one.reason
        listed.append(one)
    return tuple(listed)


def asked_by(context: Context, install: Install, all_extras: bool) -> Found:
    """What one install asks for, as far as it is known, and what is not."""
    line = install.run.instruction.line
    reading = _Asking(context, install, all_extras)
    if install.project is not None:
        yield from _of_lock(context, install)
    for file in install.pip.requirement_files:
        if file is None:
            yield Missing(f"line {line} takes its requirements from a variable")
        else:
            yield from reading.of_file(file)
    # What `uv pip sync` and pip-sync name are files, and among these already.
    named = install.pip.action == "sync" or install.pip.tool == "pip-tools"
    for word in () if named else install.pip.specs:
        text = spec_text(word)
        if text is None:
            yield from reading.of_pattern(word.text)
        else:
            yield from reading.resolved(requirement(text), f"line {line}")
    for text in install.pip.editables:
        one = requirement(text or "", editable=True)
        yield from reading.resolved(one, f"line {line}")


def _of_lock(context: Context, install: Install) -> Found:
    """All distributions that the lock file names, those of every group."""
    from dockopt.facts.lock_files import locked_names
    from dockopt.facts.project_hazards import manifest_of

    tool, path = install.pip.tool, manifest_of(install, context)
    if tool == "pip-tools":
        return
    names = locked_names(context, tool, path) if path else None
    if names is None:
        line = install.run.instruction.line
        yield Missing(f"line {line} installs with {tool}, whose lock file is not known")
    yield from (Requirement(name, name, INDEX) for name in sorted(names or ()))


class _Asking:
    """Reads what one install names."""

    def __init__(self, context: Context, install: Install, all_extras: bool) -> None:
        self.context, self.install, self.all_extras = context, install, all_extras
        self.line = install.run.instruction.line

    def of_pattern(self, text: str) -> Found:
        """What a variable names: what the RUN assigns to it, else the project with every extra."""
        assigned = [] if self.all_extras else list(self._assigned(text))
        if assigned and None not in assigned:
            for value in assigned:
                yield from self.resolved(requirement(value or ""), f"line {self.line}")
        elif "$" in text and self.context.exists("pyproject.toml"):
            yield from self._of_project(".", None)
        else:
            yield Missing(f"line {self.line} installs what a variable names")

    def _assigned(self, text: str) -> Iterator[str | None]:
        """What the RUN assigns to a variable, in whatever branch; None for what is not known."""
        script, match = self.install.run.script, _VARIABLE.fullmatch(text.strip("\"'"))
        for command in script.commands if match and isinstance(script, Script) else ():
            for name, word in command.assignments:
                if match and name in match.groups() and word is not None:
                    yield word.value

    def of_file(self, path: str) -> Found:
        """What a requirements file asks for."""
        where = origin(self.context, self.install.stage, self.install.run.instruction, path)
        if where is None:
            yield Missing(f"{path} is not in the build context")
            return
        file = read_requirements(self.context, where)
        yield from map(Missing, file.problems)
        for one in file.requirements:
            yield from self.resolved(one, f"line {one.line} of {one.file}")

    def resolved(self, one: Requirement | None, what: str) -> Found:
        """The requirement itself; for one by path, what the project there requires."""
        if one is None:
            yield Missing(f"{what} cannot be read")
        elif one.kind == PATH and not one.name:
            yield from self._of_project(one.target, None if self.all_extras else one.extras)
        elif one.name:
            yield one
        else:
            yield Missing(f"{what} names a URL whose distribution is not known")

    def _of_project(self, path: str, extras: frozenset[str] | None) -> Found:
        """The requirements of the distribution that is built in a folder; `extras` None: all."""
        folder = self._folder(path)
        where = f"{folder}/pyproject.toml" if folder else "pyproject.toml"
        found = declared(self.context, folder)
        metadata = [g for g in found.groups if g.kind != GROUP and g.file == where]
        if not any(group.kind == PROJECT for group in metadata):
            found = declared(self.context, folder, setup_script=True)
            metadata = [
                g for g in found.groups if g.kind != GROUP and not g.file.endswith("Pipfile")
            ]
        yield from map(Missing, found.problems)
        if not found.files:
            yield Missing(f"{where} is not there, so the project's requirements are not known")
        elif not any(group.kind == PROJECT for group in metadata):
            yield Missing(f"{where} does not list the project's requirements")
        if extras is not None:
            extras = _with_included(extras, metadata, _name(self.context, where))
        for group in metadata:
            yield from chosen_of(group, extras)

    def _folder(self, path: str) -> str:
        """The folder of the context that a folder of the image is, or has the name of."""
        plain = path.removeprefix("file:").removeprefix("//")
        stage, before = self.install.stage, self.install.run.instruction
        for name in _METADATA:
            file = traced(self.context, stage, before, f"{plain}/{name}")
            if file is not None:
                return file.rpartition("/")[0]
        return plain.strip("./")


def chosen_of(group: Group, extras: frozenset[str] | None) -> Iterator[Requirement]:
    """What the extras switch on of a group of a distribution's metadata; None: all of it."""
    if extras is None:
        yield from group.requirements
    elif group.kind == PROJECT:
        yield from (one for one in group.requirements if not one.optional)
    elif group.kind == EXTRA and group.name in extras:
        yield from group.requirements


def _with_included(extras: frozenset[str], groups: list[Group], name: str) -> frozenset[str]:
    """These extras and those that they include: `all = ["shop[mail]"]` in the project `shop`."""
    found, waiting = set(extras), list(extras)
    while waiting:
        wanted = waiting.pop()
        for group in (g for g in groups if g.kind == EXTRA and g.name == wanted):
            for one in (one for one in group.requirements if name and one.name == name):
                waiting += one.extras - found
                found |= one.extras
    return frozenset(found)


def _name(context: Context, path: str) -> str:
    """The normalised name of the project, empty where pyproject.toml does not tell it."""
    tables = toml_tables(context.read_text(path))
    said = table(tables, "project").get("name") or table(tables, "tool", "poetry").get("name")
    known = requirement(said) if isinstance(said, str) else None
    return known.name if known else ""
