"""Blank lines between instructions: what a file holds to throughout stays so in what it becomes.

Formatters and linters ask for three habits: no two blank lines in a row, none at the end, and one
between instructions of different kinds while those of one kind stay together
(https://github.com/wharflab/tally/tree/main/docs/rules/tally: `no-multiple-empty-lines`,
`newline-between-instructions`). In a file without a habit, blank lines are left to who wrote it.
"""

from collections.abc import Callable

from dockopt.remembering import remembered
from dockopt.syntax import Blank, Comment, Document, Instruction
from dockopt.text import Delete, Edit, Insert


def respaced(source: Document, result: Document) -> tuple[Edit, ...]:
    """The edits after which `result` has every habit that `source` has."""
    kept = (habit(result) for habit in _HABITS if not habit(source))
    return tuple(dict.fromkeys(edit for edits in kept for edit in edits))


@remembered
def _single(document: Document) -> tuple[Edit, ...]:
    """The edits after which no blank line follows another, or starts the file."""
    blank, edits = True, list[Edit]()
    for node in document.nodes:
        if blank and isinstance(node, Blank):
            edits.append(Delete(node.span))
        blank = isinstance(node, Blank)
    return tuple(edits)


@remembered
def _closed(document: Document) -> tuple[Edit, ...]:
    """The edits after which no blank line ends the file."""
    edits = list[Edit]()
    for node in reversed(document.nodes):
        if not isinstance(node, Blank):
            break
        edits.append(Delete(node.span))
    return tuple(edits)


@remembered
def _grouped(document: Document) -> tuple[Edit, ...]:
    """The edits after which blank lines part instructions of different kinds, and no others.

    Comments between two instructions of one kind may have a blank line above or below.
    """
    before: Instruction | None = None
    commented, blanks, edits = False, list[Blank](), list[Edit]()
    for node in document.nodes:
        if isinstance(node, Blank):
            blanks.append(node)
        elif isinstance(node, Comment):
            commented = True
        elif isinstance(node, Instruction):
            alike = before is not None and before.keyword == node.keyword
            if alike and not commented:
                edits += (Delete(blank.span) for blank in blanks)
            elif before is not None and not alike and not blanks:
                edits.append(Insert(before.end, document.newline))
            before, commented, blanks = node, False, []
    return tuple(edits)


_HABITS: tuple[Callable[[Document], tuple[Edit, ...]], ...] = (_single, _closed, _grouped)
