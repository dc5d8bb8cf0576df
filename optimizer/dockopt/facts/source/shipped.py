"""Which requirements the shipped image has, and what is said about the use of each."""

import re
from collections.abc import Iterator

from dockopt.facts.container import Facts
from dockopt.facts.image_files import files_in_image
from dockopt.facts.pip import PipCommand, pip_commands, spec_text
from dockopt.facts.source.closure import Closure
from dockopt.facts.source.entry_points import NO_COMMAND
from dockopt.facts.source.evidence import Evidence
from dockopt.facts.source.image_paths import ImagePaths
from dockopt.facts.source.layout import Layout, module_files
from dockopt.facts.source.locks import locked_requirements
from dockopt.facts.source.requirements import (
    Missing,
    Requirement,
    of_file,
    of_project,
    of_text,
)
from dockopt.facts.source.uses import Uses
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.shell import Script

_PROJECT_INSTALLERS = re.compile(
    r"\b(?:uv\s+sync|poetry\s+(?:install|sync)|pdm\s+(?:install|sync)|pipenv\s+(?:install|sync|--\w+))"
)


@immutable(eq=False)
class Shipped:
    """The requirements of the shipped image."""

    requirements: tuple[Requirement, ...]
    missing: tuple[str, ...]
    """What could not be read; then there may be more."""


def shipped_requirements(facts: Facts) -> Shipped:
    """What the stages install that the target is made of, or copies from.

    Raises ValueError where there is no context.
    """
    if facts.context is None:
        raise ValueError("there is no build context")
    found: dict[str, Requirement] = {}
    missing: dict[str, None] = {}
    for stage in _contributing(facts):
        for run in stage.runs:
            for item in _of_run(facts, stage, run):
                if isinstance(item, Missing):
                    missing[item.reason] = None
                else:
                    found.setdefault(item.name, item)
    return Shipped(tuple(found.values()), tuple(missing))


def _contributing(facts: Facts) -> Iterator[Stage]:
    """The target, the stages it starts from, and those that it copies from, however far."""
    waiting, seen = [facts.dockerfile.target], set[int]()
    while waiting:
        for stage in waiting.pop().chain:
            if stage.index not in seen:
                seen.add(stage.index)
                yield stage
                waiting += [source for source, _, _ in facts.dockerfile.references(stage)]


def _of_run(facts: Facts, stage: Stage, run: Run) -> Iterator[Requirement | Missing]:
    paths = ImagePaths(facts.dockerfile, stage, facts.context)  # type: ignore[arg-type]
    for command in pip_commands(run):
        if command.installs and command.group in ("", "pip"):
            yield from _of_command(facts, paths, run, command)
    match = _PROJECT_INSTALLERS.search(run.logical.text)
    if match:
        yield from _of_folder(facts, paths, ".", run, _asked_extras(facts, stage, run))
    if not isinstance(run.script, Script):
        yield Missing(f"line {run.instruction.line}: {run.script.reason}")


def _asked_extras(facts: Facts, stage: Stage, run: Run) -> tuple[str, ...]:
    """The extras of the project that the commands of a RUN ask for: `poetry install -E server`."""
    asked = [
        name
        for install in facts.project_installs(stage)
        if install.run.instruction is run.instruction
        for name in install.selection.extras
    ]
    return tuple(dict.fromkeys(name for name in asked if name))


def _of_command(
    facts: Facts, paths: ImagePaths, run: Run, command: PipCommand
) -> Iterator[Requirement | Missing]:
    line = run.instruction.line
    assert facts.context is not None  # noqa: S101
    for file in command.requirement_files:
        located = _located(facts, paths, file) if file else None
        if located is None:
            yield Missing(f"line {line}: {file or 'a variable'} is not in the build context")
        else:
            yield from of_file(facts.context, located)
    # The arguments of `uv pip sync` are files, and among these already.
    for word in () if command.action == "sync" else command.specs:
        text = spec_text(word)
        plain = (text or word.text).strip("\"'")
        if text is None and "$" in plain:
            yield from _of_variable(facts, paths, run, plain)
        elif plain.startswith((".", "/")) or plain == "":
            yield from _of_folder(facts, paths, plain, run, _extras(plain))
        elif found := of_text(plain, f"line {line} of {facts.file}"):
            yield found
    for path in command.editables:
        plain = path or "."
        yield from _of_folder(facts, paths, plain, run, _extras(plain))


def _of_variable(
    facts: Facts, paths: ImagePaths, run: Run, plain: str
) -> Iterator[Requirement | Missing]:
    """What a variable of the RUN names: all that the RUN assigns to it."""
    script = run.script
    name = plain.strip("${}")
    assigned = [
        word.value
        for command in (script.commands if isinstance(script, Script) else ())
        for variable, word in command.assignments
        if variable == name and word is not None
    ]
    if not assigned or None in assigned:
        yield Missing(f"line {run.instruction.line}: a variable names what is installed")
        return
    for text in assigned:
        if text and text.startswith((".", "/")):
            yield from _of_folder(facts, paths, text, run, _extras(text))
        elif text and (found := of_text(text, f"line {run.instruction.line} of {facts.file}")):
            yield found


def _extras(text: str) -> tuple[str, ...]:
    inside = text.partition("[")[2].rstrip("]")
    return tuple(e.strip() for e in inside.split(",") if e.strip() and "$" not in e)


def _of_folder(
    facts: Facts, paths: ImagePaths, text: str, run: Run, extras: tuple[str, ...]
) -> Iterator[Requirement | Missing]:
    assert facts.context is not None  # noqa: S101
    place = text.partition("[")[0] or "."
    workdir = paths.stage.workdir_at(run.instruction)
    absolute = place if place.startswith("/") else f"{workdir}/{place}"
    candidates = [*paths.in_context(absolute)] if isinstance(workdir, str) else []
    for name in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile"):
        found = paths.in_context(f"{absolute}/{name}") if isinstance(workdir, str) else ()
        candidates += [path.rpartition("/")[0] for path in found]
    for folder in dict.fromkeys([*candidates, ""]):
        if any(
            facts.context.is_file(f"{folder}/{n}".lstrip("/"))
            for n in ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
        ):
            yield from of_project(facts.context, folder, extras)
            return
    yield Missing(
        f"line {run.instruction.line}: the project's metadata is not in the build context"
    )


def _located(facts: Facts, paths: ImagePaths, file: str) -> str | None:
    """The file of the context that a requirements file in the image is."""
    assert facts.context is not None  # noqa: S101
    workdir = paths.stage.workdir
    absolute = (
        file if file.startswith("/") else f"{workdir if isinstance(workdir, str) else ''}/{file}"
    )
    for found in paths.in_context(absolute):
        if facts.context.is_file(found):
            return found
    parts = [part for part in file.split("/") if part not in ("", ".", "..")]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if facts.context.is_file(candidate):
            return candidate
    return None


def requirement_uses(facts: Facts) -> Uses:
    """What is said about the use of each requirement of the shipped image.

    Raises ValueError where there is no context.
    """
    shipped = shipped_requirements(facts)
    context = facts.context
    assert context is not None  # noqa: S101
    closure = facts.closure
    reached = frozenset(closure.reached) if isinstance(closure, Closure) else frozenset[str]()
    points = facts.entry_points
    layout = Layout(context, module_files(context), points.roots if points else ())
    inside = files_in_image(facts.dockerfile, _contributing(facts), context)
    evidence = Evidence(layout, reached, inside)
    programs = {name: str(place) for name, place in points.programs.items()} if points else {}
    programs |= (
        {e.start.name: str(e.place) for e in points.found if e.start.kind in ("named", "module")}
        if points
        else {}
    )
    for path, module in evidence.modules.items():
        for call in module.calls:
            if call.program:
                programs.setdefault(call.program, path)
    programs = {**_run_words(facts), **programs}
    locked = locked_requirements(context)
    unknown = points.unknown[0] if points and points.unknown else ""
    blind = "" if unknown or isinstance(closure, Closure) else closure.reason
    if points and any(NO_COMMAND in reason for reason in points.unknown):
        blind = f"{NO_COMMAND}, so that the code may come later"
    if not evidence.files:
        blind = "no Python module of the build context is in the image"
    return Uses(shipped.requirements, evidence, programs, locked, blind, unknown)


def _run_words(facts: Facts) -> dict[str, str]:
    """The words of commands in RUNs that install nothing: `python -m spacy download`."""
    found: dict[str, str] = {}
    for stage in facts.dockerfile.target.chain:
        for run in stage.runs:
            if not isinstance(run.script, Script):
                continue
            installing = {id(c.command) for c in pip_commands(run)}
            for command in run.script.commands:
                if id(command) in installing or command.name in ("apt-get", "apt", "apk", "pip"):
                    continue
                for word in command.words:
                    found.setdefault(
                        (word.value or "").rpartition("/")[2], f"line {run.instruction.line}"
                    )
    return found
