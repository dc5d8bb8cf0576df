"""Requirements files that no build context has: an installer exports them from its lock file.

https://python-poetry.org/docs/cli/, https://docs.astral.sh/uv/reference/cli/#uv-export,
https://pipenv.pypa.io/en/latest/cli.html, https://pdm-project.org/latest/reference/cli/
"""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.installer_commands import InstallerCommand, installer_command
from dockopt.facts.installs import Install
from dockopt.facts.lock_files import locked_names
from dockopt.facts.manifests import manifests
from dockopt.facts.pip import pip_command
from dockopt.facts.shipping import contributing_stages
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Command, Script

_READS = frozenset({"rm", "ls", "test", "["})


def exported_names(
    dockerfile: Dockerfile, context: Context, install: Install, file: str
) -> frozenset[str] | None:
    """The distributions in the lock file that the requirements file `file` was exported from.

    All groups count. None where it is not exported, or another command may write it as well.
    """
    name = posixpath.basename(file)
    pattern = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])")
    found: set[str] = set()
    exports = False
    for stage, run in _runs_before(dockerfile, install):
        if not pattern.search(run.logical.text):
            continue
        if not isinstance(run.script, Script):
            return None
        for command in (c for c in run.script.commands if _names(c, pattern)):
            tool = installer_command(command)
            if tool is not None and _exports(tool):
                locked = _locked(context, stage, run, tool)
                if locked is None:
                    return None
                exports, found = True, found | locked
            elif _may_write(command, pattern):
                return None
    return frozenset(found) if exports else None


def _runs_before(dockerfile: Dockerfile, install: Install) -> Iterator[tuple[Stage, Run]]:
    """The RUNs whose files an install may read: of its chain, and of what that copies from."""
    for stage in contributing_stages(dockerfile, (install.stage,)):
        for run in stage.runs:
            if stage is not install.stage or run.instruction.start <= install.run.instruction.start:
                yield stage, run


def _names(command: Command, pattern: re.Pattern[str]) -> bool:
    targets = [r.target for r in command.redirects if r.target is not None]
    return any(pattern.search(word.text) for word in (*command.words, *targets))


def _exports(tool: InstallerCommand) -> bool:
    """Whether a command writes requirements; `pipenv lock -r` did so up to 2022."""
    asked = {"-r", "--requirements"} & set(tool.command.values)
    old = tool.tool == "pipenv" and tool.action == "lock" and bool(asked)
    return tool.tool != "pip-tools" and (tool.exports or old)


def _may_write(command: Command, pattern: re.Pattern[str]) -> bool:
    if any(r.target is not None and pattern.search(r.target.text) for r in command.redirects):
        return True
    return pip_command(command) is None and command.name not in _READS


def _locked(
    context: Context, stage: Stage, run: Run, tool: InstallerCommand
) -> frozenset[str] | None:
    manifest = "Pipfile" if tool.tool == "pipenv" else "pyproject.toml"
    known = [m for m in manifests(stage, run, manifest, context) or () if m.source]
    here = [m for m in known if m.folder == stage.workdir_at(run.instruction)]
    sources = {m.source for m in here or known}
    return locked_names(context, tool.tool, sources.pop()) if len(sources) == 1 else None
