"""`dockopt transforms` and `dockopt explain`: what dockopt can do, in its own words."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dockopt.cli.choices import transform_names
from dockopt.cli.console import Console
from dockopt.errors import ConfigurationError

if TYPE_CHECKING:
    from dockopt.registry import Registered
    from dockopt.report.paint import Paint
    from dockopt.transform import Example, Untouched


@click.command(short_help="List the transforms, with level and one line each.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--no-color", is_flag=True, help="Do not colour the output.")
def transforms(form: str, no_color: bool) -> None:
    """Lists the transforms in the order in which they run, each with its level and one line."""
    from dockopt.registry import transforms as registered

    console = Console(coloured=not no_color)
    found = list(registered().values())
    console.out(_as_json(found) if form == "json" else _as_table(found, console.out_paint))


def _as_json(found: "list[Registered]") -> str:
    import json

    rows = [
        {
            "name": r.name,
            "level": str(r.transform.level),
            "phase": r.transform.phase.name.lower(),
            "summary": r.summary,
        }
        for r in found
    ]
    return json.dumps(rows, indent=2) + "\n"


def _as_table(found: "list[Registered]", paint: "Paint") -> str:
    width = max((len(r.name) for r in found), default=0)
    return "".join(
        f"{paint.cyan(r.name.ljust(width))}  {r.transform.level!s:<10}  {r.summary}\n"
        for r in found
    )


@click.command(short_help="Tell what a transform does, why, and what makes it safe.")
@click.argument("name", shell_complete=transform_names)
@click.option("--no-color", is_flag=True, help="Do not colour the output.")
def explain(name: str, no_color: bool) -> None:
    """Tells what the transform NAME does, why, and what makes it safe, with an example."""
    from dockopt.registry import transforms as registered

    console = Console(coloured=not no_color)
    found = registered().get(name.replace("_", "-"))
    if found is None:
        raise ConfigurationError(_unknown(name, list(registered())))
    console.out("\n".join(_explanation(found, console.out_paint)) + "\n")


def _unknown(name: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    meant = f"did you mean {near[0]!r}?" if near else "`dockopt transforms` lists them"
    return f"there is no transform {name!r}; {meant}"


def _explanation(found: "Registered", paint: "Paint") -> Iterator[str]:
    level, phase = found.transform.level, found.transform.phase.name.lower()
    yield f"{paint.bold(found.name)} ({level}, phase {phase})"
    yield ""
    for line in textwrap.dedent(found.documentation).strip().split("\n"):
        yield paint.bold(line.removeprefix("## ")) if line.startswith("## ") else line
    for example in found.transform.examples:
        yield ""
        yield from _example(example, paint)


def _example(example: "Example | Untouched", paint: "Paint") -> Iterator[str]:
    from dockopt.transform import Untouched

    if isinstance(example, Untouched):
        yield paint.bold(f"Left alone: {example.why}")
        yield from _indented(example.text)
        return
    yield paint.bold("Example" + (f": {example.title}" if example.title else ""))
    for path, _ in example.context:
        yield f"  with {path} in the build context"
    if example.assume:
        yield f"  with --assume {','.join(example.assume)}"
    yield "  before:"
    yield from map(paint.red, _indented(example.before))
    yield "  after:"
    yield from map(paint.green, _indented(example.result))
    for path, text in example.writes:
        yield f"  and writes {path}:"
        yield from map(paint.green, _indented(text))


def _indented(text: str) -> Iterator[str]:
    for line in text.rstrip("\n").split("\n"):
        yield f"    {line}".rstrip()
