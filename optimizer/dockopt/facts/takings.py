"""What the builds from one context take of it: every COPY, ADD and mount of every Dockerfile for it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from dockopt.errors import ParseError
from dockopt.facts.build_files import build_files
from dockopt.facts.container import Facts
from dockopt.facts.context import Context, normal
from dockopt.facts.listing import read_regular
from dockopt.facts.references import references_of
from dockopt.immutable import immutable
from dockopt.model import Copy, Stage, build
from dockopt.syntax import Instruction, parse

MAX_DOCKERFILES = 40
_DOCKERFILE = re.compile(
    r"(?:^|/)(?:(?:.+[.-])?(?:Docker|Container)file(?:[.-].+)?|(?:docker|container)file)$"
)
_NO_DOCKERFILE = re.compile(r"\.(?:dockerignore|md|rst|txt|py|sh|bak|orig)$")
_SKIPPED = re.compile(r"(?:^|/)(?:\.git|node_modules|\.venv|venv|site-packages)/")
_KNOWN_HEAD = re.compile(r"(?:\./|/)?([^$/*?\[\\.][^$/*?\[\\]*)/[^$]*\$")
"""A path whose first part is known, though a variable is in the rest."""


@immutable(eq=False)
class Taking:
    """What one instruction of a build takes from the context."""

    facts: Facts
    stage: Stage
    instruction: Instruction
    sources: tuple[str, ...]
    whole: bool
    """Whether it takes everything."""
    problem: str = ""
    """Why it is not known what it takes; empty where it is."""


def taken(facts: Facts) -> Iterator[Taking]:
    """What each COPY, ADD and mount of a Dockerfile takes from the build context."""
    for stage in facts.dockerfile.stages:
        for copy in stage.copies:
            if copy.from_ is None:
                yield _of_copy(facts, stage, copy)
        for run in stage.runs:
            for mount in run.mounts:
                if mount.kind == "bind" and not mount.get("from"):
                    source = mount.get("source", "src") or "."
                    problem = _mount_problem(facts, run.instruction, source)
                    yield Taking(facts, stage, run.instruction, (source,), False, problem)
        for trigger in stage.of("ONBUILD"):
            if trigger.inner is not None and trigger.inner.keyword in ("COPY", "ADD"):
                problem = f"{_where(facts, trigger)} copies for images built upon it"
                yield Taking(facts, stage, trigger, (), False, problem)


def _of_copy(facts: Facts, stage: Stage, copy: Copy) -> Taking:
    found: list[str] = []
    at = copy.instruction
    arguments = {
        word.partition("=")[0] for link in stage.chain for i in link.of("ARG") for word in i.value
    }
    for source in copy.sources:
        if "://" in source or source.startswith("<<"):
            continue
        if head := _KNOWN_HEAD.match(source):
            found.append(head[1])
            continue
        text = stage.expand(source, at)
        named = set(re.findall(r"\$\{?(\w+)", source))
        if not isinstance(text, str) or named & arguments:
            problem = f"{_where(facts, at)} copies what a build argument names"
            return Taking(facts, stage, at, (), False, problem)
        found.append(text)
    named_ones = tuple(s for s in found if normal(s) and not _is_everything(s))
    return Taking(facts, stage, at, named_ones, len(named_ones) < len(found))


def _is_everything(source: str) -> bool:
    return normal(source) in ("*", "**")


def _mount_problem(facts: Facts, run: Instruction, source: str) -> str:
    if "$" in source and not _KNOWN_HEAD.match(source):
        return f"{_where(facts, run)} mounts what a variable names"
    return "" if normal(source) else f"{_where(facts, run)} mounts the whole build context"


def _where(facts: Facts, instruction: Instruction) -> str:
    return f"line {instruction.line} of {facts.file}"


def builds_of(facts: Facts, context: Context) -> Iterator[Facts | str]:
    """This Dockerfile, and all others that are built from the context; a text is a reason to stop."""
    yield facts
    for reference in references_of(context):
        named = reference.named_contexts
        if named is None or context.place in named:
            yield f"{reference.by} in {reference.place} may copy from the build context by a name"
            return
    if not build_files(context).complete:
        yield "there are too many files that may build images"
        return
    if context.ignore_file != ".dockerignore":
        return  # it is this Dockerfile's own
    count = 0
    for path in _other_dockerfiles(context):
        count += 1
        text = read_regular(path)
        if text is None:
            continue
        shown = os.path.relpath(path, context.place)
        if count > MAX_DOCKERFILES:
            yield f"there are more than {MAX_DOCKERFILES} Dockerfiles"
            return
        if os.path.lexists(path.with_name(path.name + ".dockerignore")):
            continue
        try:
            yield Facts(build(parse(text, shown), shown), context, facts.assume, shown)
        except ParseError:
            yield f"{shown} cannot be read"


def _other_dockerfiles(context: Context) -> list[Path]:
    own = context.dockerfile_location
    found = {
        context.place / path: None
        for path in context.files_under("")
        if _DOCKERFILE.search(path)
        and not _NO_DOCKERFILE.search(path)
        and not _SKIPPED.search(path)
        and _may_use(context, path)
    }
    for reference in references_of(context):
        if reference.contexts and context.place in reference.contexts:
            found.update(dict.fromkeys(reference.dockerfiles or ()))
    return sorted(path for path in found if path != own)


def _may_use(context: Context, path: str) -> bool:
    """Whether a Dockerfile may be built from the root of the context.

    One in a folder below may also be built from there; where that alone is told of it, it is not.
    """
    place = context.place / path
    told = [r for r in references_of(context) if r.dockerfiles and place in r.dockerfiles]
    contexts = [r.contexts for r in told]
    return not contexts or any(c is None or context.place in c for c in contexts)
