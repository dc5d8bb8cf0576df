"""From plain settings to a job for the engine; the importable API and the command line share it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from dockopt import engine
from dockopt.collecting import without_collection
from dockopt.config import LEVELS, check_level
from dockopt.errors import ConfigurationError
from dockopt.facts.context import Context
from dockopt.policy import ASSUMPTIONS, Policy, check_names
from dockopt.registry import transforms
from dockopt.remembering import forget_texts
from dockopt.result import Rewrite
from dockopt.transform import Level

__all__ = ["LEVELS", "Names", "policy_of", "rewrite_text"]

Names = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]
_NOWHERE: Mapping[str, str] = MappingProxyType({})


def policy_of(level: str, names: Names, origins: Mapping[str, str] = _NOWHERE) -> Policy:
    """The policy that plain settings describe; `names` are select, ignore, assume and exclude.

    `origins` says where each of them was set. Raises ConfigurationError for a level, transform or
    assumption that does not exist.
    """
    select, ignore, assume, exclude = names
    check_level(level, origins.get("level", "dockopt"))
    check_names(select, transforms(), origins.get("select", "dockopt"))
    check_names(ignore, transforms(), origins.get("ignore", "dockopt"))
    excluded = {identifier.partition("@")[0] for identifier in exclude}
    check_names(excluded, transforms(), origins.get("exclude", "dockopt"))
    where = origins.get("assume", "dockopt")
    for name in sorted(assume - set(ASSUMPTIONS)):
        raise ConfigurationError(
            f"{where}: cannot assume {name!r}; one of {', '.join(sorted(ASSUMPTIONS))} can be"
        )
    return Policy(Level[level.upper()], select, ignore, assume, exclude)


def rewrite_text(
    text: str,
    *,
    context: Path | None,
    file: str,
    target: str | None,
    level: str,
    names: Names,
    origins: Mapping[str, str] = _NOWHERE,
) -> Rewrite:
    """Rewrites `text`; see `dockopt.rewrite`."""
    policy = policy_of(level, names, origins)
    opened = Context.open(context, dockerfile=file) if context is not None else None
    with without_collection():
        try:
            return engine.run(engine.Job(text, file, opened, target, policy, transforms()))
        finally:
            forget_texts()
