"""What was installed with apt before a given command: in its RUN, its stage, and those below."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dockopt.facts.apt import AptCommand
from dockopt.model import Run, Stage
from dockopt.shell import Opaque, Word

Commands = Mapping[int, tuple[AptCommand, ...]]
_REMOVES = frozenset({"remove", "purge", "autoremove", "autopurge"})
_CHOOSES = ("-t", "--target-release", "--reinstall", "--only-upgrade", "--allow-downgrades", "-a")
_REMOVAL_MARKS = ("-", "^", "!")


@dataclass(frozen=True, eq=False)
class Repeated:
    """A package of an install that is there already."""

    word: Word
    run: Run
    """The RUN that installed it."""


def installed_before(commands: Commands, stage: Stage, run: Run, at: AptCommand) -> tuple[str, ...]:
    """The names of the packages that were surely installed, and not removed since."""
    return tuple(_installed(commands, stage, run, at))


def repeated_packages(
    commands: Commands, stage: Stage, run: Run, command: AptCommand
) -> tuple[Repeated, ...]:
    """The packages of an install that stand in it twice, or were installed before.

    A package with a version, release or architecture is repeated only by the very same words.
    """
    if any(option in _CHOOSES for option in command.options):
        return ()
    before = _installed(commands, stage, run, command)
    seen: dict[str, Run] = {}
    found: list[Repeated] = []
    for word in command.packages:
        name = word.value
        if name is None or name.startswith(("/", ".")) or _is_special(name):
            continue
        if name in seen or name in before:
            found.append(Repeated(word, seen.get(name) or before[name]))
        seen[name] = run
    # An install of nothing is of no use, and one that only confirms is left to the reader.
    return () if len(found) == len(command.packages) else tuple(found)


def _is_special(name: str) -> bool:
    return name.endswith(_REMOVAL_MARKS) or name in ("+",)


def _installed(commands: Commands, stage: Stage, run: Run, at: AptCommand) -> dict[str, Run]:
    found: dict[str, Run] = {}
    for earlier, command in _before(commands, stage, run, at):
        if command is None or command.action in _REMOVES:
            found.clear()
        elif command.action == "install" and not command.command.conditional:
            if any(option in _CHOOSES for option in command.options):
                continue
            names = [w.value for w in command.packages if w.value and not _is_special(w.value)]
            found.update((name, earlier) for name in names)
    return found


def _before(
    commands: Commands, stage: Stage, run: Run, at: AptCommand
) -> Iterator[tuple[Run, AptCommand | None]]:
    """The apt commands before `at`, oldest first; None for a RUN that may do anything with apt."""
    for link in reversed(stage.chain):
        for earlier in link.runs:
            start = earlier.instruction.span.start
            if link is stage and start > run.instruction.span.start:
                return
            if isinstance(earlier.script, Opaque):
                yield earlier, None
            for command in commands.get(start, ()):
                if command is at:
                    return
                yield earlier, command
            if "dpkg" in earlier.logical.text and any(
                word in earlier.logical.text for word in ("--purge", "--remove", "dpkg -r", "-P ")
            ):
                yield earlier, None
