"""What starts in a container of the shipped stage, and where that is said.

CMD, ENTRYPOINT, HEALTHCHECK, the scripts that they run, files that list commands (supervisor,
Procfile, uWSGI), commands in compose files and in the descriptors of hosts, and the project's own
console scripts where one of these is called.
"""

from __future__ import annotations

from dockopt.facts.context import Context
from dockopt.facts.runtime import Place
from dockopt.facts.source.start import PROGRAM, UNKNOWN, Start
from dockopt.immutable import immutable
from dockopt.model import Dockerfile, Stage
from dockopt.remembering import cached_property


@immutable(slots=True)
class EntryPoint:
    """Something that a container starts."""

    start: Start
    """What: see `starting.Start`; paths are as written."""
    place: Place
    """Where that is said."""
    command: str
    """The command, for people."""
    files: tuple[str, ...] = ()
    """The files of the context that a path stands for."""
    is_lenient: bool = False
    """Whether it may be about another image: then it need not be in this one."""


@immutable(eq=False)
class EntryPoints:
    """All that a container starts, as far as it can be told."""

    found: tuple[EntryPoint, ...]
    roots: tuple[str, ...]
    """Folders of the context that Python looks for modules in first."""
    scripts: tuple[str, ...]
    """The shell scripts and lists of commands of the context that were followed."""

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Why it is not known what starts; empty where it is."""
        return tuple(
            dict.fromkeys(
                f"{e.place}: {e.start.name}" for e in self.found if e.start.kind == UNKNOWN
            )
        )

    @cached_property
    def programs(self) -> dict[str, Place]:
        """The programs that are called, each with the first place."""
        found: dict[str, Place] = {}
        for entry in self.found:
            if entry.start.kind == PROGRAM:
                found.setdefault(entry.start.name, entry.place)
        return found


def entry_points(dockerfile: Dockerfile, stage: Stage, context: Context) -> EntryPoints:
    """What a container of `stage` starts."""
    from dockopt.facts.source.following import Search

    return Search(dockerfile, stage, context).run()
