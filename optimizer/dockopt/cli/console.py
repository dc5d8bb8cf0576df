"""Where words go: results to standard output, everything else to standard error."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

import click

from dockopt.errors import FileError
from dockopt.report.escaping import one_line
from dockopt.report.paint import Paint


def wants_colour(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether to colour what goes to `stream`: https://no-color.org and https://force-color.org."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return bool(stream) and stream.isatty() and environment.get("TERM") != "dumb"


@dataclass
class Console:
    """The two streams of a command, and how much it says."""

    quiet: bool = False
    verbose: bool = False
    coloured: bool = True
    _said: set[str] = field(default_factory=set)

    @property
    def out_paint(self) -> Paint:
        """Colours for standard output."""
        return Paint(self.coloured and wants_colour(sys.stdout, os.environ))

    @property
    def note_paint(self) -> Paint:
        """Colours for standard error."""
        return Paint(self.coloured and wants_colour(sys.stderr, os.environ))

    def out(self, text: str) -> None:
        """Writes a result; raises FileError where standard output takes none."""
        with _written():
            _write(sys.stdout, text)

    def out_bytes(self, data: bytes) -> None:
        """Writes a file to standard output as it is; raises FileError where it takes none."""
        with _written():
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()

    def note(self, text: str) -> None:
        """Writes what may be left unread, unless `quiet`."""
        if not self.quiet:
            _write(sys.stderr, text)

    def error(self, message: str) -> None:
        """Writes one line that says what went wrong; the same line only once."""
        if message not in self._said:
            self._said.add(message)
            _write(sys.stderr, f"{self.note_paint.red('error:')} {one_line(message)}\n")

    def internal_error(self, error: Exception, name: str = "dockopt") -> str:
        """Writes one line about a fault of dockopt or a plug-in, and gives it; `-v` tells all."""
        if self.verbose:
            import traceback

            self.note(traceback.format_exc())
        hint = "please report it" if self.verbose else "-v shows where; please report it"
        what = one_line(f"{type(error).__name__}: {error}")[:200]
        message = f"{name}: internal error: {what} ({hint})"
        self.error(message)
        return message

    def warning(self, message: str) -> None:
        """Writes one line that says what to look at, unless `quiet`."""
        self.note(f"{self.note_paint.yellow('warning:')} {one_line(message)}\n")


@contextmanager
def _written() -> Iterator[None]:
    """Tells of a standard output that is closed (None) or full; a reader that left is no error."""
    if sys.stdout is None:
        raise FileError("standard output: cannot be written: it is closed")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_output()
        raise FileError(f"standard output: cannot be written: {error.strerror}") from None


def leave_output() -> None:
    """Keeps the interpreter from writing again, and failing again, when it flushes at its end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123


def _write(stream: TextIO | None, text: str) -> None:
    """Writes `text`; what the stream's encoding lacks is written out as an escape."""
    if stream is None:  # closed by who started the program
        return
    encoding = stream.encoding or "utf-8"
    possible = text.encode(encoding, "backslashreplace").decode(encoding)
    click.echo(possible, file=stream, nl=False, color=True)
    stream.flush()
