"""What is said about the use of the requirements of the shipped image."""

from dockopt.facts.container import Facts
from dockopt.facts.image_files import files_in_image
from dockopt.facts.lock_files import locked_requirements
from dockopt.facts.pip import pip_commands
from dockopt.facts.shipping import contributing_stages
from dockopt.facts.source.closure import Closure
from dockopt.facts.source.entry_points import NO_COMMAND
from dockopt.facts.source.evidence import Evidence
from dockopt.facts.source.layout import Layout, module_files
from dockopt.facts.source.uses import Uses
from dockopt.knowledge.markers import may_apply
from dockopt.shell import Script


def requirement_uses(facts: Facts) -> Uses:
    """What is said about the use of each requirement of the shipped image.

    Raises ValueError where there is no context.
    """
    context = facts.context
    if context is None or facts.top_level is None:
        raise ValueError("there is no build context")
    asked = (one.requirement for one in facts.top_level.found)
    requirements = tuple(one for one in asked if may_apply(one.marker))
    closure = facts.closure
    reached = frozenset(closure.reached) if isinstance(closure, Closure) else frozenset[str]()
    points = facts.entry_points
    stages = contributing_stages(facts.dockerfile, (facts.dockerfile.target,))
    layout = Layout(context, module_files(context), points.roots if points else ())
    inside = files_in_image(facts.dockerfile, stages, context)
    evidence = Evidence(layout, reached, inside)
    programs = {name: str(place) for name, place in points.programs.items()} if points else {}
    programs |= (
        {e.start.name: str(e.place) for e in points.found if e.start.kind in ("named", "module")}
        if points
        else {}
    )
    for path, module in evidence.modules.items():
        for call in module.calls:
            if call.program:
                programs.setdefault(call.program, path)
    programs = {**_run_words(facts), **programs}
    locked = locked_requirements(context)
    unknown = points.unknown[0] if points and points.unknown else ""
    blind = "" if unknown or isinstance(closure, Closure) else closure.reason
    if points and any(NO_COMMAND in reason for reason in points.unknown):
        blind = f"{NO_COMMAND}, so that the code may come later"
    if not evidence.files:
        blind = "no Python module of the build context is in the image"
    return Uses(requirements, evidence, programs, locked, blind, unknown)


def _run_words(facts: Facts) -> dict[str, str]:
    """The words of commands in RUNs that install nothing: `python -m spacy download`."""
    found: dict[str, str] = {}
    for stage in facts.dockerfile.target.chain:
        for run in stage.runs:
            if not isinstance(run.script, Script):
                continue
            installing = {id(c.command) for c in pip_commands(run)}
            for command in run.script.commands:
                if id(command) in installing or command.name in ("apt-get", "apt", "apk", "pip"):
                    continue
                for word in command.words:
                    found.setdefault(
                        (word.value or "").rpartition("/")[2], f"line {run.instruction.line}"
                    )
    return found
