"""The `loglens` command."""

from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from loglens._count import by_status


def show(log: bytes) -> None:
    """Print a table of the statuses in `log`."""
    table = Table("status", "lines")
    for first, count in enumerate(by_status(log), start=1):
        table.add_row(f"{first}xx", str(count))
    Console(width=60).print(table)


@click.group()
@click.version_option(version("loglens"), prog_name="loglens")
def main() -> None:
    """Count what is in an access log."""


@main.command()
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def count(log: Path) -> None:
    """Count the statuses in LOG."""
    show(log.read_bytes())


@main.command()
def demo() -> None:
    """Count the statuses in a log that comes along."""
    show(files("loglens").joinpath("data", "demo.log").read_bytes())
