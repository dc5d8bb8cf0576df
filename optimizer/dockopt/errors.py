"""Errors that a user can mend: each says where, what is wrong and what to do, in one line."""

from dockopt.immutable import immutable


@immutable(slots=True)
class Location:
    """A place in a file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class DockoptError(Exception):
    """Base of all errors that are reported to the user without a traceback."""

    exit_code = 2


class ParseError(DockoptError):
    """The Dockerfile cannot be read, for the same reason that BuildKit would give."""

    exit_code = 4

    def __init__(self, message: str, line: int, file: str = "Dockerfile") -> None:
        super().__init__(message)
        self.message = message
        self.location = Location(file, line)

    def __str__(self) -> str:
        return f"{self.location}: {self.message}"

    def in_file(self, file: str) -> "ParseError":
        """The same error, said of `file`."""
        return ParseError(self.message, self.location.line, file)


class ConfigurationError(DockoptError):
    """A setting, flag or pragma that dockopt does not understand."""


class NoFileError(DockoptError):
    """Nothing to work on was found."""

    exit_code = 3


class FileError(DockoptError):
    """A file cannot be read or written."""


class TargetError(ParseError):
    """The stage that is asked for as target does not exist: a wrong setting, not a wrong file."""

    exit_code = 2

    def __str__(self) -> str:
        return f"{self.location.file}: {self.message}"

    def in_file(self, file: str) -> "TargetError":
        """The same error, said of `file`."""
        return TargetError(self.message, self.location.line, file)
