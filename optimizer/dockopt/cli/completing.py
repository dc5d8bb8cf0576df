"""`dockopt completion`: the script that makes a shell complete dockopt's words."""

import click

_HELP = """Prints the script that makes SHELL complete the words of dockopt.

    \b
    bash   dockopt completion bash > ~/.local/share/bash-completion/completions/dockopt
    zsh    dockopt completion zsh > "${fpath[1]}/_dockopt"
    fish   dockopt completion fish > ~/.config/fish/completions/dockopt.fish
"""


@click.command(help=_HELP, short_help="Print the script for completion in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Prints the completion script of `shell`."""
    from click.shell_completion import ShellComplete, get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click {click.__version__} knows no completion for {shell}")
    complete = found(ctx.find_root().command, {}, "dockopt", "_DOCKOPT_COMPLETE")
    # `ShellComplete` itself: bash's own would start bash to ask for its version
    click.echo(ShellComplete.source(complete))
