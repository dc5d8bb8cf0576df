"""What the file list and the metadata of a wheel tell, without unpacking it.

The format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/.
"""

import configparser
import email.parser
import re
from collections.abc import Iterable, Iterator
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from dockopt.knowledge.distributions import Distribution
from dockopt.knowledge.markers import applies_today

MAX_METADATA_BYTES = 4 * 2**20
MAX_MEMBERS = 200_000
EXTENSION = re.compile(r"\.so$")
LIBRARY = re.compile(r"(?:^|/)lib[^/]*\.so(?:\.[\w.]+)?$")
SHARED = re.compile(r"\.so(?:\.[\w.]+)?$")
TAGGED = re.compile(r"\.(?:cpython-[\w-]+|cp\d+[\w-]*|abi3(?:-[\w-]+)?|pypy[\w-]+)\.so$")
"""Names that only the interpreter loads: https://peps.python.org/pep-3149/."""
NAME = re.compile(r"[^\W\d]\w*")


def described(name: str, version: str, wheel: IO[bytes], wheel_bytes: int) -> Distribution:
    """A distribution as its wheel shows it. Raises ValueError for what is no readable wheel."""
    try:
        with ZipFile(wheel) as archive:
            return _described(canonicalize_name(name), version, archive, wheel_bytes)
    except (BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise ValueError(f"{name} {version}: {error}") from error


def _described(name: str, version: str, archive: ZipFile, wheel_bytes: int) -> Distribution:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"{name} {version}: more than {MAX_MEMBERS} files")
    paths = [member.filename for member in members]
    entry_points = _text(archive, members, "entry_points.txt")
    return Distribution(
        name=name,
        version=version,
        modules=importable(paths),
        scripts=tuple(sorted({*console_scripts(entry_points), *_data_scripts(paths)})),
        wheel_bytes=wheel_bytes,
        installed_bytes=sum(member.file_size for member in members),
        bundles_libraries=any(LIBRARY.search(p) and not TAGGED.search(p) for p in paths),
        has_extensions=any(SHARED.search(path) for path in paths),
        sdist_only=False,
        requires=required(_text(archive, members, "METADATA")),
    )


def _text(archive: ZipFile, members: list[ZipInfo], wanted: str) -> str:
    """A file of the wheel's own `.dist-info`, empty where there is none."""
    for member in members:
        folder, _, base = member.filename.partition("/")
        if base == wanted and folder.endswith(".dist-info"):
            if member.file_size > MAX_METADATA_BYTES:
                raise ValueError(f"{member.filename}: more than {MAX_METADATA_BYTES} bytes")
            return archive.read(member).decode("utf-8", "replace")
    return ""


def importable(paths: Iterable[str]) -> tuple[str, ...]:
    """The shortest importable names that are not namespace packages alone, sorted."""
    files = [parts for path in paths if (parts := _in_site_packages(path))]
    packages = {tuple(p[:-1]) for p in files if len(p) > 1 and _module_name(p[-1]) == "__init__"}
    found = {".".join(top) for parts in files if (top := _top(parts, packages))}
    shorter = {name for name in found if not any(name.startswith(f"{o}.") for o in found)}
    return tuple(sorted(shorter))


def _in_site_packages(path: str) -> list[str]:
    """The parts of a path as it lies in `site-packages`; empty for metadata and other data."""
    parts = path.split("/")
    if parts[0].endswith(".data"):
        return parts[2:] if len(parts) > 2 and parts[1] in ("purelib", "platlib") else []
    return [] if parts[0].endswith((".dist-info", ".libs", ".egg-info")) else parts


def _top(parts: list[str], packages: set[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The outermost package with an `__init__`, or the module, that a file belongs to."""
    stem = _module_name(parts[-1])
    if stem is None or not all(NAME.fullmatch(part) for part in parts[:-1]):
        return None
    for depth in range(1, len(parts)):
        if tuple(parts[:depth]) in packages:
            return tuple(parts[:depth])
    return (*parts[:-1], stem) if NAME.fullmatch(stem) else None


def _module_name(file: str) -> str | None:
    """The name that a file is imported by; None for what is no module."""
    if file.endswith(".py"):
        return file[:-3]
    if TAGGED.search(file):
        return TAGGED.sub("", file)
    if EXTENSION.search(file) and not file.startswith("lib"):
        return file[:-3]
    return None


def console_scripts(entry_points: str) -> Iterator[str]:
    """The programs that `entry_points.txt` asks for; none where it cannot be read.

    https://packaging.python.org/en/latest/specifications/entry-points/
    """
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(entry_points)
    except configparser.Error:
        return
    for group in ("console_scripts", "gui_scripts"):
        if parser.has_section(group):
            yield from (name.strip() for name in parser.options(group))


def _data_scripts(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        parts = path.split("/")
        if len(parts) == 3 and parts[0].endswith(".data") and parts[1] == "scripts":
            yield parts[2]


def required(metadata: str) -> tuple[str, ...]:
    """Names from `Requires-Dist` that hold on Linux for some Python of today, without extras."""
    message = email.parser.HeaderParser().parsestr(metadata)
    names: set[str] = set()
    for line in message.get_all("Requires-Dist", []):
        try:
            requirement = Requirement(str(line))
        except InvalidRequirement:
            continue
        if requirement.marker is None or applies_today(str(requirement.marker)):
            names.add(canonicalize_name(requirement.name))
    return tuple(sorted(names))
