"""The program `dockopt`: its commands, each imported when asked for, and how errors end it."""

import importlib
from typing import Any

import click

from dockopt import __version__
from dockopt.cli.console import Console, leave_output
from dockopt.errors import DockoptError

_COMMANDS = {
    "rewrite": "dockopt.cli.rewriting",
    "requirements": "dockopt.cli.weighing",
    "transforms": "dockopt.cli.describing",
    "explain": "dockopt.cli.describing",
    "completion": "dockopt.cli.completing",
}
_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells give it


class Program(click.Group):
    """A group whose commands are imported late, so that `--help` starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of the commands."""
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(_COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an error becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except DockoptError as error:
            Console().error(str(error))
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)
        except BrokenPipeError:
            leave_output()
            ctx.exit(DockoptError.exit_code)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            (ctx.obj or Console()).internal_error(error)
            ctx.exit(DockoptError.exit_code)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dockopt", message="%(prog)s %(version)s")
def program() -> None:
    """Makes Python container images small: rewrites Dockerfiles and accounts for each change."""
