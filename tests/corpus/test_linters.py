"""hadolint and tally report nothing on a rewrite that they did not report on the input."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus.linters import Findings, find, hadolint, tally
from tests.figures import report

from dockopt import rewrite
from dockopt.errors import ParseError

pytestmark = pytest.mark.corpus
SAMPLE = "DOCKOPT_CORPUS_LINT_SAMPLE"
"""How many files are linted, or `all`."""
LINTERS: dict[str, Callable[[str, Path, list[str]], Findings]] = {
    "hadolint": hadolint,
    "tally": tally,
}


def sample(corpus: list[Path]) -> list[Path]:
    """Files from all over the corpus; always the same ones."""
    wanted = os.environ.get(SAMPLE, "300")
    count = len(corpus) if wanted == "all" else min(int(wanted), len(corpus))
    return [corpus[index * len(corpus) // count] for index in range(count)]


@pytest.fixture(scope="module")
def rewrites(corpus: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders with the files that a rewrite changes: before, and after."""
    before, after = (tmp_path_factory.mktemp(name) for name in ("before", "after"))
    for path in sample(corpus):
        try:
            result = rewrite(path.read_bytes().decode("utf-8", "surrogateescape"))
        except ParseError:
            continue
        if result.changed:
            for folder, text in ((before, result.source), (after, result.text)):
                (folder / path.name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return before, after


LAYOUT = {
    "tally/newline-per-chained-call",  # a clean-up is added on the line that it cleans up after
    "tally/prefer-run-heredoc",  # a here-document would not stop at the first failure
    "tally/max-lines",  # a builder stage and its passes are lines
    "tally/newline-between-instructions",
    "tally/no-multiple-empty-lines",
}
"""Rules about the look of a file that a rewrite can cross; they are counted and printed."""


@pytest.mark.parametrize("name", LINTERS)
def test_a_linter_reports_nothing_new(name: str, rewrites: tuple[Path, Path]) -> None:
    program = find(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    before, after = rewrites
    names = sorted(path.name for path in before.iterdir())
    old, new = (LINTERS[name](program, folder, names) for folder in (before, after))
    fresh, more = Counter[str](), Counter[str]()
    where: dict[str, str] = {}
    for file in names:
        fresh.update(dict.fromkeys(set(new[file]) - set(old[file]), 1))
        more.update((new[file] - old[file]).keys() & old[file].keys())
        where |= dict.fromkeys(set(new[file]) - set(old[file]), file)
    totals = [sum(sum(counts.values()) for counts in found.values()) for found in (old, new)]
    lines = [f"  {len(names):7d}  changed files", f"  {totals[0]:7d}  findings before"]
    lines += [f"  {totals[1]:7d}  findings after"]
    lines += [f"  {count:7d}  files with {rule} only after" for rule, count in fresh.most_common()]
    lines += [f"  {count:7d}  files with more {rule}" for rule, count in more.most_common()]
    report(f"corpus: {name} on the files that change", lines)
    new_rules = {r: (count, where[r]) for r, count in fresh.items() if r not in LAYOUT}
    assert new_rules == {}
    assert totals[1] <= totals[0]
