"""Edits inside a RUN: found in its logical text, made in its source, comments left where they are.

Removing the last word of a line removes the line; removing the last line takes the continuation off
the line before. What stands between continuation lines (comments, blank lines) is never touched.
A step that is added gets a line of its own, and so do all steps of a RUN that was one line before.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from dockopt.chaining import chain_of, is_on_one_line
from dockopt.model import Run
from dockopt.shell import Script, Step, Word
from dockopt.syntax import Document
from dockopt.text import Delete, Edit, Insert, Span
from dockopt.tidying import Lines, merged


@dataclass
class RunEditor:
    """Collects edits of one RUN; `edits()` gives them in terms of the source."""

    document: Document
    run: Run
    _cuts: list[Span] = field(default_factory=list)
    _inserts: list[Insert] = field(default_factory=list)
    _grows: bool = False
    """Whether a step was added."""

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
        self.follow_step(self.script.steps[-1], *texts)

    def follow_step(self, step: Step, *texts: str) -> None:
        """Adds `&& text` after a step for each text, in the layout of the RUN."""
        if texts:
            joint = self._joint()
            self.insert_after(step.end, "".join(joint + text for text in texts))

    def precede_step(self, step: Step, text: str) -> None:
        """Adds `text &&` before a step, in the layout of the RUN."""
        self.insert_before(step.start, text + self._joint())

    def _joint(self) -> str:
        """What joins an added step; in a here-document the shell reads the lines as they are."""
        if self.run.instruction.heredocs:
            return " && "
        self._grows = True
        return chain_of(self.document, self.run).joint

    def _spread(self) -> Iterator[tuple[Span, Insert]]:
        """The breaks of a RUN of one line: the blanks that go, and what comes instead."""
        chain, logical = chain_of(self.document, self.run), self.run.logical
        cuts = merged(self._cuts)
        for before, step in pairwise(self.script.steps):
            start, end = before.end, step.operator_start
            if chain.trails:
                start, end = step.operator_end, step.start
            operator = logical.span(step.operator_start, step.operator_end)
            gone = any(cut.start < operator.end and operator.start < cut.end for cut in cuts)
            if step.operator == "&&" and not gone and not logical.text[start:end].strip():
                at = logical.end_to_source(start)
                yield Span(at, at + end - start), Insert(at, chain.broken)

    def edits(self) -> tuple[Edit, ...]:
        """All edits, with emptied lines and dangling continuations cleared away."""
        inserts, cuts = self._inserts, merged(self._cuts)
        if self._grows and is_on_one_line(self.document, self.run, self.script):
            spread = list(self._spread())
            cuts = merged([*cuts, *(blanks for blanks, _ in spread)])
            breaks = [line for _, line in spread]
            # A break goes between an added step and the `&&` that stands in the file.
            trails = chain_of(self.document, self.run).trails
            inserts = [*breaks, *inserts] if trails else [*inserts, *breaks]
        if cuts:
            cuts = merged([*cuts, *Lines(self.document, self.run, cuts, inserts).extra()])
        ranked = [Insert(i.at, i.text, rank) for rank, i in enumerate(inserts)]
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
