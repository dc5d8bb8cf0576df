"""What an ignore file may leave out of a build context: what no instruction of any build takes.

A context can serve several Dockerfiles, and an ignore file is about all of them. So each is read: an
entry may go where every COPY, ADD and mount of each of them can do without it.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from dockopt.facts.container import Facts
from dockopt.facts.context import Context, normal
from dockopt.facts.context_tree import context_tree
from dockopt.facts.leftovers import Leftover, Tree
from dockopt.facts.prefixes import invocation
from dockopt.facts.project_builds import runs_after
from dockopt.facts.takings import Taking, builds_of, taken
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.shell import Script
from dockopt.syntax import Instruction

MAX_WHOLE_COPIES = 12
"""More COPYs of a whole context than this are not compared."""
_PLAIN = re.compile(r"[^*?\[\]\\!#\s][^*?\[\]\\\r\n]*(?<!\s)")
"""Names that an ignore file can say as they are."""
_SECRETS = re.compile(
    r"\.env(?:\.(?!example|sample|template|dist|defaults?)[\w-]+)?|\.netrc|\.pypirc|id_(?:rsa|ed25519|ecdsa)|"
    r"\.aws|\.ssh"
)
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
    builds = tuple(builds_of(facts, facts.context))
    own = [t for t in taken(facts) if t.whole]
    if not own:
        return Ignorable((), None)
    first = own[0].instruction
    problem = next((b for b in builds if isinstance(b, str)), "")
    takings = [t for b in builds if not isinstance(b, str) for t in taken(b)]
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


def _builds_otherwise(taking: Taking) -> bool:
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
