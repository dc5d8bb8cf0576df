"""A finding: something in how a stage starts that is for developers."""

from dockopt.facts.start_commands import StartWord
from dockopt.immutable import immutable
from dockopt.model import Stage
from dockopt.syntax import Instruction
from dockopt.text import Span


@immutable(eq=False)
class DevUse:
    """Something in how a stage starts that is for developers."""

    stage: Stage
    at: Instruction
    what: str
    """As a reader knows it: `uvicorn --reload`."""
    costs: str
    instead: str
    """What to write instead."""
    file: str = ""
    """The file of the context that says it, empty for the Dockerfile."""
    line: int = 0
    cut: tuple[StartWord, ...] = ()
    """The words that can go without any other effect; none where it is not that simple."""
    written: tuple[tuple[StartWord, str], ...] = ()
    """Words that others take the place of."""
    value: tuple[Span, str] | None = None
    """The source span of a variable's value, and the value that turns it off."""
    variable: str = ""

    @property
    def exact(self) -> bool:
        """Whether there is an edit that does this, and only this."""
        return bool(self.cut or self.written or self.value)
