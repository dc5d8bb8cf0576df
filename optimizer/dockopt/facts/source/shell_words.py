"""Words of shell scripts that start containers: what variables hold, what hands on the command."""

import re

from dockopt.model.running import POSIX_SHELLS
from dockopt.shell import Script

_SHELLS = POSIX_SHELLS | {"zsh", "ksh", "source", ".", "su"}
VARIABLE = re.compile(r"\$(?:(?P<plain>\w+)|\{(?P<braced>\w+)(?::?[-=](?P<default>[^{}$]*))?\})")


def is_all(text: str) -> bool:
    """Whether a word stands for all arguments of the script."""
    return text.strip("\"'") in ("$@", "${@}", "$*", "${@:1}", "${@:2}")


def hands_on(text: str) -> bool:
    """`"$@"` and `"$1"`: the words of CMD, which is read by itself."""
    return is_all(text) or text.strip("\"'") in ("$1", "${1}")


def assigned(script: Script) -> dict[str, str | None]:
    """The variables that a script assigns to, with their values where there is but one."""
    found: dict[str, str | None] = {}
    for command in script.commands:
        for name, word in command.assignments:
            value = written(word.value, word.text) if word is not None else ""
            found[name] = value if name not in found else None
    return found


def written(value: str | None, text: str) -> str | None:
    """A value, or the default in `${NAME:-default}`."""
    match = VARIABLE.fullmatch(text.strip("\"'"))
    return match["default"] if value is None and match else value


def shell_text(words: list[str | None]) -> str | None:
    """The script of `sh -c SCRIPT`, also behind `su user` and wrappers; None for anything else."""
    for index, word in enumerate(words[:-1]):
        name = (word or "").rpartition("/")[2]
        if name in _SHELLS:
            for at in range(index + 1, len(words) - 1):
                option = words[at] or ""
                if re.fullmatch(r"-[a-z]*c|--command", option):
                    return words[at + 1]
                if not option.startswith("-") and name != "su":
                    break
    return None
