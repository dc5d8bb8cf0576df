"""The command line."""

import gc


def main() -> None:
    """Runs the command that the process was started with, and ends with its exit code.

    The cycle collector stays off: what is imported is kept to the end, and a rewrite leaves no
    cycles behind (see `dockopt.collecting`). Looking for them took a tenth of a short run.
    """
    gc.disable()
    from dockopt.cli.program import program

    program(prog_name="dockopt")
