"""The console scripts that a project of the build context installs, from its own metadata."""

import configparser
import re
from collections.abc import Iterator, Mapping

from dockopt.facts.context import Context
from dockopt.facts.source.layout import skipped
from dockopt.facts.toml_tables import table, toml_tables

_MAX_PROJECTS = 40
_IN_SETUP = re.compile(
    r"""["']\s*([\w.+-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)\s*(?:\[[^\]]*\]\s*)?["']"""
)
"""An entry point in a setup.py: a string in a list, whatever the list is called."""
_LINE = re.compile(r"^\s*([\w.+-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)", re.MULTILINE)


def console_scripts(context: Context) -> Mapping[str, tuple[str, str]]:
    """For each console script its module and the function in it.

    Entry points of other groups are there too: it does no harm to know more.
    """
    found: dict[str, tuple[str, str]] = {}
    files = [p for p in context.files_under("") if _reader(p) and not skipped(p)]
    for path in sorted(files, key=lambda p: (p.count("/"), p))[:_MAX_PROJECTS]:
        text = context.read_text(path) or ""
        for name, module, attribute in _scripts(path, text):
            found.setdefault(name, (module, attribute))
    return found


def _reader(path: str) -> bool:
    return path.rpartition("/")[2] in (
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "entry_points.txt",
    )


def _scripts(path: str, text: str) -> Iterator[tuple[str, str, str]]:
    if path.endswith(".toml"):
        yield from _of_pyproject(text)
    elif path.endswith("setup.py"):
        yield from (match.groups() for match in _IN_SETUP.finditer(text))  # type: ignore[misc]
    else:
        yield from _of_ini(text)


def _of_pyproject(text: str) -> Iterator[tuple[str, str, str]]:
    data = toml_tables(text)
    groups = table(data, "project", "entry-points")
    tables = [table(data, "project", "scripts"), table(data, "project", "gui-scripts")]
    tables += [table(groups, name) for name in groups]
    tables += [table(data, "tool", name, "scripts") for name in ("poetry", "pdm", "flit")]
    for scripts in tables:
        for name, target in scripts.items():
            target = target.get("reference", "") if isinstance(target, dict) else target
            module, _, attribute = str(target).partition(":")
            if re.fullmatch(r"[\w.]+", module.strip()):
                yield name, module.strip(), attribute.partition("[")[0].strip()


def _of_ini(text: str) -> Iterator[tuple[str, str, str]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section in parser.sections():
        for key, value in parser.items(section):
            if section == "options.entry_points":
                yield from (m.groups() for m in _LINE.finditer(value or ""))  # type: ignore[misc]
            elif section == "console_scripts" and value:
                module, _, attribute = value.partition(":")
                yield key, module.strip(), attribute.strip()
