"""What a command starts: a Python module, a file, a script, or another program."""

from collections.abc import Callable, Sequence

from dockopt.immutable import immutable

MODULE = "module"
FILE = "file"
CODE = "code"
FOLDER = "folder"
SCRIPT = "script"
SETTINGS = "settings"
PROGRAM = "program"
UNKNOWN = "unknown"
NAMED = "named"
ROOT = "root"
PROJECT = "project"
OPTIONAL = ("if it is there", "one of these")
"""What `Start.module` says of a start that need not be there."""


@immutable(slots=True)
class Start:
    """Something that a command starts or loads."""

    kind: str
    """`module` (a dotted name), `file` (a path to Python code), `code` (the code itself), `folder`
    (all modules in it), `script` (a shell script), `settings` (a file that lists commands),
    `program` (by name), `named` (a plug-in or class that a program is told to use), `root` (a
    folder to look for modules in), `project` (all modules: it is not known which), `unknown`."""
    name: str
    """What it is; for `unknown` the reason."""
    module: str = ""
    """For a Python file that is run by another program: what it is asked for, an attribute say."""


Words = Sequence[str | None]
"""The words of a command; None for one that is not known."""
Variables = Callable[[str], str | None]
"""Gives the value of a variable, None where it is not known."""
