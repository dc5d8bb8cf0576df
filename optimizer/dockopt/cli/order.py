"""What one call of `dockopt rewrite` asks for, checked for sense."""

from dataclasses import field
from pathlib import Path

import click

from dockopt.config import Settings, names
from dockopt.discovery import STDIN
from dockopt.immutable import immutable

FORMATS = ("text", "json", "markdown")
_SUFFIXES = {".json": "json", ".txt": "text", ".log": "text"}


@immutable()
class Order:
    """The options of a call."""

    files: tuple[str, ...] = ()
    output: str | None = None
    in_place: bool = False
    backup: bool = False
    dry_run: bool = False
    check: bool = False
    changelog: str | None = None
    form: str | None = None
    config: str | None = None
    no_config: bool = False
    exclude: tuple[str, ...] = ()
    verbose: bool = False
    stated: Settings = field(default_factory=Settings)
    """What the command line says of level, context and so on."""

    @classmethod
    def of(
        cls,
        *,
        quiet: bool,
        context: str | None,
        target: str | None,
        level: str | None,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        assume: tuple[str, ...],
        variants: tuple[str, ...],
        exclude: tuple[str, ...],
        **rest: "str | bool | tuple[str, ...] | None",
    ) -> "Order":
        """The order that options describe; raises click.UsageError where they contradict."""
        stated = Settings(
            level=level,
            select=names(select) if select else None,
            ignore=names(ignore) if ignore else None,
            assume=names(assume) if assume else None,
            context=Path(context) if context else None,
            target=target,
            variants=variants or None,
            origins={**{key: f"--{key}" for key in _KEYS}, "variants": "--variant"},
        )
        order = cls(stated=stated, exclude=names(exclude), **rest)  # type: ignore[arg-type]
        if quiet and order.verbose:
            raise click.UsageError("-q and -v contradict each other")
        order._check()
        return order

    @property
    def writes(self) -> bool:
        """Whether anything may be written to a file."""
        return not (self.dry_run or self.check)

    @property
    def prints_dockerfile(self) -> bool:
        """Whether the new Dockerfile goes to standard output."""
        return self.writes and not self.in_place and self.output in (None, STDIN)

    @property
    def full_report(self) -> str | None:
        """The form in which to print the whole changelog, None for the summary alone."""
        if self.form and not (self.changelog and self.writes):
            return self.form
        return "text" if self.verbose else None

    @property
    def changelog_form(self) -> str:
        """The form of the changelog's file: as asked for, or as its name says."""
        suffix = Path(self.changelog or "").suffix.lower()
        return self.form or _SUFFIXES.get(suffix, "markdown")

    def _check(self) -> None:
        for wrong, message in (
            (self.in_place and self.output is not None, "-o and -i contradict each other"),
            (self.backup and not self.in_place, "--backup needs -i"),
            (self.in_place and STDIN in self.files, "-i cannot write back to standard input"),
            (self.config and self.no_config, "--config and --no-config contradict each other"),
        ):
            if wrong:
                raise click.UsageError(message)


_KEYS = ("level", "select", "ignore", "assume", "context", "target")
