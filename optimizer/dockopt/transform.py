"""What a transform is, and what it may say: a `Change` it proposes, or a `Decline` with its reason.

A transform is a module with a docstring (sections *What it does*, *Why*, *Safety*), a module variable
`transform`, and a generator `propose(facts)`. It is a pure function of the facts: it reads no file,
writes nothing and knows nothing of the order in which transforms run.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING

from dockopt.immutable import immutable
from dockopt.remembering import cached_property

if TYPE_CHECKING:
    from dockopt.facts import Facts
    from dockopt.text import Edit


class Level(IntEnum):
    """How sure a change is; each level is a claim that the guards check."""

    SAFE = 1
    """The image keeps its contract, and differs only in files that no program reads."""
    STANDARD = 2
    """The contract is kept; what is left out rests on stated evidence."""
    AGGRESSIVE = 3
    """It builds and is probably right, but something used at run time may be missed."""
    ADVICE = 4
    """It needs a decision that is not dockopt's."""

    def __str__(self) -> str:
        return self.name.lower()


class Phase(IntEnum):
    """Transforms run phase by phase; the text is parsed anew between phases."""

    STRUCTURE = 1
    ORDER = 2
    VENV = 3
    SPLIT = 4
    BASE = 5
    CACHE = 6
    PACKAGES = 7
    CLEANUP = 8
    COPY = 9
    COMMANDS = 10
    SHRINK = 11
    VARIANTS = 12
    CONTEXT = 13


@immutable(slots=True)
class Evidence:
    """A fact that a change rests on: a line of the Dockerfile, a file of the context, a source."""

    text: str
    offset: int | None = None
    """Where in the current text, if it is a line of the Dockerfile."""
    file: str | None = None
    """Path in the build context, if it is a file of it."""


@immutable(slots=True)
class Saving:
    """Expected effect on the uncompressed image. `count` is in bytes, None where it is not known."""

    count: int | None
    basis: str
    """How the number was found, or why there is none."""
    whole: str = ""
    """What is stored a second time as a whole, such as `/opt/venv`: as large as that itself is."""


UNMEASURED = Saving(None, "not known without a build")


@immutable(slots=True)
class ContextFile:
    """A file of the build context that a change writes, beside the Dockerfile."""

    path: str
    """Within the build context, parted by `/`."""
    before: str | None
    """What it holds now, None where there is none; bytes that are not UTF-8 as `surrogateescape`."""
    after: str


@immutable()
class Change:
    """A proposed rewrite: all its edits are applied and all its files written, or none."""

    title: str
    level: Level
    because: str
    edits: "tuple[Edit, ...]"
    at: int
    """Offset of the instruction that the change is about."""
    alters: frozenset[str] = frozenset()
    """What of the contract it changes on purpose, such as `ENV PATH`; see `dockopt.guards`."""
    evidence: tuple[Evidence, ...] = ()
    saves: Saving = UNMEASURED
    enables: tuple[str, ...] = ()
    """Transforms without which this change is of no use: it is dropped when none of them applies."""
    files: tuple[ContextFile, ...] = ()
    """What it writes in the build context; without `edits` it is about these alone."""
    asks: str = ""
    """For advice: the assumption under which it would be applied; empty where none would do."""
    drops: tuple[str, ...] = ()
    """The texts of comments that go with what they are about; no other may be lost."""


@immutable(slots=True)
class Decline:
    """A rewrite that was considered and not proposed."""

    at: int
    reason: str


Proposal = Change | Decline


@immutable(slots=True)
class Example:
    """A Dockerfile before and after; at once a test and documentation.

    `context` holds the files of the build context, by path; `together` names other transforms that
    run as well, for a transform that only makes sense beside them.
    """

    before: str
    after: str | Callable[[], str]
    """The result, or a function that gives it, where it holds a long rendered text."""
    title: str = ""
    context: tuple[tuple[str, str], ...] = ()
    assume: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    writes: tuple[tuple[str, str], ...] = ()
    """The files of the build context that are written, by path, with their texts."""

    @property
    def result(self) -> str:
        """The Dockerfile after the rewrite."""
        return self.after if isinstance(self.after, str) else self.after()


@immutable(slots=True)
class Untouched:
    """A Dockerfile that the transform must leave alone, and why."""

    text: str
    why: str
    context: tuple[tuple[str, str], ...] = ()


@immutable()
class Transform:
    """One rewrite of Dockerfiles, as the registry knows it."""

    module: str
    phase: Phase
    level: Level
    """The lowest level at which it proposes something."""
    examples: Sequence[Example | Untouched] = field(default_factory=tuple)

    @cached_property
    def name(self) -> str:
        """`apt_no_recommends` is `apt-no-recommends` everywhere outside Python."""
        return self.module.rsplit(".", 1)[-1].replace("_", "-")


Propose = Callable[["Facts"], Iterable[Proposal]]
