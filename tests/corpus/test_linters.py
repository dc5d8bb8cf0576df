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
from dockopt.syntax import parse

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
    # Asks to write three commands or more as a here-document. Where lists are removed in the RUN that
    # fetched them, as hadolint's DL3009 asks, update and install become three. Older builders read
    # no here-documents, and a shell goes on in one after a failure, which `&&` does not.
    "tally/prefer-run-heredoc",
    # Counts lines up to 50. An added step is a line of its own, or else `newline-per-chained-call`
    # reports it; a builder stage and the passes in it are lines too.
    "tally/max-lines",
}
"""What a rewrite cannot but cross in some files; counted and printed."""
TIDY = {"tally/newline-per-chained-call", "tally/no-multiple-empty-lines"}
"""Rules of layout that a rewrite may break in no file more often than it was, on whatever line."""
SPACED = "tally/newline-between-instructions"
"""Holds throughout a file or not: where it does not, one instruction more is a finding more."""


@pytest.mark.parametrize("name", LINTERS)
def test_a_linter_reports_nothing_new(name: str, rewrites: tuple[Path, Path]) -> None:
    program = find(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    before, after = rewrites
    names = sorted(path.name for path in before.iterdir())
    old, new = (LINTERS[name](program, folder, names) for folder in (before, after))
    fresh, elsewhere, where = Counter[str](), Counter[str](), dict[str, str]()
    for file in names:
        known = {rule for rule, _ in old[file]}
        written = _written(before / file, after / file)
        for rule in {rule for rule, _ in new[file]} - known:
            at = [line for found, line in new[file] if found == rule]
            if rule not in TIDY | LAYOUT | {SPACED} and all(line not in written for line in at):
                elsewhere[rule] += 1
            else:
                fresh[rule] += 1
                where[rule] = file
    was, now = (_total(found) for found in (old, new))
    lines = [f"  {len(names):7d}  changed files"]
    lines += [f"  {was.total():7d}  findings before, {_weighty(was)} of them not of layout"]
    lines += [f"  {now.total():7d}  findings after, {_weighty(now)} of them not of layout"]
    lines += [f"  {count:7d}  files with {rule} only after" for rule, count in fresh.most_common()]
    lines += [
        f"  {count:7d}  files with {rule} only after, on instructions that did not change"
        for rule, count in elsewhere.most_common()
    ]
    grown = {rule: (was[rule], count) for rule, count in now.items() if count > was[rule]}
    lines += [f"  {b - a:7d}  more of {rule} ({a} before)" for rule, (a, b) in grown.items()]
    report(f"corpus: {name} on the files that change", lines)
    assert {r: (count, where[r]) for r, count in fresh.items() if r not in LAYOUT} == {}
    assert _untidied(old, new) == []
    assert _weighty(now) <= _weighty(was)


def _written(before: Path, after: Path) -> set[int]:
    """The lines of instructions that the rewrite wrote or changed, and -1 for the file itself."""
    old, new = (
        parse(path.read_bytes().decode("utf-8", "surrogateescape")) for path in (before, after)
    )
    known = {instruction.logical.text for instruction in old.instructions}
    return {-1, 0}.union(
        *(range(i.line, i.end_line + 1) for i in new.instructions if i.logical.text not in known)
    )


def _untidied(old: Findings, new: Findings) -> list[tuple[str, str, int, int]]:
    """File and rule wherever a rule of layout is broken more often than before, and how often."""
    found: list[tuple[str, str, int, int]] = []
    for file in new:
        was, now = (Counter(rule for rule, _ in side[file]) for side in (old, new))
        found += [(file, r, was[r], now[r]) for r in sorted(TIDY) if now[r] > was[r]]
    return found


def _total(found: Findings) -> Counter[str]:
    summed: Counter[str] = Counter()
    for findings in found.values():
        summed.update(rule for rule, _ in findings)
    return summed


def _weighty(total: Counter[str]) -> int:
    return sum(count for rule, count in total.items() if rule not in LAYOUT)
