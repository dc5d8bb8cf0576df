"""The plan to move copied distributions into a virtual environment, and what stands against it."""

import re
from collections.abc import Iterable, Iterator

from dockopt.facts.copied_packages import WHOLE, CopiedPackages, copied_packages, prefix_of
from dockopt.facts.environments import HIDDEN, SYSTEM, absolute
from dockopt.facts.handover import copied_path, venvs_of
from dockopt.facts.hazards import hazard
from dockopt.facts.image_files import files_in_image
from dockopt.facts.installs import BASICS, PROGRAMS, TOOLS, USER, Install, installs
from dockopt.facts.packaging_tools import used_tools
from dockopt.facts.project_plans import with_project
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.venv_plan import (
    Receiver,
    VenvPlan,
    basics_below,
    other_user,
    steering_variables,
    system_installs,
)
from dockopt.model import Dockerfile, ImageReference, Run, Stage
from dockopt.shell import Script
from dockopt.syntax import Instruction

_MAKES_FOLDERS = frozenset({"mkdir", "set", "true", ":", "apt-get", "apt"})


def copied_plan(dockerfile: Dockerfile, runtime: RuntimeTexts) -> VenvPlan | None:
    """The plan for a target that copies the system's or user's packages of another stage."""
    found = copied_packages(dockerfile, runtime)
    if found is None:
        return None
    repeated, problem = basics_below(dockerfile, found.source)
    reason = next((reason for reason in _objections(found) if reason), problem)
    late = (i for r in found.receivers for i in installs(r.stage, venvs_of(dockerfile, r.stage)))
    every = (*found.every, *late)
    plan = VenvPlan(
        found.source,
        found.own,
        found.own[0].run.instruction,
        any(i.pip.tool != "pip" for i in every),
        found.receivers,
        repeated,
        reason,
        variables=steering_variables(found.source, every),
    )
    return with_project(dockerfile, plan, runtime)


def _objections(found: CopiedPackages) -> Iterator[str]:
    """What stands against it, an empty text for a check that finds nothing."""
    dockerfile, source = found.dockerfile, found.source
    for user in dockerfile.built_upon(source):
        yield hazard(dockerfile, user, found.every, found.runtime)
    for link in source.ancestors:
        yield _unseen(system_installs(dockerfile, link))
    yield _unprivileged(dockerfile, source)
    for receiver in found.receivers:
        yield from _receiver_objections(found, receiver)
    yield _hidden(found)
    yield _lost_tools(found)
    yield _prefix_use(found) if found.prefix else _other_content(source)
    yield _additional_pip(found)
    yield _others_take(found)


def _receiver_objections(found: CopiedPackages, receiver: Receiver) -> Iterator[str]:
    dockerfile, stage = found.dockerfile, receiver.stage
    if any(prefix_of(dockerfile, stage, copy) != found.prefix for copy in receiver.copies):
        yield f"stage {stage.reference} copies from several folders of packages"
    late = installs(stage, venvs_of(dockerfile, stage))
    for install in late:
        if install.project:
            line = install.run.instruction.line
            yield f"line {line} installs with {install.pip.tool} where the packages were copied"
    for user in dockerfile.built_upon(stage):
        texts = RuntimeTexts(dockerfile, user, found.runtime.context)
        yield hazard(dockerfile, user, late, texts)
        yield _unprivileged(dockerfile, user)
    yield _interpreters(found.source, stage)
    yield _seen_no_more(dockerfile, receiver)


def _hidden(found: CopiedPackages) -> str:
    """A project whose environment the tool keeps for itself: once one is active it would go there."""
    for install in found.every:
        if install.environment == HIDDEN:
            line, tool = install.run.instruction.line, install.pip.tool
            return f"line {line} installs beside them, into an environment that {tool} keeps for itself"
    return ""


def _lost_tools(found: CopiedPackages) -> str:
    """Who calls an installer that came along with the packages, and stays outside an environment."""
    of_project = {i.pip.tool for i in found.own if i.project}  # see `with_project`
    for receiver in found.receivers if not found.prefix else ():
        names = _tools_below(found, receiver.stage) - of_project - {"pip"}
        programs = [p for name in sorted(names) for p in PROGRAMS.get(name, (name,))]
        for stage in found.dockerfile.built_upon(receiver.stage) if programs else ():
            for program in programs:
                if place := _caller(found, stage, program):
                    return f"{place} calls {program}, which came along with the packages"
    return ""


def _tools_below(found: CopiedPackages, receiver: Stage) -> frozenset[str]:
    """The installers that the source's stages have outside of environments, and the receiver not."""
    own = [link for link in found.source.chain if link not in receiver.chain]
    every = (i for link in own for i in installs(link, venvs_of(found.dockerfile, link)))
    tools = (i for i in every if i.only_tools and i.environment in (SYSTEM, USER))
    return frozenset(name for install in tools for name in install.names or ())


def _caller(found: CopiedPackages, stage: Stage, program: str) -> str:
    context = found.runtime.context
    texts = RuntimeTexts(found.dockerfile, stage, context)
    inside = files_in_image(found.dockerfile, (stage,), context) if context else None
    place = texts.command_calling(program) or texts.file_calling(program, inside)
    return str(place) if place else _run_calling(stage, program)


def _run_calling(stage: Stage, program: str) -> str:
    for run in stage.runs:
        script = run.script
        if isinstance(script, Script) and any(c.name == program for c in script.commands):
            return f"line {run.instruction.line}"
    return ""


def _unprivileged(dockerfile: Dockerfile, stage: Stage) -> str:
    """An install as another user than root: it goes to that one's home, never to an environment."""
    for install in installs(stage, venvs_of(dockerfile, stage)):
        at = install.run.instruction
        if user := other_user(stage, at):
            return f"line {at.line} installs as the user of line {user.line}, who is not root"
    return ""


def _seen_no_more(dockerfile: Dockerfile, receiver: Receiver) -> str:
    """What was installed before the copy, which an environment does not see."""
    own = [link for link in receiver.stage.ancestors if link not in receiver.source.ancestors]
    below = [i for link in own for i in system_installs(dockerfile, link)]
    start = min(copy.instruction.start for copy in receiver.copies)
    early = [i for i in receiver.installs if i.run.instruction.start < start]
    return _unseen((*below, *early), seen=frozenset({"pip"}))


def _unseen(found: Iterable[Install], seen: frozenset[str] = BASICS) -> str:
    """An install that brings anything but `seen` to the packages of Python itself."""
    for install in found:
        if not install.names or not install.names <= seen:
            return f"line {install.run.instruction.line} installs what an environment would not see"
    return ""


def _additional_pip(found: CopiedPackages) -> str:
    """Why pip would be shipped twice: only Python's own folders hold it, an environment has another."""
    receiver = next(r for r in found.receivers if r.stage in found.dockerfile.target.chain)
    sources = [copied_path(copy.sources[0]) for copy in receiver.copies]
    if not found.prefix and not all(path.endswith("/.local") for path in sources):
        return ""
    moving = frozenset(i.run.instruction.start for i in receiver.installs)
    used = used_tools(found.dockerfile, receiver.stage, found.runtime, moving)
    return f"pip would be in the image twice: {used['pip']}" if "pip" in used else ""


def _other_content(source: Stage) -> str:
    """Something besides distributions that the copied folder would bring."""
    for link in source.chain:
        for copy in link.copies:
            target = absolute(link, copy.instruction, copy.destination) or "?"
            if target.startswith((WHOLE, "?", "/root/.local")):
                return f"line {copy.instruction.line} puts other files into {copy.destination}"
        for run in link.runs:
            text = run.logical.text
            if WHOLE in text or "make install" in text or "npm " in text:
                return f"line {run.instruction.line} may put other files into {WHOLE}"
    return ""


def _prefix_use(found: CopiedPackages) -> str:
    """What else is done with the folder of `--prefix`, or is installed beside it."""
    prefix, own = found.prefix, found.own
    for link in found.source.chain:
        for copy in link.copies:
            if _is_within(absolute(link, copy.instruction, copy.destination) or prefix, prefix):
                return f"line {copy.instruction.line} puts other files into {prefix}"
        for run in link.runs:
            if _works_on(link, run, own, prefix):
                return f"line {run.instruction.line} does more with {prefix} than install into it"
    ours = {id(i.pip.command) for i in own}
    for install in installs(found.source, frozenset()):
        at = install.run.instruction
        if id(install.pip.command) not in ours and at.start >= own[0].run.instruction.start:
            return f"line {at.line} installs beside {prefix}"
    return ""


def _works_on(stage: Stage, run: Run, own: tuple[Install, ...], prefix: str) -> bool:
    """Whether a RUN does anything with the folder but make it and install into it."""
    if not isinstance(run.script, Script):
        return True
    ours = {id(i.pip.command) for i in own}
    workdir = stage.workdir_at(run.instruction)
    if not isinstance(workdir, str) or _is_within(workdir, prefix):
        return {c.name for c in run.script.commands if id(c) not in ours} - _MAKES_FOLDERS != set()
    named = re.compile(rf"(?<![\w./-]){re.escape(prefix)}(?![\w.-])")
    words = [w for i in own if i.run.instruction is run.instruction for w in i.place_words]
    words += [w for c in run.script.commands if c.name == "mkdir" for w in c.args]
    return len(named.findall(run.logical.text)) > sum(len(named.findall(w.text)) for w in words)


def _is_within(path: str, folder: str) -> bool:
    return f"{path}/".replace("//", "/").startswith(f"{folder}/".replace("//", "/"))


def _others_take(found: CopiedPackages) -> str:
    """Who else takes something of the packages from the stage that has them."""
    known = {c.instruction.start for r in found.receivers for c in r.copies}
    holders = found.dockerfile.built_upon(found.source)
    for stage in found.dockerfile.stages:
        for holder, instruction, _ in found.dockerfile.references(stage):
            if holder not in holders or instruction.start in known:
                continue
            for path in _taken(stage, instruction):
                within = _is_within(path, found.folder) or _is_within(found.folder, path)
                if within or "/.local" in path:
                    return f"line {instruction.line} takes {path} of stage {holder.reference} too"
    return ""


def _taken(stage: Stage, instruction: Instruction) -> Iterator[str]:
    """The paths that an instruction takes from another stage, installers aside."""
    copy = next((c for c in stage.copies if c.instruction is instruction), None)
    if copy is None:
        yield "/"
        return
    for path in map(copied_path, copy.sources):
        if path.rpartition("/")[2] not in (*TOOLS, "uvx"):
            yield path


def _interpreters(source: Stage, receiver: Stage) -> str:
    one, other = source.root.image, receiver.root.image
    if isinstance(one, ImageReference) and isinstance(other, ImageReference):
        first, second = one.python_tag, other.python_tag
        if one.text == other.text or (
            first and second and first.minor and first.minor == second.minor
        ):
            return ""
    return "the two stages do not certainly have the same Python minor version"
