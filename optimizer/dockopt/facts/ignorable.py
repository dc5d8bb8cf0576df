"""What an ignore file may leave out of a build context: what no instruction of any build takes.

A context can serve several Dockerfiles, and an ignore file is about all of them. So each is read: an
entry may go where every COPY, ADD and mount of each of them can do without it.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dockopt.errors import ParseError
from dockopt.facts.container import Facts
from dockopt.facts.context import Context, normal
from dockopt.facts.context_tree import context_tree
from dockopt.facts.leftovers import Leftover, Tree
from dockopt.facts.listing import read_regular
from dockopt.facts.prefixes import invocation
from dockopt.facts.project_builds import runs_after
from dockopt.facts.references import references_of
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage, build
from dockopt.shell import Script
from dockopt.syntax import Instruction, parse

MAX_DOCKERFILES = 40
MAX_WHOLE_COPIES = 12
"""More COPYs of a whole context than this are not compared."""
_DOCKERFILE = re.compile(
    r"(?:^|/)(?:(?:.+[.-])?(?:Docker|Container)file(?:[.-].+)?|(?:docker|container)file)$"
)
_NO_DOCKERFILE = re.compile(r"\.(?:dockerignore|md|rst|txt|py|sh|bak|orig)$")
_SKIPPED = re.compile(r"(?:^|/)(?:\.git|node_modules|\.venv|venv|site-packages)/")
_PLAIN = re.compile(r"[^*?\[\]\\!#\s][^*?\[\]\\\r\n]*(?<!\s)")
"""Names that an ignore file can say as they are."""
_SECRETS = re.compile(
    r"\.env(?:\.(?!example|sample|template|dist|defaults?)[\w-]+)?|\.netrc|\.pypirc|id_(?:rsa|ed25519|ecdsa)|"
    r"\.aws|\.ssh"
)
_KNOWN_HEAD = re.compile(r"(?:\./|/)?([^$/*?\[\\.][^$/*?\[\\]*)/[^$]*\$")
"""A path whose first part is known, though a variable is in the rest."""
_READS_SETTINGS = frozenset(
    {
        "dotenv",
        "environ",
        "environs",
        "decouple",
        "pydantic_settings",
        "starlette",
        "dynaconf",
        "prettyconf",
        "envparse",
        "goodconf",
        "flask",
        "pipenv",
        "django_environ",
        "configurations",
    }
)
"""Modules that look for a `.env` without being told its name."""
CACHES = ("**/__pycache__", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache")
_TOOLS = """
    bun bundle cargo cmake composer deno dotnet gem go gradle gulp hugo just make meson mix mvn node npm npx
    nx pnpm rake task turbo vite webpack yarn
"""
_FOREIGN = frozenset(_TOOLS.split())
"""Build tools whose sources and settings are not looked into."""
_NEVER_BUILT_FROM = frozenset(
    {"continuous integration", "editor settings", "caches", "virtual environments"}
)
"""What such a tool needs none of."""
_CACHE_NAMES = tuple(pattern.rpartition("/")[2] for pattern in CACHES)


@immutable(eq=False)
class Ignorable:
    """What can be left out of a context, or why that cannot be told."""

    leftovers: tuple[Leftover, ...]
    at: Instruction | None
    """The COPY of this Dockerfile that brings the first of them, None where none does."""
    reason: str = ""
    """Why nothing can be left out; empty where something may."""
    kept_secrets: tuple[str, ...] = ()
    """Files with secrets that something in the image may read."""


def ignorable(facts: Facts) -> Ignorable:
    """What the ignore file in force can leave out.

    Raises ValueError where there is no context.
    """
    if facts.context is None:
        raise ValueError("there is no build context")
    builds = tuple(_builds(facts, facts.context))
    own = [t for t in _taken(facts) if t.whole]
    if not own:
        return Ignorable((), None)
    first = own[0].instruction
    problem = next((b for b in builds if isinstance(b, str)), "")
    takings = [t for b in builds if not isinstance(b, str) for t in _taken(b)]
    problem = problem or next((t.problem for t in takings if t.problem), "")
    if problem:
        return Ignorable((), first, problem)
    whole = [t for t in takings if t.whole]
    if len(whole) > MAX_WHOLE_COPIES:
        return Ignorable((), first, f"{len(whole)} instructions take the whole build context")
    trees = [context_tree(t.facts, t.stage, t.instruction) for t in whole]
    if not all(tree.mentions.complete for tree in trees):
        return Ignorable((), first, "there are too many sources to look through")
    foreign = any(_builds_otherwise(t) for t in whole)
    return _judged(facts.context, trees, foreign, [s for t in takings for s in t.sources], first)


def _builds_otherwise(taking: _Taking) -> bool:
    """Whether what is taken may go to a build tool that reads it in ways of its own."""
    runs = runs_after(taking.facts.dockerfile, taking.stage, taking.instruction)
    return any(_is_foreign(run) for run in runs)


def _is_foreign(run: Run) -> bool:
    if not isinstance(run.script, Script):
        return True
    return any(invocation(command).name in _FOREIGN for command in run.script.commands)


def _judged(
    context: Context, trees: list[Tree], foreign: bool, sources: list[str], first: Instruction
) -> Ignorable:
    common = {x.name for x in trees[0].leftovers if not foreign or x.kind in _NEVER_BUILT_FROM}
    for tree in trees[1:]:
        common &= {leftover.name for leftover in tree.leftovers}
    secrets = [n for n in context.top_level() if context.sent(n) and _SECRETS.fullmatch(n)]
    read = tuple(n for n in secrets if foreign or any(_reads(tree, n) for tree in trees))
    found = [leftover for leftover in trees[0].leftovers if leftover.name in common]
    found += [
        Leftover(n, "secrets", context.sent_bytes(n))
        for n in secrets
        if n not in read and n not in common
    ]
    kept = [x for x in found if _may_go(context, x.name, sources)]
    return Ignorable(tuple(kept), first, kept_secrets=read)


def _reads(tree: Tree, name: str) -> bool:
    """Whether something in the image may read a file of secrets."""
    if tree.mentions.names(name):
        return True
    if not name.startswith(".env"):
        return False
    return tree.mentions.imports(_READS_SETTINGS) or tree.mentions.starts(".env")


def _may_go(context: Context, name: str, sources: list[str]) -> bool:
    """Whether nothing names `name`, nothing in it is a link, and no exception brings it back."""
    if not _PLAIN.fullmatch(name) or context.is_link(name):
        return False
    if any(_concerns(source, name) for source in sources):
        return False
    exceptions = [p for p in context.ignore.patterns if p.negated]
    files = context.sent_files(name) if exceptions else ()
    parts = {name, *files, *(parent for file in files for parent in _parents(file))}
    return not any(p.matches(part) for p in exceptions for part in parts)


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _concerns(source: str, name: str) -> bool:
    """Whether a source of COPY takes the entry `name` of the root, or something below it."""
    head = normal(source).partition("/")[0]
    return head == name or fnmatch.fnmatchcase(name, head)


@immutable(eq=False)
class _Taking:
    """What one instruction of a build takes from the context."""

    facts: Facts
    stage: Stage
    instruction: Instruction
    sources: tuple[str, ...]
    whole: bool
    problem: str = ""


def _taken(facts: Facts) -> Iterator[_Taking]:
    for stage in facts.dockerfile.stages:
        for copy in stage.copies:
            if copy.from_ is None:
                yield _of_copy(facts, stage, copy)
        for run in stage.runs:
            for mount in run.mounts:
                if mount.kind == "bind" and not mount.get("from"):
                    source = mount.get("source", "src") or "."
                    problem = _mount_problem(facts, run.instruction, source)
                    yield _Taking(facts, stage, run.instruction, (source,), False, problem)
        for trigger in stage.of("ONBUILD"):
            if trigger.inner is not None and trigger.inner.keyword in ("COPY", "ADD"):
                problem = f"{_where(facts, trigger)} copies for images built upon it"
                yield _Taking(facts, stage, trigger, (), False, problem)


def _of_copy(facts: Facts, stage: Stage, copy: Copy) -> _Taking:
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
            return _Taking(facts, stage, at, (), False, problem)
        found.append(text)
    named_ones = tuple(s for s in found if normal(s) and not _is_everything(s))
    return _Taking(facts, stage, at, named_ones, len(named_ones) < len(found))


def _is_everything(source: str) -> bool:
    return normal(source) in ("*", "**")


def _mount_problem(facts: Facts, run: Instruction, source: str) -> str:
    if "$" in source and not _KNOWN_HEAD.match(source):
        return f"{_where(facts, run)} mounts what a variable names"
    return "" if normal(source) else f"{_where(facts, run)} mounts the whole build context"


def _where(facts: Facts, instruction: Instruction) -> str:
    return f"line {instruction.line} of {facts.file}"


def _builds(facts: Facts, context: Context) -> Iterator[Facts | str]:
    """This Dockerfile, and all others that are built from the context; a text is a reason to stop."""
    yield facts
    if context.ignore_file != ".dockerignore":
        return  # it is this Dockerfile's own
    count = 0
    for path in _other_dockerfiles(context):
        count += 1
        text = read_regular(path)
        if text is None:
            continue
        shown = os.path.relpath(path, context.root)
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
        context.root / path: None
        for path in context.files_under("")
        if _DOCKERFILE.search(path)
        and not _NO_DOCKERFILE.search(path)
        and not _SKIPPED.search(path)
        and _may_use(context, path)
    }
    for reference in references_of(context):
        if reference.contexts and context.root in reference.contexts:
            found.update(dict.fromkeys(reference.dockerfiles or ()))
    return sorted(path for path in found if path != own)


def _may_use(context: Context, path: str) -> bool:
    """Whether a Dockerfile may be built from the root of the context.

    One in a folder below may also be built from there; where that alone is told of it, it is not.
    """
    place = context.root / path
    told = [r for r in references_of(context) if r.dockerfiles and place in r.dockerfiles]
    contexts = [r.contexts for r in told]
    return not contexts or any(c is None or context.root in c for c in contexts)


def caches_in(context: Context) -> tuple[str, ...]:
    """The patterns of caches that some folder below the root of the context may have.

    None of a kind that the ignore file leaves out already, or brings back.
    """
    known = {p.text for p in context.ignore.patterns}
    return tuple(
        pattern
        for pattern, name in zip(CACHES, _CACHE_NAMES, strict=True)
        if pattern not in known
        and not any(p.negated and name in p.text for p in context.ignore.patterns)
    )
