"""The distributions that a project asks for, each with the place where it does.

Read from requirements files, `pyproject.toml`, `setup.cfg`, `setup.py` and `Pipfile`. Top-level
requirements alone: what these bring along is not asked for by the project.
"""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed

from dockopt.facts.context import Context
from dockopt.facts.installs import requirement_name
from dockopt.facts.source.setup_script import setup_requirements
from dockopt.immutable import immutable

MAX_INCLUDES = 20
_OPTION = re.compile(
    r"^(-r|--requirement|-c|--constraint|-e|--editable)(?:[ =]\s*|(?<=-[rce]))(\S+)"
)
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_VIA = re.compile(r"#\s*(?:via)?\s*([\w.\-\[\]]+)\s*$")


@immutable(slots=True)
class Requirement:
    """A distribution that is asked for."""

    name: str
    """Normalised."""
    extras: tuple[str, ...]
    file: str
    """Where: a file of the context, or words such as `line 7` of the Dockerfile."""
    line: int
    """1 for the first; 0 where it is not known."""
    via: tuple[str, ...] = ()
    """The distributions that a compiled file says it is there for; none for one that is asked for
    by the project."""
    group: str = ""
    """The extra or group that asks for it, empty for none."""
    remark: str = ""
    """The comments beside it, and above it down from the last blank line."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@immutable(slots=True)
class Missing:
    """A manifest, or part of one, that could not be read, and why."""

    reason: str


Found = Iterator[Requirement | Missing]


def of_text(text: str, file: str, line: int = 0, group: str = "") -> Requirement | None:
    """The requirement that a PEP 508 text is; None where a marker keeps it from Linux, and for
    what is none.
    """
    plain = text.strip()
    try:
        parsed = Parsed(plain)
    except InvalidRequirement:
        name = requirement_name(re.split(r"[\s;@=<>!~]", plain)[0])
        valid = re.fullmatch(r"[a-z0-9][a-z0-9-]*(?:\[.*\])?", name)
        return Requirement(name.partition("[")[0], (), file, line, (), group) if valid else None
    if parsed.marker is not None and not _applies(parsed.marker):
        return None
    extras = tuple(sorted(parsed.extras))
    return Requirement(requirement_name(parsed.name), extras, file, line, (), group)


def _applies(marker: Marker) -> bool:
    """Whether a marker may hold on Linux with CPython; other questions are left open."""
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
    names = set(re.findall(r"[a-z_]+(?=\s*(?:[=<>!~]|in\b|not\b))", str(marker)))
    if not names <= set(linux) | {"platform_python_implementation", "implementation_name"}:
        return True
    try:
        return marker.evaluate({**linux, "platform_python_implementation": "CPython"})
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def of_file(context: Context, path: str, depth: int = MAX_INCLUDES) -> Found:
    """The requirements of a requirements file and those that it includes."""
    text = context.read_text(path)
    if text is None or depth <= 0:
        yield Missing(f"{path} cannot be read")
        return
    joined = re.sub(r"\\\n", "  ", text)
    vias, remark = _vias(joined), ""
    for number, raw in enumerate(joined.splitlines(), 1):
        line = _COMMENT.sub("", raw).strip()
        comment = raw.strip()[len(line) :].strip("# \t")
        remark = "" if not raw.strip() else remark if line else f"{remark} {comment}".strip()
        match = _OPTION.match(line)
        if match and match[1] in ("-r", "--requirement"):
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2]))
            yield from of_file(context, inner, depth - 1)
        elif match and match[1] in ("-e", "--editable"):
            yield from _of_place(context, match[2], path, number)
        elif line and not line.startswith("-"):
            found = _of_line(line, path, number)
            if found is not None:
                via = vias.get(number, ())
                about = f"{remark} {comment}".strip()
                yield Requirement(found.name, found.extras, path, number, via, "", about)
            elif "://" in line or line.startswith((".", "/")):
                yield from _of_place(context, line, path, number)


def _of_line(line: str, path: str, number: int) -> Requirement | None:
    text = re.split(r"\s--[a-z]", line)[0].strip()
    if text.startswith((".", "/")) or re.match(r"[\w+]+://|git\+", text):
        return None
    return of_text(text, path, number)


def _of_place(context: Context, text: str, path: str, number: int) -> Found:
    egg = re.search(r"[#&]egg=([\w.-]+)", text)
    if "://" in text or text.startswith("git+"):
        name = egg[1] if egg else re.split(r"[@#]", text.rstrip("/"))[0].rpartition("/")[2]
        yield Requirement(requirement_name(name.removesuffix(".git")), (), path, number)
        return
    folder, _, extras = text.partition("[")
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), folder))
    yield from of_project(context, "" if inside == "." else inside, _extras(extras))


def _extras(text: str) -> tuple[str, ...]:
    return tuple(e.strip() for e in text.rstrip("]").split(",") if e.strip())


def _vias(text: str) -> dict[int, tuple[str, ...]]:
    """For the lines of a compiled file what its comments say they are there for."""
    found: dict[int, tuple[str, ...]] = {}
    current, names = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped.startswith("#") and stripped and not stripped.startswith("--"):
            if current and names:
                found[current] = tuple(names)
            current, names = number, []
        if "# via" in line or (names is not None and stripped.startswith("#   ")):
            after = line.partition("# via")[2] if "# via" in line else stripped.lstrip("# ")
            names += [
                requirement_name(n) for n in re.split(r"[,\s]+", after) if n and n[0].isalnum()
            ]
            if re.search(r"via\s+-[rc]|^#\s+-[rc]", stripped) or "(" in after:
                names.append("")
    if current and names:
        found[current] = tuple(names)
    # A line that a file of the project asks for as well (`-r base.in`, `app (pyproject.toml)`)
    # is a top-level requirement.
    return {
        n: tuple(v for v in names if v) if "" not in names else () for n, names in found.items()
    }


def of_project(context: Context, folder: str, extras: tuple[str, ...] = ()) -> Found:
    """The requirements of the project in a folder, with those of its extras."""
    found = False
    for name, reader in (
        ("pyproject.toml", _of_pyproject),
        ("setup.cfg", _of_setup_cfg),
        ("setup.py", _of_setup_py),
        ("Pipfile", _of_pipfile),
    ):
        path = posixpath.join(folder, name)
        text = context.read_text(path) if context.is_file(path) else None
        if text is not None:
            answers = list(reader(context, path, text, extras))
            found = found or bool(answers)
            yield from answers
    if not found and not any(
        context.is_file(posixpath.join(folder, n))
        for n in ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
    ):
        yield Missing(f"{folder or 'the build context'} has no metadata of a project")


def _of_pyproject(context: Context, path: str, text: str, extras: tuple[str, ...]) -> Found:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        yield Missing(f"{path} cannot be read: {error}")
        return
    project, tool = _table(data, "project"), _table(data, "tool")
    groups = _table(project, "optional-dependencies")
    listed = [("", project.get("dependencies", []))]
    listed += [(name, groups.get(name, [])) for name in extras]
    for group, texts in listed:
        for item in texts if isinstance(texts, list) else []:
            found = of_text(str(item), path, _line_of(text, str(item)), group)
            if found is not None:
                yield found
    poetry = _table(tool, "poetry")
    for name in _table(poetry, "dependencies"):
        if name.lower() != "python":
            yield Requirement(requirement_name(name), (), path, _line_of(text, name))
    if "dependencies" in _list(project, "dynamic"):
        yield from _dynamic(context, path, _table(_table(tool, "setuptools"), "dynamic"))


def _dynamic(context: Context, path: str, dynamic: dict[str, Any]) -> Found:
    """setuptools' `dependencies = {file = …}`."""
    files = _table(dynamic, "dependencies").get("file", [])
    folder = posixpath.dirname(path)
    for file in [files] if isinstance(files, str) else files if isinstance(files, list) else []:
        yield from of_file(context, posixpath.join(folder, str(file)))


def _of_setup_cfg(context: Context, path: str, text: str, extras: tuple[str, ...]) -> Found:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text, path)
    except configparser.Error:
        return
    listed = [("", parser.get("options", "install_requires", fallback=""))]
    for extra in extras:
        listed.append((extra, parser.get("options.extras_require", extra, fallback="")))
    for group, lines in listed:
        if (lines or "").startswith("file:"):
            for file in (lines or "")[5:].split(","):
                yield from of_file(context, posixpath.join(posixpath.dirname(path), file.strip()))
            continue
        for line in (lines or "").splitlines():
            found = (
                of_text(line.partition("#")[0], path, _line_of(text, line), group)
                if line.strip()
                else None
            )
            if found is not None:
                yield found


def _of_setup_py(context: Context, path: str, text: str, extras: tuple[str, ...]) -> Found:
    answer = setup_requirements(text)
    for item in answer.requirements:
        found = of_text(item, path, _line_of(text, item))
        if found is not None:
            yield found
    for extra in extras:
        for item in answer.extras.get(extra, ()):
            found = of_text(item, path, _line_of(text, item), extra)
            if found is not None:
                yield found
    for file in answer.files:
        yield from of_file(context, posixpath.join(posixpath.dirname(path), file))
    if not answer.complete and not answer.files:
        yield Missing(f"{path} works out its requirements when it runs")


def _of_pipfile(_: Context, path: str, text: str, extras: tuple[str, ...]) -> Found:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        yield Missing(f"{path} cannot be read: {error}")
        return
    for table in ("packages", *(e for e in extras if e == "dev-packages")):
        for name in _table(data, table):
            yield Requirement(requirement_name(name), (), path, _line_of(text, name))


def _line_of(text: str, item: str) -> int:
    at = text.find(item.strip())
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _table(holder: Any, key: str) -> dict[str, Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def _list(holder: dict[str, Any], key: str) -> list[Any]:
    found = holder.get(key)
    return found if isinstance(found, list) else []
