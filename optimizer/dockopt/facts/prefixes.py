"""What stands before the program in a command: `sudo`, `env`, assignments, `conda run`."""

import re
from collections.abc import Iterator

from dockopt.immutable import immutable
from dockopt.remembering import cached_property, remembered
from dockopt.shell import Command, Word

_ASSIGNMENT = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*=")
_PLAIN = frozenset({"eatmydata", "time", "nice", "exec", "command"})
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_WITH_VALUE = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "--user", "--group"}),
    "env": frozenset({"-u", "-C", "--unset", "--chdir"}),
    "run": frozenset({"-n", "-p", "--name", "--prefix", "--cwd", "-e", "--env"}),
}


@immutable(eq=False)
class Invocation:
    """A program with its arguments, as it runs once wrappers are looked through."""

    words: tuple[Word, ...]
    """The program and its arguments; empty for a bare assignment."""
    environment: tuple[tuple[str, str | None], ...]
    """The variables set for it alone; None for a value that is not known."""

    @cached_property
    def name(self) -> str:
        """The program's name without its folder, empty where it is not known.

        Of `$VENV/bin/pip` the folder is not known, but the name is.
        """
        if not self.words:
            return ""
        word = self.words[0]
        if word.value is not None:
            return word.value.rpartition("/")[2]
        last = word.text.strip("\"'").rpartition("/")[2]
        return last if "/" in word.text and not any(mark in last for mark in "$`*?{}\"'") else ""


@remembered
def invocation(command: Command) -> Invocation:
    """The program that `command` runs, behind `sudo`, `env`, assignments and `conda run`."""
    environment = [(name, word.value if word else "") for name, word in command.assignments]
    words = list(command.words)
    while words:
        name = (words[0].value or "").rpartition("/")[2]
        if _ASSIGNMENT.match(words[0].text):
            variable, _, _ = words[0].text.partition("=")
            value = words[0].value
            environment.append((variable, None if value is None else value.partition("=")[2]))
            words.pop(0)
        elif name in _PLAIN and len(words) > 1 and not words[1].text.startswith("-"):
            words.pop(0)
        elif name in ("sudo", "env"):
            words = list(_behind_options(words[1:], _WITH_VALUE[name]))
        elif name in _CONDA and words[1:] and words[1].value == "run":
            words = list(_behind_options(words[2:], _WITH_VALUE["run"]))
        else:
            break
    return Invocation(tuple(words), tuple(environment))


def _behind_options(words: list[Word], with_value: frozenset[str]) -> Iterator[Word]:
    skip, options = False, True
    for word in words:
        if options and skip:
            skip = False
        elif options and word.text.startswith("-"):
            skip = word.text in with_value
        else:
            options = False
            yield word
