"""The top-level requirements of the shipped image: what its installs ask for by name."""

from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context
from dockopt.facts.declared import PROJECT, Declared, declared
from dockopt.facts.installs import BASICS, TOOLS, Install
from dockopt.facts.project_installs import ProjectInstall
from dockopt.facts.requirement import Requirement
from dockopt.facts.requirements import required
from dockopt.immutable import immutable
from dockopt.model import Run, Stage


@immutable(eq=False)
class TopLevel:
    """A requirement, and the RUN that asks for it."""

    requirement: Requirement
    stage: Stage
    run: Run


def top_level(
    context: Context,
    installs: Iterable[Install],
    project_installs: Iterable[ProjectInstall],
) -> tuple[TopLevel, ...] | str:
    """Every requirement once, in the order in which it is asked for, or why they are not all known.

    Tools that only install others are left out.
    """
    found: dict[str, TopLevel] = {}
    for install in installs:
        if install.project is not None:
            continue
        listed = required(context, (install,))
        if isinstance(listed, str):
            return listed
        alone = install.pip.has("--no-deps")
        for one in (one for one in listed if not (one.group and (alone or one.optional))):
            found.setdefault(one.name, TopLevel(one, install.stage, install.run))
    for project in project_installs:
        asked = _of_project(context, project)
        if isinstance(asked, str):
            return asked
        for one in asked:
            found.setdefault(one.name, TopLevel(one, project.stage, project.run))
    return tuple(one for name, one in found.items() if name not in BASICS | TOOLS)


def _of_project(context: Context, install: ProjectInstall) -> tuple[Requirement, ...] | str:
    """The requirements of the groups that an installer takes from a manifest."""
    sources = {manifest.source for manifest in install.manifests}
    if len(sources) != 1 or "" in sources:
        return f"line {install.line} installs from a manifest that is not known"
    known = declared(context, next(iter(sources)).rpartition("/")[0])
    if known.problems:
        return known.problems[0]
    return tuple(_chosen(known, install))


def _chosen(known: Declared, install: ProjectInstall) -> Iterator[Requirement]:
    selection = install.selection
    named = {name for name in (*selection.groups, *selection.extras) if name}
    for group in known.groups:
        if group.kind == PROJECT:
            chosen = selection.main
        elif group.name in selection.without:
            chosen = False
        elif group.default:
            chosen = selection.development is not False
        else:
            chosen = selection.everything or group.name in named
        if chosen:
            yield from group.requirements
