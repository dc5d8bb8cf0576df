"""Installs that stand behind a COPY of the code though they need only a few files of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dockopt.facts.code_copies import CodeCopy, NotExact
from dockopt.facts.container import Facts
from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import within
from dockopt.facts.install_needs import WITHOUT_PROJECT, needs_of
from dockopt.facts.installer_commands import installer_commands
from dockopt.facts.pip import pip_commands
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.syntax import Instruction

if TYPE_CHECKING:
    from dockopt.facts.project_installs import ProjectInstall

_FLAGS = frozenset({"chown", "chmod", "link"})
_NO_FILES = frozenset(
    ["ENV", "ARG", "LABEL", "EXPOSE", "USER", "CMD", "ENTRYPOINT", "STOPSIGNAL", "HEALTHCHECK",
     "SHELL", "MAINTAINER"]
)  # fmt: skip
_BESIDE = (".cache", ".local", ".pdm-python", "__pypackages__")
"""What installing may write in a home folder or beside a manifest."""


@immutable(eq=False)
class LateInstall:
    """A COPY of the code with installs behind it that could stand before it."""

    code: CodeCopy
    files: tuple[str, ...]
    """The files of the build context that the installs need, in the order in which they do."""
    last: Instruction
    """The last RUN that installs from them and could stand before the COPY."""
    project: ProjectInstall | None
    """A command of that RUN that installs the project too: it has to run again after the COPY."""


@immutable(slots=True)
class NotMovable:
    """An install behind a COPY of the code that has to stay there, and why."""

    at: int
    reason: str


def move_before(facts: Facts, stage: Stage, copy: Copy) -> LateInstall | NotMovable | None:
    """How the installs behind a COPY of one folder could stand before it, or why not; None for none."""
    at = copy.instruction.start
    behind = tuple(i for i in stage.instructions if i.start > at)
    projects = facts.project_installs(stage)
    if any(i.run.instruction.start < at for i in projects):
        return None  # the project's distributions are installed before the code already
    if not any(_installs_files(stage, i) for i in behind):
        return None
    if facts.context is None:
        return NotMovable(at, "what the installs need cannot be told without the build context")
    if reason := _refusal(facts.context, copy):
        return NotMovable(at, reason)
    root = absolute(stage, copy.instruction, copy.destination)
    if root is None or root == "/":
        return NotMovable(at, "the code is copied to a folder that is the root or not known")
    source = posixpath.normpath("/" + copy.sources[0]).lstrip("/")
    code = CodeCopy(stage, copy, source, root)
    return _Walk(facts.context, code, projects).result(behind)


def _installs_files(stage: Stage, instruction: Instruction) -> bool:
    """Whether a RUN installs from requirements files or a lock file."""
    run = _run(stage, instruction)
    if run is None:
        return False
    return any(pip.requirement_files for pip in pip_commands(run)) or any(
        c.tool in WITHOUT_PROJECT and c.installs for c in installer_commands(run)
    )


def _run(stage: Stage, instruction: Instruction) -> Run | None:
    if instruction.keyword != "RUN":
        return None
    return next(r for r in stage.runs if r.instruction is instruction)


def _refusal(context: Context, copy: Copy) -> str:
    if context.truncated:
        return f"the build context is not fully known: {context.problem or 'it is too large'}"
    other = [flag.name for flag in copy.instruction.flags if flag.name not in _FLAGS]
    if other:
        return f"the {copy.instruction.keyword} has --{other[0]}"
    if copy.instruction.is_json or copy.instruction.comments or set("\"' ") & set(copy.destination):
        return "the COPY is written in a form that is not taken apart"
    return ""


@dataclass
class _Walk:
    """Goes on behind the COPY as long as nothing needs the code."""

    context: Context
    code: CodeCopy
    projects: tuple[ProjectInstall, ...]
    files: dict[str, None] = field(default_factory=dict)
    last: Instruction | None = None
    project: ProjectInstall | None = None

    def result(self, behind: tuple[Instruction, ...]) -> LateInstall | NotMovable | None:
        problem = None
        for instruction in behind:
            try:
                self._take(instruction)
            except NotExact as error:
                problem = _problem(self.code.stage, behind, instruction, str(error))
                break
            if self.project is not None:
                break
        if self.last is None:
            return problem
        if reason := _obstacle(self.context, self.code, tuple(self.files), self.projects):
            return NotMovable(self.code.copy.instruction.start, reason)
        return LateInstall(self.code, tuple(self.files), self.last, self.project)

    def _take(self, instruction: Instruction) -> None:
        """Notes what an instruction behind the COPY needs of the code.

        Raises NotExact where it needs the code itself, or depends on what stands before it.
        """
        keyword, run = instruction.keyword, _run(self.code.stage, instruction)
        if run is not None:
            needs = needs_of(self.context, self.code, run, self.projects)
            self.files.update(dict.fromkeys(needs.files))
            if needs.installs or self.last is not None:
                self.last = instruction
            self.project = needs.project
        elif keyword in ("COPY", "ADD"):
            _check_copy(self.context, self.code, Copy.of(instruction))
        elif keyword == "WORKDIR":
            _check_workdir(self.context, self.code, instruction)
        elif keyword not in _NO_FILES:
            raise NotExact(f"{keyword} may depend on it")


def _problem(
    stage: Stage, behind: tuple[Instruction, ...], where: Instruction, reason: str
) -> NotMovable | None:
    """Why an install has to stay behind the COPY, if one comes."""
    install = next(
        (i for i in behind if i.start >= where.start and _installs_files(stage, i)), None
    )
    if install is None:
        return None
    what = f"the {where.keyword} on line {where.line} needs the code"
    return NotMovable(install.start, f"{what}: {reason}")


def _check_copy(context: Context, code: CodeCopy, copy: Copy | None) -> None:
    """Two COPYs may change places where no file of one is a file of the other."""
    target = absolute(code.stage, copy.instruction, copy.destination) if copy else None
    if copy is None or target is None:
        raise NotExact("it may write to the same place")
    if not within(target, code.root) and not within(code.root, target):
        return
    flags = {str(flag) for flag in copy.instruction.flags}
    same = flags == {str(flag) for flag in code.copy.instruction.flags} and copy.from_ is None
    own, other = written(context, code.copy, code.root), written(context, copy, target)
    if not same or own is None or other is None or own & other:
        raise NotExact("it may write to the same place")


def written(context: Context, copy: Copy, target: str) -> frozenset[str] | None:
    """The files that a COPY from the context makes, as absolute paths; None where not known."""
    found: set[str] = set()
    for text in copy.sources:
        source = posixpath.normpath("/" + text).lstrip("/")
        if context.is_dir(source):
            for file in context.sent_files(source):
                found.add(posixpath.join(target, posixpath.relpath(file, source or ".")))
        elif context.is_file(source) and not copy.is_add:
            into = copy.destination.endswith(("/", ".")) or len(copy.sources) > 1
            # A folder that is there already is copied into, though nothing says so.
            found.update({target} if not into else ())
            found.add(posixpath.join(target, posixpath.basename(source)))
        else:
            return None
    return frozenset(found)


def _check_workdir(context: Context, code: CodeCopy, instruction: Instruction) -> None:
    """A WORKDIR makes its folder where nothing did before: with another owner than COPY does."""
    if not code.copy.destination.startswith(("/", "$")):
        raise NotExact("the destination of the COPY counts from the WORKDIR")
    folder = absolute(code.stage, instruction, instruction.value[0]) if instruction.value else None
    if folder is None:
        raise NotExact("it leads to a folder that is not known")
    inside = code.context_path(folder)
    if inside is not None and folder != code.root and context.exists(inside):
        raise NotExact("it leads into the code")


def _obstacle(
    context: Context,
    code: CodeCopy,
    files: tuple[str, ...],
    projects: tuple[ProjectInstall, ...],
) -> str:
    """Why the manifests cannot be copied alone; empty where they can."""
    for name in (*_BESIDE, *_environments(code, projects)):
        path = posixpath.normpath(posixpath.join(code.source, name))
        if context.exists(path) and context.sent(path):
            return f"the build context has {path}, which the install may write to"
    odd = [f for f in files if not f.isprintable() or set(f) & set("*?[]\\$\"'` ") or f[0] == "-"]
    if odd:
        return f"COPY cannot name {odd[0]!r} as it is"
    owned = any(flag.name in ("chown", "chmod") for flag in code.copy.instruction.flags)
    if owned and all(brought_before(code, file) for file in files):
        return "its folder would be made by another instruction, with another owner or mode"
    nested = any("/" in posixpath.relpath(f, code.source or ".") for f in files)
    if nested and code.copy.instruction.flag("chmod") is not None:
        return "the folders of the manifests would get another mode than --chmod gives them"
    return ""


def _environments(code: CodeCopy, projects: tuple[ProjectInstall, ...]) -> Iterator[str]:
    """Virtual environments within the code, relative to it."""
    yield from (".venv", "venv", "env")
    chosen = [code.stage.final_environment.get("VIRTUAL_ENV"), *(p.environment for p in projects)]
    for path in chosen:
        if isinstance(path, str) and within(path, code.root):
            yield posixpath.relpath(path, code.root)


def brought_before(code: CodeCopy, file: str) -> bool:
    """Whether an earlier COPY of the stage brings a file of the context to the same place."""
    name = posixpath.relpath(file, code.source or ".")
    wanted = posixpath.join(code.root, name)
    for copy in code.stage.copies:
        if copy.instruction.start >= code.copy.instruction.start:
            return False
        plain = [posixpath.normpath(source.lstrip("/")) for source in copy.sources]
        if copy.from_ is not None or copy.is_add or file not in plain:
            continue
        target = absolute(code.stage, copy.instruction, copy.destination)
        into = copy.destination.endswith(("/", ".")) or len(plain) > 1 or target == code.root
        where = posixpath.join(target or "?", posixpath.basename(file)) if into else target
        if where == wanted:
            return True
    return False
