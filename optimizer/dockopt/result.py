"""What a rewrite is: the new text, and an account of every change that was made or not made."""

from typing import Literal

from dockopt.immutable import immutable
from dockopt.transform import Level, Saving


@immutable(slots=True)
class SourceEvidence:
    """Evidence with its place in the input file, if it is a line of it."""

    text: str
    line: int | None
    file: str | None


@immutable(slots=True)
class LineRange:
    """Lines `first` to `last`, from 1, with their text."""

    first: int
    last: int
    text: str


@immutable(slots=True)
class WrittenFile:
    """A file of the build context that goes with the new Dockerfile."""

    path: str
    """Within the build context, parted by `/`."""
    name: str
    """The same from where the call was made: the build context as it was given, and `path`."""
    before: str | None
    """What it held, None where there was none."""
    after: str
    author: str
    """The identifier of the change that writes it."""

    def diff(self) -> str:
        """A unified diff."""
        return _diff(self.before or "", self.after, self.name, new=self.before is None)


@immutable(slots=True)
class Remark:
    """Something that the user should know of a rewrite as a whole."""

    text: str
    file: str
    """Where it was found, as a path from the build context."""
    line: int


@immutable()
class ChangeRecord:
    """A change as the changelog tells it."""

    id: str
    """`name@line`, the input's line that it is about; stable when other changes are dropped."""
    transform: str
    title: str
    level: Level
    because: str
    line: int
    evidence: tuple[SourceEvidence, ...]
    saves: Saving
    alters: tuple[str, ...]
    before: tuple[LineRange, ...] = ()
    """Lines of the input that it changed or removed."""
    after: tuple[LineRange, ...] = ()
    """Lines of the output that it wrote, as far as later changes left them."""
    files: tuple[str, ...] = ()
    """Paths of files in the build context that it writes."""
    other_stage: str = ""
    """The stage that it is about, where the image has nothing of it; empty everywhere else."""


@immutable()
class NotApplied:
    """A change that was possible, and what kept it out."""

    record: ChangeRecord
    kind: Literal["level", "pragma", "guard", "useless", "excluded"]
    reason: str
    flag: str = ""
    """The command line flag that would apply it, empty where none would."""


@immutable()
class Declined:
    """A rewrite that was considered and is not possible, and why."""

    transform: str
    line: int
    reason: str


@immutable()
class Rewrite:
    """The outcome of rewriting one Dockerfile."""

    file: str
    source: str
    text: str
    applied: tuple[ChangeRecord, ...]
    not_applied: tuple[NotApplied, ...]
    declined: tuple[Declined, ...]
    files: tuple[WrittenFile, ...] = ()
    """Files of the build context that belong to the rewrite, such as `.dockerignore`."""
    remarks: tuple[Remark, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the output differs from the input, or a file of the build context would."""
        return self.text != self.source or bool(self.files)

    @property
    def saves_bytes(self) -> int:
        """The sum of the expected savings of the image that are known, in bytes."""
        return sum(r.saves.count or 0 for r in self.applied if not r.other_stage)

    def diff(self) -> str:
        """A unified diff from input to output, and of the files that go with it."""
        return self.own_diff() + "".join(file.diff() for file in self.files)

    def own_diff(self) -> str:
        """The part of it that is about the Dockerfile."""
        return _diff(self.source, self.text, self.file)


def _diff(before: str, after: str, name: str, *, new: bool = False) -> str:
    import difflib

    old = "/dev/null" if new else _label("a", name)
    lines = difflib.unified_diff(_lines(before), _lines(after), old, _label("b", name))
    return "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines
    )


def _label(side: str, file: str) -> str:
    """The name of a file in a diff, quoted where it would not stay on its line."""
    name = f"{side}/{file.lstrip('/')}"
    return name if name.isprintable() else f'"{name.encode("unicode_escape").decode()}"'


def _lines(text: str) -> list[str]:
    """The lines with their ends; `str.splitlines` would also break at form feeds and the like."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
