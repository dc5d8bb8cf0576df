"""Which report goes where.

Standard output is for the result: the Dockerfile if it goes there, else the diff and, when asked
for, the whole changelog. The summary goes to standard error. As JSON or Markdown the whole is one
document, with the diffs in it, so that nothing else may stand on that stream.
"""

import sys
from collections.abc import Sequence

from dockopt.cli.console import Console
from dockopt.cli.order import Order
from dockopt.immutable import immutable
from dockopt.report.difference import patch, shown
from dockopt.report.paint import Paint
from dockopt.result import Rewrite

Errors = Sequence[tuple[str, str, int]]


@immutable()
class Reporter:
    """Tells of rewrites as they come, and of all of them at the end."""

    order: Order
    console: Console
    many: bool

    def one(self, rewrite: Rewrite) -> None:
        """Tells of one rewrite, in words; a document has to wait for all of them."""
        form = self.order.full_report
        if form in ("json", "markdown"):
            return
        if self.order.dry_run:
            self._diff(rewrite)
        if form == "text":
            self._say(self._changelog(rewrite))
        else:
            self._summary(rewrite)

    def finish(self, rewrites: Sequence[Rewrite], errors: Errors) -> None:
        """Prints the one document that was asked for, if one was."""
        form = self.order.full_report
        if form in ("json", "markdown") and (rewrites or form == "json"):
            self._say(self.text(form, rewrites, errors))

    def text(self, form: str, rewrites: Sequence[Rewrite], errors: Errors) -> str:
        """The whole changelog of `rewrites` as `text`, `json` or `markdown`."""
        if form == "json":
            from dockopt.report.changelog_json import changelog_json

            return changelog_json(rewrites, errors)
        if form == "markdown":
            from dockopt.report.changelog_markdown import changelog_markdown

            return changelog_markdown(rewrites, diff=self.order.dry_run)
        from dockopt.report.changelog_text import changelog_text

        return "\n".join(changelog_text(rewrite) for rewrite in rewrites)

    def _say(self, text: str) -> None:
        """Prints a whole changelog: to standard output, unless the Dockerfile goes there."""
        if self.order.prints_dockerfile:
            self.console.note(text)
        else:
            self.console.out(text)

    def _changelog(self, rewrite: Rewrite) -> str:
        from dockopt.report.changelog_text import changelog_text

        to_notes = self.order.prints_dockerfile
        paint = self.console.note_paint if to_notes else self.console.out_paint
        return changelog_text(rewrite, paint)

    def _diff(self, rewrite: Rewrite) -> None:
        paint = self.console.out_paint
        if paint.enabled or sys.stdout.isatty():
            self.console.out(shown(rewrite, paint))
        else:  # for a program: `patch` takes it as it is
            from dockopt.files import encode

            self.console.out_bytes(encode(patch(rewrite)))

    def _summary(self, rewrite: Rewrite) -> None:
        from dockopt.report.summary import summary

        paint: Paint = self.console.note_paint
        self.console.note(summary(rewrite, paint, brief=self.many))
