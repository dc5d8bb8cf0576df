"""Debian's apt in a RUN: what it installs, with which options, and what it cleans up."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.remembering import cached_property, remembered
from dockopt.shell import Command, Script, Word
from dockopt.shell.assigned import Assigned, assigned, expanded, variable_of

PROGRAMS = frozenset({"apt-get", "apt", "aptitude"})
LISTS = "/var/lib/apt/lists"
_ACTIONS = frozenset(
    {
        "update",
        "install",
        "upgrade",
        "dist-upgrade",
        "full-upgrade",
        "remove",
        "purge",
        "autoremove",
        "autopurge",
        "clean",
        "autoclean",
        "build-dep",
        "source",
        "download",
        "satisfy",
    }
)
REMOVES = frozenset({"remove", "purge", "autoremove", "autopurge"})
"""Actions that take away packages, those that are named and others."""
_PINNED = re.compile(r"""["']?([a-z0-9][a-z0-9+.-]+)=""")
"""A name with a version; https://www.debian.org/doc/debian-policy/ch-controlfields.html#source"""
_WITH_VALUE = frozenset({"-o", "--option", "-c", "--config-file", "-t", "--target-release", "-a"})


@immutable(eq=False)
class AptCommand:
    """An `apt-get`, `apt` or `aptitude` command."""

    command: Command
    action: str
    """`install`, `update`, …; empty where it is not known."""
    action_word: Word | None
    packages: tuple[Word, ...]
    """What follows the action and is not an option; words whose value is not known included.

    In the place of a variable that only apt uses stand the words of its assignment.
    """
    options: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The packages' names, without version, release, architecture; unknown words left out."""
        return tuple(name for word in self.packages if (name := name_in(word)))

    @property
    def unknown(self) -> tuple[Word, ...]:
        """The words for packages of which not even the name is known."""
        return tuple(word for word in self.packages if not name_in(word))

    @property
    def has_unknown(self) -> bool:
        """Whether some package is named by a variable or a command."""
        return bool(self.unknown)

    @property
    def has_pattern(self) -> bool:
        """Whether some word may stand for several packages; a `+` is part of a name as well."""
        return any(set("*?^[$") & set(name) for name in self.names)

    @property
    def program(self) -> str:
        """`apt-get`, `apt` or `aptitude`."""
        return invocation(self.command).name

    @property
    def place_for_option(self) -> int:
        """The script's offset behind the action and the options that follow it directly."""
        words = list(self.command.words)
        index = words.index(self.action_word) if self.action_word in words else 0
        while index + 1 < len(words) and words[index + 1].text.startswith("-"):
            index += 2 if words[index + 1].value in _WITH_VALUE else 1
        return words[min(index, len(words) - 1)].end

    @property
    def clears_unneeded(self) -> bool:
        """Whether it also removes what only the removed packages needed."""
        asked = {"--auto-remove", "--autoremove"} & set(self.options)
        return self.action in ("autoremove", "autopurge") or bool(asked)

    @property
    def no_recommends(self) -> bool:
        """Whether recommended packages are left out."""
        text = " ".join(self.options)
        return "--no-install-recommends" in text or "Install-Recommends=" in text.replace('"', "")


def package_name(word: str) -> str:
    """`libpq5` of `libpq5=15.*`, `libpq5:arm64` and `libpq5/bookworm`."""
    for mark in ("=", "/", ":"):
        word = word.partition(mark)[0]
    return word


def name_in(word: Word) -> str:
    """The name of the package in a word; of `libpq5=15.*` it is known, of `$DEPS` it is not."""
    if word.value is not None:
        return package_name(word.value)
    pinned = _PINNED.match(word.text)
    return pinned[1] if pinned else ""


def apt_commands(run: Run) -> tuple[AptCommand, ...]:
    """The apt commands of a RUN, in order; none where its shell could not be read."""
    if "apt" not in run.logical.text or not isinstance(run.script, Script):
        return ()
    return _apt_commands(run.script)


@remembered
def _apt_commands(script: Script) -> tuple[AptCommand, ...]:
    found = tuple(found for c in script.commands if (found := apt_command(c)) is not None)
    known = assigned(script)
    if not known:
        return found
    uses = Counter(variable_of(word) for command in found for word in command.packages)
    own = {name: variable for name, variable in known.items() if uses[name] == variable.uses}
    return tuple(_with_words(command, own) for command in found)


def _with_words(command: AptCommand, known: Mapping[str, Assigned]) -> AptCommand:
    """The command with the words of known variables, if these name packages and nothing else."""
    packages = tuple(w for word in command.packages for w in expanded(known, command.command, word))
    if any(word.text.startswith("-") for word in packages):
        return command
    return replace(command, packages=packages)


def removed_again(run: Run, install: AptCommand) -> frozenset[str]:
    """The packages of an install that the same RUN removes for certain, with what they needed.

    Without its dependencies, little of a package like gcc is gone: it only names `gcc-12`.
    """
    later = [c for c in apt_commands(run) if c.command.start > install.command.end]
    later = [c for c in later if c.action in REMOVES and not c.command.conditional]
    if not later or not any(command.clears_unneeded for command in later):
        return frozenset()
    last = max(n for n, command in enumerate(later) if command.clears_unneeded)
    return frozenset(name for command in later[: last + 1] for name in command.names)


def package_lists(run: Run) -> tuple[Assigned, ...]:
    """The variables of a RUN that hold packages, which its apt commands alone read."""
    words = {id(word) for command in apt_commands(run) for word in command.packages}
    if not words or not isinstance(run.script, Script):
        return ()
    known = assigned(run.script).values()
    return tuple(variable for variable in known if id(variable.words[0]) in words)


def installed_names(run: Run) -> tuple[str, ...]:
    """The names of the packages that a RUN installs, as far as they are known."""
    found = (c.names for c in apt_commands(run) if c.action == "install")
    return tuple(name for names in found for name in names)


def apt_command(command: Command) -> AptCommand | None:
    """The apt command that `command` is; `sudo` and `env` before it are looked through."""
    found = invocation(command)
    words = found.words
    if found.name not in PROGRAMS:
        return None
    action: Word | None = None
    packages: list[Word] = []
    options: list[str] = []
    takes_value = False
    for word in words[1:]:
        value = word.value
        if takes_value:
            options.append(value or word.text)
            takes_value = False
        elif value is not None and value.startswith("-"):
            options.append(value)
            takes_value = value in _WITH_VALUE
        elif action is None and value in _ACTIONS:
            action = word
        elif action is None:
            return AptCommand(command, "", None, (), tuple(options))
        else:
            packages.append(word)
    name = (action.value or "") if action else ""
    return AptCommand(command, name, action, tuple(packages), tuple(options))


def removes_lists(command: Command) -> bool:
    """Whether the command deletes apt's package lists."""
    return command.name == "rm" and any(LISTS in (w.value or w.text) for w in command.args)
