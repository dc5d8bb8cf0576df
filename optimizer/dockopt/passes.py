"""Where the passes over a finished virtual environment go: the end of the builder stage."""

import re

from dockopt.facts import Facts
from dockopt.facts.handover import Handover
from dockopt.model import Stage
from dockopt.staging import end_of_stage, in_lines_of, with_newline

_OLD_SYNTAX = re.compile(r"docker/dockerfile(?:-upstream)?:1\.[0-3](?:\.|$|-)")
"""Frontends before 1.4 read no here-documents.
https://docs.docker.com/build/buildkit/dockerfile-release-notes/#140"""


def prunable_handovers(facts: Facts, mark: str) -> list[Handover]:
    """Environments that a shipped stage copies from a builder where no pass `mark` ran yet."""
    found: list[Handover] = []
    for handover in facts.handovers:
        receiver, builder = handover.receiver, handover.builder
        seen = any(h.builder is builder and h.path == handover.path for h in found)
        done = any(_has_mark(link, mark, handover.path) for link in builder.chain)
        if receiver in facts.dockerfile.target.chain and not seen and not done:
            found.append(handover)
    return found


def _has_mark(stage: Stage, mark: str, path: str) -> bool:
    texts = (h.content for i in stage.of("RUN") for h in i.heredocs)
    return any(mark in text and path in text for text in texts)


def passes_possible(facts: Facts, handover: Handover) -> str:
    """Why no pass can be added, empty where one can."""
    builder, document = handover.builder, facts.document
    syntax = document.directives.get("syntax", "")
    if facts.assumes("legacy-builder") or _OLD_SYNTAX.search(syntax):
        return "the builder reads no here-documents"
    if document.escape != "\\" or document.newline != "\n":
        return "the file's line endings or escape character do not go with a here-document"
    if facts.dockerfile.children(builder):
        return f"other stages start from {builder.reference}, and may need what would be removed"
    if any(link.of("USER") for link in builder.chain):
        return f"stage {builder.reference} switches USER, which may not be allowed to change files"
    if builder.final_shell[0].rpartition("/")[2] not in ("sh", "bash", "dash", "ash"):
        return f"stage {builder.reference} sets another SHELL"
    return ""


def append_to_stage(facts: Facts, stage: Stage, text: str) -> tuple[int, str]:
    """Offset and text of an insertion at the end of a stage, a blank line before it."""
    at = end_of_stage(stage)
    document = facts.document
    return at, with_newline(document, at, in_lines_of(document, "\n" + text))
