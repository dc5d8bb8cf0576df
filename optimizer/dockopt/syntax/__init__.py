"""The lossless Dockerfile tree: nodes that tile the text, read as BuildKit reads it."""

from dockopt.syntax.logical import LogicalText
from dockopt.syntax.nodes import Blank, Comment, Directive, Document, Heredoc, Instruction, Node
from dockopt.syntax.parser import parse

__all__ = [
    "Blank",
    "Comment",
    "Directive",
    "Document",
    "Heredoc",
    "Instruction",
    "LogicalText",
    "Node",
    "parse",
]
