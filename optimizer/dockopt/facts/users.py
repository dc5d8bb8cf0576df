"""Users and groups of an image: which commands make them, and which come with the base image."""

from collections.abc import Iterator

from dockopt.immutable import immutable
from dockopt.shell import Command, Step

PROGRAMS = frozenset({"useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod"})
DEBIAN_USERS = frozenset(
    {
        "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp",
        "proxy", "www-data", "backup", "list", "irc", "nobody", "nogroup", "adm", "tty", "disk",
        "staff", "users",
    }
)  # fmt: skip
"""Users and groups of every Debian image.
https://salsa.debian.org/debian/base-passwd/-/blob/master/passwd.master"""
_VALUED = {
    "useradd": (
        "bcdefgGkKpRsuZP",
        frozenset(
            {
                "--base-dir",
                "--comment",
                "--home-dir",
                "--home",
                "--expiredate",
                "--inactive",
                "--gid",
                "--groups",
                "--skel",
                "--key",
                "--password",
                "--root",
                "--shell",
                "--uid",
                "--prefix",
            }
        ),
    ),
    "usermod": (
        "cdefgGlpRsuZP",
        frozenset(
            {
                "--comment",
                "--home",
                "--expiredate",
                "--inactive",
                "--gid",
                "--groups",
                "--login",
                "--password",
                "--shell",
                "--uid",
            }
        ),
    ),
    "groupadd": ("gKpRPU", frozenset({"--gid", "--key", "--password", "--users"})),
    "groupmod": ("gnpRP", frozenset({"--gid", "--new-name", "--password"})),
    "adduser": (
        "hgsGuk",
        frozenset(
            {
                "--home",
                "--shell",
                "--uid",
                "--gid",
                "--ingroup",
                "--gecos",
                "--comment",
                "--conf",
                "--firstuid",
                "--lastuid",
                "--firstgid",
                "--lastgid",
                "--add_extra_groups",
            }
        ),
    ),
    "addgroup": ("g", frozenset({"--gid", "--conf", "--firstgid", "--lastgid"})),
}
_HOME = frozenset({"-d", "--home-dir", "--home", "-h"})
_IDS = frozenset({"-u", "--uid", "-g", "--gid"})
_GROUP = {"useradd": frozenset({"-g", "--gid"}), "adduser": frozenset({"-G", "--ingroup", "--gid"})}


@immutable(eq=False)
class Account:
    """A command that makes or changes a user or a group."""

    step: Step
    program: str
    names: tuple[str, ...]
    """The users and groups it is about, as they are written; variables are not replaced."""
    options: tuple[tuple[str, str], ...]

    @property
    def makes_user(self) -> bool:
        """Whether it makes a user, not only a group."""
        if self.program == "adduser":
            return len(self.names) == 1 and not (
                self._has("--group") and not self._has("--system", "-S", "-r")
            )
        return self.program == "useradd"

    @property
    def home(self) -> str:
        """The home folder of the user that it makes, empty for a group."""
        if not self.makes_user or not self.names:
            return ""
        given = [value for name, value in self.options if name in _HOME and value]
        return given[-1] if given else f"/home/{self.names[0]}"

    @property
    def makes_home(self) -> bool:
        """Whether it makes the user's home folder, too.

        https://manpages.debian.org/bookworm/passwd/useradd.8.en.html
        """
        if self.program == "adduser":
            system = self._has("--system", "-S", "--no-create-home", "-H")
            return not system
        return self._has("-m", "--create-home") and not self._has("-M", "--no-create-home")

    @property
    def takes_next_system_id(self) -> bool:
        """Whether its number is the next free one of those for system accounts."""
        system = self._has("-r", "--system", "-S")
        return system and not any(name in _IDS for name, _ in self.options)

    @property
    def primary_group(self) -> str:
        """The group of the user that it makes, empty where that is not certain.

        Debian's useradd makes a group of the same name (USERGROUPS_ENAB in /etc/login.defs).
        """
        if not self.makes_user or not self.names:
            return ""
        wanted = _GROUP.get(self.program, frozenset())
        given = [value for name, value in self.options if name in wanted]
        if given:
            return given[-1]
        if self._has("-N", "--no-user-group"):
            return ""
        if self.program == "adduser" and self._has("--system", "-S") and not self._has("--group"):
            return ""
        return self.names[0]

    def _has(self, *names: str) -> bool:
        return any(name in names for name, _ in self.options)


def accounts(steps: tuple[Step, ...]) -> tuple[Account, ...]:
    """The steps that make or change users and groups, and are certain to run."""
    found = (account(step) for step in steps)
    return tuple(item for item in found if item is not None)


def account(step: Step) -> Account | None:
    """What a step says about users and groups, None where it says nothing or may not run."""
    command = step.command
    if command is None or command.conditional or command.name not in PROGRAMS:
        return None
    options, names = _read(command)
    return Account(step, command.name, names, options)


def _read(command: Command) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Options with their values, and the other words."""
    options: list[tuple[str, str]] = []
    names: list[str] = []
    words = iter(_texts(command))
    for text in words:
        if text.startswith("-") and text != "-":
            for name, value, wants in _split(command.name, text):
                options.append((name, next(words, "") if wants else value))
        else:
            names.append(text)
    return tuple(options), tuple(names)


def _texts(command: Command) -> Iterator[str]:
    for word in command.args:
        yield word.value if word.value is not None else word.text.replace('"', "")


def _split(program: str, text: str) -> Iterator[tuple[str, str, bool]]:
    """The options in one word: name, value, and whether the value is the next word."""
    letters, long_names = _VALUED[program]
    if text.startswith("--"):
        name, equals, value = text.partition("=")
        yield name, value, not equals and name in long_names
        return
    for index, letter in enumerate(text[1:], 1):
        if letter in letters:
            rest = text[index + 1 :]
            yield f"-{letter}", rest, not rest
            return
        yield f"-{letter}", "", False
