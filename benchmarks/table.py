"""The figures, as one table of plain text."""

from collections.abc import Sequence

from benchmarks.length import Grown
from benchmarks.peers import HADOLINT, REWRITE, Speed
from benchmarks.start_up import BASE
from benchmarks.start_up import REWRITE as SHORT_REWRITE

PER_SECOND = 300
TIMES_HADOLINT = 10
LONGEST_SECONDS = 10
START_UP = 150


def render(
    origin: str,
    count: int,
    speeds: Sequence[Speed],
    grown: Sequence[Grown],
    starts: dict[str, float],
) -> str:
    """All figures, with the targets that the project has set itself."""
    lines = [f"Dockerfiles: {count} of {origin}; CPU seconds with child processes", ""]
    lines += [*_speeds(speeds), "", *_grown(grown), "", *_starts(starts)]
    return "\n".join(lines)


def _speeds(speeds: Sequence[Speed]) -> list[str]:
    rewrite = next(speed.per_second for speed in speeds if speed.name == REWRITE)
    lines = [f"{'tool':40}{'files':>7}{'CPU s':>9}{'files/CPU s':>13}{'rewrite is':>13}"]
    for speed in speeds:
        ratio = rewrite / speed.per_second if speed.per_second else 0
        lines.append(
            f"{speed.name:40}{speed.files:7d}{speed.seconds:9.2f}{speed.per_second:13.1f}"
            f"{ratio:11.2f} x"
        )
    lines.append(_target(f"rewrite at least {PER_SECOND} files/CPU s", rewrite >= PER_SECOND))
    for speed in speeds:
        if speed.name == HADOLINT:
            met = rewrite >= TIMES_HADOLINT * speed.per_second
            lines.append(_target(f"rewrite at least {TIMES_HADOLINT} x hadolint", met))
    return lines


def _grown(grown: Sequence[Grown]) -> list[str]:
    lines = [f"{'lines':>10}{'parse s':>10}{'rewrite s':>11}{'changes':>9}{'rewrite µs/line':>17}"]
    for one in grown:
        lines.append(
            f"{one.lines:10d}{one.parse:10.2f}{one.rewrite:11.2f}{one.changes:9d}"
            f"{one.rewrite / one.lines * 1e6:17.1f}"
        )
    met = grown[-1].rewrite < LONGEST_SECONDS
    return [*lines, _target(f"the longest in less than {LONGEST_SECONDS} s", met)]


def _starts(starts: dict[str, float]) -> list[str]:
    base = starts[BASE]
    lines = [f"{'start':40}{'median ms':>11}{'over python':>13}"]
    lines += [f"{name:40}{taken:11.0f}{taken - base:13.0f}" for name, taken in starts.items()]
    idle = [taken for name, taken in starts.items() if name != SHORT_REWRITE]
    met = max(idle) - base <= START_UP
    return [*lines, _target(f"start at most {START_UP} ms over python, before any rewrite", met)]


def _target(text: str, met: bool) -> str:
    return f"  {'met   ' if met else 'MISSED'}  {text}"
