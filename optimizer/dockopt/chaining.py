"""How the steps of a RUN stand on lines: each on its own, the operator last or first.

A step that is added follows the RUN's own way, else that of the file, else `&&` leads a line that is
four blanks in. https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.remembering import remembered
from dockopt.shell import Script
from dockopt.syntax import Document

_INDENT = "    "
_BLANKS = re.compile(r"[ \t]*")


@immutable()
class Chain:
    """What stands between two steps that are on lines of their own."""

    trails: bool
    """Whether `&&` ends a line, instead of leading the next one."""
    indent: str
    """The white space before a step, or before the `&&` that leads it."""
    end: str
    """What ends a line that goes on: the escape character and the line feed."""

    @property
    def broken(self) -> str:
        """The line break at a joint, without its `&&`."""
        return f" {self.end}{self.indent}"

    @property
    def joint(self) -> str:
        """All that joins a step to the one before."""
        return f" &&{self.broken}" if self.trails else f"{self.broken}&& "

    def words(self, command: str, words: Sequence[str]) -> str:
        """A step with several `words` each on a line of its own, further in than the steps."""
        if len(words) == 1:
            return f"{command} {words[0]}"
        deeper = self.indent + ("\t" if self.indent.endswith("\t") else _INDENT)
        return f" {self.end}{deeper}".join([command, *words])


def install_run(document: Document, packages: Sequence[str], *, recommends: bool = False) -> str:
    """A new RUN that installs Debian packages, in the way of the file, with its line feed."""
    chain = chain_of_file(document)
    flags = "-y" if recommends else "-y --no-install-recommends"
    install = chain.words(f"apt-get install {flags}", packages)
    steps = ["apt-get update", install, "rm -rf /var/lib/apt/lists/*"]
    return f"RUN {chain.joint.join(steps)}{document.newline}"


def chain_of(document: Document, run: Run) -> Chain:
    """The way of a RUN whose steps stand on several lines, else that of its file."""
    script = run.script
    if isinstance(script, Script):
        for before, step in reversed([*pairwise(script.steps)]):
            end = _line(document, run, before.end - 1)
            operator = _line(document, run, step.operator_start)
            start = _line(document, run, step.start)
            if start > end:
                return _chain(document, operator == end, _indent(document, start))
    return chain_of_file(document)


@remembered
def chain_of_file(document: Document) -> Chain:
    """How the steps of most RUNs of a file are joined."""
    end = rf"{re.escape(document.escape)}[ \t]*\r?\n"
    joint = re.compile(rf"&&[ \t]*{end}([ \t]*)[^\s#]|\n([ \t]*)&&[ \t]")
    texts = [document.text_of(i) for i in document.instructions if i.keyword == "RUN"]
    joints = [found for text in texts if (found := joint.search(text))]
    leading = [found[2] for found in joints if found[2] is not None]
    trailing = [found[1] for found in joints if found[1] is not None]
    trails = len(trailing) > len(leading)
    indents = (trailing if trails else leading) or _word_indents(texts, end) or [_INDENT]
    return _chain(document, trails, Counter(indents).most_common(1)[0][0])


def _word_indents(texts: list[str], end: str) -> list[str]:
    """The indentation of lines that continue a command, unless it is deep."""
    found = [indent for text in texts for indent in re.findall(rf"{end}([ \t]+)[^\s#]", text)]
    return [indent for indent in found if indent == "\t" or len(indent) <= len(_INDENT)]


def is_on_one_line(document: Document, run: Run, script: Script) -> bool:
    """Whether all steps of a RUN stand on the same line."""
    first, last = script.steps[0], script.steps[-1]
    return _line(document, run, first.start) == _line(document, run, last.end - 1)


def _chain(document: Document, trails: bool, indent: str) -> Chain:
    return Chain(trails, indent, document.escape + document.newline)


def _line(document: Document, run: Run, offset: int) -> int:
    return document.line_at(run.logical.to_source(offset))


def _indent(document: Document, line: int) -> str:
    found = _BLANKS.match(document.source, document.line_starts[line - 1])
    return found.group() if found else ""
