"""Where a RUN chooses the extras and dependency groups with which the project is installed."""

import re
from collections.abc import Iterator

from dockopt.facts.pip import PipCommand, pip_command
from dockopt.facts.prefixes import invocation
from dockopt.facts.project_groups import ProjectGroups
from dockopt.facts.variant import normalised
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.shell import Command, Script, Word

_SPEC = re.compile(r"(?P<path>\.|\./|/[\w./-]+)(?P<extras>\[[^\[\]]*\])?(?P<quote>[\"']?)$")
"""The project as pip takes it, at the end of a word: `.`, `".[a,b]"`, `--editable=.`, `/app[a]`."""
_VARIABLE = re.compile(r"\"?\$\{?(\w+)\}?\"?")
_FILE = re.compile(r"\.(?:txt|whl|gz|zip|toml|bz2|lock)$")
_INSTALLER = re.compile(r"\b(?:pip[\d.]*|uv|poetry|pdm|pipenv)\b[^;&|]*\b(?:install|sync)\b")
CHOOSING = {
    "uv": {"--extra": True, "--group": True, "--all-extras": False, "--all-groups": False,
           "--no-extra": True, "--dev": False},
    "poetry": {"-E": True, "--extras": True, "--all-extras": False, "--with": True,
               "--all-groups": False},
    "pdm": {"-G": True, "--group": True, "--with": True, "-d": False, "--dev": False},
}  # fmt: skip
"""Options that choose, each with whether the next word is its value."""
OTHER_PROJECT = frozenset({"--package", "--all-packages", "--only-group", "--only-dev", "--script"})


@immutable(eq=False)
class Choice:
    """A place where extras or groups are chosen."""

    tool: str
    """`pip` for a requirement with extras in brackets, else `uv`, `poetry` or `pdm`."""
    selected: frozenset[str]
    """Normalised names, those that are on by default included."""
    known: bool
    """Whether a build argument decides, so that `selected` is not all."""
    conditional: bool
    word: Word
    """The word with the requirement, or the action (`sync`, `install`) behind which options stand."""
    options: tuple[tuple[str, str, tuple[Word, ...]], ...] = ()
    """All options: name, value, and the words that hold them."""


class NotChosen(Exception):  # noqa: N818
    """The choice cannot be told, or made otherwise; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def choices(run: Run, groups: ProjectGroups) -> tuple[Choice, ...]:
    """Where a RUN chooses; raises NotChosen where it may, in a way that cannot be read."""
    text = run.logical.text
    if not _INSTALLER.search(text):
        return ()
    if not isinstance(run.script, Script):
        raise NotChosen(f"line {run.instruction.line} is not read: {run.script.reason}")
    found: list[Choice] = []
    for command in run.script.commands:
        try:
            found += _of_command(run.script, command, groups)
        except NotChosen as error:
            raise NotChosen(f"line {run.instruction.line} {error.reason}") from None
    return tuple(found)


def _of_command(script: Script, command: Command, groups: ProjectGroups) -> Iterator[Choice]:
    pip = pip_command(command)
    if pip is None:
        yield from _of_manager(command, groups)
    elif pip.tool == "uv" and pip.group == "" and pip.action in ("sync", "export"):
        yield _of_options("uv", command, pip.action_word, groups)
    elif pip.action in ("install", "wheel") and pip.group == "pip" and not pip.has("--no-deps"):
        yield from _of_requirements(script, command, pip)
        if any((name or "").endswith("pyproject.toml") for name in pip.requirement_files):
            yield _of_options("uv pip", command, pip.action_word, groups)


def _of_requirements(script: Script, command: Command, pip: PipCommand) -> Iterator[Choice]:
    words = [
        *pip.specs,
        *(o.value_word for o in pip.options if o.name == "--editable" and o.value_word),
    ]
    for word in words:
        variable = _VARIABLE.fullmatch(word.text)
        if variable:
            yield from _of_variable(script, variable[1])
        elif (choice := _of_requirement(word, command.conditional)) is not None:
            yield choice


def _of_variable(script: Script, name: str) -> Iterator[Choice]:
    """A variable that the script itself sets: each of its values is a choice."""
    values = [
        (value, command.conditional)
        for command in script.commands
        for variable, value in command.assignments
        if variable == name and value is not None
    ]
    found = [_of_requirement(value, conditional) for value, conditional in values]
    if any(choice is None for choice in found) or not found:
        raise NotChosen(f"installs what the variable {name} names")
    yield from (choice for choice in found if choice is not None)


def _of_requirement(word: Word, conditional: bool) -> Choice | None:
    match = _SPEC.search(word.text)
    if match is None or _FILE.search(match["path"]):
        return None
    before = word.text[: match.start()].lstrip("\"'")
    if before not in ("", "-e", "--editable=") and not before.endswith(("=", '="', "='")):
        return None
    listed = (match["extras"] or "[]")[1:-1]
    if "$" in listed:
        return Choice("pip", frozenset(), False, conditional, word)
    names = frozenset(normalised(part.strip()) for part in listed.split(",") if part.strip())
    return Choice("pip", names, True, conditional, word)


def _of_manager(command: Command, groups: ProjectGroups) -> Iterator[Choice]:
    """`poetry install` and `pdm sync`, also behind `python -m`."""
    words = invocation(command).words
    index = next(
        (n for n, w in enumerate(words[:3]) if (w.value or "").rpartition("/")[2] in CHOOSING), -1
    )
    if index < 0 or (words[index].value or "").rpartition("/")[2] == "uv":
        return
    tool = (words[index].value or "").rpartition("/")[2]
    action = next((w for w in words[index + 1 :] if not (w.value or "-").startswith("-")), None)
    if action is not None and action.value in ("install", "sync", "export"):
        yield _of_options(tool, command, action, groups)


def _of_options(tool: str, command: Command, action: Word | None, groups: ProjectGroups) -> Choice:
    if action is None:
        raise NotChosen("is written in a way that is not read")
    options = tuple(_options(tool, command, action))
    for name, value, _ in options:
        if name in OTHER_PROJECT:
            raise NotChosen(f"has {name}, which is not about the project and its extras alone")
        if "$" in value:
            raise NotChosen("takes the extras from a variable")
    selected = _selected(tool, options, groups)
    return Choice(tool, selected, True, command.conditional, action, options)


def _options(
    tool: str, command: Command, action: Word
) -> Iterator[tuple[str, str, tuple[Word, ...]]]:
    """The options, those without a known value with an empty one."""
    valued = {name for name, takes in CHOOSING[tool.partition(" ")[0]].items() if takes}
    valued |= {"--without", "--only", "--no-group"}
    words = [word for word in command.words if word.start != action.start]
    position = 0
    while position < len(words):
        word = words[position]
        text = word.value if word.value is not None else word.text
        name, equals, value = text.partition("=")
        taken: tuple[Word, ...] = (word,)
        if name in valued and not equals and position + 1 < len(words):
            position += 1
            taken = (word, words[position])
            value = words[position].value or words[position].text
        elif text[:2] in valued and len(text) > 2 and not text.startswith("--"):
            name, value = text[:2], text[2:].removeprefix("=")
        if name.startswith("-"):
            yield name, value, taken
        position += 1


def _selected(
    tool: str, options: tuple[tuple[str, str, tuple[Word, ...]], ...], groups: ProjectGroups
) -> frozenset[str]:
    values = {name: _names(options, name) for name, _, _ in options}
    found = set().union(
        *(values.get(n, ()) for n in ("--extra", "--group", "-E", "--extras", "--with", "-G"))
    )
    if "--all-extras" in values or ":all" in found:
        found |= groups.extras - values.get("--no-extra", frozenset())
    if "--all-groups" in values:
        found |= groups.groups
    if tool != "uv pip" and "--only" not in values:
        found |= groups.default - excluded(values, groups)
    return frozenset(found - {":all"})


def excluded(values: dict[str, frozenset[str]], groups: ProjectGroups) -> frozenset[str]:
    """The groups that are on by default and left out by an option."""
    if {"--no-default-groups", "--prod", "--production"} & values.keys():
        return groups.default
    gone = values.get("--without", frozenset()) | values.get("--no-group", frozenset())
    return gone | ({"dev"} if "--no-dev" in values else frozenset())


def _names(options: tuple[tuple[str, str, tuple[Word, ...]], ...], wanted: str) -> frozenset[str]:
    values = (value for name, value, _ in options if name == wanted)
    parts = [part.strip("\"'") for value in values for part in re.split(r"[,\s]+", value)]
    return frozenset(part if part == ":all" else normalised(part) for part in parts if part)


def requirement_parts(word: Word) -> tuple[int, int, bool]:
    """Where the extras of a requirement stand or would stand, and whether quotes are around it."""
    match = _SPEC.search(word.text)
    if match is None:
        raise NotChosen(f"names {word.text}")
    end = match.end("path")
    last = match.end("extras") if match["extras"] else end
    return word.start + end, word.start + last, bool(match["quote"])
