"""Edits of the commands that start a container."""

from collections.abc import Iterator

from dockopt.editing import RunEditor
from dockopt.facts.dev_servers import DevUse
from dockopt.facts.start_commands import StartWord
from dockopt.model import Run
from dockopt.shell import Word
from dockopt.syntax import Document
from dockopt.text import Delete, Edit, Span, replace
from dockopt.tidying import merged


def dev_use_edits(document: Document, use: DevUse) -> tuple[Edit, ...]:
    """The edits that take what is for developers out; none where it is not that simple."""
    if use.value is not None:
        return replace(*use.value)
    if not use.exact:
        return ()
    editor = RunEditor(document, Run(use.at, use.stage.final_shell))
    elements = [word for word in use.cut if word.previous is not None]
    plain = [word for word in use.cut if word.previous is None]
    editor.remove_words(Word(word.text, word.text, word.start, word.end) for word in plain)
    for word, text in use.written:
        quotes = 0 if word.previous is None else 1
        editor.replace(word.start + quotes, word.end - quotes, text)
    if any(use.at.comments):
        for word in elements:
            editor.delete(word.previous or 0, word.end)
        return editor.edits()
    return (*editor.edits(), *(Delete(span) for span in merged(_spans(use, elements))))


def _spans(use: DevUse, elements: list[StartWord]) -> Iterator[Span]:
    """Each element with what stands between it and the one before, the end of its line included."""
    body = use.at.body
    for word in elements:
        start = body.end_to_source(word.previous or 0)
        yield Span(start, body.end_to_source(word.end))
