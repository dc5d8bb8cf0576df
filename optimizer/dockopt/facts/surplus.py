"""Which development dependencies an image that is shipped holds, and whether it can do without."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from dockopt.facts.container import Facts
from dockopt.facts.declared import EXTRA
from dockopt.facts.development_groups import of_project
from dockopt.facts.development_image import development_image, other_users
from dockopt.facts.development_installs import DevelopmentInstall, of_pip
from dockopt.facts.environments import SYSTEM
from dockopt.facts.footprint import within
from dockopt.facts.handover import copied_path
from dockopt.facts.installer_commands import installer_command
from dockopt.facts.installs import USER
from dockopt.facts.pip import pip_command
from dockopt.facts.production import MANAGERS, may_name_tools, stages_of_image
from dockopt.facts.requirements import required
from dockopt.facts.tool_uses import Evidence, evidence
from dockopt.immutable import immutable
from dockopt.knowledge.development_contents import (
    contents,
    meant_for_development,
    only_for_developers,
    surely_kept,
)
from dockopt.model import Run, Stage
from dockopt.shell import Command, Script

_SYSTEM_FILES = re.compile(r"site-packages|dist-packages|^/usr(?:/local)?(?:/lib|/bin)?/?$|^/$")


@immutable(eq=False)
class Surplus:
    """The development dependencies that one RUN installs for an image that is shipped."""

    run: Run
    found: tuple[DevelopmentInstall, ...]
    refusal: str = ""
    """Why they stay; empty where they can go, or might."""
    doubt: str = ""
    """Why it is not certain that they can go; empty where it is."""
    evidence: Evidence = field(default=Evidence(frozenset(), None, "", ""))

    @property
    def names(self) -> tuple[str, ...]:
        """What is asked for, normalised."""
        return tuple(dict.fromkeys(r.name for one in self.found for r in one.requirements))


def surplus_of(facts: Facts, stage: Stage, run: Run) -> Surplus | None:
    """The development dependencies that a RUN of one of the `stages_of_image` installs, if any."""
    found = tuple(_of_run(facts, stage, run))
    return _judged(facts, stage, run, found) if found else None


def _of_run(facts: Facts, stage: Stage, run: Run) -> Iterator[DevelopmentInstall]:
    if may_name_tools(facts, run):
        for install in facts.installs(stage):
            same = install.run.instruction is run.instruction
            if same and _arrives(facts, stage, install.environment):
                yield from of_pip(facts.context, install)
    if facts.context is not None and MANAGERS.search(run.logical.text):
        for project in facts.project_installs(stage):
            where = project.environment if isinstance(project.environment, str) else ""
            same = project.run.instruction is run.instruction
            if same and _arrives(facts, stage, where):
                yield from of_project(facts, project)


def _arrives(facts: Facts, stage: Stage, environment: str) -> bool:
    """Whether what a stage installs is in the image: it is of the chain, or is copied from there."""
    chain = facts.dockerfile.target.chain
    if stage in chain:
        return True
    for link in chain:
        for copy in link.copies:
            source = facts.dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
            if source is None or stage not in source.chain:
                continue
            if any(_brings(copied_path(text), environment) for text in copy.sources):
                return True
    return False


def _brings(path: str, environment: str) -> bool:
    if environment == SYSTEM:
        return bool(_SYSTEM_FILES.search(path))
    if environment == USER:
        return ".local" in path
    if not environment.startswith("/"):
        return "venv" in path or "install" in path or ".local" in path
    return within(environment, path) or within(path, environment)


def _judged(facts: Facts, stage: Stage, run: Run, found: tuple[DevelopmentInstall, ...]) -> Surplus:
    if reason := development_image(facts) or other_users(facts, stage):
        return Surplus(run, found, reason)
    if reason := next((one.obstacle for one in found if one.obstacle), ""):
        return Surplus(run, found, reason)
    names = frozenset(name for one in found for name in one.names)
    if reason := used_while_building(facts, names):
        return Surplus(run, found, reason)
    if facts.context is None:
        doubt = "without the build context it is not known whether the program imports them"
        sizes = [known.bytes if (known := contents(n)) else None for n in sorted(names)]
        total = None if None in sizes else sum(size or 0 for size in sizes)
        return Surplus(run, found, "", doubt, Evidence(names, total, "", ""))
    if not _has_code(facts):
        return Surplus(run, found, "the image holds no code of the build context")
    shown = evidence(facts.context, facts.runtime, names, _kept(facts, found))
    return Surplus(run, found, shown.use, shown.doubt or _unsure(found), shown)


def _unsure(found: Sequence[DevelopmentInstall]) -> str:
    """The first distribution that is not certain to be a tool of developers."""
    for one in found:
        for listed in one.requirements:
            if listed.extras - {"toml"}:
                return f"what the extras of {listed.name} bring is not known"
            is_tool = meant_for_development if listed.file else only_for_developers
            if not is_tool(listed.name):
                shown = listed.name or listed.text
                return f"{shown} is not known to be a tool that only developers use"
    return ""


def _has_code(facts: Facts) -> bool:
    """Whether the target's own code comes from the build context, so that its imports are known."""
    chain = facts.dockerfile.target.chain
    copies = [copy for link in chain for copy in link.copies]
    return any(copy.from_ is None for copy in copies) or any(
        copy.from_ and facts.dockerfile.stage_named(copy.from_) for copy in copies
    )


def _kept(facts: Facts, found: Sequence[DevelopmentInstall]) -> frozenset[str]:
    """What is installed all the same, as far as it is known."""
    asked = frozenset(name for one in found for name in one.names)
    names: set[str] = set()
    for stage in stages_of_image(facts):
        for install in facts.installs(stage):
            if not _arrives(facts, stage, install.environment):
                continue
            listed = required(facts.context, (install,)) if facts.context else ""
            if isinstance(listed, tuple):
                names.update(
                    r.name
                    for r in listed
                    if not r.marker and not r.optional and not r.group.startswith(EXTRA)
                )
    locked = frozenset(name for one in found for name in one.locked or ())
    return surely_kept(frozenset(names) - asked) | locked


def used_while_building(facts: Facts, names: frozenset[str]) -> str:
    """Where a RUN or ENV of any stage uses one of the distributions; empty for nowhere."""
    known = [found for name in names if (found := contents(name)) is not None]
    words = frozenset(w for found in known for w in (*found.scripts, *found.modules)) | names
    for _, run in facts.runs:
        script = run.script
        if not isinstance(script, Script):
            if any(
                re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", run.logical.text) for w in words
            ):
                return f"the RUN on line {run.instruction.line} is not read, and names one of them"
            continue
        for command in script.commands:
            if command.name == "git" and "clone" in command.values:
                return f"line {run.instruction.line} fetches sources that cannot be looked into"
            if used := _uses(command, words):
                return f"line {run.instruction.line} runs {used}"
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")
    for name, value in facts.dockerfile.target.final_environment.items():
        if isinstance(value, str) and pattern.search(value):
            return f"the variable {name} names one of them"
    return ""


def _uses(command: Command, words: frozenset[str]) -> str:
    pip, manager = pip_command(command), installer_command(command)
    if (pip is not None and pip.group) or (manager is not None and not manager.runs):
        return ""
    for word in command.words:
        text = (word.value or word.text).strip("\"'").rpartition("/")[2]
        if text in words or text in ("test", "unittest"):
            return text
    return ""
