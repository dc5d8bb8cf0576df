"""The unified diff of a rewrite, as a patch or for a terminal."""

from dockopt.report.escaping import visible
from dockopt.report.paint import Paint
from dockopt.result import Rewrite


def patch(rewrite: Rewrite) -> str:
    """The diff as `patch` and `git apply` take it; empty where nothing changed."""
    return rewrite.diff()


def shown(rewrite: Rewrite, paint: Paint) -> str:
    """The diff for people: coloured, and with what a terminal would obey written out."""
    return "".join(_shown(diff, paint) for diff in (rewrite.own_diff(), *_beside(rewrite)))


def _beside(rewrite: Rewrite) -> list[str]:
    return [file.diff() for file in rewrite.files]


def _shown(diff: str, paint: Paint) -> str:
    lines = diff.split("\n")
    return "\n".join(_painted(line, number < 2, paint) for number, line in enumerate(lines))


def _painted(line: str, heading: bool, paint: Paint) -> str:
    text = visible(line.removesuffix("\r"))
    if heading:
        return paint.bold(text)
    styles = {"-": paint.red, "+": paint.green, "@": paint.cyan, "\\": paint.dim}
    style = styles.get(text[:1])
    return style(text) if style else text
