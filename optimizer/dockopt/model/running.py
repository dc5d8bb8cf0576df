"""RUN, typed: its mounts and its script."""

import re

from dockopt import shell
from dockopt.immutable import immutable
from dockopt.remembering import cached_property, remembered
from dockopt.shell import Opaque, Script
from dockopt.syntax import Instruction, LogicalText
from dockopt.syntax.heredocs import opener
from dockopt.text import Span

_TAKES_COMMAND = re.compile(r"-[A-Za-z]*c[A-Za-z]*")
"""`-c`, also together with other options, as in `-exc`."""
POSIX_SHELLS = frozenset({"sh", "bash", "dash", "ash"})


@immutable(slots=True)
class Mount:
    """A `--mount` of a RUN. https://docs.docker.com/reference/dockerfile/#run---mount"""

    options: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "Mount":
        """Reads `type=cache,target=/root/.cache`."""
        pairs = (part.partition("=") for part in text.split(",") if part)
        return cls(tuple((name.strip().lower(), value) for name, _, value in pairs))

    def get(self, *names: str) -> str:
        """The value of the first option among `names`, empty where there is none."""
        return next((value for name, value in self.options if name in names), "")

    @property
    def kind(self) -> str:
        """`bind` (the default), `cache`, `tmpfs`, `secret` or `ssh`."""
        return self.get("type") or "bind"

    @property
    def target(self) -> str:
        """Where it is mounted."""
        return self.get("target", "dst", "destination")


@immutable(eq=False)
class Run:
    """A RUN with the SHELL that is in force for it."""

    instruction: Instruction
    shell_form: tuple[str, ...]

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """Its mounts."""
        return _mounts(self.instruction) if self.instruction.reading.flags else ()

    @cached_property
    def logical(self) -> LogicalText:
        """The text that `script` was read from."""
        return _logical_script(self.instruction)

    @cached_property
    def script(self) -> Script | Opaque:
        """What the RUN does, or why that cannot be told."""
        return shell_script(self.instruction, self.shell_form)

    def source(self, start: int, end: int) -> Span:
        """The source span of a part of the script."""
        return self.logical.span(start, end)


def shell_script(instruction: Instruction, shell_form: tuple[str, ...]) -> Script | Opaque:
    """The script of an instruction whose arguments are shell."""
    if instruction.is_json:
        return Opaque("exec form: no shell reads it")
    program = shell_form[0].rsplit("/", 1)[-1] if shell_form else ""
    if program not in POSIX_SHELLS or not _TAKES_COMMAND.fullmatch(shell_form[-1]):
        return Opaque(f"the SHELL is {' '.join(shell_form)}")
    if _is_other_interpreter(instruction):
        return Opaque("a here-document for another interpreter")
    return shell.parse(_logical_script(instruction).text)


def _is_heredoc_script(instruction: Instruction) -> bool:
    return len(instruction.heredocs) == 1 and opener(instruction.body.text) is not None


def _is_other_interpreter(instruction: Instruction) -> bool:
    if not _is_heredoc_script(instruction):
        return False
    first = instruction.heredocs[0].content.split("\n", 1)[0]
    return first.startswith("#!") and not re.search(r"/(?:env )?(?:ba|da|a)?sh\b", first)


@remembered
def _mounts(instruction: Instruction) -> tuple[Mount, ...]:
    return tuple(Mount.parse(text) for text in instruction.flags_named("mount"))


@remembered
def _logical_script(instruction: Instruction) -> LogicalText:
    """The logical text of the shell: the line, and its here-documents where there are any."""
    if not instruction.heredocs:
        return instruction.body
    if _is_heredoc_script(instruction):
        content = instruction.heredocs[0].content_span
        lines = instruction.heredocs[0].content
        return LogicalText(lines, ((0, content.start, len(content)),) if lines else ())
    text, runs = instruction.body.text, list(instruction.body.runs)
    for index, document in enumerate(instruction.heredocs):
        # The line feed before the first document separates it from the line that opens it.
        lead = "" if index else "\n"
        runs.append((len(text), document.span.start - len(lead), len(lead + document.raw)))
        text += lead + document.raw
    return LogicalText(text, tuple(runs))
