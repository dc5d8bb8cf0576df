"""Variables that a script sets itself, once and for certain, to words that are known.

`DEPS="gcc make" && apt-get install $DEPS` names two packages, and both stand in the assignment.
"""

import re
from collections.abc import Iterator, Mapping

from dockopt.immutable import immutable
from dockopt.remembering import remembered
from dockopt.shell.script import Command, Script, Word
from dockopt.shell.values import static_value

_REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_PART = re.compile(r"""[^\s"'\\]+""")


@immutable(eq=False)
class Assigned:
    """A variable with one value for all of a script that comes after its assignment."""

    name: str
    command: Command
    """The assignment, a step of the script."""
    words: tuple[Word, ...]
    """What the variable becomes outside quotes, each word with its place in the assignment."""
    uses: int
    """How often the script names the variable, the assignment aside."""
    until: int
    """The offset up to which it holds for certain: of `a && b=c; d`, only while it was set."""


def variable_of(word: Word) -> str:
    """The variable that a word consists of, empty for any other word."""
    found = _REFERENCE.fullmatch(word.text)
    return (found[1] or found[2]) if found else ""


@remembered
def assigned(script: Script) -> Mapping[str, Assigned]:
    """The variables of a script whose words are known, by name."""
    if "=" not in script.text or "$" not in script.text or "IFS" in script.text:
        return {}
    return {found.name: found for found in _found(script)}


def _found(script: Script) -> Iterator[Assigned]:
    for index, step in enumerate(script.steps):
        command = step.command
        if command is None or command.words or command.conditional or command.redirects:
            continue
        for name, word in command.assignments if len(command.assignments) == 1 else ():
            uses = _uses(script.text, name)
            parts = _parts(word) if word is not None and uses else ()
            if parts:
                yield Assigned(name, command, parts, uses, _until(script, index))


def _until(script: Script, index: int) -> int:
    """Where that ends which runs only if the step ran."""
    if script.stops_on_failure or script.steps[index].operator in ("", ";", "\n"):
        return len(script.text)
    later = script.steps[index + 1 :]
    return next((step.start for step in later if step.operator != "&&"), len(script.text))


def _uses(text: str, name: str) -> int:
    """How often a variable is read; 0 where it is, or may be, set in more than one place."""
    named = len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    read = sum(name in match.groups() for match in _REFERENCE.finditer(text))
    return read if named == read + 1 else 0


def _parts(word: Word) -> tuple[Word, ...]:
    """The words that the value is parted into, where each stands in one piece in the source."""
    if word.value is None:
        return ()
    found = list(_PART.finditer(word.text))
    if [match[0] for match in found] != word.value.split():
        return ()
    values = (static_value(match[0]) for match in found)
    places = ((word.start + match.start(), word.start + match.end()) for match in found)
    return tuple(
        Word(match[0], value, *place)
        for match, value, place in zip(found, values, places, strict=True)
    )


def expanded(known: Mapping[str, Assigned], command: Command, word: Word) -> tuple[Word, ...]:
    """What a word of a command becomes; the word itself where it is no variable that is known."""
    found = known.get(variable_of(word)) if word.value is None else None
    if found is None or not found.command.end <= command.start < found.until:
        return (word,)
    return found.words
