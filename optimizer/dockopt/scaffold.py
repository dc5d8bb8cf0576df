"""`python -m dockopt.scaffold NAME`: starts a new transform in a checkout of dockopt.

It writes the module, a test and a folder case. All of them fail until they are filled in, so that
a stub cannot be shipped by mistake. Nothing that exists is ever overwritten.
"""

import keyword
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

import click

from dockopt.errors import ConfigurationError, DockoptError, FileError
from dockopt.registry import transforms

MAX_NAME = 40
"""The longest name, in characters: it has to fit a line of `dockopt transforms`."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PACKAGE = Path("transforms", "dockopt_transforms")
_TESTS = Path("tests", "transforms")

_MODULE = Template('''\
"""TODO: what it does in one line, as an order.

## What it does
TODO: what is changed, and where.

## Why
TODO: what it saves, with the source of every number.

## Safety
Level `standard`: TODO: why this level holds, and where the transform declines.
"""

from collections.abc import Iterator

from dockopt.api import Example, Facts, Level, Phase, Proposal, Transform, Untouched

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.STANDARD,
    examples=(
        Example(
            before="FROM python:3.12-slim\\n",
            after="# TODO: a Dockerfile before and after\\nFROM python:3.12-slim\\n",
        ),
        Untouched("FROM scratch\\n", why="TODO: what must be left alone, and why"),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """TODO: what one change is about, and when it is declined."""
    yield from ()
''')

_TEST = Template('''\
"""The edges of `$name`; its examples are tested with those of all transforms."""

from dockopt import rewrite


def test_leaves_alone_what_it_does_not_know() -> None:
    source = "TODO: a Dockerfile that looks like a case for $name, and is none"

    assert rewrite(source, select=["$name"]).text == source
''')

_CASE = Template("""\
# TODO: a Dockerfile that $name changes; `pytest --snapshot-update` writes what becomes of it.
FROMM python:3.12-slim
""")


def files(name: str) -> Mapping[Path, str]:
    """What a transform `name` starts with: texts by their paths below the root of the checkout."""
    module = name.replace("-", "_")
    tests = _TESTS / module
    return {
        _PACKAGE / f"{module}.py": _MODULE.substitute(name=name),
        tests / f"test_{module}.py": _TEST.substitute(name=name),
        tests / "cases" / "first" / "Dockerfile": _CASE.substitute(name=name),
    }


def check_name(name: str) -> None:
    """Raises ConfigurationError for a name that a new transform cannot have."""
    problem = ""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        problem = "write small letters and digits, words parted by one hyphen, like copy-chown"
    elif len(name) > MAX_NAME:
        problem = f"it has {len(name)} characters, and {MAX_NAME} is the most"
    elif name in transforms():
        problem = "there is such a transform already"
    if problem:
        raise ConfigurationError(f"{name!r} cannot be the name of a new transform: {problem}")


def checkout(folder: Path) -> Path:
    """The root of the checkout that `folder` is in; raises FileError outside of one."""
    start = folder.resolve()
    for candidate in (start, *start.parents):
        if (candidate / _PACKAGE / "__init__.py").is_file() and (candidate / _TESTS).is_dir():
            return candidate
    raise FileError(f"{start}: not in a checkout of dockopt; change into one, or name it")


def create(name: str, root: Path) -> list[Path]:
    """Writes the files of a new transform into the checkout at `root`, and gives their paths.

    Raises ConfigurationError for the name; FileError, before anything is written, when one of the
    files exists or would lie outside of `root` by a link, and when one cannot be written.
    """
    check_name(name)
    texts = {root / path: text for path, text in files(name).items()}
    for path in texts:
        if path.exists() or path.is_symlink():
            raise FileError(f"{path}: exists already; nothing was written")
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise FileError(f"{path}: lies outside of {root}; nothing was written")
    for path, text in texts.items():
        _write(path, text)
    return list(texts)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}") from None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="."
)
def program(name: str, folder: Path) -> None:
    """Starts the transform NAME in the checkout of dockopt that FOLDER (here) is in."""
    for path in create(name, checkout(folder)):
        click.echo(path)
    click.echo("\nEach fails its tests until it is filled in; CONTRIBUTING.md tells how.", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; gives its exit code."""
    try:
        program.main(list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except DockoptError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
