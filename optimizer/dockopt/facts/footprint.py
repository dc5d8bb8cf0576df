"""What a RUN may leave below a folder: nothing, folders that it makes there, or anything.

The question is asked before a `chown -R` of that folder is taken away, so a command that is not
known counts as writing wherever it stands, and wherever it is told to.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dockopt.facts.environments import absolute, path_entries
from dockopt.facts.pip import PipCommand, pip_command, spec_text
from dockopt.facts.prefixes import invocation
from dockopt.facts.users import PROGRAMS as USER_PROGRAMS
from dockopt.model import Run, Stage
from dockopt.shell import Command, Script, Word

NO_FILES = USER_PROGRAMS | frozenset(
    {
        "apt-get", "apt", "apt-cache", "apt-key", "apt-mark", "aptitude", "dpkg", "apk", "yum",
        "dnf", "microdnf", "echo", "printf", "true", ":", "set", "export", "unset", "test", "[",
        "ls", "id", "whoami", "locale-gen", "update-ca-certificates", "ldconfig", "sleep", "exit",
        "umask", "getent", "which", "command", "cat", "grep", "rm", "rmdir", "chown", "chgrp",
        "chmod", "chsh", "passwd", "chpasswd", "deluser", "userdel", "groupdel", "delgroup",
        "gpasswd", "update-alternatives", "uname", "date", "sync", "pwd", "ulimit", "pip-compile",
        "setcap", "cd", "add-apt-repository", "debconf-set-selections", "dpkg-reconfigure",
        "update-locale", "sed", "cut", "tr", "sort", "head", "tail", "wc",
    }
)  # fmt: skip
"""Programs that leave no new file where they stand; `sed -i` keeps the owner of what it edits."""
_LAST = frozenset({"cp", "mv", "ln", "install", "rsync"})
_ALL = frozenset({"touch", "tee", "strip", "truncate", "gunzip", "gzip", "dos2unix"})
_FETCH = {
    "curl": frozenset({"-o", "--output"}),
    "wget": frozenset({"-O", "-P", "--output-document", "--directory-prefix"}),
    "tar": frozenset({"-C", "--directory"}),
    "unzip": frozenset({"-d"}),
}
"""Programs that write to one place, by the options that name it; else where they stand."""
_LOCAL = re.compile(r"^(?:\.|/|~|file:)|/$|\.(?:whl|zip|tar\.gz)$")
HERE = "."
FILE_TOOLS = (NO_FILES | _LAST | _ALL | frozenset(_FETCH)) | frozenset(
    {
        "mkdir", "find", "rpm", "sha1sum", "sha256sum", "sha512sum", "md5sum", "dd", "diff",
        "basename", "dirname", "env", "sudo",
    }
)  # fmt: skip
"""Programs that work on files and packages; none of them calls another that is not named."""


@dataclass
class Footprint:
    """What a RUN may leave below a folder."""

    folders: list[str] = field(default_factory=list)
    """Folders that it makes there: absolute paths."""
    unknown: str = ""
    """The first command that may write there; empty where none does."""
    assumed: str = ""
    """The first command that could write there, but writes elsewhere as far as it is known."""


def within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def footprint(stage: Stage, run: Run, folder: str, *, filled: bool) -> Footprint:
    """What `run` may leave below `folder`; `filled`: files were copied there before."""
    found = Footprint()
    on_path = any(entry and within(entry, folder) for entry in path_entries(stage, run.instruction))
    reading = _Reading(stage, run, folder, filled and on_path, found)
    if isinstance(run.script, Script):
        for command in run.script.commands:
            reading.take(command)
            if found.unknown:
                break
    elif reading.may_stand_within or folder in run.logical.text or reading.in_use:
        found.unknown = "a RUN whose shell is not read"
    return found


class _Reading:
    """Goes through the commands of a RUN, with the folders that it may stand in."""

    def __init__(self, stage: Stage, run: Run, folder: str, in_use: bool, found: Footprint) -> None:
        self.stage, self.run, self.folder, self.in_use = stage, run, folder, in_use
        self.found = found
        self.standing: set[str | None] = {absolute(stage, run.instruction, HERE)}

    @property
    def may_stand_within(self) -> bool:
        return any(place is None or within(place, self.folder) for place in self.standing)

    def take(self, command: Command) -> None:
        for redirect in command.redirects:
            if ">" in redirect.operator and redirect.target and self._inside(redirect.target):
                self.found.unknown = command.name or "a redirection"
                return
        called = invocation(command)
        name = called.name
        if not called.words:
            return
        if name in ("cd", "pushd"):
            self._move(command)
        elif name == "mkdir":
            self._make(command)
        elif pip := pip_command(command):
            self._pip(pip)
        elif name not in NO_FILES:
            if self._writes(name, called.words[1:]):
                self.found.unknown = name or called.words[0].text
            elif self.may_stand_within:
                self.found.assumed = self.found.assumed or name

    def _move(self, command: Command) -> None:
        target = self._place(command.args[0]) if command.args else "/root"
        if command.depth or command.conditional:
            self.standing.add(target)
        else:
            self.standing = {target}

    def _make(self, command: Command) -> None:
        skip = False
        for word in command.args:
            if skip:
                skip = False
            elif word.text.startswith("-"):
                skip = word.text in ("-m", "--mode")
            elif self._inside(word):
                made = self._place(word)
                if made is None or command.conditional:
                    self.found.unknown = "mkdir"
                else:
                    self.found.folders.extend(_down_to(self.folder, made))

    def _pip(self, pip: PipCommand) -> None:
        if pip.group == "pip" and pip.action in ("install", "sync"):
            local = any(self._is_built_here(spec_text(word)) for word in pip.specs)
            local = local or any(self._is_cloned_here(spec) for spec in pip.editables)
            elsewhere = pip.folder_option and self._elsewhere(pip)
            bad = self.in_use or local or elsewhere
        else:
            harmless = pip.group == "pip" and pip.action in ("cache", "config", "list", "check")
            bad = not harmless and (self.may_stand_within or self.in_use)
        if bad:
            self.found.unknown = f"{pip.tool} {pip.action}"
        elif self.may_stand_within:
            self.found.assumed = self.found.assumed or f"{pip.tool} {pip.action}"

    def _is_built_here(self, spec: str | None) -> bool:
        """Whether a requirement is a project below the folder, which building leaves files in."""
        if spec is None or not _LOCAL.search(spec):
            return spec is None and self.may_stand_within
        if not spec.startswith("/"):
            return self.may_stand_within
        return within(spec.partition("[")[0], self.folder) or within(self.folder, spec)

    def _is_cloned_here(self, spec: str | None) -> bool:
        """The same for `-e`, which clones what it fetches to where it stands."""
        absolute_path = spec is not None and spec.startswith("/")
        return self._is_built_here(spec) if absolute_path else self.may_stand_within

    def _elsewhere(self, pip: PipCommand) -> bool:
        option = pip.folder_option
        word = option.value_word if option else None
        if option is None or word is None or option.value is None:
            return True
        path = absolute(self.stage, self.run.instruction, option.value)
        return path is None or within(path, self.folder)

    def _writes(self, name: str, words: tuple[Word, ...]) -> bool:
        """Whether a program with these arguments may write below the folder."""
        plain = [word for word in words if not word.text.startswith("-")]
        if name == "find":
            return any(word.text == "-exec" for word in words) and self._named(words)
        if name in _LAST:
            return not plain or self._inside(plain[-1])
        if name in _ALL:
            return any(self._inside(word) for word in plain)
        if name in _FETCH:
            return self._fetches(name, words)
        if name == "git" and len(plain) > 2 and plain[0].value == "clone":
            return self._inside(plain[-1])
        return self.may_stand_within or self.in_use or self._named(words)

    def _named(self, words: tuple[Word, ...]) -> bool:
        """Whether a word names the folder, in whatever form."""
        texts = (self.stage.expand(word.text, self.run.instruction) for word in words)
        return any(isinstance(text, str) and self.folder in text for text in texts)

    def _fetches(self, name: str, words: tuple[Word, ...]) -> bool:
        named = [self._inside(word) for word in _values(words, _FETCH[name])]
        if named:
            return any(named)
        to_output = name == "curl" and not any(w.text.lstrip("-")[:1] in "OJ" for w in words)
        return not to_output and self.may_stand_within

    def _inside(self, word: Word) -> bool:
        """Whether a word may name a place below the folder."""
        if word.text == HERE or not word.text.startswith(("/", "$", '"', "'", "~")):
            place = self._place(word)
            return self.may_stand_within if place is None else within(place, self.folder)
        place = self._place(word)
        if place is None:
            return not self._begins_elsewhere(word.text.strip("\"'"))
        return within(place, self.folder)

    def _begins_elsewhere(self, text: str) -> bool:
        """Whether an unknown path begins in a folder that has nothing to do with this one."""
        head = re.split(r"[$`*?~{\[]", text, maxsplit=1)[0].rpartition("/")[0]
        return bool(head) and not within(head, self.folder) and not within(self.folder, head)

    def _place(self, word: Word) -> str | None:
        """The path that a word names, seen from where the command stands."""
        text = word.text.strip("\"'")
        if text.startswith("/") or "$" in text:
            return absolute(self.stage, self.run.instruction, text)
        place = next(iter(self.standing)) if len(self.standing) == 1 else None
        if place is None or any(mark in text for mark in "`*?~{"):
            return None
        return posixpath.normpath(posixpath.join(place, text))


def _values(words: tuple[Word, ...], names: frozenset[str]) -> Iterator[Word]:
    """The values of the options `names`: the word after, or the rest of the word."""
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name in names and equals:
            yield Word(value, value, word.end - len(value), word.end)
        elif word.text in names and index + 1 < len(words):
            yield words[index + 1]
        elif not word.text.startswith("--") and word.text.startswith("-"):
            letter = f"-{word.text[-1]}"
            if letter in names and index + 1 < len(words):
                yield words[index + 1]


def _down_to(folder: str, path: str) -> Iterator[str]:
    """`folder` and the folders from it down to `path`."""
    if not within(path, folder):
        return
    current = folder
    yield current
    for part in posixpath.relpath(path, folder).split("/"):
        if part != HERE:
            current = f"{current.rstrip('/')}/{part}"
            yield current
