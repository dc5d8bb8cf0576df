"""What the comments of a requirements file say about each requirement.

pip-compile and uv write below or beside a requirement for which other ones it is there:
https://pip-tools.readthedocs.io/en/latest/ and https://docs.astral.sh/uv/pip/compile/. What people
write stands beside it, or above it and those that follow down to the next blank line.
"""

import re
from collections.abc import Iterator, Mapping

from dockopt.facts.installs import requirement_name
from dockopt.immutable import immutable

_COMMENT = re.compile(r"(?:^|\s+)#.*$")
_VIA = re.compile(r"#\s*via\b")
_CONTINUED = "#   "
_TOP_LEVEL = re.compile(r"(?:^|[\s,])-[rc]\s|\(")
"""A file of the project asks for it as well: `-r base.in`, `app (pyproject.toml)`."""


@immutable(slots=True)
class Note:
    """What is said about one requirement."""

    remark: str = ""
    via: tuple[str, ...] = ()


def commented_lines(text: str) -> Iterator[tuple[int, str, str]]:
    """The lines, joined as pip does: the number of the first, what it says, and its comment.

    A comment ends a line that is continued, and lines are joined before comments go.
    """
    first, joined = 0, ""
    for number, raw in enumerate(text.splitlines(), 1):
        first = first or number
        comment = bool(re.match(r"\s*#", raw))
        if raw.endswith("\\") and not comment:
            joined += raw.rstrip("\\")
            continue
        yield first, *_parted(joined + (" " + raw if comment else raw))
        first, joined = 0, ""
    if joined:
        yield first, *_parted(joined)


def _parted(line: str) -> tuple[str, str]:
    found = _COMMENT.search(line)
    at = found.start() if found else len(line)
    return line[:at].strip(), line[at:].strip()


def notes(text: str) -> Mapping[int, Note]:
    """The notes on the requirements of a file, by the number of the line where each starts."""
    remarks: dict[int, str] = {}
    vias: dict[int, list[str]] = {}
    above, current, within = "", 0, False
    for number, code, comment in commented_lines(text):
        within = bool(_VIA.match(comment)) or (
            within and not code and comment.startswith(_CONTINUED)
        )
        said = "" if within else comment.strip("# \t")
        if code:
            current = number
            remarks[number] = f"{above} {said}".strip()
        elif not within:
            above = f"{above} {said}".strip() if comment else ""
        if within:
            vias.setdefault(current, []).append(_VIA.sub("", comment).strip("# \t"))
    return {n: Note(remark, _via(vias.get(n, []))) for n, remark in remarks.items()}


def _via(texts: list[str]) -> tuple[str, ...]:
    if any(_TOP_LEVEL.search(text) for text in texts):
        return ()
    names = [name for text in texts for name in re.split(r"[,\s]+", text)]
    return tuple(requirement_name(name) for name in names if name and name[0].isalnum())
