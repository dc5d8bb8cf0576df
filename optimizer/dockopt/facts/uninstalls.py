"""RUNs that take distributions out of an environment again: `pip uninstall`."""

from collections.abc import Iterable

from dockopt.facts.installs import BASICS, Install, requirement_name
from dockopt.facts.pip import PipCommand, pip_commands, spec_text
from dockopt.model import Run, Stage

_PROGRAMS = ("/usr/bin/", "/usr/local/bin/")
"""Where the pip of the image's own Python is."""


def uninstalls(run: Run) -> tuple[PipCommand, ...]:
    """The commands of a RUN that take distributions out of the environment that is active."""
    if "uninstall" not in run.logical.text:
        return ()
    found = (pip for pip in pip_commands(run) if pip.action == "uninstall")
    return tuple(pip for pip in found if not pip.path.startswith(_PROGRAMS))


def uninstalled_basics(run: Run) -> tuple[str, ...]:
    """Which of pip, setuptools and wheel such commands take out, in the order of names."""
    words = (word for pip in uninstalls(run) for word in pip.specs)
    return tuple(sorted(BASICS & {requirement_name(spec_text(word) or "?") for word in words}))


def uninstalling_runs(stage: Stage, found: Iterable[Install]) -> tuple[Run, ...]:
    """The RUNs of a stage that uninstall something and are not before its first install, in order."""
    starts = [install.run.instruction.start for install in found]
    if not starts:
        return ()
    return tuple(r for r in stage.runs if r.instruction.start >= min(starts) and uninstalls(r))
