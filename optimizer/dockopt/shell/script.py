"""What a piece of shell says: steps, commands and words, each with its place in the text.

Offsets count code points of the logical text that was read (see `dockopt.syntax.logical`).
"""

from dockopt.immutable import immutable
from dockopt.remembering import cached_property


@immutable(slots=True)
class Opaque:
    """Shell that could not be read, and why; nothing may be concluded from it."""

    reason: str


@immutable(slots=True)
class Word:
    """A word of a command."""

    text: str
    """As written, quotes included."""
    value: str | None
    """What the shell makes of it; None where that depends on a variable, command or file name."""
    start: int
    end: int


@immutable(slots=True)
class Redirect:
    """A redirection, such as `2>/dev/null`."""

    operator: str
    target: Word | None
    descriptor: str


@immutable()
class Command:
    """A simple command."""

    words: tuple[Word, ...]
    """Its name and arguments; empty for a bare assignment."""
    assignments: tuple[tuple[str, Word | None], ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    depth: int
    """0 for a command that is a step of the script itself, not within a compound command."""
    conditional: bool
    """Whether it may not run, or its failure may go unnoticed, though the script succeeds."""

    @cached_property
    def name(self) -> str:
        """The program's name without its folder, empty where it is not known."""
        if not self.words or self.words[0].value is None:
            return ""
        name = self.words[0].value.rstrip("/").rpartition("/")[2]
        return "" if name == "." else name

    @cached_property
    def path(self) -> str:
        """The program as it is named, folder included; empty where it is not known."""
        return (self.words[0].value or "") if self.words else ""

    @property
    def args(self) -> tuple[Word, ...]:
        """The words after the name."""
        return self.words[1:]

    @cached_property
    def values(self) -> tuple[str | None, ...]:
        """The values of the arguments."""
        return tuple(word.value for word in self.args)

    def has(self, *flags: str) -> bool:
        """Whether any argument is one of `flags`, or `flag=…` for a long one."""
        return any(
            value == flag or (flag.startswith("--") and (value or "").startswith(flag + "="))
            for value in self.values
            for flag in flags
        )


@immutable()
class Step:
    """A command, pipeline or compound command of the script's top level."""

    operator: str
    """What stands between it and the step before: `&&`, `||`, `;`, `&`, a line feed, or nothing."""
    operator_start: int
    operator_end: int
    start: int
    end: int
    kind: str
    """`command`, or tree-sitter's name of a compound (`if_statement`, `pipeline`, …)."""
    commands: tuple[Command, ...]
    """All commands in it, nested ones included."""

    @property
    def command(self) -> Command | None:
        """The simple command that the step is, None for anything else."""
        return self.commands[0] if self.kind == "command" and len(self.commands) == 1 else None


@immutable()
class Script:
    """A piece of shell."""

    text: str
    steps: tuple[Step, ...]
    background: bool = False
    """Whether the last step is sent to the background: nobody waits for it."""

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """All commands, in the order of the text."""
        return tuple(command for step in self.steps for command in step.commands)

    @cached_property
    def stops_on_failure(self) -> bool:
        """Whether each step runs only when all before it succeeded, and a failure is reported.

        `set -e` does not stop a script at `a` of `a && b`, only at the last of such a list.
        """
        errexit = unguarded = False
        for index, step in enumerate(self.steps):
            if index and step.operator in (";", "\n"):
                if not errexit or unguarded:
                    return False
                unguarded = False
            elif index and step.operator != "&&":
                return False
            elif index:
                unguarded = unguarded or not _is_set(self.steps[index - 1])
            if step.command and step.command.name == "set":
                errexit = _errexit_after(step.command, errexit)
        return not self.background


def _is_set(step: Step) -> bool:
    return step.command is not None and step.command.name == "set"


def _errexit_after(command: Command, before: bool) -> bool:
    """Whether a shell stops at errors after this `set`."""
    state, long_option = before, ""
    for value in command.values:
        if long_option:
            state = long_option == "-" if value == "errexit" else state
            long_option = ""
        elif value is None or value == "--" or value[:1] not in ("-", "+"):
            break
        else:
            state = value[0] == "-" if "e" in value[1:] else state
            long_option = value[0] if value.endswith("o") else ""
    return state
