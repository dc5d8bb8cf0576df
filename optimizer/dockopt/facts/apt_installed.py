"""What was installed with apt before a given command: in its RUN, its stage, and those below."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dockopt.facts.apt import REMOVES, AptCommand
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.shell import Opaque, Word

Commands = Mapping[int, tuple[AptCommand, ...]]
MAX_EARLIER = 400
"""More packages than this are not asked what they recommend together: nobody would read that."""
_CHOOSES = ("-t", "--target-release", "--reinstall", "--only-upgrade", "--allow-downgrades", "-a")
_REMOVAL_MARKS = ("-", "^", "!")


@immutable(eq=False)
class Repeated:
    """A package of an install that is there already."""

    word: Word
    run: Run
    """The RUN that installed it."""


@dataclass(eq=False)
class History:
    """The apt commands of a stage and those below it, numbered oldest first."""

    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    """By start of the RUN and identity of the command."""
    installs: dict[str, list[tuple[int, Run]]] = field(default_factory=dict)
    """By name of the package: the numbers of the commands that surely install it."""
    resets: list[int] = field(default_factory=list)
    """The numbers of commands that may remove anything."""

    @classmethod
    def of(cls, commands: Commands, stage: Stage) -> "History":
        """Reads the history of `stage`."""
        history = cls()
        for number, (run, command) in enumerate(_all(commands, stage)):
            if command is not None:
                history.numbers[run.instruction.span.start, id(command)] = number
            if command is None or command.action in REMOVES:
                history.resets.append(number)
            elif command.action == "install" and not command.command.conditional:
                history._install(number, run, command)
        return history

    def _install(self, number: int, run: Run, command: AptCommand) -> None:
        if any(option in _CHOOSES for option in command.options):
            return
        for word in command.packages:
            if word.value and not _is_special(word.value):
                self.installs.setdefault(word.value, []).append((number, run))

    def number_of(self, run: Run, command: AptCommand) -> int:
        """The number of a command; that of the next one for a command that is not of the stage."""
        return self.numbers.get((run.instruction.span.start, id(command)), len(self.numbers))

    def last_reset(self, before: int) -> int:
        """The number of the last reset before a command, -1 where there is none."""
        index = bisect_left(self.resets, before)
        return self.resets[index - 1] if index else -1

    def installer(self, name: str, before: int) -> Run | None:
        """The RUN that last installed `name` before a command, None where it is not surely there."""
        entries = self.installs.get(name)
        if not entries or entries[0][0] >= before:
            return None
        index = bisect_left(entries, before, key=lambda entry: entry[0])
        if entries[index - 1][0] <= self.last_reset(before):
            return None
        return entries[index - 1][1]


def installed_before(history: History, run: Run, at: AptCommand) -> tuple[str, ...] | None:
    """The names of the packages that were surely installed, and not removed since; in order.

    None where there are more than MAX_EARLIER.
    """
    number = history.number_of(run, at)
    reset = history.last_reset(number)
    found: list[str] = []
    for name, entries in history.installs.items():
        if entries[0][0] >= number:
            break  # names are in the order of their first install
        if entries[0][0] > reset or any(reset < entry < number for entry, _ in entries):
            found.append(name)
            if len(found) > MAX_EARLIER:
                return None
    return tuple(found)


def repeated_packages(history: History, run: Run, command: AptCommand) -> tuple[Repeated, ...]:
    """The packages of an install that stand in it twice, or were installed before.

    A package with a version, release or architecture is repeated only by the very same words.
    """
    if any(option in _CHOOSES for option in command.options):
        return ()
    number = history.number_of(run, command)
    seen: dict[str, Run] = {}
    found: list[Repeated] = []
    for word in command.packages:
        name = word.value
        if name is None or name.startswith(("/", ".")) or _is_special(name):
            continue
        if before := seen.get(name) or history.installer(name, number):
            found.append(Repeated(word, before))
        seen[name] = run
    # An install of nothing is of no use, and one that only confirms is left to the reader.
    return () if len(found) == len(command.packages) else tuple(found)


def _is_special(name: str) -> bool:
    return name.endswith(_REMOVAL_MARKS) or name in ("+",)


def _all(commands: Commands, stage: Stage) -> Iterator[tuple[Run, AptCommand | None]]:
    """The apt commands, oldest first; None for a RUN that may do anything with apt."""
    for link in reversed(stage.chain):
        for run in link.runs:
            text = run.logical.text
            if ("apt" in text or "dpkg" in text) and isinstance(run.script, Opaque):
                yield run, None
            for command in commands.get(run.instruction.start, ()):
                yield run, command
            if "dpkg" in text and any(
                word in text for word in ("--purge", "--remove", "dpkg -r", "-P ")
            ):
                yield run, None
