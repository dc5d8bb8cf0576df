"""What must hold for the rewrite of any Dockerfile; empty where it does, else what is wrong."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.syntax.buildkit import differs_by_version, seen, theirs

from dockopt import guards, rewrite
from dockopt.errors import ParseError
from dockopt.model import Dockerfile, build
from dockopt.result import LineRange, Rewrite
from dockopt.syntax import parse


def violations(result: Rewrite, **settings: Any) -> Iterator[str]:
    """What is wrong with a rewrite that was made with these settings."""
    try:
        before, after = build(parse(result.source)), build(parse(result.text))
    except ParseError as error:
        yield f"the output does not parse: {error}"
        return
    yield from _parsed_by_buildkit(result.text)
    yield from _comments(result, before, after)
    yield from _contract(result, before, after)
    yield from _lines(result)
    again = rewrite(result.text, file=result.file, **settings)
    if again.changed:
        yield "a second run changes the output: " + ", ".join(r.id for r in again.applied)


def _parsed_by_buildkit(text: str) -> Iterator[str]:
    if differs_by_version(text):
        return
    expected = theirs(text)
    if isinstance(expected, str):
        yield f"BuildKit does not read the output: {expected}"
    elif seen(parse(text)) != expected:
        yield "BuildKit reads the output otherwise"


def _comments(result: Rewrite, before: Dockerfile, after: Dockerfile) -> Iterator[str]:
    """A comment may go with the instruction that it belongs to, never alone."""
    missing = Counter(c.text for c in before.document.comments)
    missing -= Counter(c.text for c in after.document.comments)
    touched = {line for r in result.applied for span in r.before for line in _range(span)}
    missing -= Counter(c.text for c in before.document.comments if c.line in touched)
    for text in missing:
        yield f"the comment {text!r} is lost, and no change took it out"


def _range(span: LineRange) -> range:
    return range(span.first, span.last + 1)


def _contract(result: Rewrite, before: Dockerfile, after: Dockerfile) -> Iterator[str]:
    alters = frozenset(aspect for record in result.applied for aspect in record.alters)
    yield from guards.broken(guards.contract(before), guards.contract(after), alters)


def _lines(result: Rewrite) -> Iterator[str]:
    """Every line that differs has an author, and no unchanged text has one only in name."""
    if result.changed != bool(result.applied):
        yield "the text differs without a change on record, or the other way round"
    if not result.changed:
        return
    kept = Counter(result.source.split("\n"))
    written = {line for r in result.applied for span in r.after for line in _range(span)}
    for number, line in enumerate(result.text.split("\n"), 1):
        if number in written or not line.strip():
            continue
        if not kept[line] and not _is_part_of(line, result.source):
            yield f"line {number} of the output is new, and nobody wrote it"


def _is_part_of(line: str, source: str) -> bool:
    """A line from which something was cut is made of text of the input."""
    return all(word in source for word in line.split())
