"""The distributions that an install asks for by name, read from manifests in the build context."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from dockopt.facts.context import Context
from dockopt.facts.context_origins import METADATA, located, project_folder, traced
from dockopt.facts.declared import EXTRA, GROUP, PROJECT, Group, declared
from dockopt.facts.installs import BASICS, TOOLS, Install, requirement_name
from dockopt.facts.manifests import manifests
from dockopt.facts.pip import spec_text
from dockopt.facts.requirement import INDEX, PATH, Requirement, requirement
from dockopt.facts.requirement_files import read_requirements
from dockopt.facts.setuptools_metadata import LATE_EXTRAS
from dockopt.immutable import immutable
from dockopt.shell import Script

Exported = Callable[[Install, str], frozenset[str] | None]
"""What a requirements file of an install holds that is written while the image is built, if it is."""
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)\}")


@immutable(slots=True)
class Missing:
    """What of an install is not known, and why."""

    reason: str


Found = Iterator[Requirement | Missing]


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
    for one in (one for install in found for one in asked_by(context, install, exported)):
        if isinstance(one, Missing):
            return one.reason
        listed.append(one)
    return tuple(listed)


def asked_by(context: Context, install: Install, exported: Exported | None = None) -> Found:
    """What one install asks for, as far as it is known, and what is not."""
    line = install.run.instruction.line
    reading = _Asking(context, install)
    if install.project is not None:
        yield from _of_lock(context, install)
    for file in install.pip.requirement_files:
        if file is None:
            yield Missing(f"line {line} takes its requirements from a variable")
            continue
        names = exported(install, file) if exported else None
        yield from (Requirement(name, name, INDEX) for name in sorted(names or ()))
        if names is None or reading.where(file):
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

    def __init__(self, context: Context, install: Install) -> None:
        self.context, self.install = context, install
        self.line = install.run.instruction.line

    def of_pattern(self, text: str) -> Found:
        """What a variable names: what the RUN assigns to it, else the project with every extra."""
        assigned = list(self._assigned(text))
        if assigned and None not in assigned:
            for value in assigned:
                yield from self.resolved(requirement(value or ""), f"line {self.line}")
        elif "$" in text and self.context.exists("pyproject.toml"):
            yield from self._of_metadata("", None)
        else:
            yield Missing(f"line {self.line} installs what a variable names")

    def _assigned(self, text: str) -> Iterator[str | None]:
        """What the RUN assigns to a variable, in whatever branch; None for what is not known.

        Nothing for one that has a value before the RUN, which may stay.
        """
        install, match = self.install, _VARIABLE.fullmatch(text.strip("\"'"))
        script, wanted = install.run.script, match and (match[1] or match[2])
        before = install.stage.scope_at(install.run.instruction).values
        if wanted is None or wanted in before or not isinstance(script, Script):
            return
        for command in script.commands:
            for name, word in command.assignments:
                if name == wanted and word is not None:
                    yield word.value

    def of_file(self, path: str) -> Found:
        """What a requirements file asks for; uv takes the metadata of a project as well."""
        where = self.where(path)
        if where is None:
            yield Missing(f"{path} is not in the build context")
            return
        folder, _, name = where.rpartition("/")
        if name in METADATA:
            pip = self.install.pip
            named = frozenset(requirement_name(value or "") for value in pip.values("--extra"))
            yield from self._of_metadata(folder, None if pip.has("--all-extras") else named)
            return
        file = read_requirements(self.context, where)
        yield from map(Missing, file.problems)
        for one in file.requirements:
            yield from self.resolved(one, f"line {one.line} of {one.file}")

    def where(self, path: str) -> str | None:
        """The file of the context that a requirements file is a copy of, None where none is known."""
        stage, before = self.install.stage, self.install.run.instruction
        return traced(self.context, stage, before, path) or self._likely(path)

    def _likely(self, path: str) -> str | None:
        """The file of the context that has the name of `path`, if it may be what it is read from.

        One that the build itself writes, as pip-compile does, has the name of many others.
        """
        where = located(self.context, path)
        if where is None or f"/{path.lstrip('./')}".endswith(f"/{where}"):
            return where
        name = where.rpartition("/")[2]
        brought = manifests(self.install.stage, self.install.run, name, self.context)
        known = brought is not None and not any(one.source in (where, "") for one in brought)
        return None if known else where

    def resolved(self, one: Requirement | None, what: str) -> Found:
        """The requirement itself; for one by path, what the project there requires."""
        if one is None:
            yield Missing(f"{what} cannot be read")
        elif one.kind == PATH and not one.name:
            stage, before = self.install.stage, self.install.run.instruction
            folder = project_folder(self.context, stage, before, one.target)
            yield from self._of_metadata(folder, one.extras)
        elif one.name:
            yield one
        else:
            yield Missing(f"{what} names a URL whose distribution is not known")

    def _of_metadata(self, folder: str, extras: frozenset[str] | None) -> Found:
        """What a project in the context requires; with all `extras`, or these while others are optional.

        pyproject.toml says it, or for setuptools setup.cfg and setup.py.
        """
        where = f"{folder}/pyproject.toml" if folder else "pyproject.toml"
        found = declared(self.context, folder)
        groups = [g for g in found.groups if g.kind != GROUP and g.file == where]
        if not any(group.kind == PROJECT for group in groups):
            found = declared(self.context, folder, setup_script=True)
            groups = [g for g in found.groups if g.kind != GROUP and _is_of_setuptools(g)]
        problems = (p for p in found.problems if extras or not p.endswith(LATE_EXTRAS))
        yield from map(Missing, found.problems if extras is None else problems)
        if not any(group.kind == PROJECT for group in groups):
            known = self.context.is_file(where)
            yield Missing(
                f"{where} does not list the project's requirements"
                if known
                else f"{where} is not there, so the project's requirements are not known"
            )
        asked = None if extras is None else _with_own(groups, extras)
        for group in groups:
            for one in group.requirements:
                left_out = asked is not None and group.kind == EXTRA and group.name not in asked
                optional = asked is not None and one.optional and group.kind != EXTRA
                yield replace(one, optional=left_out or optional)


def _is_of_setuptools(group: Group) -> bool:
    return group.file.endswith(("setup.cfg", "setup.py"))


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
