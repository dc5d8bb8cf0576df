"""The shell of RUN, CMD, ENTRYPOINT and HEALTHCHECK in shell form, read with tree-sitter-bash."""

from dockopt.shell.reader import parse
from dockopt.shell.script import Command, Opaque, Redirect, Script, Step, Word

__all__ = ["Command", "Opaque", "Redirect", "Script", "Step", "Word", "parse"]
