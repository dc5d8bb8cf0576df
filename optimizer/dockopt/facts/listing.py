"""What is in a folder: every entry below it, within bounds, and no symbolic link followed."""

import os
import stat
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dockopt.immutable import immutable

MAX_FILES = 50_000
"""Entries (files, links and folders) that are listed; more than that and the rest is unknown."""
MAX_DEPTH = 40
MAX_READ_BYTES = 1024 * 1024
"""The longest file that is read: sources and settings are shorter, data is not asked for."""


@immutable(slots=True)
class Entry:
    """Something in the context: a file, a folder, a symbolic link, or else (a socket, a device)."""

    kind: str
    """`file`, `dir`, `link` or `other`."""
    bytes: int
    mode: int
    """Permission bits."""


@dataclass
class Listing:
    """The entries below a folder, by path; the folder itself is the empty path."""

    root: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    truncated: bool = False
    """Whether there is more than was listed."""

    @classmethod
    def of(cls, root: Path, is_ignored: Callable[[str], bool]) -> "Listing":
        """Lists `root`, folders that are ignored last: they never use up the bounds for others."""
        listing = cls(root, {"": Entry("dir", 0, 0o755)})
        todo, ignored = deque([""]), deque[str]()
        while todo:
            folder = todo.popleft()
            if folder and is_ignored(folder):
                ignored.append(folder)
            else:
                todo.extend(listing._enter(folder))
        truncated = listing.truncated
        while ignored:
            ignored.extend(listing._enter(ignored.popleft()))
        listing.truncated = truncated
        return listing

    def _enter(self, folder: str) -> Iterator[str]:
        """Lists a folder; gives the folders in it that are to be entered."""
        if folder.count("/") >= MAX_DEPTH:
            self.truncated = True
            return
        for name, entry in _scan(self.root / folder if folder else self.root):
            if len(self.entries) > MAX_FILES:
                self.truncated = True
                return
            path = f"{folder}/{name}" if folder else name
            self.entries[path] = entry
            if entry.kind == "dir":
                yield path


def _scan(folder: Path) -> Iterator[tuple[str, Entry]]:
    """The entries of a folder by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as scanner:
            found = sorted(scanner, key=lambda entry: entry.name)
    except OSError:
        return
    for item in found:
        try:
            status = item.stat(follow_symlinks=False)
        except OSError:
            continue
        yield item.name, Entry(_kind(status.st_mode), status.st_size, stat.S_IMODE(status.st_mode))


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "dir"
    if stat.S_ISLNK(mode):
        return "link"
    return "file" if stat.S_ISREG(mode) else "other"


def read_regular(path: Path) -> str | None:
    """The text of a regular file that is no link, not too long and not binary."""
    raw = read_bytes(path)
    return None if raw is None else raw.decode("utf-8-sig", "replace")


def read_marked(path: Path) -> str | None:
    """The same, also in UTF-16 where a byte order mark says so: PowerShell writes files like that."""
    raw = _read(path)
    if raw is None or not raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return read_regular(path)
    try:
        text = raw.decode("utf-16")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def read_bytes(path: Path) -> bytes | None:
    """The bytes of a regular file that is no link, not too long and not binary."""
    raw = _read(path)
    return None if raw is None or b"\0" in raw else raw


def _read(path: Path) -> bytes | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        raw = file.read(MAX_READ_BYTES + 1)
    return None if len(raw) > MAX_READ_BYTES else raw
