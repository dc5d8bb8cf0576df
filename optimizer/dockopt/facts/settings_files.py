"""YAML, JSON and TOML of strangers as plain data whose texts know their line, within bounds.

Aliases of YAML are expanded only as far as `MAX_NODES` reaches: a few lines of them can stand for
billions of entries. Nothing is constructed but mappings, lists and texts.
"""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

MAX_CHARACTERS = 262_144
MAX_NODES = 20_000
"""Entries of a document, those that aliases repeat counted each time."""
MAX_DEPTH = 60
MAX_PLACED = 32_768
"""In a longer file of JSON or TOML no lines are looked for, for time's sake."""
_LINE_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r",(?=\s*[}\]])")


class Told(str):
    """A text with the line where it stands, from 1; 0 where that is not known."""

    line: int = 0

    @classmethod
    def at(cls, text: str, line: int) -> "Told":
        """The text `text` of line `line`."""
        told = cls(text)
        told.line = line
        return told


Data = dict[Told, Any] | list[Any] | Told | None


def documents(path: str, text: str) -> tuple[Data, ...] | None:
    """The documents of a file, by the ending of its name; None where they cannot be read."""
    if len(text) > MAX_CHARACTERS:
        return None
    try:
        if path.endswith((".yml", ".yaml")):
            return tuple(_yaml(text))
        if path.endswith(".toml"):
            import tomllib

            return (_plain(tomllib.loads(text), text, [0], 0),)
        bare = _LINE_COMMENT.sub(lambda found: found[1] or "", text)
        return (_plain(json.loads(_LAST_COMMA.sub("", bare)), text, [0], 0),)
    except (ValueError, RecursionError):
        return None


def _plain(value: object, text: str, count: list[int], depth: int) -> Data:
    """Data of JSON or TOML; a text gets the line where it stands first."""
    count[0] += 1
    if count[0] > MAX_NODES or depth > MAX_DEPTH:
        raise ValueError("too large")
    if isinstance(value, dict):
        return {_placed(str(k), text): _plain(v, text, count, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, text, count, depth + 1) for v in value]
    return None if value is None else _placed(str(value), text)


def _placed(value: str, text: str) -> Told:
    at = text.find(value) if len(text) < MAX_PLACED else -1
    return Told.at(value, text.count("\n", 0, at) + 1 if at >= 0 else 0)


def _yaml(text: str) -> Iterator[Data]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for node in yaml.compose_all(text, Loader=loader):
            yield _Reading().of(node, 0)
    except yaml.YAMLError as error:
        raise ValueError("no YAML") from error


class _Reading:
    """Makes plain data of the nodes of a document, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def of(self, node: "yaml.Node | None", depth: int) -> Data:
        """The data of a node; merge keys are filled in. Raises ValueError beyond the bounds."""
        import yaml

        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            raise ValueError("too large")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.of(item, depth + 1) for item in node.value]
        if node is None or node.tag.endswith(":null"):
            return None
        return Told.at(str(node.value), node.start_mark.line + 1)

    def _mapping(self, node: "yaml.MappingNode", depth: int) -> dict[Told, Any]:
        found: dict[Told, Any] = {}
        merged: list[Data] = []
        for key, value in node.value:
            name, data = self.of(key, depth + 1), self.of(value, depth + 1)
            if name == "<<":
                merged += data if isinstance(data, list) else [data]
            elif isinstance(name, str):
                found[name] = data
        for other in merged:
            if isinstance(other, dict):
                found = {**other, **found}
        return found


def child(data: Data, *keys: str) -> Data:
    """What is under `keys`, one below the other; None where there is nothing."""
    for key in keys:
        data = data.get(Told(key)) if isinstance(data, dict) else None
    return data


def entries(data: Data) -> Iterator[tuple[Told, Data]]:
    """The entries of a mapping; none of anything else."""
    yield from data.items() if isinstance(data, dict) else ()


def items(data: Data) -> Iterator[Data]:
    """The entries of a list; none of anything else."""
    yield from data if isinstance(data, list) else ()


def text_of(data: Data) -> Told | None:
    """The data, if it is a text."""
    return data if isinstance(data, Told) else None


def texts_in(data: Data) -> Iterator[Told]:
    """All texts in the data, keys too."""
    if isinstance(data, Told):
        yield data
    for key, value in entries(data):
        yield key
        yield from texts_in(value)
    for value in items(data):
        yield from texts_in(value)
