"""Writing an ignore file, or adding to one: what is there stays byte for byte, and goes first."""

from collections.abc import Iterator, Sequence

from dockopt.facts.context import Context
from dockopt.facts.dockerignore import IgnoreRules, PatternError
from dockopt.facts.ignorable import CACHES, caches_in
from dockopt.facts.leftovers import Leftover
from dockopt.transform import ContextFile
from dockopt_templates import ignore_group

_CACHE = frozenset(pattern.rpartition("/")[2] for pattern in CACHES)
_CONTAINER_FILES = "container files"


def ignore_file(context: Context, leftovers: Sequence[Leftover]) -> ContextFile | str:
    """The ignore file with `leftovers` left out as well, or why it cannot be written."""
    path = context.ignore_file
    if path is None:
        return (
            "the ignore file in force is a link, cannot be read or lies outside the build context"
        )
    before = context.exact_text(path)
    text = before or ""
    newline = "\r\n" if "\r\n" in text else "\n"
    lead = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
    group = ignore_group(tuple(_groups(context, leftovers, new=before is None)))
    after = text + lead + group.replace("\n", newline)
    file = ContextFile(path, before, after)
    return (
        file if _leaves_out(context, file, leftovers) else "its rules would take more than is meant"
    )


def _groups(
    context: Context, leftovers: Sequence[Leftover], *, new: bool
) -> Iterator[tuple[str, list[str]]]:
    """The patterns by kind, in the order in which kinds come first."""
    found: dict[str, list[str]] = {}
    for leftover in leftovers:
        if f"**/{leftover.name}" not in CACHES:
            found.setdefault(leftover.kind, []).append(leftover.name)
    if new and _CONTAINER_FILES in found:
        found[_CONTAINER_FILES].insert(0, ".dockerignore")
    found["caches"] = [*caches_in(context), *found.get("caches", ())]
    for kind, names in found.items():
        if names:
            yield kind[:1].upper() + kind[1:], names


def _leaves_out(context: Context, file: ContextFile, leftovers: Sequence[Leftover]) -> bool:
    """Whether the new rules leave out the leftovers and caches, and nothing else."""
    try:
        rules = IgnoreRules.parse(
            file.after.encode("utf-8", "surrogateescape").decode("utf-8-sig", "replace")
        )
    except PatternError:
        return False
    names = {leftover.name for leftover in leftovers}
    for path in context.sent_files(""):
        parts = path.split("/")
        goes = parts[0] in names or not _CACHE.isdisjoint(parts) or path == file.path
        if rules.ignores(path) and not goes:
            return False
        if parts[0] in names and not rules.ignores(path):
            return False
    return True
