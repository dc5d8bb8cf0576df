"""What a project that setuptools builds requires: setup.cfg, setup.py, and files that these name.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html and
https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
"""

import configparser
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from dockopt.facts.context import Context
from dockopt.facts.requirement_files import read_requirements
from dockopt.facts.requirement_groups import EXTRA, PROJECT, Found, Group, Places, listed_group
from dockopt.facts.toml_tables import items_of, table

LATE_EXTRAS = "works out its extras when it runs"
"""What is not known of a setup.py, but does not matter to who asks for no extra."""


def of_setup_cfg(context: Context, path: str, text: str) -> Found:
    """The groups of a setup.cfg. Raises configparser.Error for what is none."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    places = Places(path, text)
    if parser.has_option("options", "install_requires"):
        value = parser.get("options", "install_requires")
        yield from _of_value(context, places, PROJECT, "", value, "options")
    if parser.has_section("options.extras_require"):
        for name, value in parser.items("options.extras_require"):
            section = r"options\.extras_require"
            yield from _of_value(context, places, EXTRA, name, value, section)


def _of_value(
    context: Context, places: Places, kind: str, name: str, value: str, section: str
) -> Found:
    if value.strip().startswith("file:"):
        files = value.strip().removeprefix("file:").replace("\n", ",").split(",")
        yield from of_files(context, places.file, kind, name, (f.strip() for f in files))
        return
    lines = (line.strip() for line in value.split("\n"))
    listed = [line for line in lines if line and not line.startswith("#")]
    yield from listed_group(places, kind, name, listed, section)


def of_setup_py(context: Context, path: str, text: str) -> Found:
    """The groups of a setup.py, which is read and not run."""
    from dockopt.facts.source.setup_script import setup_requirements

    answer, places = setup_requirements(text), Places(path, text)
    groups = [*listed_group(places, PROJECT, "", answer.requirements, None)]
    groups += [g for f in answer.files for g in of_files(context, path, PROJECT, "", (f,))]
    yield from _joined(path, groups)
    for name, listed in answer.extras.items():
        yield from listed_group(places, EXTRA, name, listed, None)
    if not answer.complete:
        yield f"{path} works out its requirements when it runs"
    if not answer.extras_complete:
        yield f"{path} {LATE_EXTRAS}"


def _joined(path: str, found: Iterable[Group | str]) -> Found:
    """The requirements of several lists as one group."""
    groups = []
    for one in found:
        if isinstance(one, Group):
            groups.append(one)
        else:
            yield one
    yield Group(PROJECT, "", tuple(r for group in groups for r in group.requirements), path)


def of_dynamic(context: Context, path: str, tool: Any, field: str) -> Iterator[Group | str] | None:
    """What `dynamic` fields of a pyproject.toml say that setuptools reads from files; None: nothing."""
    named = table(tool, "setuptools", "dynamic", field)
    if field == "dependencies":
        files = _files(named)
        return of_files(context, path, PROJECT, "", files) if files else None
    extras = {name: _files(table(named, name)) for name in named}
    if not extras or not all(extras.values()):
        return None
    return (
        g for name, files in extras.items() for g in of_files(context, path, EXTRA, name, files)
    )


def _files(entry: Any) -> tuple[str, ...]:
    files = table(entry).get("file")
    return tuple(map(str, [files] if isinstance(files, str) else items_of(files)))


def of_files(context: Context, path: str, kind: str, name: str, files: Iterable[str]) -> Found:
    """The group whose requirements stand in requirements files, named from beside `path`."""
    found = []
    for file in (file for file in files if file):
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), file))
        if place.startswith(".."):
            yield f"{path} names {file}, which is not in the build context"
            continue
        read = read_requirements(context, place)
        yield from read.problems
        label = f"{kind} {name}".strip()
        found += [replace(r, group=label) for r in read.requirements]
    yield Group(kind, name, tuple(found), path)
