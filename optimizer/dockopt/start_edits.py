"""Edits of the commands that start a container."""

from collections.abc import Iterator

from dockopt.editing import RunEditor
from dockopt.facts.dev_use import DevUse
from dockopt.facts.start_commands import StartWord
from dockopt.model import Run
from dockopt.remarks import left_alone, without
from dockopt.shell import Word
from dockopt.syntax import Document
from dockopt.text import Delete, Edit, Span, replace
from dockopt.tidying import merged


def dev_use_edits(document: Document, use: DevUse) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """The edits that take out what is for developers, none where it is not that simple.

    And the texts of the comments within the instruction that go with it.
    """
    if use.value is not None:
        return replace(*use.value), ()
    if not use.exact:
        return (), ()
    run = Run(use.at, use.stage.final_shell)
    edits = _edits(document, run, use)
    idle = left_alone(document, run, edits)
    return (*edits, *without(idle)), tuple(comment.text for comment in idle)


def _edits(document: Document, run: Run, use: DevUse) -> tuple[Edit, ...]:
    editor = RunEditor(document, run)
    elements = [word for word in use.cut if word.previous is not None]
    plain = [word for word in use.cut if word.previous is None]
    editor.remove_words(Word(word.text, word.text, word.start, word.end) for word in plain)
    for word, text in use.written:
        quotes = 0 if word.previous is None else 1
        editor.replace(word.start + quotes, word.end - quotes, text)
    spans = merged(_spans(use, elements))
    if any(span.start <= c.start < span.end for span in spans for c in use.at.comments):
        return ()  # a comma would be left alone, beside a comment that is about something else
    return (*editor.edits(), *_taken(document, spans))


def _taken(document: Document, spans: list[Span]) -> Iterator[Edit]:
    """Takes the spans out; the comma or bracket behind an element is written anew.

    It stands behind another element now: so the line has an author, and the changelog shows it.
    """
    for span in spans:
        mark = document.source[span.end : span.end + 1]
        if mark in (",", "]"):
            yield from replace(Span(span.start, span.end + 1), mark)
        else:
            yield Delete(span)


def _spans(use: DevUse, elements: list[StartWord]) -> Iterator[Span]:
    """Each element with what stands between it and the one before, the end of its line included."""
    body = use.at.body
    for word in elements:
        start = body.end_to_source(word.previous or 0)
        yield Span(start, body.end_to_source(word.end))
