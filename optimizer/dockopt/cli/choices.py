"""Names that can be given on the command line, for completion by the shell."""

import click
from click.shell_completion import CompletionItem


def transform_names(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The transforms that start with what is typed; lists with commas go on at the last one."""
    from dockopt.registry import transforms

    before, comma, typed = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=registered.summary)
        for name, registered in transforms().items()
        if name.startswith(typed)
    ]


def assumption_names(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The assumptions that start with what is typed."""
    from dockopt.policy import ASSUMPTIONS

    before, comma, typed = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{name}", help=text)
        for name, text in sorted(ASSUMPTIONS.items())
        if name.startswith(typed)
    ]
