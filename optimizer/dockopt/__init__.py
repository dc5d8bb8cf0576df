"""dockopt makes Python container images small: it rewrites Dockerfiles and accounts for each change."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockopt.result import Rewrite

__version__ = "0.1.0"
__all__ = ["__version__", "rewrite"]


def rewrite(
    text: str,
    *,
    context: str | Path | None = None,
    file: str = "Dockerfile",
    target: str | None = None,
    level: str = "standard",
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    assume: Iterable[str] = (),
    exclude: Iterable[str] = (),
    variants: Iterable[str] = (),
) -> "Rewrite":
    """Rewrites the Dockerfile `text`; nothing is written anywhere.

    `context` is the folder of the build context; without it, what needs it is declined. `file` names
    the Dockerfile in messages. `target` is the stage that is shipped, the last one by default.
    `exclude` takes identifiers of single changes, as the changelog gives them. `variants` are stages to
    add, such as `core=` and `ml=ml,gpu`: a name, and the project's extras that it has.

    Raises `dockopt.errors.ParseError` when the text is not a Dockerfile that BuildKit reads, and
    `dockopt.errors.ConfigurationError` for a name, level or pragma that does not exist, and
    for a variant with an extra that the project does not declare.
    """
    from dockopt.errors import ConfigurationError
    from dockopt.session import rewrite_text

    lists = {"select": select, "ignore": ignore, "assume": assume}
    for name, given in {**lists, "exclude": exclude, "variants": variants}.items():
        if isinstance(given, str):  # its letters would be taken for names
            raise ConfigurationError(f"dockopt: {name} takes a list, such as [{given!r}]")
    return rewrite_text(
        text,
        context=Path(context) if context is not None else None,
        file=file,
        target=target,
        level=level,
        names=(frozenset(select), frozenset(ignore), frozenset(assume), frozenset(exclude)),
        variants=tuple(variants),
    )
