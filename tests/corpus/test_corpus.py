"""Real Dockerfiles: read like BuildKit reads them, and rewritten without harm."""

from collections import Counter
from collections.abc import Iterable

import pytest
from tests.corpus.examining import Examined
from tests.figures import report

pytestmark = pytest.mark.corpus
SHOWN = 25
MOST_OPAQUE = 0.02
"""The share of RUNs whose shell may stay unread."""
READABLE = "exec form"
"""An exec form has no shell to read, so it is not counted as unread."""


def table(counts: Counter[str], shown: int = SHOWN) -> list[str]:
    lines = [f"  {count:7d}  {name}" for name, count in counts.most_common(shown)]
    rest = len(counts) - shown
    return [*lines, f"           and {rest} more"] if rest > 0 else lines


def total(parts: Iterable[Counter[str]]) -> Counter[str]:
    summed: Counter[str] = Counter()
    for part in parts:
        summed.update(part)
    return summed


def test_every_file_is_read_as_buildkit_reads_it(examined: list[Examined]) -> None:
    readings = Counter(e.reading for e in examined)
    refusals = Counter(
        e.refusal.split(": ", 1)[-1].split(": ", 1)[-1] for e in examined if e.refusal
    )
    report(
        "corpus: both parsers", [f"  {len(examined):7d}  files", *table(readings), *table(refusals)]
    )
    disagreements = [
        (e.path.name, e.reading, e.refusal) for e in examined if " both" not in e.reading
    ]
    assert disagreements == []


def test_nearly_every_shell_is_read(examined: list[Examined]) -> None:
    runs = sum(e.runs for e in examined)
    opaque = total(e.opaque for e in examined)
    unread = sum(count for reason, count in opaque.items() if READABLE not in reason)
    share = unread / runs
    lines = [f"  {runs:7d}  RUNs", f"  {share:7.2%}  not read ({unread})", *table(opaque)]
    report("corpus: shell of RUN", lines)
    assert share <= MOST_OPAQUE


def test_no_rewrite_breaks_a_property(examined: list[Examined]) -> None:
    wrong = [(e.path.name, problem) for e in examined for problem in e.wrong]
    kinds = Counter(_kind(problem) for _, problem in wrong)
    fates = Counter(e.fate for e in examined)
    report("corpus: what became of the files", table(fates))
    report("corpus: changes made", table(total(e.applied for e in examined)))
    report("corpus: changes left out", table(total(e.left_out for e in examined)))
    report("corpus: why rewrites were declined", table(total(e.declined for e in examined)))
    report("corpus: broken properties", table(kinds) or ["        0  in all files"])
    assert wrong == []


def _kind(problem: str) -> str:
    return "crash" if problem.startswith("crash") else problem.split(":")[0].rstrip("0123456789 ")
