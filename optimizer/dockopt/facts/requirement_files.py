"""Requirements files: what they ask for, with what they include, and what is not known of it.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from dockopt.facts.context import Context, normal
from dockopt.facts.requirement import PATH, Requirement, requirement
from dockopt.facts.requirement_notes import Note, commented_lines, notes
from dockopt.immutable import immutable

MAX_DEPTH = 20
"""Files that include each other are followed this deep."""
MAX_LINES = 20_000
"""Of all files together."""
_OPTION = re.compile(r"^(--[A-Za-z][A-Za-z-]*|-[A-Za-z])[ =]?\s*(.*)$")
_PER_LINE = re.compile(r"\s+--?(?:hash|config-settings?|global-option|install-option|C)\b.*$")
_LONG = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-i": "--index-url",
         "-f": "--find-links"}  # fmt: skip


@immutable(slots=True)
class FileOption:
    """A line of a requirements file that says how to install, such as `--index-url`."""

    name: str
    """Its long name."""
    value: str
    file: str
    line: int


@immutable()
class RequirementsFile:
    """A requirements file with all that it includes."""

    path: str
    """In the build context."""
    requirements: tuple[Requirement, ...]
    """Its own and those of files that it includes with `-r`, in order."""
    constraints: tuple[Requirement, ...]
    """What files that it includes with `-c` hold."""
    options: tuple[FileOption, ...]
    files: tuple[str, ...]
    """The file itself and those that it includes, each once."""
    problems: tuple[str, ...]
    """What is not known of `requirements`: a file is missing, a line cannot be read."""
    constraint_problems: tuple[str, ...] = ()
    """The same of `constraints`."""

    @property
    def names(self) -> frozenset[str]:
        """The normalised names that are known."""
        return frozenset(r.name for r in self.requirements if r.name)

    @property
    def local(self) -> tuple[Requirement, ...]:
        """What is built from a path, `-e .` for one: it needs more of the context than the file."""
        return tuple(r for r in self.requirements if r.kind == PATH)


def read_requirements(context: Context, path: str) -> RequirementsFile:
    """Reads the requirements file at `path` in the build context; it may be missing."""
    reading = _Reading(context)
    reading.take(normal(path), MAX_DEPTH, constraint=False)
    return RequirementsFile(
        normal(path),
        tuple(reading.requirements),
        tuple(reading.constraints),
        tuple(reading.options),
        tuple(dict.fromkeys(file for file, _ in reading.seen)),
        tuple(reading.problems[False]),
        tuple(reading.problems[True]),
    )


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, joined and without comments, with the number of the first."""
    return ((number, code) for number, code, _ in commented_lines(text) if code)


@dataclass
class _Reading:
    context: Context
    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Requirement] = field(default_factory=list)
    options: list[FileOption] = field(default_factory=list)
    problems: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    """Of requirements, of constraints."""
    seen: dict[tuple[str, bool], None] = field(default_factory=dict)
    lines: int = 0
    notes: dict[str, Mapping[int, Note]] = field(default_factory=dict)
    """By file."""

    def take(self, path: str, depth: int, *, constraint: bool) -> None:
        if (path, constraint) in self.seen:
            return
        text = self.context.read_requirements(path)
        if text is None:
            what = "cannot be read" if self.context.exists(path) else "is not in the build context"
            self.problems[constraint].append(f"{path} {what}")
            return
        self.seen[path, constraint] = None
        self.notes[path] = notes(text) if "#" in text else {}
        for number, line in logical_lines(text):
            self.lines += 1
            if self.lines > MAX_LINES or depth <= 0:
                self.problems[constraint].append(f"{path} includes too much to be read")
                return
            self._line(path, number, line, depth, constraint)

    def _line(self, path: str, number: int, line: str, depth: int, constraint: bool) -> None:
        option = _OPTION.match(line) if line.startswith("-") else None
        name = _LONG.get(option[1], option[1]) if option else ""
        value = option[2].strip().strip("\"'") if option else ""
        if name in ("--requirement", "--constraint") and "$" not in value and "://" not in value:
            inner = posixpath.join(posixpath.dirname(path), value)
            self._include(inner, path, number, depth, constraint or name == "--constraint")
        elif name == "--editable":
            self._requirement(path, number, value, constraint, editable=True)
        elif option is None:
            self._requirement(path, number, line, constraint, editable=False)
        elif name in ("--requirement", "--constraint"):
            problem = f"line {number} of {path} includes {value}, which is not known"
            self.problems[constraint or name == "--constraint"].append(problem)
        else:
            self.options.append(FileOption(name, value, path, number))

    def _include(self, inner: str, path: str, number: int, depth: int, constraint: bool) -> None:
        if posixpath.normpath(inner).startswith("../"):
            self.problems[constraint].append(
                f"line {number} of {path} leads out of the build context"
            )
            return
        self.take(normal(inner), depth - 1, constraint=constraint)

    def _requirement(
        self, path: str, number: int, text: str, constraint: bool, *, editable: bool
    ) -> None:
        hashed = "--hash" in text
        found = requirement(_PER_LINE.sub("", text), editable=editable)
        if found is None:
            self.problems[constraint].append(f"line {number} of {path} cannot be read: {text}")
            return
        note = self.notes[path].get(number, Note())
        placed = replace(
            found.at(path, number), hashed=hashed or found.hashed, via=note.via, remark=note.remark
        )
        (self.constraints if constraint else self.requirements).append(placed)
