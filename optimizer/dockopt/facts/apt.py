"""Debian's apt in a RUN: what it installs, with which options, and what it cleans up."""

from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.remembering import cached_property, remembered
from dockopt.shell import Command, Script, Word

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
_WITH_VALUE = frozenset({"-o", "--option", "-c", "--config-file", "-t", "--target-release", "-a"})


@immutable(eq=False)
class AptCommand:
    """An `apt-get`, `apt` or `aptitude` command."""

    command: Command
    action: str
    """`install`, `update`, …; empty where it is not known."""
    action_word: Word | None
    packages: tuple[Word, ...]
    """What follows the action and is not an option; words whose value is not known included."""
    options: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The packages' names, without version, release, architecture; unknown words left out."""
        return tuple(package_name(w.value) for w in self.packages if w.value)

    @property
    def has_unknown(self) -> bool:
        """Whether some package is named by a variable or a command."""
        return any(word.value is None for word in self.packages)

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
    def no_recommends(self) -> bool:
        """Whether recommended packages are left out."""
        text = " ".join(self.options)
        return "--no-install-recommends" in text or "Install-Recommends=" in text.replace('"', "")


def package_name(word: str) -> str:
    """`libpq5` of `libpq5=15.*`, `libpq5:arm64` and `libpq5/bookworm`."""
    for mark in ("=", "/", ":"):
        word = word.partition(mark)[0]
    return word


def apt_commands(run: Run) -> tuple[AptCommand, ...]:
    """The apt commands of a RUN, in order; none where its shell could not be read."""
    if "apt" not in run.logical.text or not isinstance(run.script, Script):
        return ()
    return _apt_commands(run.script)


@remembered
def _apt_commands(script: Script) -> tuple[AptCommand, ...]:
    return tuple(found for c in script.commands if (found := apt_command(c)) is not None)


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
