"""The `kilnwatch` command."""

import click

from kilnwatch import __version__


@click.group()
@click.version_option(__version__, prog_name="kilnwatch")
def main() -> None:
    """Score the firing curve of a pottery kiln."""


@main.command()
@click.argument("temperatures", nargs=-1, type=float)
def classify(temperatures: tuple[float, ...]) -> None:
    """Name the kind of firing that the TEMPERATURES resemble."""
    from kilnwatch import scoring

    try:
        click.echo(scoring.classify(list(temperatures)))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
