"""What transforms may use; plug-ins import from here and nowhere else in the engine."""

from dockopt.facts import Facts
from dockopt.model import Copy, Dockerfile, ImageReference, PythonTag, Run, Stage, Unknown
from dockopt.shell import Command, Opaque, Script, Step, Word
from dockopt.syntax import Document, Instruction
from dockopt.text import Delete, Edit, Insert, Move, Span, replace
from dockopt.transform import (
    UNMEASURED,
    Change,
    Decline,
    Evidence,
    Example,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

__all__ = [
    "UNMEASURED",
    "Change",
    "Command",
    "Copy",
    "Decline",
    "Delete",
    "Dockerfile",
    "Document",
    "Edit",
    "Evidence",
    "Example",
    "Facts",
    "ImageReference",
    "Insert",
    "Instruction",
    "Level",
    "Move",
    "Opaque",
    "Phase",
    "Proposal",
    "PythonTag",
    "Run",
    "Saving",
    "Script",
    "Span",
    "Stage",
    "Step",
    "Transform",
    "Unknown",
    "Untouched",
    "Word",
    "replace",
]
