"""Logical text: what an instruction says once its continuation lines are joined.

Comments and blank lines between continuation lines are not part of it. Every character keeps a way
back to the source, so an edit that was found in the logical text can be made in the source.
"""

from bisect import bisect_right
from collections.abc import Iterator

from dockopt.immutable import immutable
from dockopt.text import Span


def _logical_start(run: tuple[int, int, int]) -> int:
    return run[0]


@immutable(slots=True)
class LogicalText:
    """Text joined from runs of source; `runs` are (logical offset, source offset, length)."""

    text: str
    runs: tuple[tuple[int, int, int], ...]

    def _run_at(self, offset: int) -> int:
        return max(0, bisect_right(self.runs, offset, key=_logical_start) - 1)

    def to_source(self, offset: int) -> int:
        """The source offset of the logical character at `offset`; one past the end is allowed."""
        if not self.runs:
            return 0
        logical, source, length = self.runs[self._run_at(offset)]
        return source + min(offset - logical, length)

    def end_to_source(self, offset: int) -> int:
        """The source offset just after the logical character before `offset`."""
        return self.to_source(offset - 1) + 1 if offset > 0 else self.to_source(0)

    def span(self, start: int, end: int) -> Span:
        """The source span from logical `start` to `end`; it may include what joining dropped."""
        first = self.to_source(start)
        return Span(first, max(first, self.end_to_source(end)) if end > start else first)

    def pieces(self, start: int, end: int) -> Iterator[Span]:
        """The source spans of logical `start` to `end`, without what joining dropped."""
        for index in range(self._run_at(start), len(self.runs)):
            logical, source, length = self.runs[index]
            if logical >= end:
                return
            low, high = max(start, logical), min(end, logical + length)
            if low < high:
                yield Span(source + low - logical, source + high - logical)

    def slice(self, start: int, end: int | None = None) -> "LogicalText":
        """The part `text[start:end]`, with its own way back to the source.

        An empty part keeps the place at which it stands.
        """
        end = len(self.text) if end is None else end
        if start == end:
            return LogicalText("", ((0, self.to_source(start), 0),) if self.runs else ())
        runs = []
        for logical, source, length in self.runs[self._run_at(start) :]:
            if logical >= end:
                break
            low, high = max(start, logical), min(end, logical + length)
            if low < high:
                runs.append((low - start, source + low - logical, high - low))
        return LogicalText(self.text[start:end], tuple(runs))
