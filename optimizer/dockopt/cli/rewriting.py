"""`dockopt rewrite`: its arguments and options."""

from typing import Any

import click

from dockopt.cli.choices import assumption_names, transform_names
from dockopt.cli.console import Console
from dockopt.cli.order import FORMATS, Order
from dockopt.config import LEVELS

_HELP = """Rewrites Dockerfiles so that their images get smaller, and says what was changed and why.

FILE is a Dockerfile, a folder that is searched for Dockerfiles, a pattern such as '**/Dockerfile*',
or - for standard input; without one, ./Dockerfile or ./Containerfile. The new Dockerfile goes to
standard output unless -o, -i, --dry-run or --check say otherwise; all else goes to standard error.

\b
Exit codes; with several files, the highest of them:
  0  done, or nothing to do
  1  --check, and there is something to do
  2  wrong usage or settings, or a file cannot be read or written
  3  no such file
  4  not a Dockerfile that can be parsed
"""
_FOLDER = click.Path(exists=True, file_okay=False)
_FILE = click.Path(exists=True, dir_okay=False)


@click.command(help=_HELP, short_help="Rewrite Dockerfiles, and account for each change.")
@click.argument("files", nargs=-1, metavar="[FILE|-]...", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    type=click.Path(),
    help="Write to this file, or below this folder if it is one.",
)
@click.option(
    "-i",
    "--in-place",
    is_flag=True,
    help="Write back to the file, and an ignore file that goes with it.",
)
@click.option("--backup", is_flag=True, help="With -i, keep what was there as FILE.bak.")
@click.option(
    "--context",
    metavar="DIR",
    type=_FOLDER,
    help="The build context; by default the folder of the file, none for -.",
)
@click.option("--target", metavar="STAGE", help="The stage that is shipped; by default the last.")
@click.option("--level", type=click.Choice(LEVELS), help="How far to go; by default standard.")
@click.option(
    "--select",
    metavar="NAME,…",
    multiple=True,
    shell_complete=transform_names,
    help="Run these transforms only.",
)
@click.option(
    "--ignore",
    metavar="NAME,…",
    multiple=True,
    shell_complete=transform_names,
    help="Do not run these transforms.",
)
@click.option(
    "--assume",
    metavar="FACT,…",
    multiple=True,
    shell_complete=assumption_names,
    help="State what no file tells, such as no-gpu.",
)
@click.option(
    "--variant",
    "variants",
    metavar="NAME=EXTRA,…",
    multiple=True,
    help="Add a stage NAME that installs the project with just these extras; none behind = for none.",
)
@click.option(
    "--exclude-change",
    "exclude",
    metavar="ID,…",
    multiple=True,
    help="Leave out single changes, by the identifiers of the changelog.",
)
@click.option(
    "--dry-run",
    "--diff",
    is_flag=True,
    help="Show the diff and the summary, write nothing; -v adds the whole changelog.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if something would change.")
@click.option(
    "--changelog",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write the changelog here; not with --dry-run or --check, which write nothing.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Print the whole changelog, in this form (standard output, or standard error "
    "where the Dockerfile goes to that); with --changelog, the form of the file.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=_FILE,
    help="Settings; by default the nearest .dockopt.toml or pyproject.toml.",
)
@click.option("--no-config", is_flag=True, help="Read no file of settings.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Print the whole changelog, and tracebacks of internal errors.",
)
@click.option("--no-color", is_flag=True, help="Do not colour the output; so does NO_COLOR=1.")
@click.pass_context
def rewrite(
    ctx: click.Context, /, quiet: bool, verbose: bool, no_color: bool, **given: Any
) -> None:
    """Rewrites the Dockerfiles that are given."""
    order = Order.of(quiet=quiet, verbose=verbose, **given)
    from dockopt.cli.running import run

    console = ctx.find_root().obj = Console(quiet, verbose, not no_color)
    ctx.exit(run(order, console))
