"""Copy what the program needs instead of the whole build context.

## What it does

`COPY . .` in the shipped image becomes a list of what stays, without what is there for developers:
version control, continuous integration, editor settings, tests, documentation, caches, virtual
environments, container files, linter settings, example settings. Where it is known what the
container starts and which modules that reaches, folders beside the application stay out as well:
scripts, notebooks, benchmarks, other programs with a project file of their own.

## Why

The whole context brings its history, its tests and whatever lies in the folder that day. It makes
the image larger, and the layer is built anew when a file changes that the program never reads.

## Safety

It needs the build context. What it does not recognise stays, and so does everything that an
instruction, a script, a string in a source, the compose file or the project file names. Tests stay
where a build script runs them in a container, and texts of licences always: an image is a copy of the
program. Where the project is built after the copy, its README stays, and everything that git knows where
the version comes from git, which would call a smaller tree dirty. A folder that the program does not reach
is left out only where its name or a project file in it says that it is something of its own, and
where no document or recipe tells to run something of it in a container. Packages of the application
stay whole, and so does everything where an import cannot be followed; with `--level aggressive`
folders of modules that nothing reaches or names go as well. Declined: links, empty folders and
entries that git ignores (they may be missing elsewhere), names that COPY cannot say, and lists of
more than 25 entries. A new entry in the root of the context has to be added to the list.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

WORTH_BYTES = 50_000
"""Less than that is not worth a list that has to be kept up."""
_KEPT_FLAGS = frozenset({"chown", "chmod", "link"})
_HISTORY = (".git/objects/pack/all.pack", "x" * 60_000)

transform = Transform(
    __name__,
    phase=Phase.COPY,
    level=Level.STANDARD,
    examples=(
        Example(
            """\
FROM python:3.12-slim
WORKDIR /srv/shop
COPY . .
CMD ["python", "main.py"]
""",
            """\
FROM python:3.12-slim
WORKDIR /srv/shop
COPY shop ./shop
COPY main.py settings.toml ./
CMD ["python", "main.py"]
""",
            title="The history, the tests and the README stay outside",
            context=(
                _HISTORY,
                ("README.md", "# Shop\n"),
                ("main.py", "from shop import serve\n\nserve()\n"),
                ("settings.toml", "port = 8000\n"),
                ("shop/__init__.py", "def serve():\n    pass\n"),
                ("tests/test_shop.py", "from shop import serve\n"),
            ),
        ),
        Untouched(
            """\
FROM python:3.12-slim
WORKDIR /srv/shop
COPY . .
CMD ["python", "main.py"]
""",
            why="the program reads its own history",
            context=(_HISTORY, ("main.py", "import git\n\nprint(git.Repo().head)\n")),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """A list for every COPY of the whole context in the stages of the target, or why not."""
    for stage in facts.dockerfile.target.chain:
        for copy in stage.copies:
            if copy.from_ is None and copy.sources in ((".",), ("./",)):
                yield from _proposals(facts, stage, copy)


def _proposals(facts: Facts, stage: api.Stage, copy: api.Copy) -> Iterator[Proposal]:
    at = copy.instruction.span.start
    if reason := _refusal(facts, copy):
        yield Decline(at, reason)
        return
    tree = api.context_tree(facts, stage, copy.instruction)
    if not tree.mentions.complete:
        yield Decline(at, "there are too many sources to look through")
        return
    beside = api.unreached(facts, stage, tree)
    more = api.unreached(facts, stage, tree, packages=True)
    if len(more.folders) > len(beside.folders):
        # It comes first: where the level allows it, the other one finds nothing left to do.
        yield from _listed(facts, copy, tree, more, Level.AGGRESSIVE)
    yield from _listed(facts, copy, tree, beside, Level.STANDARD)


def _listed(
    facts: Facts, copy: api.Copy, tree: api.Tree, beside: api.Unreached, level: Level
) -> Iterator[Proposal]:
    """The list without the leftovers and the folders in `beside`."""
    at = copy.instruction.span.start
    gone = (*tree.leftovers, *beside.folders)
    count = sum(leftover.bytes for leftover in gone)
    twice = _copied_by_name(facts, copy) & {leftover.name for leftover in gone}
    if count < WORTH_BYTES or len(twice) == len(gone):
        return
    kept = tuple(
        name for name in tree.kept if name not in {folder.name for folder in beside.folders}
    )
    listed = api.CopyList(facts.document, tree.context, copy, kept)
    if reason := listed.obstacle or api.ignored_by_git(tree.context, kept):
        if level is Level.STANDARD:
            yield Decline(at, reason)
        return
    span = api.Span(copy.instruction.keyword_span.start, copy.instruction.after)
    yield Change(
        title=f"Copy what is needed: {len(gone) - len(twice)} entries of the build context stay out",
        level=level,
        because="nothing that stays names what is left out; what is new in the root of the build "
        "context has to be added to the list",
        edits=api.replace(span, listed.text),
        at=at,
        alters=frozenset({"files"}),
        evidence=tuple(_evidence(tree, beside, twice)),
        saves=Saving(count, "size of the files in the build context"),
    )


def _refusal(facts: Facts, copy: api.Copy) -> str:
    if facts.context is None:
        return "what of the build context is needed cannot be told without it; give --context"
    if facts.context.truncated:
        return f"the build context is not fully known: {facts.context.problem or 'it is too large'}"
    other = [f.name for f in copy.instruction.flags if f.name not in _KEPT_FLAGS]
    if other:
        return f"the {copy.instruction.keyword} has --{other[0]}"
    if copy.instruction.comments or copy.instruction.is_json or set("\"' ") & set(copy.destination):
        return "the COPY is written in a form that is not taken apart"
    if copy.destination in ("/", "//"):
        return "the build context is copied into the root of the file system"
    return ""


def _copied_by_name(facts: Facts, copy: api.Copy) -> frozenset[str]:
    """What another COPY of the image brings by its name; it is there all the same."""
    others = (
        other
        for stage in facts.dockerfile.target.chain
        for other in stage.copies
        if other.from_ is None and other.instruction is not copy.instruction
    )
    return frozenset(s.removeprefix("./").rstrip("/") for other in others for s in other.sources)


def _evidence(tree: api.Tree, beside: api.Unreached, twice: frozenset[str]) -> Iterator[Evidence]:
    for leftover in tree.leftovers:
        why = "another COPY brings it" if leftover.name in twice else "nothing names it"
        yield Evidence(f"{leftover.kind}, {leftover.bytes} bytes; {why}", file=leftover.name)
    for folder in beside.folders:
        yield Evidence(
            f"{folder.kind}, {folder.bytes} bytes; `{beside.starts}` reaches no module in it, and "
            "nothing names it",
            file=folder.name,
        )
