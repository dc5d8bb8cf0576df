"""The changelog as Markdown: for a file beside the Dockerfile, or for a merge request."""

from collections.abc import Sequence

from dockopt.report.amounts import expected
from dockopt.report.escaping import code, fenced, markdown
from dockopt.report.outline import Outline, bytes_of, is_flag, largest_label, places
from dockopt.result import LineRange, Rewrite

MAX_QUOTED = 40
"""Lines of a change that are quoted; the Dockerfile has them all."""


def changelog_markdown(rewrites: Sequence[Rewrite], *, diff: bool = False) -> str:
    """The changelog of `rewrites`, each a section of its own; with `diff`, what changed follows."""
    from dockopt_templates.reports import report

    text = report(
        "changelog.md",
        markdown,
        outlines=[Outline.of(rewrite) for rewrite in rewrites],
        diff=diff,
        bytes_of=bytes_of,
        largest_label=largest_label,
        code=code,
        expected=expected,
        fenced=fenced,
        is_flag=is_flag,
        hidden=lambda ranges: max(0, len(_quoted(ranges)) - MAX_QUOTED),
        places=places,
        written=_written,
        quoted=lambda ranges: "\n".join(_quoted(ranges)[:MAX_QUOTED]),
    )
    return text.strip("\n") + "\n"


def _written(outline: Outline, path: str) -> str:
    """The diff of a file that goes with the Dockerfile."""
    return "".join(file.diff() for file in outline.rewrite.files if file.path == path)


def _quoted(ranges: Sequence[LineRange]) -> list[str]:
    """The lines of `ranges`, with a mark where some between them are left out."""
    found: list[str] = []
    for number, entry in enumerate(ranges):
        found += (["⋮"] if number else []) + entry.text.split("\n")
    return found
