"""Reports as jinja2 templates. Every value is escaped on its way out, so none can be forgotten."""

from collections.abc import Callable
from pathlib import Path

_HERE = Path(__file__).parent


def report(name: str, escape: Callable[[object], str], **values: object) -> str:
    """The text of `<name>.j2` with its values filled in, each put through `escape`.

    Raises `jinja2.UndefinedError` for a value that is missing.
    """
    import jinja2  # on first use: it costs more than the rest of a start

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        undefined=jinja2.StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - `finalize` escapes, for Markdown and not for HTML
    )
    return environment.get_template(f"{name}.j2").render(values)
