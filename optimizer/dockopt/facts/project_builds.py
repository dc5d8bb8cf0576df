"""Whether the project itself is built or installed after its files were copied."""

from dockopt.facts.footprint import FILE_TOOLS
from dockopt.facts.pip import PYTHON, PipCommand, pip_command, spec_text
from dockopt.facts.prefixes import invocation
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Command, Script
from dockopt.syntax import Instruction


def runs_after(dockerfile: Dockerfile, stage: Stage, at: Instruction) -> tuple[Run, ...]:
    """The RUNs that see what `at` copied: later ones of the stage and of all stages from it."""
    return tuple(
        run
        for other in dockerfile.built_upon(stage)
        for run in other.runs
        if other is not stage or run.instruction.span.start > at.span.start
    )


def may_build_project(runs: tuple[Run, ...]) -> bool:
    """Whether some RUN may build the project: anything that is not known to do something else."""
    for run in runs:
        if not isinstance(run.script, Script):
            return True
        if any(_may_build(command) for command in run.script.commands):
            return True
    return False


def _may_build(command: Command) -> bool:
    called = invocation(command)
    if not called.words or called.name in FILE_TOOLS:
        return False
    if pip := pip_command(command):
        return _pip_builds(pip)
    if PYTHON.match(called.name):
        rest = [word.text for word in called.words[1:]]
        return any("setup.py" in text for text in rest) or rest[:2] == ["-m", "build"]
    return True


def _pip_builds(pip: PipCommand) -> bool:
    if pip.group != "pip":
        return not pip.has("--no-install-project")
    local = any((spec_text(w) or ".").startswith((".", "/")) for w in pip.specs)
    return bool(pip.editables) or local or pip.has_unknown
