"""Plans for distributions that one stage installs and others copy as folders of the Python itself.

They stand in `/usr/local`, in a user's `.local`, or in a folder that `pip install --prefix` made to be
copied over `/usr/local`.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from dockopt.facts.environments import SYSTEM, absolute
from dockopt.facts.handover import copied_path, venvs_of
from dockopt.facts.installs import TOOLS, Install, installs
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.venv_plan import Receiver, system_installs
from dockopt.immutable import immutable
from dockopt.model import Copy, Dockerfile, Stage

WHOLE = "/usr/local"
_SCRIPTS = "/usr/local/bin"
_INTERPRETER = re.compile(r"^(?:python|pydoc|idle|2to3)[\d.]*(?:-config)?$")


@immutable()
class CopiedPackages:
    """What a stage installs, and who copies it."""

    dockerfile: Dockerfile
    runtime: RuntimeTexts
    source: Stage
    receivers: tuple[Receiver, ...]
    prefix: str
    """The folder of `--prefix` that is copied; empty where it is the packages of Python itself."""

    @property
    def folder(self) -> str:
        """What is copied, where that is not a user's own folder."""
        return self.prefix or WHOLE

    @property
    def own(self) -> tuple[Install, ...]:
        """The installs whose result is copied."""
        if not self.prefix:
            return system_installs(self.dockerfile, self.source)
        return tuple(
            i
            for i in installs(self.source, venvs_of(self.dockerfile, self.source))
            if i.prefix == self.prefix or (i.environment == SYSTEM and i.only_basics)
        )

    @property
    def every(self) -> tuple[Install, ...]:
        """All installs of the source; those that are copied count as installs of the system."""
        found = installs(self.source, venvs_of(self.dockerfile, self.source))
        ours = {id(i.pip.command) for i in self.own}
        return tuple(
            replace(i, environment=SYSTEM) if id(i.pip.command) in ours else i for i in found
        )


def copied_packages(dockerfile: Dockerfile, runtime: RuntimeTexts) -> CopiedPackages | None:
    """What a stage of the target's chain copies of packages; None for nothing, and for several."""
    receivers = [r for stage in dockerfile.stages for r in _receivers(dockerfile, stage)]
    ours = [r for r in receivers if r.stage in dockerfile.target.chain]
    if len(ours) != 1:
        return None
    same = tuple(r for r in receivers if r.source is ours[0].source)
    prefix = prefix_of(dockerfile, ours[0].stage, ours[0].copies[0])
    found = CopiedPackages(dockerfile, runtime, ours[0].source, same, prefix)
    return found if any(not i.only_basics for i in found.own) else None


def _receivers(dockerfile: Dockerfile, stage: Stage) -> Iterator[Receiver]:
    """What a stage copies of packages, by the stage that it copies from."""
    modules: dict[int, list[Copy]] = {}
    programs: dict[int, list[Copy]] = {}
    for copy in stage.copies:
        source = dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
        if source is None or source.index >= stage.index:
            continue
        if _brings_modules(dockerfile, stage, copy):
            modules.setdefault(source.index, []).append(copy)
        elif _brings_programs(stage, copy):
            programs.setdefault(source.index, []).append(copy)
    theirs = system_installs(dockerfile, stage) if modules else ()
    for index, copies in modules.items():
        brought = (*copies, *programs.get(index, ()))
        yield Receiver(stage, dockerfile.stages[index], brought, theirs)


def _brings_modules(dockerfile: Dockerfile, stage: Stage, copy: Copy) -> bool:
    """Whether it copies a whole folder of packages."""
    if len(copy.sources) != 1:
        return False
    path = copied_path(copy.sources[0])
    if path.endswith("/.local") or prefix_of(dockerfile, stage, copy):
        return True
    return path == absolute(stage, copy.instruction, copy.destination) and _holds_modules(path)


def _holds_modules(path: str) -> bool:
    """Whether a folder of Python's own is the whole of it, or one of those that pip puts files into."""
    packages = path.startswith(WHOLE + "/lib/python") and path.endswith("site-packages")
    return packages or path in (WHOLE, WHOLE + "/bin", WHOLE + "/lib")


def _brings_programs(stage: Stage, copy: Copy) -> bool:
    """Whether it copies console scripts one by one."""
    target = absolute(stage, copy.instruction, copy.destination)
    paths = [copied_path(source) for source in copy.sources]
    return all(
        posixpath.dirname(path) == _SCRIPTS
        and target in (_SCRIPTS, path)
        and _is_script(posixpath.basename(path))
        for path in paths
    )


def _is_script(name: str) -> bool:
    return not (_INTERPRETER.match(name) or name in TOOLS or name in ("uvx", "pip", "*"))


def prefix_of(dockerfile: Dockerfile, stage: Stage, copy: Copy) -> str:
    """The folder of `--prefix` that is copied over Python's own, empty where it is another one."""
    source = dockerfile.stage_named(copy.from_ or "")
    if source is None or len(copy.sources) != 1:
        return ""
    path = copied_path(copy.sources[0])
    target = absolute(stage, copy.instruction, copy.destination)
    for install in installs(source, venvs_of(dockerfile, source)):
        rest = path.removeprefix(install.prefix)
        if install.prefix and path != rest and target == WHOLE + rest and _holds_modules(target):
            return install.prefix
    return ""
