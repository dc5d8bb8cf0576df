"""Debian packages in a stage: which only serve building, and what stands for them at run time."""

from collections.abc import Callable, Iterable, Iterator

from dockopt.facts.apt import (
    REMOVES,
    AptCommand,
    apt_commands,
    installed_names,
    name_in,
    removed_again,
)
from dockopt.facts.bases import debian_indexes
from dockopt.facts.runtime import Place, RuntimeTexts
from dockopt.immutable import immutable
from dockopt.knowledge import debian
from dockopt.knowledge.debian_curated import is_build_only, runtime_counterpart
from dockopt.knowledge.debian_programs import programs_of
from dockopt.model import ImageReference, Run, Stage
from dockopt.shell import Script, Word

_UPKEEP = frozenset({"set", "rm", "true", ":", "echo"})
ASSUMED = debian.Release.BOOKWORM
"""Where a tag does not tell the release, sizes and programs are looked up in this one."""


@immutable(eq=False)
class BuildPackage:
    """A package that only building needs, where it is installed."""

    name: str
    stage: Stage
    run: Run
    command: AptCommand
    word: Word
    replacements: tuple[str, ...] | None
    """Packages that run-time code may need in its place; None where that is not known."""
    is_passing: bool = False
    """Whether the RUN that installs it removes it again."""


def release_of(stage: Stage) -> debian.Release | None:
    """The Debian release of a stage's image; None where its tag does not say.

    Packages of an image whose tag says or means another release than those that are known must not
    be looked up at all: see `has_known_packages`.
    """
    image = stage.root.image
    if not isinstance(image, ImageReference):
        return None
    if image.is_official_python:
        name = image.python_tag.release if image.python_tag else ""
    else:
        name = image.tag.removesuffix("-slim") if image.official_name == "debian" else ""
    index = debian.release(name) if name else None
    return index.release if index else None


def has_known_packages(stage: Stage) -> bool:
    """Whether the stage's packages are those of a release that there is an index of."""
    return bool(debian_indexes(stage))


def build_packages(stage: Stage) -> tuple[BuildPackage, ...]:
    """The packages that a stage itself installs and only building needs.

    Those that the same RUN removes again are not: the image does not hold them, see
    `passing_packages`.
    """
    return tuple(p for p in _build_packages(stage) if not p.is_passing)


def passing_packages(stage: Stage) -> tuple[BuildPackage, ...]:
    """The packages for building that the RUN which installs them removes again."""
    return tuple(p for p in _build_packages(stage) if p.is_passing)


def _build_packages(stage: Stage) -> Iterator[BuildPackage]:
    release, known = release_of(stage), has_known_packages(stage)
    for run in stage.runs:
        for command in apt_commands(run):
            if command.action != "install":
                continue
            passing = removed_again(run, command)
            idle = passing if _only_packages(run) else frozenset()
            for word in command.packages:
                name = name_in(word)
                if is_build_only(name) or is_development(name) or name in idle:
                    found = replacements(name, release) if known or is_build_only(name) else None
                    found = () if name in passing else found
                    yield BuildPackage(name, stage, run, command, word, found, name in passing)


def _only_packages(run: Run) -> bool:
    """Whether a RUN does nothing but install and remove packages, and clean up after that."""
    apt = {id(found.command) for found in apt_commands(run)}
    commands = run.script.commands if isinstance(run.script, Script) else ()
    return all(id(c) in apt or c.name in _UPKEEP or not c.words for c in commands)


def removed_later(
    stages: Iterable[Stage], stage: Stage, run: Run, names: frozenset[str]
) -> Iterator[Run]:
    """The RUNs after `run`, upon its stage, that may remove one of these packages.

    apt fails to remove what it has never heard of, so such a RUN cannot stay as it is where the
    packages are not installed any more.
    """
    start = run.instruction.start
    for other in stages:
        if stage not in other.chain:
            continue
        for later in other.runs:
            removing = [c for c in apt_commands(later) if c.action in REMOVES]
            if later.instruction.start > start and any(
                names & set(c.names) or c.has_unknown or c.has_pattern for c in removing
            ):
                yield later


def is_development(name: str) -> bool:
    """Whether a package brings headers for compiling."""
    return name.endswith("-dev") and not name.endswith("-doc-dev")


def replacements(name: str, release: debian.Release | None) -> tuple[str, ...] | None:
    """What to install at run time in place of a build package, None where it is not known."""
    if is_build_only(name):
        return tuple(n for n in runtime_counterpart(name) if not _in_slim(n, release))
    return debian.runtime_packages_any(name, release)


def _in_slim(name: str, release: debian.Release | None) -> bool:
    return name in debian.base_packages("python-slim", release or ASSUMED)


def program_called(package: BuildPackage, runtime: RuntimeTexts) -> Place | None:
    """Where a program that the package brings is called at run time."""
    release = release_of(package.stage) or ASSUMED
    index = debian.release(release.value)
    names = (
        {package.name}
        if index is None
        else {name for name in index.closure([package.name]) if is_build_only(name)}
        | {package.name}
    )
    for program in sorted(programs_of(names, release)):
        if place := runtime.calls(program):
            return place
    return None


def bytes_saved(stage: Stage, gone: list[str], kept: list[str]) -> tuple[int | None, str]:
    """Bytes that leaving `gone` out frees while `kept` come, over the base; and the basis.

    What other packages of the stage depend on, or bring as recommended, stays in any case.
    """

    def freed(index: debian.DebianIndex) -> int:
        base = _base(stage, index)
        with_all = _added(index, base, stage, [*gone, *kept], frozenset())
        without = _added(index, base, stage, kept, frozenset(gone))
        return index.bytes_of(with_all - without)

    return _smallest(stage, freed, "the dependency closure")


def _smallest(
    stage: Stage, freed: Callable[[debian.DebianIndex], int], what: str
) -> tuple[int | None, str]:
    """The least that any release frees which the stage may have, and the basis.

    libxml2-dev brings 110 MB of libicu-dev in bookworm, and not in trixie.
    """
    indexes = debian_indexes(stage) if has_known_packages(stage) else ()
    if not indexes:
        return None, "no index of this release is at hand"
    count, release = min((freed(index), index.release.value) for index in indexes)
    if len(indexes) > 1:
        release += ", the least of the releases that the tag may mean"
    return count, f"installed sizes of {what} in Debian {release}"


def _base(stage: Stage, index: debian.DebianIndex) -> frozenset[str]:
    """The packages of the stage's base image."""
    full = getattr(stage.root.image, "is_full_python", False)
    return debian.base_packages("python" if full else "python-slim", index.release)


def brought_anyway(stage: Stage, gone: frozenset[str]) -> dict[str, str]:
    """Those of `gone` that come all the same, each with the package that depends on or recommends it.

    `python3-pip` recommends build-essential, which then is installed whether it is named or not.
    """
    index = debian.release((release_of(stage) or ASSUMED).value)
    if index is None or not has_known_packages(stage):
        return {}
    found: dict[str, str] = {}
    for command in (c for run in stage.runs for c in apt_commands(run) if c.action == "install"):
        for name in (n for n in command.names if n not in gone):
            brought = index.closure([name], not command.no_recommends, _base(stage, index))
            found.update(dict.fromkeys(gone & brought, name))
    return found


def _added(
    index: debian.DebianIndex,
    base: frozenset[str],
    stage: Stage,
    names: list[str],
    gone: frozenset[str],
) -> frozenset[str]:
    """What a stage without `gone` adds to `base`, with `names`."""
    installs = [c for run in stage.runs for c in apt_commands(run) if c.action == "install"]
    bare = [n for c in installs if c.no_recommends for n in c.names if n not in gone]
    full = [n for c in installs if not c.no_recommends for n in c.names if n not in gone]
    return index.closure([*names, *bare], over=base) | index.closure(full, True, base)


def base_difference(stage: Stage, installed: list[str]) -> tuple[int | None, str]:
    """Bytes that the slim image is smaller than the full one once `installed` is added; the basis."""
    own = [name for link in stage.chain for run in link.runs for name in installed_names(run)]

    def freed(index: debian.DebianIndex) -> int:
        slim, full = index.base("python-slim"), index.base("python")
        before = full | index.closure(own, over=full)
        after = slim | index.closure([*own, *installed], over=slim)
        return index.bytes_of(before - after)

    return _smallest(stage, freed, "the packages of both images")
