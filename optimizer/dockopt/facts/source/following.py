"""Follows what an image starts through scripts and lists of commands; see `entry_points`."""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context
from dockopt.facts.deployment import compose_above, is_deployment, is_manifest
from dockopt.facts.runtime import Place
from dockopt.facts.source.deployed import commands_in
from dockopt.facts.source.entry_points import NO_COMMAND, EntryPoint, EntryPoints
from dockopt.facts.source.image_paths import ImagePaths
from dockopt.facts.source.runners import RUNNERS
from dockopt.facts.source.scripts import console_scripts
from dockopt.facts.source.shell_words import VARIABLE, assigned, hands_on, is_all, shell_text
from dockopt.facts.source.start import (
    FILE,
    FOLDER,
    MODULE,
    OPTIONAL,
    PROGRAM,
    PROJECT,
    ROOT,
    SCRIPT,
    SETTINGS,
    UNKNOWN,
    Start,
)
from dockopt.facts.source.starting import starts
from dockopt.facts.source.system_programs import BUILTINS, SYSTEM_PROGRAMS
from dockopt.facts.source.wrapping import PYTHON_WRAPPERS
from dockopt.model import Dockerfile, Stage
from dockopt.shell import Opaque
from dockopt.shell import parse as parse_shell
from dockopt.syntax import Instruction

MAX_COMMANDS = 2_000
MAX_WORDS = 300
"""Behind so many words no command names what it starts."""
MAX_YAML = 300
"""So many YAML files are looked into for what starts containers."""
MAX_SCRIPTS = 60
"""No more scripts and lists of commands are followed; what else they start is unknown then."""


class Search:
    """Follows commands through scripts and lists of commands."""

    def __init__(self, dockerfile: Dockerfile, stage: Stage, context: Context) -> None:
        self.stage = stage
        self.context = context
        self.paths = ImagePaths(dockerfile, stage, context)
        self.console_scripts = console_scripts(context)
        self.found: list[EntryPoint] = []
        self.roots: list[str] = []
        self.followed: dict[str, None] = {}
        self.commands = 0
        self.lenient = False
        """Whether what is read may be about other images: then what is not known does not count."""

    def run(self) -> EntryPoints:
        """All of it."""
        self._instructions()
        self._deployed()
        self._environment()
        self._by_hand()
        roots = [f for f in (*self.roots, *self._search_path()) if not f or self.context.is_dir(f)]
        found = tuple(dict.fromkeys(self.found))
        return EntryPoints(found, tuple(dict.fromkeys(roots)), tuple(self.followed))

    def _instructions(self) -> None:
        entry, command = self.stage.last("ENTRYPOINT"), self.stage.last("CMD")
        if entry is not None and command is not None and _is_before(self.stage, command, entry):
            # ENTRYPOINT in a later stage resets the CMD of the image below.
            command = None
        if entry is None and command is None:
            place = Place("the image", self.stage.from_.start)
            self.found.append(EntryPoint(Start(UNKNOWN, NO_COMMAND), place, ""))
        if entry is not None:
            added = command.value if command is not None and command.is_json else ()
            self._instruction(entry, entry.value, added)
        if command is not None and (entry is None or not self._takes_arguments(entry)):
            self._instruction(command, command.value, ())
        health = self.stage.last("HEALTHCHECK")
        if health is not None and health.value[:1] and health.value[0].upper() == "CMD":
            self._instruction(health, health.value[1:], ())

    def _takes_arguments(self, entry: Instruction) -> bool:
        """Whether CMD only holds arguments for the ENTRYPOINT: no script decides about them."""
        before = len(self.followed)
        words = list(entry.value)
        followed = before and any(
            e.start.kind == SCRIPT and e.place.offset == entry.span.start for e in self.found
        )
        wraps = words and words[-1] in ("--", "-c")
        only_wrapper = len(words) == 1 and words[0].rpartition("/")[2] in ("tini", "dumb-init")
        return entry.is_json and not (followed or wraps or only_wrapper)

    def _instruction(
        self, instruction: Instruction, value: tuple[str, ...], added: tuple[str, ...]
    ) -> None:
        place = Place(instruction.keyword, instruction.span.start)
        if instruction.is_json:
            self.command([*value, *added], place)
        else:
            self.shell(" ".join(value), place, 0)

    def _variable(self, name: str) -> str | None:
        value = self.stage.final_environment.get(name)
        return value if isinstance(value, str) and value else None

    def command(self, words: Iterable[str | None], place: Place, depth: int = 0) -> None:
        """One command line, by its words."""
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            self._add(Start(UNKNOWN, f"there are more than {MAX_COMMANDS} commands"), place, "")
            return
        listed = list(words)[:MAX_WORDS]
        text = " ".join(word if word is not None else "…" for word in listed)
        if (inner := shell_text(listed)) is not None:
            self.shell(inner, place, depth)
            return
        for start in starts(listed, self._variable):
            self._take(start, place, text, depth)

    def shell(self, text: str, place: Place, depth: int) -> None:
        """A piece of shell: all commands in it."""
        script = parse_shell(text)
        if isinstance(script, Opaque):
            self._add(Start(UNKNOWN, script.reason), place, text[:80])
            return
        functions = {match[1] or match[2] for match in _FUNCTION.finditer(text)}
        values = assigned(script)
        for command in script.commands:
            words = [
                w.value if w.value is not None else self._expanded(w.text, values)
                for w in command.words
            ]
            if not words or words[0] in functions or hands_on(command.words[0].text):
                continue
            if words[0] is None and len(words) == 1:
                # `$CMD` alone: what it holds is among the assignments, where it is known at all.
                self._add(Start(UNKNOWN, f"{command.words[0].text} names the program"), place, "")
                continue
            words = [
                w for w, word in zip(words, command.words, strict=True) if not is_all(word.text)
            ]
            self.command(words, place, depth)

    def _expanded(self, text: str, values: dict[str, str | None]) -> str | None:
        plain = text.strip("\"'")
        for match in reversed(list(VARIABLE.finditer(plain))):
            name = match["braced"] or match["plain"]
            value = values[name] if name in values else self._variable(name)
            if value is None:
                value = match["default"]
            if value is None:
                return None
            plain = plain[: match.start()] + value + plain[match.end() :]
        return None if any(mark in plain for mark in "$`*?{") else plain

    def _take(self, start: Start, place: Place, text: str, depth: int) -> None:
        if start.kind in (SCRIPT, SETTINGS):
            self._follow(start, place, text, depth)
        elif start.kind == ROOT:
            self.roots += self._in_context(start.name)
        elif start.kind == PROGRAM:
            self._program(start, place, text)
        elif start.kind in (FILE, FOLDER):
            files = self._in_context(start.name)
            if files or start.module not in OPTIONAL:
                self._add(start, place, text, files or self._anywhere(start.name))
            if start.kind == FILE:
                self.roots += [posixpath.dirname(f) for f in files]
        else:
            self._add(start, place, text)

    def _program(self, start: Start, place: Place, text: str) -> None:
        target = self.console_scripts.get(start.name)
        if start.name in BUILTINS:
            return
        self._add(start, place, text)
        if target is not None:
            self._add(Start(MODULE, *target), place, text)
        elif not (start.name in SYSTEM_PROGRAMS or self._is_runner(start.name)):
            self._add(Start(UNKNOWN, f"it is not known what {start.name} loads"), place, text)

    def _is_runner(self, name: str) -> bool:
        return name in RUNNERS or name in PYTHON_WRAPPERS or name == "python"

    def _follow(self, start: Start, place: Place, text: str, depth: int) -> None:
        """Reads a script or a list of commands, if it is in the context."""
        if posixpath.basename(start.name) == "activate":
            return
        files = [f for f in self._in_context(start.name) if self.context.is_file(f)]
        files = files or [f for f in self._anywhere(start.name) if self.context.is_file(f)]
        if not files:
            name = posixpath.basename(start.name)
            if "/" in start.name and name in SYSTEM_PROGRAMS:
                self._program(Start(PROGRAM, name), place, text)
                return
            console = self.console_scripts.get(name)
            if console is not None or self._is_environment(start.name):
                for inner in starts([name, *text.split()[1:]], self._variable):
                    self._take(inner, place, text, depth + 1) if inner.kind != SCRIPT else None
            elif start.module not in OPTIONAL:
                self._add(Start(UNKNOWN, f"{start.name} is not in the build context"), place, text)
            return
        for file in files:
            self._add(start, place, text, (file,))
            if file not in self.followed:
                self.followed[file] = None
                self._read(file, start.kind, depth)

    def _is_environment(self, path: str) -> bool:
        return bool(re.search(r"(?:^|/)s?bin/[^/]+$", path))

    def _read(self, file: str, kind: str, depth: int) -> None:
        text = self.context.read_text(file)
        place = Place(file, file=file)
        if text is None or len(self.followed) > MAX_SCRIPTS or depth > 10:
            self._add(Start(UNKNOWN, f"{file} could not be followed"), place, "")
        elif kind == SETTINGS or not _is_shell(text):
            self._listed(file, text, place, depth)
        else:
            self.shell(text, place, depth + 1)

    def _listed(self, file: str, text: str, place: Place, depth: int) -> None:
        if text.startswith("#!") and "python" in text.splitlines()[0]:
            self._add(Start(FILE, file), place, file, (file,))
        elif posixpath.basename(file).startswith("Procfile"):
            for line in text.splitlines():
                _, colon, command = line.partition(":")
                if colon and not line.startswith("#"):
                    self.shell(command.strip(), place, depth + 1)
        elif not self._settings(file, text, place, depth):
            self._add(Start(UNKNOWN, f"{file} could not be read"), place, "")

    def _settings(self, file: str, text: str, place: Place, depth: int) -> bool:
        """The commands and applications in an INI file; False where it is none."""
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        try:
            parser.read_string(text, file)
        except configparser.Error:
            return False
        for section in parser.sections():
            for key, value in parser.items(section):
                self._setting(section, key, value or "", place, depth)
        return True

    def _setting(self, section: str, key: str, value: str, place: Place, depth: int) -> None:
        folder = posixpath.dirname(place.file or "")
        if section == "uwsgi":
            option = f"--{key}"
            for start in starts(["uwsgi", option, value], self._variable):
                if start.kind != UNKNOWN:
                    self._take(start, place, f"{key} = {value}", depth + 1)
        elif key in ("command", "cmd"):
            self.shell(value, place, depth + 1)
        elif key == "files" and section == "include":
            for name in value.split():
                for file in self.context.matching(posixpath.join(folder, name)):
                    self._take(Start(SETTINGS, file), place, f"{key} = {value}", depth + 1)
        elif key == "directory":
            self.roots += self._in_context(value)
        elif section == "alembic" and key == "script_location":
            found = posixpath.join(folder, value.replace("%(here)s/", ""))
            self._add(Start(FOLDER, found), place, f"{key} = {value}", (posixpath.normpath(found),))

    def _deployed(self) -> None:
        """Compose files and the descriptors of hosts: what they start may be this image."""
        self.lenient = True
        texts = list(compose_above(self.context.root))
        seen = 0
        for path in self.context.files_under(""):
            seen += path.endswith((".yml", ".yaml"))
            if is_deployment(path) or (path.endswith((".yml", ".yaml")) and seen <= MAX_YAML):
                text = self.context.read_text(path)
                if text and (is_deployment(path) or is_manifest(text)):
                    texts.append((path, text))
        for path, text in texts[:MAX_SCRIPTS]:
            place = Place(path, file=path)
            for match in _SETTINGS_MODULE.finditer(text):
                self._add(Start(MODULE, match[1], "if it is there"), place, match[0])
            for words in commands_in(path, text):
                if isinstance(words, str):
                    self.shell(words, place, 1)
                else:
                    self.command(words, place, 1)
        self.lenient = False

    def _environment(self) -> None:
        """Modules that variables name: `DJANGO_SETTINGS_MODULE` and others of an application."""
        for name, value in self.stage.final_environment.items():
            if not isinstance(value, str) or not _NAMES_MODULE.fullmatch(value):
                continue
            if "." in value or name.endswith(("APP", "MODULE", "SETTINGS")):
                place = Place(f"ENV {name}", self.stage.from_.start)
                self._add(Start(MODULE, value.partition(":")[0], "if it is there"), place, value)

    def _by_hand(self) -> None:
        """What people run in a container of the image, though nothing says so."""
        self.lenient = True
        for name, kind in _BY_HAND.items():
            for file in self._in_context(name):
                if self.context.is_file(file):
                    self._take(Start(kind, name, OPTIONAL[0]), Place("WORKDIR"), f"./{name}", 1)
        self.lenient = False

    def _search_path(self) -> Iterator[str]:
        """WORKDIR and PYTHONPATH, as folders of the context."""
        yield from self._in_context(".")
        entries = self.stage.final_environment.get("PYTHONPATH")
        for entry in entries.split(":") if isinstance(entries, str) else ():
            if entry:
                yield from self._in_context(entry)

    def _in_context(self, path: str) -> tuple[str, ...]:
        if self.context.exists(path) and self.context.is_file(path) and "/" in path:
            direct: tuple[str, ...] = (path.removeprefix("./"),)
        else:
            direct = ()
        absolute = self.paths.below_cwd(path)
        return self.paths.in_context(absolute) or direct if absolute is not None else direct

    def _anywhere(self, path: str) -> tuple[str, ...]:
        """The files of the context that a path in the image ends like."""
        parts = [part for part in path.split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            candidate = "/".join(parts[start:])
            if self.context.is_file(candidate):
                return (candidate,)
        name = parts[-1] if parts else ""
        same = [f for f in self.context.files_under("") if name and f.rpartition("/")[2] == name]
        return tuple(same) if len(same) <= 3 else ()

    def _add(self, start: Start, place: Place, text: str, files: tuple[str, ...] = ()) -> None:
        if self.lenient and (start.kind in (UNKNOWN, PROJECT)):
            return
        self.found.append(EntryPoint(start, place, text, files, self.lenient))


_NAMES_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*)?")
_BY_HAND = {"manage.py": FILE, "alembic.ini": SETTINGS}
"""Django's and Alembic's files for administration, which bring a database up to date."""
_FUNCTION = re.compile(r"^\s*(?:function\s+([\w-]+)|([\w-]+)\s*\(\))", re.MULTILINE)
_SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE["']?\s*[:=]\s*["']?([\w.]+)""")


def _is_shell(text: str) -> bool:
    first = text.split("\n", 1)[0]
    return not first.startswith("#!") or bool(re.search(r"\b(?:ba|da|a|z|k)?sh\b", first))


def _is_before(stage: Stage, command: Instruction, entry: Instruction) -> bool:
    """Whether CMD belongs to a stage below the one that has the ENTRYPOINT."""
    at = {i.start: n for n, link in enumerate(stage.chain) for i in link.instructions}
    return at.get(command.start, 0) > at.get(entry.start, 0)
