"""What is left of the lines of a RUN when parts of them are cut, and what has to go with those.

A line that is left empty goes; a continuation that leads nowhere goes; an operator that is left
alone on its line moves up behind the step that it follows, if no comment stands between.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dockopt.model import Run
from dockopt.syntax import Document
from dockopt.text import Insert, Span

_OPERATORS = frozenset({"&&", "||", "|", ";"})


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        elif len(span):
            found.append(span)
    return found


def remaining(line: Span, cuts: Sequence[Span]) -> list[Span]:
    """The parts of a line that are not cut; `cuts` are in order and apart, see `merged`."""
    position, parts = line.start, []
    index = max(0, bisect_right(cuts, line.start, key=lambda span: span.start) - 1)
    for cut in cuts[index:]:
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


@dataclass
class Lines:
    """The physical lines of a RUN, and what is left of them after the cuts."""

    document: Document
    run: Run
    cuts: list[Span]
    inserts: list[Insert]

    def extra(self) -> list[Span]:
        """The cuts that tidy up: empty lines, lone operators, a continuation that leads nowhere."""
        lines = list(self._content_lines())
        emptied = {line: self._whole(line) for line in lines[1:] if self._is_empty(line)}
        found = list(emptied.values())
        kept = [line for line in lines if line not in emptied]
        gone = {whole.start: whole.end for whole in found}
        for above, line in pairwise(kept):
            found += self._raised(above, line, gone)
        if kept and kept[-1] is not lines[-1]:
            found.append(self._continuation(kept[-1]))
        return found

    def _raised(self, above: Span, line: Span, gone: Mapping[int, int]) -> Iterator[Span]:
        """The cut that puts the operator that a line is left with behind the line above."""
        parts = remaining(line, self.cuts)
        if parts == [line] or self._is_written(line):
            return
        source, escape = self.document.source, self.document.escape
        text = "".join(part.of(source) for part in parts)
        if text.rstrip().removesuffix(escape).strip() not in _OPERATORS:
            return
        at = source.find("\n", above.end) + 1
        while at in gone:
            at = gone[at]
        mark = above.start + len(above.of(source).rstrip(" \t")) - 1
        if at != line.start or source[mark] != escape:
            return
        first = next(part for part in parts if part.of(source).strip())
        operator = first.end - len(first.of(source).lstrip())
        if source[mark - 1] in " \t" and any(
            p.contains(Span(mark - 1, mark)) for p in remaining(above, self.cuts)
        ):
            yield Span(mark, operator)
        elif operator > first.start:
            yield Span(mark, operator - 1)

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

    def _is_empty(self, line: Span) -> bool:
        if self._is_written(line):
            return False
        text = "".join(part.of(self.document.source) for part in remaining(line, self.cuts)).strip()
        return text in ("", self.document.escape)

    def _is_written(self, line: Span) -> bool:
        return any(line.start <= insert.at <= line.end for insert in self.inserts)

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
