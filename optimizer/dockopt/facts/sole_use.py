"""Whether a program of a Debian package serves one instruction alone, so that it can go with that."""

import re

from dockopt.facts.apt import apt_commands, name_in
from dockopt.facts.context import Context
from dockopt.facts.packages import BuildPackage
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.scripts import unseen_script
from dockopt.model import Dockerfile, Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Script
from dockopt.syntax import Instruction

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|Pipfile(?:\.lock)?|setup\.(?:py|cfg)|\w+\.lock)$"
)
_LINKED = re.compile(
    r"\b(?:pycurl|python-ldap|gssapi|pykerberos|kerberos|ssh2-python|pylibssh)\b", re.IGNORECASE
)
"""Distributions that load libraries which come with curl."""
_MANY = 40


def installed_as(stage: Stage, name: str) -> BuildPackage | None:
    """Where a stage or one below it installs the package `name` with apt, None where nowhere."""
    for link in stage.chain:
        for run in link.runs:
            for command in apt_commands(run):
                for word in command.packages if command.action == "install" else ():
                    if name_in(word) == name:
                        return BuildPackage(name, link, run, command, word, (), False)
    return None


def other_use(
    dockerfile: Dockerfile, runtime: RuntimeTexts, package: BuildPackage, own: Instruction
) -> str:
    """What else calls the package's program, or may; empty where nothing does but `own`."""
    name = package.name
    if runtime.files is None:
        return "without the build context it is not known what scripts and sources call"
    for stage in dockerfile.built_upon(package.stage):
        if stage.of("ONBUILD"):
            return "an ONBUILD instruction runs in a build that is not seen here"
        for run in stage.runs:
            if run.instruction.start >= package.run.instruction.start and _runs(run, name, package):
                return f"line {run.instruction.line} calls {name}"
        for instruction in stage.of("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            if instruction.start != own.start and _named(instruction.body.text, name):
                return f"line {instruction.line} calls {name}"
    if reason := unseen_script(dockerfile.target, runtime):
        return reason
    if place := runtime.called_by_file(name):
        return f"{place} calls {name}"
    return _linked(runtime.context) if runtime.context else ""


def _runs(run: Run, name: str, package: BuildPackage) -> bool:
    """Whether a RUN names the program otherwise than as a package."""
    if not _named(run.logical.text, name):
        return False
    if not isinstance(run.script, Script):
        return True
    packages = {id(w) for c in apt_commands(run) for w in c.packages}
    words = [w for c in run.script.commands for w in c.words if id(w) not in packages]
    in_apt = run is package.run or bool(packages)
    return not in_apt or any(_named(w.text, name) for w in words)


def _named(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) is not None


@remembered
def _linked(context: Context) -> str:
    """Which distribution of the project loads a library that comes with curl."""
    files = [path for path in context.files_under("") if _REQUIREMENTS.search(path)]
    for path in files[:_MANY]:
        if found := _LINKED.search(context.read_text(path) or ""):
            return f"{path} names {found[0]}, which may load a library of it"
    return "" if len(files) <= _MANY else "there are too many files of requirements to read"
