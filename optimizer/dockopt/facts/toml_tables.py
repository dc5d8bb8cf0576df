"""TOML of a build context: read once, and its tables and lists taken without trust in what they are."""

from collections.abc import Mapping
from typing import Any

from dockopt.remembering import remembered_by_text

_REMEMBERED_CHARACTERS = 2**22


def toml_tables(text: str | None) -> Mapping[str, Any] | None:
    """The tables of a TOML file; None for no text, and for one that cannot be read.

    They are kept for the next question, so that nobody may change them.
    """
    found = None if text is None else _read(text, "")
    return None if isinstance(found, str) else found


def toml_problem(text: str) -> str:
    """Why a text is no TOML, in one line; empty where it is."""
    found = _read(text, "")
    return found if isinstance(found, str) else ""


@remembered_by_text(_REMEMBERED_CHARACTERS)
def _read(text: str, _: str) -> Mapping[str, Any] | str:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return (str(error) or "no TOML").splitlines()[0]


def table(holder: object, *keys: str) -> Mapping[str, Any]:
    """The table under `keys`, one below the other; an empty one where there is none."""
    for key in keys:
        holder = holder.get(key) if isinstance(holder, dict) else None
    return holder if isinstance(holder, dict) else {}


def items_of(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
