"""Where in an image a project's manifest (`pyproject.toml`, `Pipfile`) may be when a RUN starts."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatch

from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage

_EXTENSION = re.compile(r"\.\w+$")


@immutable()
class Manifest:
    """A manifest in the image."""

    folder: str
    """Absolute path of the folder that it is in."""
    source: str
    """Its path in the build context; empty where that is not known."""
    assumed: bool = False
    """Whether it is only assumed to be in a folder that is copied: there is no build context."""


def manifests(
    stage: Stage, run: Run, name: str, context: Context | None
) -> tuple[Manifest, ...] | None:
    """The manifests called `name` that COPYs and mounts bring before a RUN, its own mounts included.

    None where a source or a destination is not known.
    """
    found: list[Manifest] = []
    for link in reversed(stage.chain):
        for copy in link.copies:
            if link is stage and copy.instruction.start > run.instruction.start:
                break
            brought = _of_copy(link, copy, name, context)
            if brought is None:
                return None
            found += brought
    found += _of_mounts(stage, run, name, context)
    return tuple(dict.fromkeys(found))


def _of_copy(stage: Stage, copy: Copy, name: str, context: Context | None) -> list[Manifest] | None:
    target = absolute(stage, copy.instruction, copy.destination)
    if target is None:
        return None
    if copy.from_ is not None:
        paths = [posixpath.basename(source.rstrip("/")) for source in copy.sources]
        if name in paths:
            return [Manifest(target, "")]
        return (
            [] if all(_EXTENSION.search(path) for path in paths) else [Manifest(target, "", True)]
        )
    found: list[Manifest] = []
    for text in copy.sources:
        source = stage.expand(text, copy.instruction)
        if not isinstance(source, str):
            return None
        found += _brought(source, target, copy.destination.endswith(("/", ".")), name, context)
    return found


def _brought(
    source: str, target: str, is_folder: bool, name: str, context: Context | None
) -> Iterator[Manifest]:
    clean = posixpath.normpath(source).strip("/")
    base = posixpath.basename(clean)
    if base == name and not (context and context.is_dir(clean)):
        own = target if is_folder or posixpath.basename(target) != name else _parent(target)
        yield Manifest(own, clean)
    elif context is None and fnmatch(name, base) and base != "*":
        yield Manifest(target, "")
    elif context is None:
        if "." not in base.strip("."):
            yield Manifest(target, "", True)
    else:
        for path in context.matching(source):
            if context.is_dir(path):
                yield from _in_folder(path, target, name, context)
            elif posixpath.basename(path) == name:
                yield Manifest(target, path)


def _in_folder(folder: str, target: str, name: str, context: Context) -> Iterator[Manifest]:
    for path in context.sent_files(folder):
        if posixpath.basename(path) == name:
            inside = posixpath.dirname(posixpath.relpath(path, folder or "."))
            yield Manifest(posixpath.normpath(posixpath.join(target, inside)), path)


def _of_mounts(stage: Stage, run: Run, name: str, context: Context | None) -> Iterator[Manifest]:
    for mount in run.mounts:
        target = absolute(stage, run.instruction, mount.target) if mount.target else None
        if mount.kind != "bind" or mount.get("from") or target is None:
            continue
        source = posixpath.normpath(mount.get("source", "src") or ".").strip("/")
        if posixpath.basename(target) == name:
            yield Manifest(_parent(target), source)
        elif context is None or context.is_dir(source) or source == ".":
            inside = f"{source}/{name}".removeprefix("./")
            if context is None or context.exists(inside):
                yield Manifest(target, inside)


def _parent(path: str) -> str:
    return posixpath.dirname(path) or "/"
