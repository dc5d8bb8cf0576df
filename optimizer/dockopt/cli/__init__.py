"""The command line."""


def main() -> None:
    """Runs the command that the process was started with, and ends with its exit code."""
    from dockopt.cli.program import program

    program(prog_name="dockopt")
