"""The build context: which files there are, and what they say.

It is somebody else's folder: it is only read, within bounds, and no symbolic link is followed, so
that nothing outside it is ever opened. Where a bound was reached, `truncated` says so, and an
absence proves nothing any more.
"""

import os
import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from dockopt.errors import ConfigurationError
from dockopt.facts.dockerignore import IgnoreRules, PatternError, translate
from dockopt.facts.listing import (
    MAX_READ_BYTES,
    Entry,
    Listing,
    read_bytes,
    read_marked,
    read_regular,
)


class Context:
    """A folder that is sent to the builder; paths are relative to it, parted by `/`."""

    def __init__(self, root: Path, dockerfile: str, given: str = "") -> None:
        self.root = root
        self.dockerfile = dockerfile
        self.given = given or str(root)
        """The folder as the user named it."""
        self._texts: dict[str, str | None] = {}
        self._written: dict[str, str] = {}

    @classmethod
    def open(cls, root: Path, dockerfile: str = "Dockerfile") -> "Context":
        """Opens the folder `root`; `dockerfile` is the Dockerfile's path as the user gave it.

        Raises ConfigurationError when `root` is not a folder that can be read.
        """
        if not root.is_dir():
            what = "is not a folder" if root.exists() else "does not exist"
            raise ConfigurationError(f"{root}: the build context {what}; name one with --context")
        if not os.access(root, os.R_OK | os.X_OK):
            raise ConfigurationError(f"{root}: the build context cannot be read; check its mode")
        return cls(root.absolute(), dockerfile, root.as_posix())

    def with_files(self, written: Mapping[str, str]) -> "Context":
        """The same folder as if these files, by path, had these texts."""
        if not written:
            return self
        other = Context(self.root, self.dockerfile, self.given)
        other._written = {**self._written, **written}
        other._texts = {**self._texts, **written}
        listing = self._listing
        new = {
            p: Entry("file", len(text.encode("utf-8", "surrogateescape")), 0o644)
            for p, text in written.items()
        }
        other._listing = Listing(listing.root, {**listing.entries, **new}, listing.truncated)
        return other

    @property
    def truncated(self) -> bool:
        """Whether there is more than was listed: then what is not found may still be there."""
        return self._listing.truncated or bool(self.problem)

    @cached_property
    def dockerfile_path(self) -> str | None:
        """The Dockerfile's path within the context, None where it lies outside."""
        found = self._dockerfile()
        root = self.root.resolve()
        return found.relative_to(root).as_posix() if found.is_relative_to(root) else None

    @cached_property
    def dockerfile_location(self) -> Path:
        """Where the Dockerfile is, as an absolute path; its folder is no link."""
        return self._dockerfile()

    @cached_property
    def place(self) -> Path:
        """The root without links in its path, to be compared with what files say of it."""
        return self.root.resolve()

    def _dockerfile(self) -> Path:
        """Where the Dockerfile is: as named from here if that is in the context, else from it."""
        named = Path(os.path.normpath(Path.cwd() / self.dockerfile))
        named = named.parent.resolve() / named.name
        root = self.root.resolve()
        inside = Path(os.path.normpath(root / self.dockerfile))
        if named.is_relative_to(root) or not inside.is_relative_to(root):
            return named
        return inside if inside.exists() or not named.is_file() else named

    @cached_property
    def _ignore(self) -> tuple[IgnoreRules, str]:
        own = self._dockerfile()
        own = own.with_name(own.name + ".dockerignore")
        for path, name, label in (
            (own, f"{self.dockerfile_path}.dockerignore", own.name),
            (self.root / ".dockerignore", ".dockerignore", ".dockerignore"),
        ):
            text = self._written[name] if name in self._written else read_regular(path)
            if text is not None:
                try:
                    return IgnoreRules.parse(text, label), ""
                except PatternError as error:
                    return IgnoreRules(), str(error)
        return IgnoreRules(), ""

    @cached_property
    def ignore_file(self) -> str | None:
        """The path of the ignore file in force, `.dockerignore` where there is none yet.

        None where it cannot be written as it is: outside the context, a link, unreadable.
        """
        own = self.dockerfile_path
        beside = f"{own}.dockerignore" if own else ""
        found = self._dockerfile()
        if not own and os.path.lexists(found.with_name(found.name + ".dockerignore")):
            return None
        path = beside if beside and self.exists(beside) else ".dockerignore"
        readable = self.is_file(path) and self.exact_text(path) is not None
        return path if readable or not self.exists(path) else None

    def exact_text(self, path: str) -> str | None:
        """The file's text with every byte kept: those that are not UTF-8 as `surrogateescape`."""
        name = normal(path)
        if name in self._written:
            return self._written[name]
        if not self.is_file(name):
            return None
        raw = read_bytes(self.root / name)
        return None if raw is None else raw.decode("utf-8", "surrogateescape")

    @property
    def ignore(self) -> IgnoreRules:
        """The ignore file in force: the Dockerfile's own before `.dockerignore`.

        https://docs.docker.com/build/concepts/context/#filename-and-location
        """
        return self._ignore[0]

    @property
    def problem(self) -> str:
        """Why the ignore file could not be read, empty where it could."""
        return self._ignore[1]

    def exists(self, path: str) -> bool:
        """Whether there is anything at `path`."""
        return self.entry(path) is not None

    def is_dir(self, path: str) -> bool:
        """Whether `path` is a folder; a link to one is not."""
        return (found := self.entry(path)) is not None and found.kind == "dir"

    def is_file(self, path: str) -> bool:
        """Whether `path` is a file; a link to one is not."""
        return (found := self.entry(path)) is not None and found.kind == "file"

    def is_link(self, path: str) -> bool:
        """Whether `path` is a symbolic link."""
        return (found := self.entry(path)) is not None and found.kind == "link"

    def entry(self, path: str) -> Entry | None:
        """What is at `path`, None for nothing."""
        return self._listing.entries.get(normal(path))

    def mode(self, path: str) -> int | None:
        """The permission bits of `path`, None for nothing there."""
        found = self.entry(path)
        return found.mode if found else None

    def top_level(self) -> tuple[str, ...]:
        """The names in the root of the context, sent or not."""
        return self.names_in("")

    def names_in(self, path: str) -> tuple[str, ...]:
        """The names in the folder `path`, sorted."""
        return self._children.get(normal(path), ())

    def files_under(self, path: str) -> tuple[str, ...]:
        """The paths of all files and links at or below `path`, sorted."""
        entries = self._listing.entries
        return tuple(p for p in self._paths_under(path) if entries[p].kind != "dir")

    def size_bytes(self, path: str) -> int:
        """The bytes of all files at or below `path`, sent or not."""
        entries = self._listing.entries
        return sum(entries[p].bytes for p in self._paths_under(path) if entries[p].kind == "file")

    def sent(self, path: str) -> bool:
        """Whether `path`, or something below it, is sent to the builder."""
        name = normal(path)
        if not self.ignore.patterns:
            return True
        return self._is_sent(name) or (
            self.is_dir(name)
            and self.ignore.has_exceptions
            and any(self._is_sent(p) for p in self.files_under(name))
        )

    def sent_files(self, path: str) -> tuple[str, ...]:
        """The files and links at or below `path` that are sent to the builder."""
        if not self.ignore.patterns:
            return self.files_under(path)
        return tuple(p for p in self.files_under(path) if self._is_sent(p))

    def sent_bytes(self, path: str) -> int:
        """The bytes of the files at or below `path` that are sent to the builder."""
        entries = self._listing.entries
        files = (entries[p] for p in self.sent_files(path))
        return sum(entry.bytes for entry in files if entry.kind == "file")

    def matching(self, source: str) -> tuple[str, ...]:
        """What a source of COPY names: paths of files and folders; `*`, `?` and `[…]` are patterns.

        https://docs.docker.com/reference/dockerfile/#pattern-matching
        """
        name = normal(source)
        if not any(char in source for char in "*?[\\"):
            return (name,) if self.exists(name) and self.sent(name) else ()
        try:
            expression = re.compile(translate(name.replace("**", "*")), re.DOTALL)
        except (PatternError, re.error):
            return ()
        paths = (path for path in self._sorted if path and expression.fullmatch(path))
        return tuple(path for path in paths if self.sent(path))

    def copied_files(self, *sources: str) -> tuple[str, ...]:
        """The files and links of the context that a COPY with these sources takes, sorted."""
        paths = {path for source in sources for path in self.matching(source)}
        return tuple(sorted({file for path in paths for file in self.sent_files(path)}))

    def read_text(self, path: str) -> str | None:
        """The file's text; None for no file, a binary one, or one over `MAX_READ_BYTES`."""
        name = normal(path)
        if name not in self._texts:
            small = (found := self.entry(name)) and found.bytes <= MAX_READ_BYTES
            readable = small and self.is_file(name)
            self._texts[name] = read_regular(self.root / name) if readable else None
        return self._texts[name]

    def read_requirements(self, path: str) -> str | None:
        """The text of a requirements file, which pip and uv read in UTF-16 as well.

        https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding
        """
        text = self.read_text(path)
        readable = text is None and self.is_file(normal(path))
        return read_marked(self.root / normal(path)) if readable else text

    def _is_sent(self, name: str) -> bool:
        return name == "" or not self.ignore.ignores(name)

    @cached_property
    def _sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self._listing.entries))

    def _paths_under(self, path: str) -> Iterator[str]:
        name = normal(path)
        if name == "":
            yield from self._sorted
            return
        if name in self._listing.entries:
            yield name
        for index in range(bisect_left(self._sorted, name + "/"), len(self._sorted)):
            if not self._sorted[index].startswith(name + "/"):
                return
            yield self._sorted[index]

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        table: dict[str, list[str]] = {}
        for path in self._sorted:
            if path:
                parent, _, name = path.rpartition("/")
                table.setdefault(parent, []).append(name)
        return {parent: tuple(sorted(names)) for parent, names in table.items()}

    @cached_property
    def _listing(self) -> Listing:
        return Listing.of(self.root, self._nothing_sent)

    def _nothing_sent(self, folder: str) -> bool:
        return not self.ignore.has_exceptions and not self._is_sent(folder)


def normal(path: str) -> str:
    """The path relative to the root as BuildKit reads it: `/app/`, `./app`, `../app` are `app`."""
    return posixpath.normpath("/" + path).lstrip("/")
