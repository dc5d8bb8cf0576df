"""Which proposed changes are applied: level, selection, assumptions and pragmas."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from dockopt.errors import ConfigurationError
from dockopt.immutable import immutable
from dockopt.model import Dockerfile
from dockopt.remembering import cached_property
from dockopt.syntax import Comment, Document, Instruction
from dockopt.text import Delete, Insert
from dockopt.transform import Change, Level

if TYPE_CHECKING:
    from dockopt.facts.variant import Variant

ASSUMPTIONS = {
    "buildkit": "every builder of the image mounts caches: RUN --mount=type=cache",
    "no-gpu": "the service runs without a GPU",
    "pin-base": "the image stays on the minor version of Python that the project names elsewhere",
    "legacy-builder": "the image is built without BuildKit: no here-documents, no COPY --chmod",
    "production": "what is shipped serves: nobody develops or debugs in it",
    "non-root": "what is shipped shall not run as root",
}
"""What a user can state with `--assume`, because no file tells it."""
_PRAGMA = re.compile(r"^#\s*dockopt:\s*(?P<rest>.*)$", re.IGNORECASE)
_SETTING = re.compile(r"^(?P<key>ignore|ignore-file)\s*=\s*(?P<names>[\w, -]*?)(?:\s+reason=.*)?$")


@immutable()
class Policy:
    """What the user allows."""

    level: Level = Level.STANDARD
    select: frozenset[str] = frozenset()
    """When not empty, only these transforms run."""
    ignore: frozenset[str] = frozenset()
    assume: frozenset[str] = frozenset()
    exclude: frozenset[str] = field(default_factory=frozenset)
    """Identifiers of single changes to leave out: `name@line`."""
    variants: "tuple[Variant, ...]" = ()
    """The stages that are asked for, with the extras that they have."""

    def runs(self, name: str) -> bool:
        """Whether transform `name` runs at all."""
        return name not in self.ignore and (not self.select or name in self.select)

    def refusal(self, change: Change) -> str:
        """The flag that would apply the change, empty where the level allows it."""
        if change.level is Level.ADVICE:
            if change.asks:
                return f"--assume {change.asks}"
            return "never applied by level; see the reason"
        return "" if change.level <= self.level else f"--level {change.level}"


def check_names(names: Collection[str], known: Collection[str], where: str) -> None:
    """Raises ConfigurationError when one of `names` is not a transform."""
    for name in sorted(set(names) - set(known)):
        raise ConfigurationError(
            f"{where}: there is no transform {name!r}; `dockopt transforms` lists them"
        )


def check_places(document: Document, file: str) -> None:
    """Raises ConfigurationError for a pragma that stands above no instruction, nor in one.

    It would be passed over without a word. To be asked of the input alone: nobody could mend what a
    rewrite put asunder.
    """
    if "dockopt:" not in document.source.lower():
        return
    held = {c.start for i in document.instructions for c in _comments_of(document, i)}
    for comment in document.comments:
        pragma = _PRAGMA.match(comment.text)
        setting = pragma and _SETTING.match(pragma["rest"].strip())
        if setting and setting["key"] == "ignore" and comment.start not in held:
            raise ConfigurationError(
                f"{file}:{comment.line}: this pragma holds for nothing: put it directly above an "
                "instruction, without a blank line, or write `ignore-file`"
            )


@immutable()
class Pragmas:
    """The `# dockopt:` comments of one text: which transforms keep off which instructions."""

    everywhere: frozenset[str]
    by_start: dict[int, frozenset[str]]
    """By the offset at which an instruction starts."""

    @classmethod
    def of(cls, dockerfile: Dockerfile, known: Collection[str], file: str) -> "Pragmas":
        """Reads the pragmas.

        Raises ConfigurationError for one that cannot be read or names no transform.
        """
        document = dockerfile.document
        everywhere: set[str] = set()
        by_start: dict[int, frozenset[str]] = {}
        if "dockopt:" not in document.source.lower():
            return cls(frozenset(), {})
        for comment in document.comments:
            if (setting := _setting(comment, known, file)) and setting[0] == "ignore-file":
                everywhere |= setting[1]
        for instruction in document.instructions:
            names = frozenset(_ignored(_comments_of(document, instruction), known, file))
            by_start[instruction.span.start] = names
        _spread_over_stages(dockerfile, by_start)
        return cls(frozenset(everywhere), by_start)

    def forbids(self, name: str, change: Change, document: Document) -> bool:
        """Whether a pragma keeps transform `name` off something that `change` touches."""
        if name in self.everywhere:
            return True
        if name not in self.named:
            return False
        touched = {*edited(change, document), *_starts(document, change.at, change.at + 1)}
        return any(name in self.by_start.get(start, ()) for start in touched)

    @cached_property
    def named(self) -> frozenset[str]:
        """The transforms that are kept off some instruction."""
        return frozenset().union(*self.by_start.values())


def edited(change: Change, document: Document) -> set[int]:
    """The starts of the nodes that `change` cuts from, or puts something into."""
    found: set[int] = set()
    for edit in change.edits:
        if not isinstance(edit, Insert):
            found.update(_starts(document, edit.span.start, edit.span.end))
        if not isinstance(edit, Delete):
            at = edit.at if isinstance(edit, Insert) else edit.to
            found.update(_starts(document, at, at))
    return found


def _starts(document: Document, start: int, end: int) -> Iterator[int]:
    return (node.start for node in document.nodes_in(start, end))


def _comments_of(document: Document, instruction: Instruction) -> tuple[Comment, ...]:
    """The comments above an instruction, and those between its lines."""
    return (*document.attached_comments(instruction), *instruction.comments)


def _ignored(comments: Sequence[Comment], known: Collection[str], file: str) -> Iterator[str]:
    for comment in comments:
        setting = _setting(comment, known, file)
        if setting and setting[0] == "ignore":
            yield from setting[1]


def _setting(
    comment: Comment, known: Collection[str], file: str
) -> tuple[str, frozenset[str]] | None:
    match = _PRAGMA.match(comment.text)
    if not match:
        return None
    where = f"{file}:{comment.line}"
    setting = _SETTING.match(match["rest"].strip())
    names = (
        frozenset(n.strip() for n in setting["names"].split(",") if n.strip()) if setting else ()
    )
    if not setting or not names:
        raise ConfigurationError(
            f"{where}: cannot read this pragma; write `# dockopt: ignore=NAME[,NAME] [reason=…]` "
            "or `# dockopt: ignore-file=NAME[,NAME]`"
        )
    check_names(names, known, where)
    return setting["key"], frozenset(names)


def _spread_over_stages(dockerfile: Dockerfile, by_start: dict[int, frozenset[str]]) -> None:
    """A pragma above a FROM holds for the whole stage."""
    for stage in dockerfile.stages:
        names = by_start.get(stage.from_.span.start, frozenset())
        for instruction in stage.instructions:
            start = instruction.span.start
            by_start[start] = by_start.get(start, frozenset()) | names
