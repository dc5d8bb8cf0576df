"""Settings: from `pyproject.toml` or `.dockopt.toml`, from the environment, from the command line.

The file is the nearest one upward from the Dockerfile, not beyond the root of its repository. The
command line wins over the environment, which wins over the file, key by key.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from dockopt.errors import ConfigurationError
from dockopt.immutable import immutable

LEVELS = ("safe", "standard", "aggressive")
OWN_FILE = ".dockopt.toml"
PROJECT_FILE = "pyproject.toml"
MAX_BYTES = 4 * 1024 * 1024
"""The longest settings file that is read, in bytes."""
_LISTS = ("select", "ignore", "assume", "variants")
_TEXTS = ("level", "context", "target")
KEYS = ("level", "select", "ignore", "assume", "context", "target", "variants")
_AT_LINE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)$")


@immutable()
class Settings:
    """What was said, and where; None where nothing was."""

    level: str | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    assume: tuple[str, ...] | None = None
    context: Path | None = None
    target: str | None = None
    variants: tuple[str, ...] | None = None
    """Each like `ml=ml,gpu`: a stage to add, and the project's extras that it has."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each key was set, as an error should say it: `--level`, `.dockopt.toml:3`."""

    def under(self, stronger: "Settings") -> "Settings":
        """These settings, but for what `stronger` says."""
        chosen = {
            key: getattr(self if getattr(stronger, key) is None else stronger, key) for key in KEYS
        }
        said = {k: v for k, v in stronger.origins.items() if getattr(stronger, k) is not None}
        return Settings(**chosen, origins={**self.origins, **said})


def find(folder: Path) -> Path | None:
    """The settings file for a Dockerfile in `folder`: the nearest upward, None without one.

    A `pyproject.toml` without `[tool.dockopt]` is none. The search ends at the root of the
    repository, the folder that has `.git`.
    """
    start = folder.resolve()
    for candidate in (start, *start.parents):
        for name in (OWN_FILE, PROJECT_FILE):
            path = candidate / name
            if path.is_file() and (name == OWN_FILE or _has_table(path)):
                return path
        if (candidate / ".git").exists():
            return None
    return None


def load(path: Path) -> Settings:
    """The settings in the file at `path`.

    Raises ConfigurationError when it cannot be read, or has a key or value that does not exist.
    """
    text = _read(path)
    table = _parse(text, path)
    header = ""
    if path.name == PROJECT_FILE:
        header = "tool.dockopt"
        table = _table(table, path)
    reader = _Reader(path, text, header)
    return reader.settings(table)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """The settings in `DOCKOPT_LEVEL`, `DOCKOPT_SELECT` and so on; lists have commas.

    Raises ConfigurationError for a level that does not exist.
    """
    found: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key in KEYS:
        variable = f"DOCKOPT_{key.upper()}"
        text = environment.get(variable, "").strip()
        if text:
            found[key] = _listed(key, text) if key in _LISTS else text
            origins[key] = variable
    if "level" in found:
        check_level(found["level"], origins["level"])
    if "context" in found:
        found["context"] = Path(found["context"])
    return Settings(**found, origins=origins)


def _listed(key: str, text: str) -> tuple[str, ...]:
    """The items of a list in the environment; variants have commas of their own, and blanks between."""
    return tuple(text.split()) if key == "variants" else names([text])


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in lists with commas."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def check_level(level: str, where: str) -> None:
    """Raises ConfigurationError when `level`, which `where` says, does not exist."""
    if level not in LEVELS:
        raise ConfigurationError(f"{where}: level {level!r} is not one of {', '.join(LEVELS)}")


def _has_table(path: Path) -> bool:
    """Whether a `pyproject.toml` speaks of dockopt; the text alone tells for most."""
    text = _read(path)
    if "dockopt" not in text:
        return False
    tool = _parse(text, path).get("tool")
    return isinstance(tool, dict) and "dockopt" in tool


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigurationError(f"{path}: larger than {MAX_BYTES} bytes")
        return data.decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8, which TOML must be") from None


def _parse(text: str, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _AT_LINE.search(message)
        line = place["line"] if place and place["line"] else str(text.count("\n") + 1)
        what = message[: place.start()] if place else message
        raise ConfigurationError(f"{path}:{line}: not TOML: {what}") from None
    except RecursionError:
        raise ConfigurationError(f"{path}: nested too deeply to be read") from None


def _table(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    tool = document.get("tool")
    table = tool.get("dockopt") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: has no table [tool.dockopt]; add one")
    return table


@immutable()
class _Reader:
    """Reads one table of settings; knows where it is, for errors."""

    path: Path
    text: str
    header: str

    def settings(self, table: Mapping[str, Any]) -> Settings:
        found: dict[str, Any] = {}
        origins = {key: self._where(key) for key in table}
        for key, value in table.items():
            if key not in KEYS:
                known = ", ".join(KEYS)
                raise ConfigurationError(f"{origins[key]}: unknown key {key!r}; known are {known}")
            found[key] = self._value(key, value, origins[key])
        return Settings(**found, origins=origins)

    def _value(self, key: str, value: object, where: str) -> object:
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise ConfigurationError(f'{where}: {key} must be a list of names, like ["a", "b"]')
            return tuple(value)
        if not isinstance(value, str) or not value:
            raise ConfigurationError(f"{where}: {key} must be a text in quotes")
        if key == "level":
            check_level(value, where)
        return self.path.parent / value if key == "context" else value

    def _where(self, key: str) -> str:
        wanted = re.compile(rf"""\s*(?:tool\.dockopt\.)?["']?{re.escape(key)}["']?\s*[=.]""")
        line = next((n for n, text in self._lines() if wanted.match(text)), None)
        return f"{self.path}:{line}" if line else str(self.path)

    def _lines(self) -> Iterator[tuple[int, str]]:
        """The lines of the table, numbered; all of them where it is not found under its header."""
        lines = list(enumerate(self.text.split("\n"), start=1))
        if not self.header:
            return iter(lines)
        start = next((n for n, line in lines if _header(line) == self.header), 0)
        end = next((n for n, line in lines if n > start and _header(line)), len(lines) + 1)
        return iter(lines[start : end - 1] if start else lines)


def _header(line: str) -> str:
    match = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
    return re.sub(r"""[\s"']""", "", match[1]) if match else ""
