"""The commands that compose files, manifests and the descriptors of hosts start containers with.

YAML is read no further than that: a command stands behind its key as a text, as a list in brackets,
as a list below it, or as a block.
"""

import json
import re
from collections.abc import Iterator
from itertools import takewhile

_KEY = re.compile(
    r"""^(?P<indent>[ \t-]*)["']?(?P<key>command|entrypoint|args|cmd|test|startCommand|start|run|
    run_command|preDeployCommand|release|web|worker|beat|scheduler|app|release_command)["']?
    \s*[:=]\s*(?P<value>.*)$""",
    re.VERBOSE,
)
_PROCFILE = re.compile(r"^[\w-]+:\s*(.+)$")
_ITEM = re.compile(r"^\s*-\s+(.*)$")
_BLOCK = re.compile(r"^[|>][+-]?\d*$")
MAX_COMMANDS = 200


def commands_in(path: str, text: str) -> tuple[str | tuple[str, ...], ...]:
    """The commands in a file: as shell text, or as words."""
    lines = text.splitlines()
    if path.rpartition("/")[2].startswith("Procfile"):
        return tuple(m[1] for line in lines if (m := _PROCFILE.match(line)))
    return tuple(_commands(lines))[:MAX_COMMANDS]


def _commands(lines: list[str]) -> Iterator[str | tuple[str, ...]]:
    words_above: tuple[str, ...] = ()
    for index, line in enumerate(lines):
        match = _KEY.match(line)
        if not match:
            continue
        found = _value(match["value"].strip(), lines, index, len(match["indent"]))
        if match["key"] == "args" and isinstance(found, tuple):
            # Kubernetes' `args` follow its `command`, which may be left out.
            found = (*words_above, *found)
        words_above = found if match["key"] == "command" and isinstance(found, tuple) else ()
        if isinstance(found, tuple) and found[:1] in (("CMD",), ("CMD-SHELL",)):
            found = " ".join(found[1:]) if found[0] == "CMD-SHELL" else found[1:]
        if found:
            yield found


def _value(value: str, lines: list[str], index: int, indent: int) -> str | tuple[str, ...]:
    if value.startswith("["):
        return _bracketed(value, lines, index)
    if _BLOCK.match(value):
        body = [line.strip() for line in _below(lines, index, indent)]
        return ("\n" if value[0] == "|" else " ").join(body)
    if value and not value.startswith("#"):
        following = [line.strip() for line in _below(lines, index, indent)]
        plain = [line for line in following if ":" not in line or line.startswith("--")]
        return _unquoted(" ".join([value, *plain]) if value[0] not in "\"'" else value)
    matches = takewhile(bool, (_ITEM.match(line) for line in _below(lines, index, indent)))
    items = tuple(_unquoted(match[1]) for match in matches if match)
    # heroku.yml lists whole commands.
    return items[0] if len(items) == 1 and " " in items[0] else items


def _below(lines: list[str], index: int, indent: int) -> Iterator[str]:
    """The lines that belong to the key on line `index`."""
    for line in lines[index + 1 : index + 60]:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        if depth < indent or (depth == indent and not line.lstrip().startswith("- ")):
            return
        yield line


def _bracketed(value: str, lines: list[str], index: int) -> tuple[str, ...]:
    text = value
    for line in lines[index + 1 : index + 40]:
        if "]" in text:
            break
        text += " " + line.strip()
    inner = text[1:].rpartition("]")[0]
    try:
        found = json.loads(f"[{inner}]")
    except ValueError:
        found = [_unquoted(part.strip()) for part in inner.split(",")]
    return tuple(str(part) for part in found if str(part))


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] in "\"'" and text.endswith(text[0]):
        return text[1:-1]
    return re.sub(r"\s+#.*$", "", text)
