"""Edits that put installs before the COPY of the code: the manifests are copied alone before."""

import posixpath
from collections.abc import Iterator, Sequence

from dockopt.editing import RunEditor
from dockopt.facts.install_moves import LateInstall, brought_before
from dockopt.facts.install_needs import WITHOUT_PROJECT
from dockopt.facts.project_installs import ProjectInstall
from dockopt.staging import has_gap_above, relocation, with_newline
from dockopt.syntax import Document
from dockopt.text import Edit, Insert


def order_edits(document: Document, late: LateInstall) -> Iterator[Edit]:
    """A COPY of the manifests in the place of the COPY, which goes behind the installs."""
    copy, behind = late.code.copy.instruction, late.last.span.end
    newline = document.newline
    files = [file for file in late.files if not brought_before(late.code, file)]
    if files:
        lines = "".join(line + newline for line in manifest_lines(late, files))
        yield Insert(document.attached_start(copy), lines)
    rank = 1
    gap = newline if has_gap_above(document, copy) else ""
    if gap or document.source[behind - 1] != "\n":
        yield Insert(behind, with_newline(document, behind, gap), rank)
        rank += 1
    moved = relocation(document, copy, behind, rank)
    yield from moved[:1] if files else moved  # the blank line below stands below the manifests then
    if late.project is not None:
        again = f"RUN {_flags(document, late.project)}{_command(late.project)}{newline}"
        yield Insert(behind, again, rank + 1)
        yield from _without_project(document, late.project)


def manifest_lines(late: LateInstall, files: Sequence[str]) -> Iterator[str]:
    """The COPYs that bring files of the build context to where the COPY of the code does."""
    code = late.code
    flags = "".join(f"{flag} " for flag in code.copy.instruction.flags)
    folders: dict[str, list[str]] = {}
    for file in files:
        folder = posixpath.dirname(posixpath.relpath(file, code.source or "."))
        folders.setdefault(folder, []).append(file)
    root = code.copy.destination
    for folder, names in folders.items():
        inside = f"{folder}/" if folder else ""
        target = (
            f"./{inside}"
            if root in (".", "./")
            else f"{root.rstrip('/').removesuffix('/.')}/{inside}"
        )
        yield f"COPY {flags}{' '.join(names)} {target}"


def _without_project(document: Document, install: ProjectInstall) -> tuple[Edit, ...]:
    editor = RunEditor(document, install.run)
    action = install.command.action_word
    if action is not None:
        editor.insert_after(action.end, f" {WITHOUT_PROJECT[install.command.tool]}")
    return editor.edits()


def _flags(document: Document, install: ProjectInstall) -> str:
    flags = (flag.span.of(document.source) for flag in install.run.instruction.flags)
    return "".join(f"{flag} " for flag in flags)


def _command(install: ProjectInstall) -> str:
    """The command alone, as it is written."""
    command = install.command.command
    set_for_it = [f"{name}={word.text if word else ''}" for name, word in command.assignments]
    return " ".join([*set_for_it, *(word.text for word in command.words)])
