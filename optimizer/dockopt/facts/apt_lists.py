"""apt's package lists: which RUN fetches them, needs them, or leaves them behind."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from enum import Enum

from dockopt.facts.apt import AptCommand, apt_command
from dockopt.facts.cleanup import Junk, removed_paths, targets
from dockopt.facts.context import Context
from dockopt.facts.prefixes import invocation
from dockopt.facts.scripts import unread
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, Run, Stage
from dockopt.model.stages import DEFAULT_SHELL
from dockopt.remembering import remembered
from dockopt.shell import Command, Script

LIST_BYTES = 19_000_000
"""Debian bookworm's package lists (main, updates, security), unpacked, in bytes; measured."""
PLACE = "/var/lib/apt"
"""What the lists are below."""
_NEEDS = frozenset({"install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source"})
_NEEDS |= {"download", "satisfy"}
_READERS = frozenset({"apt-cache", "apt-file", "gdebi", "mk-build-deps", "apt-build", "tasksel"})
_MAY_USE = re.compile(r"\bapt|\.sh\b")
_INSTALLS = re.compile(r"\bapt(?:-get)?\b.*\binstall\b", re.DOTALL)


class Event(Enum):
    """What happens to the lists."""

    FETCH = "fetch"
    USE = "use"
    REMOVE = "remove"


@immutable(eq=False)
class ListUse:
    """A RUN that needs lists which an earlier RUN fetched, or may need them."""

    stage: Stage
    run: Run
    command: AptCommand | None
    """None where it is not known what the RUN does; then `reason` says why."""
    reason: str = ""


def events(run: Run) -> tuple[tuple[Event, Command, AptCommand | None], ...]:
    """What happens to the lists in a RUN, in order; nothing for a RUN that cannot be read."""
    if "apt" not in run.logical.text or not isinstance(run.script, Script):
        return ()
    return _events_of(run.script)


@remembered
def _events_of(script: Script) -> tuple[tuple[Event, Command, AptCommand | None], ...]:
    return tuple(_events(script))


def _events(script: Script) -> Iterator[tuple[Event, Command, AptCommand | None]]:
    named = PLACE in script.text.replace("\\", "")
    for command in script.commands:
        apt = apt_command(command)
        if apt is not None and apt.action == "update":
            yield Event.FETCH, command, apt
        elif apt is not None and apt.action in _NEEDS:
            yield Event.USE, command, apt
        elif invocation(command).name in _READERS:
            yield Event.USE, command, None
        elif named and _removes(command):
            yield Event.REMOVE, command, None


def _removes(command: Command) -> bool:
    """Whether the lists go; `rm -rf /var/lib/apt/lists/* /etc/foo` is more than clean-up."""
    if any(PLACE in path for path in removed_paths(command)):
        return True
    return any(target.junk is Junk.LISTS for target in targets(command) or ())


def has_mount(run: Run) -> bool:
    """Whether the lists or apt's archives are a mount of the RUN, not part of its layer."""
    places = (PLACE, "/var/cache/apt", "/var/lib", "/var/cache", "/var", "/")
    return any(mount.target.rstrip("/").startswith(places[:2]) for mount in run.mounts) or any(
        mount.target.rstrip("/") in places for mount in run.mounts if mount.kind == "cache"
    )


def lists_left_behind(run: Run) -> AptCommand | None:
    """The command whose lists are still there when the RUN ends, None where there are none."""
    found: AptCommand | None = None
    if has_mount(run):
        return None
    for event, _, apt in events(run):
        if event is Event.FETCH:
            found = apt
        elif event is Event.REMOVE:
            found = None
    return found


def only_fetches_lists(run: Run) -> bool:
    """Whether a RUN does nothing but fetch lists."""
    if not isinstance(run.script, Script) or run.instruction.heredocs:
        return False
    found = [apt_command(command) for command in run.script.commands]
    actions = [apt.action if apt else "" for apt in found]
    plain = all(step.command is not None for step in run.script.steps)
    return plain and set(actions) <= {"update", "clean", "autoclean"} and "update" in actions


def lists_used_after(
    dockerfile: Dockerfile, stage: Stage, run: Run, context: Context | None = None
) -> tuple[ListUse, ...]:
    """The RUNs that use, or may use, the lists that `run` leaves, in stages upon it as well."""
    runs = stage.runs
    start = run.instruction.span.start
    first = bisect_right(runs, start, key=lambda r: r.instruction.span.start)
    later = (runs[index] for index in range(first, len(runs)))
    return tuple(_uses(dockerfile, stage, later, context))


def _uses(
    dockerfile: Dockerfile, stage: Stage, runs: Iterable[Run], context: Context | None
) -> Iterator[ListUse]:
    for run in runs:
        first = next((entry for entry in events(run) if entry[0] is not Event.REMOVE), None)
        if first is not None and first[0] is Event.FETCH and not first[1].conditional:
            return
        if first is not None:
            needs = first[2] if first[0] is Event.USE else None
            yield ListUse(stage, run, needs, "" if needs else "its update is conditional")
        elif reason := may_use(run, context):
            yield ListUse(stage, run, None, reason)
    yield from _onbuild(stage)
    for child in dockerfile.children(stage):
        yield from _uses(dockerfile, child, child.runs, context)


def may_use(run: Run, context: Context | None) -> str:
    """Why a RUN without apt commands may use the lists all the same."""
    if not isinstance(run.script, Script):
        return run.script.reason if _MAY_USE.search(run.logical.text) else ""
    return unread(run, context, word="apt")


def _onbuild(stage: Stage) -> Iterator[ListUse]:
    for instruction in stage.of("ONBUILD"):
        inner = instruction.inner
        if inner is None or inner.keyword != "RUN" or "update" in inner.body.text:
            continue
        if _INSTALLS.search(inner.body.text):
            yield ListUse(stage, Run(inner, DEFAULT_SHELL), None, "ONBUILD installs with them")
