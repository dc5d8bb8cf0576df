"""`dockopt requirements`: what each top-level requirement costs, and whether it is used."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dockopt.cli.console import Console

if TYPE_CHECKING:
    from dockopt.config import Settings

_FORMATS = ("text", "markdown", "json")


@click.command(short_help="Weigh each requirement of the image, and tell whether it is imported.")
@click.argument("file", default="", metavar="[FILE]", type=click.Path())
@click.option(
    "--context",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The build context; by default the folder of the file.",
)
@click.option("--target", metavar="STAGE", help="The stage that is shipped; by default the last.")
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", help="By default text."
)
@click.option("--no-color", is_flag=True, help="Do not colour the output.")
@click.pass_context
def requirements(
    ctx: click.Context,
    file: str,
    context: Path | None,
    target: str | None,
    form: str,
    no_color: bool,
) -> None:
    """Tells of every top-level requirement of the image that FILE builds what it alone brings, in
    bytes, and whether the application imports it. Nothing is built or run. FILE is a Dockerfile or
    its folder, by default this one; context and target may come from settings, as for rewrite.
    """
    from dockopt import discovery, files
    from dockopt.errors import ConfigurationError
    from dockopt.model import Unknown
    from dockopt.report import requirements as report
    from dockopt.session import weigh_text

    console = ctx.find_root().obj = Console(coloured=not no_color)
    sources, problems = discovery.find([file] if file else [])
    for problem in problems:
        raise problem
    source = sources[0]
    if source.path is None or len(sources) > 1:
        raise ConfigurationError(
            "dockopt requirements takes one Dockerfile: its name or its folder"
        )
    text = files.read(source.path, source.name)
    settings = _settings(source.folder)
    folder = context or settings.context or source.folder
    weights = weigh_text(text, context=folder, file=source.name, target=target or settings.target)
    if isinstance(weights, Unknown):
        raise ConfigurationError(f"{source.name}: cannot tell the requirements: {weights.reason}")
    render = {
        "text": report.requirements_text,
        "markdown": report.requirements_markdown,
        "json": report.requirements_json,
    }[form]
    console.out(render(source.name, weights))


def _settings(folder: Path) -> "Settings":
    """What the nearest file of settings and the environment say."""
    from dockopt import config

    path = config.find(folder)
    filed = config.load(path) if path else config.Settings()
    return filed.under(config.from_environment(os.environ))
