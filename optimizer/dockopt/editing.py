"""Edits inside a RUN: found in its logical text, made in its source, comments left where they are.

Removing the last word of a line removes the line; removing the last line takes the continuation off
the line before. What stands between continuation lines (comments, blank lines) is never touched.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dockopt.model import Run
from dockopt.shell import Script, Word
from dockopt.syntax import Document
from dockopt.text import Delete, Edit, Insert, Span

WIDTH = 100
"""A step is appended on the same line while the line stays this short."""


@dataclass
class RunEditor:
    """Collects edits of one RUN; `edits()` gives them in terms of the source."""

    document: Document
    run: Run
    _cuts: list[Span] = field(default_factory=list)
    _inserts: list[Insert] = field(default_factory=list)

    @property
    def script(self) -> Script:
        """The script; raises ValueError for a RUN whose shell could not be read."""
        if not isinstance(self.run.script, Script):
            raise ValueError(f"the script is opaque: {self.run.script.reason}")  # noqa: TRY004 - not a wrong type: unreadable shell
        return self.run.script

    def delete(self, start: int, end: int) -> None:
        """Takes out the script's `[start, end)`."""
        self._cuts.extend(self.run.logical.pieces(start, end))

    def insert_after(self, offset: int, text: str) -> None:
        """Puts `text` just after the script's character before `offset`."""
        self._inserts.append(Insert(self.run.logical.end_to_source(offset), text))

    def insert_before(self, offset: int, text: str) -> None:
        """Puts `text` just before the script's character at `offset`."""
        self._inserts.append(Insert(self.run.logical.to_source(offset), text))

    def replace(self, start: int, end: int, text: str) -> None:
        """Puts `text` in the place of the script's `[start, end)`."""
        self.insert_before(start, text)
        self.delete(start, end)

    def remove_words(self, words: Iterable[Word]) -> None:
        """Takes out words, each with the white space that it no longer needs on its own line."""
        for word in words:
            low, high = self._line_around(word)
            text = self.run.logical.text
            start, end = word.start, word.end
            while start > low and text[start - 1] in " \t":
                start -= 1
            if start == low:
                # The first word of a line: the indentation stays for the word after it.
                start = word.start
                while end < high and text[end] in " \t":
                    end += 1
                end = word.end if end == high else end
            self.delete(start, end)

    def _line_around(self, word: Word) -> tuple[int, int]:
        """The part of the script that stands on the same line as `word`."""
        runs = self.run.logical.runs
        index = max(0, bisect_right(runs, word.start, key=lambda run: run[0]) - 1)
        start, _, length = runs[index]
        return start, start + length

    def remove_steps(self, indexes: Iterable[int]) -> None:
        """Takes out steps of a script that stops on failure; at least one other must stay."""
        gone = sorted(set(indexes))
        for first, last in _runs_of(gone):
            self._remove_steps(first, last)

    def _remove_steps(self, first: int, last: int) -> None:
        steps = self.script.steps
        if first == 0:
            self._remove_head(last)
        elif last == len(steps) - 1:
            self.delete(steps[first - 1].end, steps[last].end)
        elif self._leads(first) and steps[first].operator == steps[last + 1].operator:
            self.delete(self._with_blanks(steps[first].operator_start), steps[last].end)
        elif not self._leads(first) and not self._leads(last + 1):
            # The lines of the steps go with their operators; the next one keeps its indentation.
            self.delete(steps[first].start, steps[last + 1].operator_end)
        else:
            self.delete(steps[first].start, steps[last + 1].start)

    def _with_blanks(self, offset: int) -> int:
        """Where the white space before `offset` starts, on the same line."""
        text, line = self.run.logical.text, self._line(offset)
        while offset and text[offset - 1] in " \t" and self._line(offset - 1) == line:
            offset -= 1
        return offset

    def _leads(self, index: int) -> bool:
        """Whether the operator of a step stands on the same line as the step."""
        step = self.script.steps[index]
        return self._line(step.operator_start) == self._line(step.start)

    def _line(self, offset: int) -> int:
        return self.document.line_at(self.run.logical.to_source(offset))

    def _remove_head(self, last: int) -> None:
        """The first steps go; what follows moves up beside the keyword if no comment is between."""
        steps = self.script.steps
        start = self.run.logical.to_source(steps[0].start)
        end = self.run.logical.to_source(steps[last + 1].start)
        between = (c.span for c in self.run.instruction.comments)
        if any(start <= comment.start < end for comment in between):
            self.delete(steps[0].start, steps[last + 1].start)
        else:
            self._cuts.append(Span(start, end))

    def append_step(self, *texts: str) -> None:
        """Adds `&& text` after the last step for each text, in the layout of the RUN."""
        at = self.script.steps[-1].end
        source = self.run.logical.end_to_source(at)
        start = self.document.line_starts[self.document.line_at(max(source - 1, 0)) - 1]
        lead = self.document.source[start:source]
        added = "".join(f" && {text}" for text in texts)
        short = len(lead) + len(added) <= WIDTH
        if short and start <= self.run.instruction.span.start:
            self.insert_after(at, added)
        else:
            self.insert_after(at, "".join(self._joint() + text for text in texts))

    def _joint(self) -> str:
        """What joins a new step on a line of its own to the step before: operator last or first."""
        step = self.script.steps[-1]
        line = self._line(step.start)
        first = self.document.line_starts[line - 1]
        text = self.document.source[first : self.run.logical.to_source(step.start)]
        indent = text[: len(text) - len(text.lstrip())]
        if line == self.run.instruction.line:
            indent = "    "
        end = f" {self.document.escape}{self.document.newline}"
        trails = len(self.script.steps) > 1 and not self._leads(-1) and not text.strip()
        return f" &&{end}{indent}" if trails else f"{end}{indent}&& "

    def edits(self) -> tuple[Edit, ...]:
        """All edits, with emptied lines and dangling continuations cleared away."""
        cuts = _merged(self._cuts)
        if cuts:
            cuts = _merged([*cuts, *_Lines(self.document, self.run, cuts, self._inserts).extra()])
        ranked = [Insert(i.at, i.text, rank) for rank, i in enumerate(self._inserts)]
        return (*ranked, *(Delete(span) for span in cuts))


def _runs_of(indexes: list[int]) -> Iterator[tuple[int, int]]:
    """Consecutive indexes as (first, last)."""
    start = previous = None
    for index in indexes:
        if start is None or previous is None:
            start = index
        elif index != previous + 1:
            yield start, previous
            start = index
        previous = index
    if start is not None and previous is not None:
        yield start, previous


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif len(span):
            merged.append(span)
    return merged


@dataclass
class _Lines:
    """The physical lines of a RUN, and what is left of them after the cuts."""

    document: Document
    run: Run
    cuts: list[Span]
    inserts: list[Insert]

    def extra(self) -> list[Span]:
        """The cuts that tidy up: lines left empty, and a continuation that leads nowhere."""
        lines = list(self._content_lines())
        emptied = [line for line in lines[1:] if self._is_empty(line)]
        found = [self._whole(line) for line in emptied]
        kept = [line for line in lines if line not in emptied]
        if kept and kept[-1] is not lines[-1]:
            found.append(self._continuation(kept[-1]))
        return found

    def _content_lines(self) -> Iterator[Span]:
        """Lines that carry text of the instruction: not comments, blank or here-document lines."""
        instruction = self.run.instruction
        starts, source = self.document.line_starts, self.document.source
        comments = {comment.line for comment in instruction.comments}
        last = self.document.line_at(max(instruction.after - 1, instruction.span.start))
        for number in range(instruction.line, last + 1):
            end = starts[number] if number < len(starts) else len(source)
            text = source[starts[number - 1] : end].rstrip("\r\n")
            if number not in comments and text.strip():
                yield Span(starts[number - 1], starts[number - 1] + len(text))

    def _remaining(self, line: Span) -> list[Span]:
        """The parts of the line that are not cut."""
        position, parts = line.start, []
        index = max(0, bisect_right(self.cuts, line.start, key=lambda span: span.start) - 1)
        for cut in self.cuts[index:]:
            if cut.start >= line.end:
                break
            if cut.end <= position:
                continue
            if cut.start > position:
                parts.append(Span(position, cut.start))
            position = max(position, cut.end)
        if position < line.end:
            parts.append(Span(position, line.end))
        return parts

    def _is_empty(self, line: Span) -> bool:
        if any(line.start <= insert.at <= line.end for insert in self.inserts):
            return False
        text = "".join(part.of(self.document.source) for part in self._remaining(line)).strip()
        return text in ("", self.document.escape)

    def _whole(self, line: Span) -> Span:
        end = self.document.source.find("\n", line.end)
        return Span(line.start, len(self.document.source) if end < 0 else end + 1)

    def _continuation(self, line: Span) -> Span:
        """The continuation character of a line, with the white space that is left before it."""
        text = line.of(self.document.source)
        mark = text.rstrip(" \t")
        if not mark.endswith(self.document.escape):
            return Span(line.end, line.end)
        start = line.start + len(mark) - 1
        inserted = {insert.at for insert in self.inserts}
        cut_ends = {cut.end: cut.start for cut in self.cuts}
        while start > line.start and start not in inserted:
            if start in cut_ends:
                start = cut_ends[start]
            elif self.document.source[start - 1] in " \t":
                start -= 1
            else:
                break
        return Span(max(start, line.start), line.end)
