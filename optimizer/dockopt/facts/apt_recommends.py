"""What an apt install brings only because Debian recommends it, and whether it can be left out."""

import re
from functools import lru_cache

from dockopt.facts.apt import AptCommand
from dockopt.facts.bases import base_kind, debian_indexes
from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.knowledge import debian
from dockopt.knowledge.debian import BaseKind, DebianIndex
from dockopt.knowledge.debian_programs import owners
from dockopt.knowledge.debian_recommends import at_stake
from dockopt.model import Dockerfile, Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Script

_REMOTE_SHELL = re.compile(r"\bssh://|\bgit@|\bssh\b")
_WORD = re.compile(r"[\w.+-]+")
_SETTING = "Install-Recommends"
LIKE_OTHERS = "bookworm"
"""The release whose index stands in for distributions that there is none of."""


@immutable(slots=True)
class Recommended:
    """What leaving out the recommended packages of one install means."""

    packages: tuple[str, ...]
    """What would not be installed; with several possible releases, what none of them would."""
    count: int | None
    """Their installed size in bytes, the least of the possible releases; None where not known."""
    hold: str
    """Why they must stay, empty where nothing was found."""
    unknown: str
    """Why it is not known what is recommended, empty where it is."""
    releases: tuple[str, ...]
    """The Debian releases whose indexes were asked."""


def recommends_decided(stage: Stage, run: Run, command: AptCommand) -> bool:
    """Whether recommended packages are left out, or wanted, by an option or a setting."""
    if any("install-recommends" in option.lower() for option in command.options):
        return True
    before = run.instruction.span.start
    return any(
        link is not stage or start < before for link in stage.chain for start in _settings(link)
    ) or (_SETTING in run.logical.text[: command.command.start])


@remembered
def _settings(stage: Stage) -> tuple[int, ...]:
    """Where the instructions of a stage start that set what apt does with recommended packages."""
    return tuple(
        instruction.start
        for instruction in stage.instructions
        if _SETTING in instruction.logical.text
        or any(_SETTING in heredoc.content for heredoc in instruction.heredocs)
    )


def apt_recommended(
    dockerfile: Dockerfile, stage: Stage, run: Run, command: AptCommand, earlier: tuple[str, ...]
) -> Recommended:
    """What the install brings only as recommended; `earlier` is what was installed before it."""
    names = command.names
    indexes = debian_indexes(stage)
    kind = base_kind(stage) or "debian-slim"
    unknown = _unknown(indexes, command)
    asked = indexes or tuple(i for i in (debian.release(LIKE_OTHERS),) if i)
    if indexes:
        answers = [_answer(index, kind, names, earlier) for index in indexes]
    else:
        # Another distribution's packages recommend much the same: what matters there, matters here.
        answers = [_by_package(index, names, earlier) for index in asked]
    hold = next((answer.hold for answer in answers if answer.hold), "")
    lost = frozenset.intersection(*(a.lost for a in answers)) if answers else frozenset()
    any_lost = frozenset().union(*(a.lost for a in answers))
    hold = hold or _called(dockerfile, stage, run, any_lost, asked)
    count = min((a.count for a in answers), default=0)
    return Recommended(
        tuple(sorted(lost)),
        None if unknown else count,
        hold,
        unknown,
        tuple(index.release.value for index in indexes),
    )


def _unknown(indexes: tuple[DebianIndex, ...], command: AptCommand) -> str:
    if not indexes:
        return "the base image's packages are not in the index"
    local = [w.value for w in command.packages if w.value and w.value.startswith(("/", "./"))]
    missing = [name for index in indexes for name in index.unknown(command.names)]
    if local or missing:
        return f"what {(local or missing)[0]} recommends is not known"
    return ""


@immutable(slots=True)
class _Answer:
    """What one release's index says."""

    lost: frozenset[str]
    count: int
    """Installed bytes of `lost`."""
    hold: str = ""
    """Why they must stay, empty where nothing was found."""
    vital: str = ""
    """The recommended package that `hold` is about."""


@lru_cache(maxsize=4096)
def _answer(
    index: DebianIndex, kind: BaseKind, names: tuple[str, ...], earlier: tuple[str, ...]
) -> _Answer:
    base = index.base(kind)
    over = base | index.closure(earlier, over=base) if earlier else base
    added = index.closure(names, over=over)
    for loss in at_stake((*earlier, *names), index.release, kind, None if earlier else added):
        if loss.by in added:
            reason = f"{loss.by} recommends {loss.package}: {loss.because}"
            return _Answer(frozenset(), 0, reason, loss.package)
    lost = index.closure(names, True, over) - added
    return _Answer(lost, index.bytes_of(lost))


def _by_package(index: DebianIndex, names: tuple[str, ...], earlier: tuple[str, ...]) -> _Answer:
    """What a release says of each package alone, as far as the Dockerfile does not install it."""
    single = [_answer(index, "debian-slim", (name,), ()) for name in names]
    there = (*names, *earlier)
    hold = next((a.hold for a in single if a.hold and a.vital not in there), "")
    lost = frozenset().union(*(a.lost for a in single)) - set(there)
    return _Answer(lost, 0, hold)


def _called(
    dockerfile: Dockerfile,
    stage: Stage,
    run: Run,
    lost: frozenset[str],
    indexes: tuple[DebianIndex, ...],
) -> str:
    """Why a lost package is needed: a later command of the Dockerfile calls one of its programs."""
    if not lost:
        return ""
    if "openssh-client" in lost and _REMOTE_SHELL.search(dockerfile.document.source):
        return "openssh-client is only recommended, and the Dockerfile mentions ssh"
    calls = sorted(_calls(dockerfile, stage, run))
    called = (
        (name, owner)
        for name in calls
        for index in indexes
        for owner in owners(name, index.release)
        if owner in lost
    )
    name, owner = next(called, ("", ""))
    return f"{name} is called, and {owner}, which holds it, is only recommended" if name else ""


def _calls(dockerfile: Dockerfile, stage: Stage, run: Run) -> set[str]:
    """The programs that this RUN and what comes after it call, by name."""
    found: set[str] = set()
    for other in dockerfile.built_upon(stage):
        for later in other.runs:
            if other is not stage or later.instruction.start >= run.instruction.start:
                if isinstance(later.script, Script):
                    found.update(_programs(later.script))
                else:
                    found.update(_WORD.findall(later.logical.text))
        for instruction in other.of("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            found.update(_WORD.findall(instruction.body.text))
    return found


@remembered
def _programs(script: Script) -> frozenset[str]:
    """What a script may call: wrappers such as `xvfb-run` name the program in their arguments."""
    commands = script.commands
    values = (word.value for command in commands for word in command.words)
    named = {value for value in values if value and value.isidentifier()}
    return frozenset(named.union(invocation(command).name for command in commands))
