"""Folders in the root of a build context that the program never comes to: other programs, and tools.

A folder counts only where its name or a project file in it says that it is something of its own, where
no module in it is reached from what the container starts, and where nothing that stays names it. A
package of the application that happens not to be imported is not among them.
"""

import re
from collections.abc import Iterator

from dockopt.facts.container import Facts
from dockopt.facts.context import Context
from dockopt.facts.leftovers import Leftover, Tree
from dockopt.facts.mentions import Mentions
from dockopt.immutable import immutable
from dockopt.model import Stage, Unknown

MAX_ROUNDS = 20
MAX_TEXTS = 600
MAX_CHARACTERS = 6_000_000
_TOOLS = re.compile(
    r"scripts?|notebooks?|bench(?:mark(?:s|ing)?)?|perf|examples?|samples?|demos?|experiments?|"
    r"playground|sandbox|scratch|tools|tooling|hack|load[-_]?tests?|locust|e2e|integration[-_]tests?|"
    r"stubs|typings|ci|terraform|infra(?:structure)?|helm|charts?|k8s|kubernetes|ansible|"
    r"deploy(?:ment|ments)?|design|mockups|screenshots"
)
"""Folders for developers and operators, by the names they usually have."""
_OPERATIONS = re.compile(r"scripts?|tools|tooling|hack|deploy(?:ment|ments)?|ci")
"""Folders of what may be run by hand, in a running container too: a document that names one counts."""
WORTH_BYTES = 10_000
"""A smaller folder is not worth being left out."""
_OWN_PROJECT = ("package.json", "pyproject.toml", "setup.py", "go.mod", "Cargo.toml", "Dockerfile")
"""A folder with one of these is a program of its own."""
_SAID_IN = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:Makefile|Procfile|Pipfile|Justfile)|[\w.-]+\.(?:json|toml|lock|cfg|ini|conf|"
    r"ya?ml|html?|jinja2?|j2|js|ts|xml|properties|txt|sh|tf|env))$"
)
_TOLD_IN = re.compile(r"(?:^|/)[\w.-]+\.(?:md|rst|txt|ya?ml|sh|json|toml)$|(?:^|/)Makefile$")
_AT_RUN_TIME = re.compile(
    r"\b(?:docker|podman|kubectl|compose|heroku|fly|flyctl|railway|render|nerdctl|oc|exec|cron\w*)\b"
)
_SKIPPED = re.compile(r"(?:^|/)(?:\.git|node_modules|\.venv|venv|site-packages)/|\.lock\.json$")


@immutable(slots=True)
class Unreached:
    """What stays out besides the leftovers, and from where it was not reached."""

    folders: tuple[Leftover, ...] = ()
    starts: str = ""
    """What starts the program, for people."""


def unreached(facts: Facts, stage: Stage, tree: Tree, *, packages: bool = False) -> Unreached:
    """The folders that a COPY of the whole context in `stage` need not bring.

    With `packages` any folder that holds modules is among them, which is a guess.
    """
    kinds = {n: _kind(tree.context, n, packages=packages) for n in tree.kept}
    size = tree.context.sent_bytes
    possible = {n: kind for n, kind in kinds.items() if kind and size(n) >= WORTH_BYTES}
    if not possible or tree.builds_project or _serves_others(facts, stage):
        return Unreached()
    closure = facts.closure
    if isinstance(closure, Unknown):
        return Unreached()
    # Where an import is not known every module counts as reached, but no notebook or web client.
    tops = {path.partition("/")[0] for path in closure.reached}
    tops |= {path.partition("/")[0] for path in closure.entry_points.scripts}
    tops |= {root.partition("/")[0] for root in closure.entry_points.roots}
    names = _unnamed(tree, frozenset(possible) - tops)
    folders = tuple(
        Leftover(n, possible[n], tree.context.sent_bytes(n)) for n in tree.kept if n in names
    )
    found = [e.command or str(e.place) for e in closure.entry_points.found]
    return Unreached(folders, found[0] if found else "")


def _kind(context: Context, name: str, *, packages: bool) -> str:
    """What an entry of the root is by its name or a project file in it; empty for anything else."""
    if not context.is_dir(name) or any(context.is_link(p) for p in context.files_under(name)):
        return ""
    if _TOOLS.fullmatch(name):
        return "tools for developers"
    if any(context.is_file(f"{name}/{file}") for file in _OWN_PROJECT):
        return "a program of its own"
    if packages and any(path.endswith(".py") for path in context.sent_files(name)):
        return "modules"
    return ""


def _serves_others(facts: Facts, stage: Stage) -> bool:
    """Whether other stages than the target get what `stage` copies."""
    dockerfile = facts.dockerfile
    chain = dockerfile.target.chain
    upon = [other for other in dockerfile.built_upon(stage) if other not in chain]
    copied = [s for s in chain if stage in s.chain and dockerfile.copied_from[s.index]]
    started = [i for i in facts.references.started if i != dockerfile.target.index]
    return bool(upon or copied) or any(stage in dockerfile.stages[i].chain for i in started)


def _unnamed(tree: Tree, names: frozenset[str]) -> frozenset[str]:
    """Those that nothing names which stays: one that is named stays, and may name others."""
    told = frozenset(n for n in names if _is_told(tree.context, n))
    candidates = names - told
    for _ in range(MAX_ROUNDS):
        if not candidates:
            break
        kept = [n for n in tree.kept if n not in candidates]
        files = tuple(file for n in kept for file in tree.context.sent_files(n))
        context, root = tree.context, tree.mentions.root
        mentions = Mentions(tree.mentions.dockerfile, context, files, root, builds_project=True)
        if not mentions.complete:
            return frozenset()
        texts = _texts(context, files)
        if texts is None:
            return frozenset()
        named = {n for n in candidates if mentions.names(n) or _is_said(n, texts)}
        if not named:
            break
        candidates -= named
    return candidates


def _texts(context: Context, files: tuple[str, ...]) -> list[str] | None:
    """The texts of settings, pages and lists among `files`; None where they are too many."""
    found: list[str] = []
    for path in files:
        if _SAID_IN.search(path) and not _SKIPPED.search(path):
            found.append(context.read_text(path) or "")
    total = sum(len(text) for text in found)
    return found if len(found) <= MAX_TEXTS and total <= MAX_CHARACTERS else None


def _is_said(name: str, texts: list[str]) -> bool:
    """Whether a text has `name` as a part of a path, or as a whole value."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?:/|[\"']|\.\w|$)", re.MULTILINE)
    return any(name in text and pattern.search(text) for text in texts)


def _is_told(context: Context, name: str) -> bool:
    """Whether people are told to run something of the folder in a container, or something does.

    Of a folder that operators use, whether they are told of it at all.
    """
    anyhow = bool(_OPERATIONS.fullmatch(name))
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}[/.]")
    for path in _telling(context):
        text = context.read_text(path)
        if not text or name not in text:
            continue
        for line in text.splitlines():
            if pattern.search(line) and (anyhow or _AT_RUN_TIME.search(line)):
                return True
    return False


def _telling(context: Context) -> Iterator[str]:
    """Documents, workflows, recipes: whether or not they are sent."""
    count = 0
    for path in context.files_under(""):
        if _TOLD_IN.search(path) and not _SKIPPED.search(path):
            count += 1
            if count > MAX_TEXTS:
                return
            yield path
