"""TOML of a build context, read when it is first needed."""

from collections.abc import Mapping
from typing import Any


def toml_tables(text: str | None) -> Mapping[str, Any] | None:
    """The tables of a TOML file; None for no text, and for one that cannot be read."""
    import tomllib

    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
