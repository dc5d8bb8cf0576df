"""Comments about packages that leave a RUN: where they stay behind, they would mislead.

A comment in a list goes with the words below it, when all of them go. One that names packages goes
when those that it names go: to the RUN that installs them elsewhere, if there is one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dockopt.facts.apt import apt_commands
from dockopt.facts.packages import BuildPackage, is_development
from dockopt.model import Dockerfile, Run
from dockopt.remembering import cached_property
from dockopt.syntax import Comment, Document
from dockopt.text import Delete, Edit, Insert, Move, Span
from dockopt.tidying import merged, remaining

_PRAGMA = re.compile(r"#\s*(?:hadolint|dockopt:|tally|check=|shellcheck)", re.IGNORECASE)
_OPERATOR = re.compile(r"\s*(?:&&|\|\||;|\|)")
_ITEM = re.compile(r"#+\s*(?:[-*•]\s*)?([\w+./,& -]*[\w+])\s*(?::|[-–—]\s|\()")
"""`# gcc, g++: for wheels`, with the names as a group."""
_BETWEEN = re.compile(r"\s*[/,&\s]\s*(?:and\s)?\s*")
_EVERYDAY = frozenset({"make", "patch", "file", "less", "time", "tree", "build", "which"})
"""Packages that are called like words of every sentence."""
_SHORT = 3
"""Lines of a comment without any list that may be about packages as a whole."""
_ABOUT_LIBRARIES = "# Libraries that compiled code may load"

Block = tuple[Comment, ...]


@dataclass(frozen=True)
class Farewell:
    """What becomes of the comments in and above a RUN when packages leave it by `left`."""

    dockerfile: Dockerfile
    run: Run
    left: tuple[Edit, ...]
    gone: frozenset[str]
    """The packages that leave."""
    libraries: frozenset[str] = frozenset()
    """What comes in the place of compilers, which a comment about these does not speak of."""
    is_written_elsewhere: bool = False
    """Whether the change itself puts the comments where the packages go."""

    @classmethod
    def to(
        cls,
        dockerfile: Dockerfile,
        group: Sequence[BuildPackage],
        left: Iterable[Edit],
        *,
        is_written_elsewhere: bool = False,
    ) -> "Farewell":
        """To the packages of `group`, which leave their RUN by the edits `left`."""
        tools = (package for package in group if not is_development(package.name))
        return cls(
            dockerfile,
            group[0].run,
            tuple(left),
            frozenset(package.name for package in group),
            frozenset(name for package in tools for name in package.replacements or ()),
            is_written_elsewhere,
        )

    @property
    def comments(self) -> Block:
        """The comments that leave with the packages, in order."""
        return tuple(comment for block in self._blocks for comment in block)

    @property
    def dropped(self) -> tuple[str, ...]:
        """The texts of those that go for good; the others are kept elsewhere."""
        if self.is_written_elsewhere:
            return ()
        return tuple(c.text for block in self._blocks if not self._home(block) for c in block)

    @property
    def edits(self) -> Iterator[Edit]:
        """Moves comments above the RUN that installs what they name elsewhere, or cuts them out."""
        for block in self._blocks:
            home = self._home(block)
            for rank, comment in enumerate(block):
                span = Span(comment.start, comment.end)
                yield Move(span, home.instruction.start, rank) if home else Delete(span)
            if self._is_inside(block) and not self._lines.are_cut(block[-1].end_line):
                yield Insert(block[0].start, self._about_libraries(block[0]))

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        """The comments that leave, those on consecutive lines together."""
        instruction = self.run.instruction
        if any(
            isinstance(e, Delete) and e.span.contains(instruction.keyword_span) for e in self.left
        ):
            return ()  # the whole RUN goes, with all that is said about it
        above = self._document.attached_comments(instruction)
        found = [
            c for block in (above, *_blocks(instruction.comments)) for c in self._leaving(block)
        ]
        return (
            () if any(_PRAGMA.match(comment.text) for comment in found) else tuple(_blocks(found))
        )

    @property
    def _document(self) -> Document:
        return self.dockerfile.document

    @cached_property
    def _lines(self) -> "_Lines":
        return _Lines(self._document, self.run, self.left, self.libraries)

    def _leaving(self, block: Block) -> Iterable[Comment]:
        if not block:
            return ()
        if self._is_inside(block) and self._lines.are_gone(block[-1].end_line):
            return block
        return _naming(block, self.gone, _installed(self.run) - self.gone)

    def _is_inside(self, block: Block) -> bool:
        return block[0].start > self.run.instruction.start

    def _home(self, block: Block) -> Run | None:
        """A RUN without comments, in a stage that is not shipped, that installs what is named."""
        text = " ".join(comment.text for comment in block)
        if self._is_inside(block) or self.is_written_elsewhere:
            return None
        for stage in self.dockerfile.stages:
            for other in stage.runs if stage not in self.dockerfile.target.chain else ():
                if any(_mentions(text, name) for name in _installed(other) & self.gone):
                    told = self._document.attached_comments(other.instruction)
                    return None if told else other
        return None

    def _about_libraries(self, comment: Comment) -> str:
        line = self._document.source[comment.start : comment.end]
        return line.replace(comment.text, _ABOUT_LIBRARIES)


def left_alone(document: Document, run: Run, edits: Sequence[Edit]) -> Block:
    """The comments within a RUN that would stand over nothing: all goes that they are about."""
    lines = _Lines(document, run, edits, frozenset())
    taken = [edit.span for edit in edits if isinstance(edit, Delete | Move)]
    return tuple(
        comment
        for block in _blocks(run.instruction.comments)
        if lines.are_gone(block[-1].end_line) and lines.are_cut(block[-1].end_line)
        for comment in block
        if not _PRAGMA.match(comment.text)
        and not any(span.contains(Span(comment.start, comment.end)) for span in taken)
    )


def without(comments: Iterable[Comment]) -> Iterator[Edit]:
    """Takes whole comment lines out."""
    return (Delete(Span(comment.start, comment.end)) for comment in comments)


def _installed(run: Run) -> frozenset[str]:
    commands = (c for c in apt_commands(run) if c.action == "install")
    return frozenset(name for command in commands for name in command.names)


def _blocks(comments: Iterable[Comment]) -> Iterator[Block]:
    """Comments on consecutive lines, together."""
    block: list[Comment] = []
    for comment in comments:
        if block and comment.line != block[-1].line + 1:
            yield tuple(block)
            block = []
        block.append(comment)
    if block:
        yield tuple(block)


def _naming(block: Block, gone: frozenset[str], kept: frozenset[str]) -> Iterator[Comment]:
    """The comments of a block that name packages that go, and none that stays."""
    items = [comment for comment in block if frozenset() < _named_by(comment) <= gone | kept]
    if not items:
        text = " ".join(comment.text for comment in block)
        named = any(_mentions(text, name) for name in gone - _EVERYDAY)
        if len(block) <= _SHORT and named and not any(_mentions(text, name) for name in kept):
            yield from block
        return
    going, depth = False, 0
    for comment in block:
        if comment in items:
            going, depth = _named_by(comment) <= gone, _depth(comment)
        elif _depth(comment) <= depth:
            going = False
        if going:
            yield comment


def _named_by(comment: Comment) -> frozenset[str]:
    """The names before the colon of `# gcc, g++: for wheels`."""
    found = _ITEM.match(comment.text)
    return frozenset(_BETWEEN.split(found[1].strip().lower())) if found else frozenset()


def _depth(comment: Comment) -> int:
    """How far the text of a comment is indented."""
    text = comment.text.lstrip("#")
    return len(text) - len(text.lstrip(" "))


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w+.-]){re.escape(name)}(?![\w+-])", text) is not None


@dataclass(frozen=True)
class _Lines:
    """The lines of a RUN after its edits."""

    document: Document
    run: Run
    edits: Sequence[Edit]
    unsaid: frozenset[str]
    """Words that a comment does not speak of when edits put them below it."""

    def are_gone(self, line: int) -> bool:
        """Whether all goes that a comment ending on `line` is about: up to the next step."""
        about = list(self._paragraph(line + 1))
        return bool(about) and all(map(self._is_gone, about))

    def are_cut(self, line: int) -> bool:
        """Whether nothing comes in its place either."""
        return not any(text for span in self._paragraph(line + 1) for text in self._put_into(span))

    def _paragraph(self, first: int) -> Iterator[Span]:
        starts, source = self.document.line_starts, self.document.source
        comments = {comment.line for comment in self.run.instruction.comments}
        last = bisect_right(starts, max(self.run.instruction.after - 1, 0))
        for number in range(first, last + 1):
            end = starts[number] if number < len(starts) else len(source)
            text = source[starts[number - 1] : end]
            leads = number > first and _OPERATOR.match(text)
            if number in comments or not text.strip() or leads:
                return
            yield Span(starts[number - 1], starts[number - 1] + len(text.rstrip("\r\n")))

    def _put_into(self, line: Span) -> Iterator[str]:
        """The texts that come into a line."""
        for edit in self.edits:
            if isinstance(edit, Insert) and line.start <= edit.at < line.end:
                yield edit.text

    def _is_gone(self, line: Span) -> bool:
        """Whether nothing of a line stays, and nothing that a comment may be about comes."""
        words = {word for text in self._put_into(line) for word in text.split()}
        if words - self.unsaid - {self.document.escape}:
            return False
        cuts = merged(edit.span for edit in self.edits if isinstance(edit, Delete | Move))
        left = "".join(part.of(self.document.source) for part in remaining(line, cuts))
        return left.strip() in ("", self.document.escape)
