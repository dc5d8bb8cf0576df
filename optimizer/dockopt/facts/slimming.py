"""What a full Python image has at run time that the slim one lacks, and the application needs."""

import re
from collections.abc import Iterator

from dockopt.facts.apt import REMOVES, apt_commands, installed_names
from dockopt.facts.packages import ASSUMED, build_packages, has_known_packages, release_of
from dockopt.facts.runtime import Place, RuntimeTexts
from dockopt.facts.source_builds import unknown_links
from dockopt.immutable import immutable
from dockopt.knowledge import debian
from dockopt.knowledge.debian_programs import in_slim, programs_of, provider_of
from dockopt.knowledge.system_needs import named_with, need_of, with_required
from dockopt.model import Run, Stage
from dockopt.shell import Script

_TKINTER = re.compile(r"^\s*(?:import|from)\s+(?:tkinter|turtle|idlelib)\b", re.MULTILINE)


@immutable(slots=True)
class Need:
    """A Debian package that the runtime needs once it starts from the slim image."""

    package: str
    why: str


def needs(
    stage: Stage,
    runtime: RuntimeTexts,
    names: frozenset[str],
    built: frozenset[str] = frozenset(),
) -> list[Need] | str:
    """The packages to install, or why they cannot all be known.

    `built` are the distributions that are compiled although they may have wheels, or `:all:`.
    """
    release = release_of(stage)
    required = with_required(names)
    for name, bringing in required.items():
        if (of_system := need_of(name)) and of_system.unknown:
            named = named_with(name, bringing)
            return f"the libraries that {named} needs are not known, as {of_system.unknown}"
    if built and (name := unknown_links(built, required)):
        named = named_with(name, required[name])
        return f"{named} is compiled by --no-binary, and what it then links to is not known"
    found: dict[str, Need] = {}
    installed = {name for link in stage.chain for run in link.runs for name in installed_names(run)}
    coming = {r for link in stage.chain for p in build_packages(link) for r in p.replacements or ()}
    try:
        for need in (*_libraries(release, required), *_programs(stage, runtime, release)):
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


def _libraries(release: debian.Release | None, required: dict[str, str]) -> Iterator[Need]:
    """What the full image has of what these distributions need.

    What the full image lacks as well is none of its business: the Dockerfile installs that, or the
    application goes without.
    """
    for name, bringing in required.items():
        need = need_of(name)
        if need is None:
            continue
        named = named_with(name, bringing)
        for package in need.packages:
            if _only_in_full((package,), release):
                yield Need(_valid(package, release), f"{named} uses it")
        for development in need.loads:
            for package in _loaded(named, development, release):
                yield Need(package, f"{named} loads it")


def _loaded(named: str, development: str, release: debian.Release | None) -> tuple[str, ...]:
    """The libraries of a development package that the slim image lacks and the full one has."""
    libraries = debian.runtime_packages_any(development, release)
    if libraries is not None:
        return tuple(library for library in libraries if _only_in_full((library,), release))
    each = [debian.runtime_packages_any(development, of) or () for of in _releases(release)]
    if any(_only_in_full(names, release) for names in each):
        raise LookupError(
            f"{named} needs the library of {development}, whose package has another name "
            "in each Debian release that the tag may mean"
        )
    return ()


def _releases(release: debian.Release | None) -> tuple[debian.Release, ...]:
    return (release,) if release else tuple(debian.Release)


def _only_in_full(packages: tuple[str, ...], release: debian.Release | None) -> bool:
    """Whether the full image of one of the releases has a package that its slim one lacks."""
    for of in _releases(release):
        extra = debian.base_packages("python", of) - debian.base_packages("python-slim", of)
        index = debian.load(of)
        if any(index.resolve(package) in extra for package in packages):
            return True
    return False


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
