"""What a full Python image has at run time that the slim one lacks, and the application needs."""

import re
from collections.abc import Iterator

from dockopt.facts.apt import REMOVES, apt_commands, installed_names
from dockopt.facts.packages import ASSUMED, build_packages, has_known_packages, release_of
from dockopt.facts.runtime import Place, RuntimeTexts
from dockopt.immutable import immutable
from dockopt.knowledge import debian
from dockopt.knowledge.debian_programs import in_slim, programs_of, provider_of
from dockopt.knowledge.system_libraries import DEVELOPMENT, RUNTIME, UNKNOWN
from dockopt.model import Run, Stage
from dockopt.shell import Script

_TKINTER = re.compile(r"^\s*(?:import|from)\s+(?:tkinter|turtle|idlelib)\b", re.MULTILINE)


@immutable(slots=True)
class Need:
    """A Debian package that the runtime needs once it starts from the slim image."""

    package: str
    why: str


def needs(stage: Stage, runtime: RuntimeTexts, names: frozenset[str]) -> list[Need] | str:
    """The packages to install, or why they cannot all be known."""
    release = release_of(stage)
    unknown = sorted(names & UNKNOWN)
    if unknown:
        return f"the libraries that {unknown[0]} needs are not known"
    found: dict[str, Need] = {}
    installed = {name for link in stage.chain for run in link.runs for name in installed_names(run)}
    coming = {r for link in stage.chain for p in build_packages(link) for r in p.replacements or ()}
    try:
        for need in (*_libraries(release, names), *_programs(stage, runtime, release)):
            if need.package not in coming | installed:
                found.setdefault(need.package, need)
    except LookupError as error:
        return str(error)
    if found and not has_known_packages(stage):
        return f"it needs {min(found)}, and the packages of its Debian release are not known"
    if place := runtime.mentions(_TKINTER):
        return f"{place} uses tkinter, whose libraries the slim image lacks"
    return sorted(found.values(), key=lambda need: need.package)


def removals_of_full(stage: Stage) -> Iterator[tuple[Run, frozenset[str]]]:
    """The RUNs that remove packages of the full image which the slim one lacks, and these.

    apt fails to remove what it has never heard of.
    """
    base = debian.base_packages("python-slim", release_of(stage) or ASSUMED)
    installed = {name for link in stage.chain for run in link.runs for name in installed_names(run)}
    for link in stage.chain:
        for run in link.runs:
            commands = (c for c in apt_commands(run) if c.action in REMOVES)
            named = frozenset(name for command in commands for name in command.names)
            if strange := named - base - installed:
                yield run, strange


def _libraries(release: debian.Release | None, names: frozenset[str]) -> Iterator[Need]:
    base = debian.base_packages("python-slim", release or ASSUMED)
    for name in sorted(names):
        for package in RUNTIME.get(name, ()):
            yield Need(_valid(package, release), f"{name} uses it")
        for development in DEVELOPMENT.get(name, ()):
            libraries = debian.runtime_packages_any(development, release)
            if libraries is None:
                raise LookupError(
                    f"{name} needs the library of {development}, whose package has another name "
                    "in each Debian release that the tag may mean"
                )
            yield from (Need(p, f"{name} loads it") for p in libraries if p not in base)


def _valid(package: str, release: debian.Release | None) -> str:
    if release is None:
        name = debian.in_both(package)
    else:
        index = debian.release(release.value)
        name = package if index and index.resolve(package) else None
    if name is None:
        raise LookupError(f"the package {package} has no name that is valid here")
    return name


def _programs(
    stage: Stage, runtime: RuntimeTexts, release: debian.Release | None
) -> Iterator[Need]:
    """Programs of the full image that the stage's own RUNs, its commands or its files call."""
    of = release or ASSUMED
    extra = debian.base_packages("python", of) - debian.base_packages("python-slim", of)
    for program in sorted(programs_of(extra, of)):
        if in_slim(program, release):
            continue
        place = runtime.calls(program) or _called(stage, program)
        package = provider_of(program, release) if place else None
        if place and package is None:
            raise LookupError(f"{place} calls {program}, whose package is not known")
        if place and package:
            yield Need(package, f"{program}: {place} calls it")
        if place and package == "git":
            yield Need("openssh-client", "git reaches ssh:// and git@ remotes through it")


def _called(stage: Stage, program: str) -> Place | None:
    for link in stage.chain:
        for run in link.runs:
            if isinstance(run.script, Script) and any(
                command.name == program for command in run.script.commands
            ):
                at = run.instruction.span.start
                return Place(f"line {run.instruction.line}", at)
    return None
