"""The top-level requirements of the shipped image: what its installs ask for by name."""

from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context
from dockopt.facts.declared import PROJECT, Declared, declared
from dockopt.facts.installs import BASICS, TOOLS, Install
from dockopt.facts.project_installs import ProjectInstall
from dockopt.facts.requirement import Requirement
from dockopt.facts.requirements import Found, Missing, asked_by
from dockopt.immutable import immutable
from dockopt.model import Run, Stage


@immutable(eq=False)
class TopLevel:
    """A requirement, and the RUN that asks for it."""

    requirement: Requirement
    stage: Stage
    run: Run


@immutable(eq=False)
class TopLevels:
    """All that the installs of an image ask for."""

    found: tuple[TopLevel, ...]
    """Every requirement once, in the order in which it is asked for."""
    missing: tuple[str, ...]
    """Why there may be more; empty where these are all."""

    @property
    def without_tools(self) -> tuple[TopLevel, ...]:
        """Those that do not only serve to install others."""
        return tuple(o for o in self.found if o.requirement.name not in BASICS | TOOLS)


def top_level(
    context: Context,
    installs: Iterable[Install],
    project_installs: Iterable[ProjectInstall],
) -> TopLevels:
    """What the installs ask for by name."""
    found: dict[str, TopLevel] = {}
    missing: dict[str, None] = {}
    pip = ((i.stage, i.run, _of_pip(context, i)) for i in installs if i.project is None)
    projects = ((p.stage, p.run, _of_project(context, p)) for p in project_installs)
    for stage, run, asked in (*pip, *projects):
        for one in asked:
            if isinstance(one, Missing):
                missing[one.reason] = None
            else:
                found.setdefault(one.name, TopLevel(one, stage, run))
    return TopLevels(tuple(found.values()), tuple(missing))


def _of_pip(context: Context, install: Install) -> Found:
    alone = install.pip.has("--no-deps")
    for one in asked_by(context, install):
        # `--no-deps .` brings the project, and nothing that it requires.
        if isinstance(one, Missing) or not (one.optional or (alone and one.group)):
            yield one


def _of_project(context: Context, install: ProjectInstall) -> Found:
    """The requirements of the groups that an installer takes from a manifest."""
    sources = {manifest.source for manifest in install.manifests}
    if len(sources) != 1 or "" in sources:
        yield Missing(f"line {install.line} installs from a manifest that is not known")
        return
    known = declared(context, next(iter(sources)).rpartition("/")[0])
    yield from map(Missing, known.problems)
    yield from _chosen(known, install)


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
        if chosen and group.kind == PROJECT and not selection.everything:
            yield from (one for one in group.requirements if not one.optional)
        elif chosen:
            yield from group.requirements
