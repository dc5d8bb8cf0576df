"""From plain settings to a job for the engine; the importable API and the command line share it."""

from pathlib import Path

from dockopt import engine
from dockopt.errors import ConfigurationError
from dockopt.facts import Context
from dockopt.policy import ASSUMPTIONS, Policy, check_names
from dockopt.registry import transforms
from dockopt.result import Rewrite
from dockopt.transform import Level

LEVELS = ("safe", "standard", "aggressive")
Names = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]


def policy_of(level: str, names: Names, where: str = "dockopt") -> Policy:
    """The policy that plain settings describe; `names` are select, ignore, assume and exclude.

    Raises ConfigurationError for a level, transform or assumption that does not exist.
    """
    select, ignore, assume, exclude = names
    if level not in LEVELS:
        raise ConfigurationError(f"{where}: level {level!r} is not one of {', '.join(LEVELS)}")
    check_names(select | ignore, transforms(), where)
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
) -> Rewrite:
    """Rewrites `text`; see `dockopt.rewrite`."""
    policy = policy_of(level, names)
    opened = Context.open(context, dockerfile=file) if context is not None else None
    return engine.run(engine.Job(text, file, opened, target, policy, transforms()))
