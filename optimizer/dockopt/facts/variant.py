"""A variant of an image: a stage that installs the project with other extras than the target does."""

import re

from dockopt.errors import ConfigurationError
from dockopt.immutable import immutable

NAME = re.compile(r"[a-z][a-z0-9._-]*", re.ASCII)
"""https://docs.docker.com/reference/dockerfile/#from: names of stages; BuildKit wants lower case."""
SCRATCH = "scratch"
_EXTRA = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
"""https://packaging.python.org/en/latest/specifications/name-normalization/"""


@immutable()
class Variant:
    """The name of a stage, and the extras and dependency groups that it has."""

    name: str
    extras: tuple[str, ...] = ()
    """As the user wrote them, none for the bare project."""

    @property
    def names(self) -> frozenset[str]:
        """The extras and groups, normalised."""
        return frozenset(map(normalised, self.extras))

    def __str__(self) -> str:
        return f"{self.name}={','.join(self.extras)}"

    @classmethod
    def parse(cls, text: str, where: str) -> "Variant":
        """Reads `NAME=extra,extra`; raises ConfigurationError for anything else."""
        name, equals, listed = text.strip().partition("=")
        extras = tuple(part.strip() for part in listed.split(",") if part.strip())
        if not equals or not NAME.fullmatch(name.strip()):
            raise ConfigurationError(
                f"{where}: cannot read the variant {text!r}; write NAME=EXTRA,EXTRA with the name of "
                "a stage in small letters, and nothing behind the = for no extra"
            )
        if name.strip() == SCRATCH:
            raise ConfigurationError(
                f"{where}: no stage can be named {SCRATCH!r}; choose another name"
            )
        for extra in extras:
            if not _EXTRA.fullmatch(extra):
                raise ConfigurationError(f"{where}: {extra!r} cannot be the name of an extra")
        return cls(name.strip(), tuple(dict.fromkeys(extras)))


def normalised(name: str) -> str:
    """The name of an extra or group as it is compared: https://peps.python.org/pep-0685/."""
    return re.sub(r"[-_.]+", "-", name).lower()
