"""Commands that only clean up: which known waste they remove.

Only places that are caches, lists, temporary files or bytecode by their name are known here. A `rm`
of anything else is not clean-up: it may remove a secret, or a file of the application.
"""

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from dockopt.facts.prefixes import Invocation, invocation
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.remembering import remembered
from dockopt.shell import Command, Script, Step, Word


class Junk(Enum):
    """A kind of waste, and what it is called in a sentence."""

    LISTS = "apt's package lists"
    ARCHIVES = "apt's downloaded packages"
    APT_TRACES = "logs and old state of apt"
    APK = "apk's cache"
    RPM = "the cache of yum or dnf"
    CONDA = "conda's package cache"
    HOME_CACHE = "~/.cache"
    NODE = "npm's or yarn's cache"
    TEMPORARY = "temporary files"
    BYTECODE = "compiled bytecode"
    TESTS = "test suites of installed distributions"


_HOME = r"(?:/root|~|\$HOME|\$\{HOME\}|/home/[\w.-]+)"
_PLACES: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (Junk.LISTS, re.compile(r"/var/lib/apt(?:/lists(?:/[\w.*-]+)?)?")),
    (Junk.ARCHIVES, re.compile(r"/var/cache/apt(?:/(?:archives(?:/[\w.*-]+)*|\*\.bin|\w+\.bin))?")),
    (
        Junk.APT_TRACES,
        re.compile(r"/var/cache/debconf/\*(?:-old)?|/var/log/apt|/var/log/dpkg\.log"),
    ),
    (Junk.APT_TRACES, re.compile(r"/var/log/alternatives\.log|/var/lib/dpkg/[a-z]+-old")),
    (Junk.APK, re.compile(r"/var/cache/apk|/etc/apk/cache")),
    (Junk.RPM, re.compile(r"/var/cache/(?:yum|dnf)")),
    (Junk.CONDA, re.compile(r"/opt/(?:mini)?conda3?/pkgs")),
    (Junk.HOME_CACHE, re.compile(_HOME + r"/\.cache(?:/(?:pip|uv|pypoetry|pipenv|pdm))?")),
    (Junk.NODE, re.compile(_HOME + r"/\.npm|/usr/local/share/\.cache|" + _HOME + r"/\.cache/yarn")),
    (Junk.TEMPORARY, re.compile(r"/(?:var/)?tmp(?:/npm-?\*)?")),
)
_EVERYTHING = re.compile(r"/(?:\*|\.\*|\.\?\?\*|\.\[!\.\]\*|\.\[\^\.\]\*)?$")
_FIND_NAMES = {
    **dict.fromkeys(("__pycache__", "*.pyc", "*.pyo", "*.py[co]", "*.py[cod]"), Junk.BYTECODE),
    **dict.fromkeys(("test", "tests", "idle_test", "*_test.py", "test_*.py"), Junk.TESTS),
}
_FIND_WORDS = frozenset(
    ["-o", "-or", "-a", "-and", "(", ")", "-depth", "-prune", "-print", "-print0", "-follow"]
)
_FIND_PAIRS = frozenset({"-type", "-mindepth", "-maxdepth", "-regextype"})
_INSTALLED = re.compile(
    r"/usr(?:/local)?(?:/lib\S*)?|/opt/[\w.-]*venv\S*|/root/\.local\S*|/venv\S*"
)
_RM_FLAGS = re.compile(r"-[rRfvI]+|--(?:recursive|force|verbose)")
_SETS_NOTHING = frozenset({"true", ":", "set", "sync", "exit"})
_BY_TOOL: dict[tuple[str, ...], Junk] = {
    ("apt-get", "clean"): Junk.ARCHIVES,
    ("apt-get", "autoclean"): Junk.ARCHIVES,
    ("apt", "clean"): Junk.ARCHIVES,
    ("apt", "autoclean"): Junk.ARCHIVES,
    ("aptitude", "clean"): Junk.ARCHIVES,
    ("yum", "clean"): Junk.RPM,
    ("dnf", "clean"): Junk.RPM,
    ("microdnf", "clean"): Junk.RPM,
    ("conda", "clean"): Junk.CONDA,
    ("mamba", "clean"): Junk.CONDA,
    ("micromamba", "clean"): Junk.CONDA,
    ("npm", "cache", "clean"): Junk.NODE,
    ("yarn", "cache", "clean"): Junk.NODE,
    ("pip", "cache", "purge"): Junk.HOME_CACHE,
    ("pip3", "cache", "purge"): Junk.HOME_CACHE,
    ("uv", "cache", "clean"): Junk.HOME_CACHE,
}
_CLEANERS = frozenset({"rm", "find", *(words[0] for words in _BY_TOOL)})
_MAY_CLEAN = re.compile(r"\b(?:rm|find|clean|autoclean|purge|true|set|sync|exit)\b|(?<!\S):")
"""A step that cleans up, or does nothing, names one of these."""


@immutable(eq=False)
class Target:
    """One thing that a command removes."""

    junk: Junk
    text: str
    """The path or command, as it is written."""
    tool: str = ""
    """The program that empties its own cache; empty where files are removed by their place."""


def is_neutral(command: Command) -> bool:
    """Whether a command does nothing by itself: `true`, `set -e`."""
    return command.name in _SETS_NOTHING and not command.redirects


@remembered
def step_targets(step: Step) -> tuple[Target, ...] | None:
    """What a step cleans up; empty when it does nothing, None when it does anything else."""
    if step.kind == "pipeline":
        return _piped(step)
    command = step.command
    if command is None:
        return None
    return () if is_neutral(command) else targets(command)


@remembered
def cleaning_steps(run: Run) -> tuple[tuple[Step, tuple[Target, ...]], ...]:
    """The steps of a RUN that do nothing but clean up, with what they remove."""
    if not _MAY_CLEAN.search(run.logical.text) or run.instruction.heredocs or run.mounts:
        return ()
    if not isinstance(run.script, Script):
        return ()
    return _cleaning(run.script)


@remembered
def _cleaning(script: Script) -> tuple[tuple[Step, tuple[Target, ...]], ...]:
    found = ((step, step_targets(step)) for step in script.steps)
    return tuple((step, what) for step, what in found if what is not None)


@remembered
def targets(command: Command) -> tuple[Target, ...] | None:
    """What a command cleans up; None for a command that does anything else."""
    found = invocation(command)
    if found.name not in _CLEANERS or not _discards(command):
        return None
    if found.name == "rm":
        return _removed(found)
    if found.name == "find":
        return _found(found, _has_action(found))
    values = tuple(w.value or "" for w in found.words[1:] if not w.text.startswith("-"))
    for length in (1, 2):
        if junk := _BY_TOOL.get((found.name, *values[:length])):
            return (Target(junk, command_text(command), found.name),)
    return None


@remembered
def removed_paths(command: Command) -> tuple[str, ...]:
    """The paths that a `rm` removes, as written."""
    found = invocation(command)
    if found.name != "rm":
        return ()
    return tuple(_unquoted(w) for w in found.words[1:] if not w.text.startswith("-"))


@lru_cache(maxsize=2048)
def junk_at(path: str) -> Junk | None:
    """The kind of waste that is kept at `path`, None for a place that is not known."""
    trimmed = _EVERYTHING.sub("", path)
    for junk, pattern in _PLACES:
        if pattern.fullmatch(trimmed) or pattern.fullmatch(path):
            return junk
    return None


def command_text(command: Command) -> str:
    """The words of a command on one line."""
    return " ".join(word.text for word in command.words)


def _discards(command: Command) -> bool:
    return all(r.target is None or r.target.value == "/dev/null" for r in command.redirects)


def _removed(found: Invocation) -> tuple[Target, ...] | None:
    result: list[Target] = []
    for word in found.words[1:]:
        if _RM_FLAGS.fullmatch(word.text) or word.text == "--":
            continue
        junk = junk_at(_unquoted(word))
        if junk is None:
            return None
        result.append(Target(junk, word.text))
    return tuple(result) or None


def _unquoted(word: Word) -> str:
    return word.text.strip("\"'")


def _piped(step: Step) -> tuple[Target, ...] | None:
    """`find … | xargs rm -rf`."""
    if len(step.commands) != 2 or not all(_discards(c) for c in step.commands):
        return None
    first, second = (invocation(command) for command in step.commands)
    words = [w.text for w in second.words[1:] if w.text not in ("-0", "-r", "-0r", "-r0")]
    if first.name != "find" or second.name != "xargs" or words[:1] != ["rm"]:
        return None
    return _found(first, True) if all(_RM_FLAGS.fullmatch(w) for w in words[1:]) else None


def _has_action(found: Invocation) -> bool:
    texts = [w.text.strip("\"'") for w in found.words]
    if "-delete" in texts:
        return True
    return "-exec" in texts and texts[texts.index("-exec") + 1 :][:1] == ["rm"]


def _found(found: Invocation, deletes: bool) -> tuple[Target, ...] | None:
    """What `find` deletes: bytecode, tests, or everything below a known place."""
    roots, names = _find_parts([w.text for w in found.words[1:]])
    if not deletes or not roots or names is None:
        return None
    kinds = (
        [junk_at(root) for root in roots] if not names else [_named(root, names) for root in roots]
    )
    text = " ".join(word.text for word in found.words)
    return tuple(Target(k, text) for k in kinds if k) if all(kinds) else None


def _named(root: str, names: list[str]) -> Junk | None:
    known = {_FIND_NAMES.get(name) for name in names}
    if None in known or not root.startswith("/"):
        return None
    installed = _INSTALLED.fullmatch(root.rstrip("/")) is not None
    if known == {Junk.BYTECODE} and (installed or root == "/"):
        return Junk.BYTECODE
    return Junk.TESTS if installed else None


def _find_parts(texts: list[str]) -> tuple[list[str], list[str] | None]:
    """The roots of a `find`, and the names it looks for; None for a test that is not known."""
    words: Iterator[str] = (text.strip("\"'").replace("\\", "") for text in texts)
    roots: list[str] = []
    names: list[str] = []
    for word in words:
        if not word.startswith(("-", "(", "!")) and not names and not word.startswith(")"):
            roots.append(word)
        elif word in ("-name", "-iname"):
            names.append(next(words, ""))
        elif word in _FIND_PAIRS:
            next(words, "")
        elif word == "-exec":
            return roots, names if _only_removes(list(words)) else None
        elif word == "-delete":
            continue
        elif word not in _FIND_WORDS:
            return roots, None
    return roots, names


def _only_removes(words: list[str]) -> bool:
    flags = [w for w in words[1:] if _RM_FLAGS.fullmatch(w)]
    rest = [w for w in words[1:] if w not in flags]
    return words[:1] == ["rm"] and rest in (["{}", "+"], ["{}", ";"])
