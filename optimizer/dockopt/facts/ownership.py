"""`chown -R` and `chgrp -R`: who is to own which folders."""

import re

from dockopt.immutable import immutable
from dockopt.shell import Command, Step, Word

_NAME = re.compile(r"^(?:[A-Za-z_][A-Za-z0-9_-]*|\d+|\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})?$")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_LONG = {
    "--recursive": "R",
    "--verbose": "v",
    "--changes": "c",
    "--silent": "f",
    "--quiet": "f",
    "--no-dereference": "h",
    "--preserve-root": "",
}


@immutable(slots=True)
class Owner:
    """A user and a group, as `chown` names them; None for what is left as it is."""

    user: str | None
    group: str | None
    login_group: bool = False
    """`chown user:` means the login group of the user."""

    @classmethod
    def parse(cls, text: str) -> "Owner | None":
        """Reads `user`, `user:group`, `user:`, `:group`; variables stay as they are written."""
        user, colon, group = text.partition(":")
        if not (_NAME.match(user) and _NAME.match(group)) or not (user or group):
            return None
        return cls(user or None, group or None, bool(colon and not group))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that must exist in the image: neither numbers nor variables."""
        both = (self.user, self.group)
        return tuple(n for n in both if n and not n.isdigit() and not n.startswith("$"))

    @property
    def variables(self) -> frozenset[str]:
        """The variables in it."""
        return frozenset(_VARIABLE.findall(f"{self.user or ''}:{self.group or ''}"))

    @property
    def is_root(self) -> bool:
        """Whether it is what every copied file has anyway."""
        return {self.user, self.group} <= {None, "root", "0"} and not self.login_group

    @property
    def for_copy(self) -> str:
        """The value of COPY's `--chown`; always both: builders differ in what one alone means.

        What COPY makes belongs to root unless it is told otherwise.
        """
        return f"{self.user or 'root'}:{self.group or 'root'}"


@immutable(eq=False)
class ChangeOwner:
    """A `chown -R` or `chgrp -R` that is a step of its own and certain to run."""

    step: Step
    command: Command
    owner: Owner
    owner_word: Word
    paths: tuple[Word, ...]
    flags: tuple[Word, ...]
    """The words with options, such as `-R` and `-hR`."""


def change_of_owner(step: Step) -> ChangeOwner | None:
    """What a step gives to whom, recursively; None for every other step."""
    command = step.command
    if command is None or command.conditional or command.name not in ("chown", "chgrp"):
        return None
    if command.redirects or command.assignments:
        return None
    flags = tuple(w for w in command.args if w.text.startswith("-"))
    plain = tuple(w for w in command.args if not w.text.startswith("-"))
    letters = "".join(_letters(word) for word in flags)
    if "R" not in letters or not set(letters) <= set("Rvcfh") or len(plain) < 2:
        return None
    text = plain[0].text.replace('"', "").replace("'", "")
    owner = Owner.parse(f":{text}" if command.name == "chgrp" else text)
    return ChangeOwner(step, command, owner, plain[0], plain[1:], flags) if owner else None


def _letters(word: Word) -> str:
    if word.text.startswith("--"):
        return _LONG.get(word.text, "?")
    return word.text[1:]
