"""Reads Dockerfiles without losing a byte, and writes files whole or not at all."""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dockopt.errors import FileError, ParseError

MAX_BYTES = 32 * 1024 * 1024
"""The longest Dockerfile that is read, in bytes; a hundred thousand lines are a tenth of it."""
MAX_BACKUPS = 1_000
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def decode(data: bytes, name: str) -> str:
    """The text of a Dockerfile: UTF-8, and bytes that are not are carried through unchanged.

    Line ends and a byte order mark stay. Raises ParseError when it is no text at all.
    """
    place = data.find(b"\0")
    if place >= 0:
        line = data.count(b"\n", 0, place) + 1
        raise ParseError(
            "not a text file, it has a NUL byte; convert UTF-16 to UTF-8 first", line, name
        )
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a text that `decode` read."""
    return text.encode("utf-8", "surrogateescape")


def read(path: Path, name: str = "") -> str:
    """The text of the Dockerfile at `path`, called `name` in messages.

    Raises FileError when it cannot be read or is too large, ParseError when it is no text.
    """
    name = name or str(path)
    try:
        with path.open("rb") as stream:
            return decode(_bounded(stream.read, name), name)
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {_reason(error)}") from None


def read_stdin(name: str = "<stdin>") -> str:
    """The text on standard input; raises as `read` does."""
    if sys.stdin is None:
        raise FileError(f"{name}: cannot be read: standard input is closed")
    try:
        return decode(_bounded(sys.stdin.buffer.read, name), name)
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {_reason(error)}") from None


def _bounded(read_bytes: Callable[[int], bytes], name: str) -> bytes:
    data = read_bytes(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileError(f"{name}: larger than {MAX_BYTES} bytes, which no Dockerfile is")
    return data


def write(path: Path, text: str) -> None:
    """Writes `text` to `path`, which afterwards holds all of it or what it held before.

    A link is followed and stays one; the permissions of a file that is there are kept. What is no
    regular file (`/dev/stdout`, a pipe) is written to as it is. Raises FileError.
    """
    try:
        status = path.stat() if path.exists() else None
        if status is not None and not stat.S_ISREG(status.st_mode):
            path.write_bytes(encode(text))
        else:
            _replace(_real(path), encode(text), status)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {_reason(error)}") from None


def create(path: Path, text: str) -> None:
    """Writes a new file; raises FileError where there is one already, or a link."""
    try:
        _create(path, encode(text), None)
    except FileExistsError:
        raise FileError(f"{path}: was made by something else meanwhile; run again") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {_reason(error)}") from None
    _sync_folder(path.parent)


def rewrite(path: Path, before: str, after: str, *, backup: bool = False) -> Path | None:
    """Replaces the text `before` of the file at `path` by `after`; gives the backup if one is made.

    Raises FileError, and leaves the file as it is, when that fails or the file no longer holds
    `before` because somebody else wrote to it.
    """
    if read(path) != before:
        raise FileError(f"{path}: was changed by something else meanwhile; run again")
    saved = _back_up(path, before) if backup else None
    try:
        write(path, after)
    except BaseException:
        if saved is not None:
            saved.unlink(missing_ok=True)
        raise
    return saved


def _replace(target: Path, data: bytes, status: os.stat_result | None) -> None:
    """Puts a file of `data` in the place of `target`; same folder, so that the move is one step."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.dockopt")
    _create(draft, data, status)
    try:
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _create(path: Path, data: bytes, status: os.stat_result | None) -> None:
    """Makes a new file, on the disk itself, with the permissions and owner in `status`."""
    handle = os.open(path, _NEW, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if status is not None:
                _take_over(path, status)
            os.fsync(stream.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _take_over(path: Path, status: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # only root may give files away
            os.chown(path, status.st_uid, status.st_gid)
    path.chmod(stat.S_IMODE(status.st_mode))


def _sync_folder(folder: Path) -> None:
    """Makes the new name last; the file is whole either way, so failure here is none."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _back_up(path: Path, text: str) -> Path:
    """Writes `text` beside the file, under a name that is not taken."""
    target = _real(path)
    for number in range(MAX_BACKUPS):
        saved = target.with_name(f"{target.name}.bak" + (f".{number}" if number else ""))
        try:
            _create(saved, encode(text), target.stat())
        except FileExistsError:
            continue
        except OSError as error:
            raise FileError(f"{saved}: cannot be written: {_reason(error)}") from None
        return saved
    raise FileError(f"{path}: has {MAX_BACKUPS} backups already; remove some")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike `Path.resolve`, it takes a loop of links


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
