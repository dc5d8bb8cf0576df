"""From plain settings to a job for the engine; the importable API and the command line share it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from dockopt.facts.variant import Variant
    from dockopt.facts.weights import Weights
    from dockopt.model import Unknown

__all__ = ["LEVELS", "Names", "policy_of", "rewrite_text", "weigh_text"]

Names = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]
_NOWHERE: Mapping[str, str] = MappingProxyType({})


def policy_of(level: str, names: Names, origins: Mapping[str, str] = _NOWHERE) -> Policy:
    """The policy that plain settings describe; `names` are select, ignore, assume and exclude.

    `origins` says where each of them was set. Raises ConfigurationError for a level, transform or
    assumption that does not exist, and for assumptions that contradict each other.
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
    if {"buildkit", "legacy-builder"} <= assume:
        raise ConfigurationError(
            f"{where}: buildkit and legacy-builder contradict each other; assume one of them"
        )
    return Policy(Level[level.upper()], select, ignore, assume, exclude)


def variants_of(
    texts: Sequence[str], context: Context | None, origins: Mapping[str, str] = _NOWHERE
) -> "tuple[Variant, ...]":
    """The variants that texts like `core=` and `ml=ml,gpu` ask for.

    Raises ConfigurationError for one that cannot be read, for two of one name, and for an extra that
    the project of the build context does not declare.
    """
    if not texts:
        return ()
    from dockopt.facts.project_groups import project_groups
    from dockopt.facts.variant import Variant

    where = origins.get("variants", "dockopt")
    found = tuple(Variant.parse(text, where) for text in texts)
    names = [variant.name for variant in found]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise ConfigurationError(f"{where}: there are two variants {twice!r}; give each a name")
    groups = project_groups(context) if context is not None else None
    for extra in [e for v in found for e in groups.unknown(v.extras)] if groups else ():
        if groups and groups.complete:
            known = ", ".join(sorted(groups.extras | groups.groups))
            raise ConfigurationError(
                f"{where}: {groups.file} declares no extra or dependency group {extra!r}; "
                f"it declares {known or 'none'}"
            )
    return found


def rewrite_text(
    text: str,
    *,
    context: Path | None,
    file: str,
    target: str | None,
    level: str,
    names: Names,
    origins: Mapping[str, str] = _NOWHERE,
    variants: Sequence[str] = (),
) -> Rewrite:
    """Rewrites `text`; see `dockopt.rewrite`."""
    policy = policy_of(level, names, origins)
    opened = Context.open(context, dockerfile=file) if context is not None else None
    policy = replace(policy, variants=variants_of(variants, opened, origins))
    with without_collection():
        try:
            return engine.run(engine.Job(text, file, opened, target, policy, transforms()))
        finally:
            forget_texts()


def weigh_text(
    text: str, *, context: Path | None, file: str, target: str | None
) -> "Weights | Unknown":
    """Weighs the requirements of the image that `text` builds.

    Raises ParseError for what is no Dockerfile, ConfigurationError for a context that cannot be read.
    """
    from dockopt.facts import Facts
    from dockopt.model import build
    from dockopt.syntax import parse

    opened = Context.open(context, dockerfile=file) if context is not None else None
    with without_collection():
        return Facts(build(parse(text, file), file, target), opened, file=file).weights
