"""COPY and ADD, typed."""

from dockopt.immutable import immutable
from dockopt.syntax import Instruction
from dockopt.syntax.words import Word, words
from dockopt.text import Span


@immutable(eq=False)
class Copy:
    """A COPY or ADD."""

    instruction: Instruction
    sources: tuple[str, ...]
    destination: str
    """Where the files go, as written."""

    @classmethod
    def of(cls, instruction: Instruction) -> "Copy | None":
        """The typed form, None where arguments are missing."""
        if len(instruction.value) < 2:
            return None
        return cls(instruction, instruction.value[:-1], instruction.value[-1])

    @property
    def from_(self) -> str | None:
        """The stage, image or build context that is copied from, None for the build context."""
        return self.instruction.flag("from")

    @property
    def is_add(self) -> bool:
        """Whether it is an ADD, which fetches URLs and unpacks archives."""
        return self.instruction.keyword == "ADD"

    @property
    def spans(self) -> tuple[Span, ...]:
        """The source spans of the sources and the destination; empty in JSON form."""
        if self.instruction.is_json:
            return ()
        body = self.instruction.body
        found: list[Word] = words(body.text, "\0")
        return tuple(body.span(word.start, word.end) for word in found)
