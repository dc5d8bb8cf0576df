"""RUNs that take distributions out of an environment again: `pip uninstall`."""

from collections.abc import Iterable

from dockopt.facts.installs import BASICS, Install, requirement_name
from dockopt.facts.pip import PipCommand, pip_commands, spec_text
from dockopt.model import Run, Stage

_PROGRAMS = ("/usr/bin/", "/usr/local/bin/")
"""Where the pip of the image's own Python is."""


def uninstalls(run: Run) -> tuple[PipCommand, ...]:
    """The commands of a RUN that take distributions out of the environment that is active.

    Those that only take pip, setuptools and wheel away are left aside: these come with the image,
    and whoever removes them wants the image to be without them.
    """
    if "uninstall" not in run.logical.text:
        return ()
    return tuple(p for p in pip_commands(run) if p.action == "uninstall" and not _spared(p))


def _spared(pip: PipCommand) -> bool:
    names = {requirement_name(spec_text(word) or "?") for word in pip.specs}
    only_basics = names <= BASICS and not pip.requirement_files
    return only_basics or pip.path.startswith(_PROGRAMS)


def uninstalling_runs(stage: Stage, found: Iterable[Install]) -> tuple[Run, ...]:
    """The RUNs of a stage that uninstall something behind the first of its installs, in order."""
    starts = [install.run.instruction.start for install in found]
    if not starts:
        return ()
    later = (run for run in stage.runs if run.instruction.start > min(starts))
    return tuple(run for run in later if uninstalls(run))
