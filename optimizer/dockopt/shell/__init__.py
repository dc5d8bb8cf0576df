"""The shell of RUN and of shell-form CMD, ENTRYPOINT and HEALTHCHECK, read with tree-sitter-bash."""

from dockopt.shell.reader import parse
from dockopt.shell.script import Command, Opaque, Redirect, Script, Step, Word

__all__ = ["Command", "Opaque", "Redirect", "Script", "Step", "Word", "parse"]
