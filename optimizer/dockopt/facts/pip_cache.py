"""Whether the cache of a pip or uv command ends up in the layer.

https://pip.pypa.io/en/stable/topics/caching/, https://docs.astral.sh/uv/concepts/cache/
"""

from dockopt.facts.cleanup import removed_paths
from dockopt.facts.pip import PipCommand
from dockopt.model import Dockerfile, Run, Stage, Unknown
from dockopt.model.variables import Value
from dockopt.remembering import remembered
from dockopt.shell import Script

_OFF = {"pip": "PIP_NO_CACHE_DIR", "uv": "UV_NO_CACHE"}
_CHOSEN = {"pip": "PIP_CACHE_DIR", "uv": "UV_CACHE_DIR"}
_NO = frozenset({"", "0", "false", "f", "no", "n", "off"})
_APT = ("/var/cache/apt", "/var/lib/apt")


def pip_cache_stays_out(
    dockerfile: Dockerfile, stage: Stage, run: Run, command: PipCommand
) -> bool:
    """Whether the cache is off, a mount, kept on purpose, or removed again in the same RUN."""
    options = ("--no-cache-dir", "--no-cache", "--cache-dir")
    return (
        command.has(*options)
        or _is_mount(run)
        or _set_by_variable(stage, run, command)
        or is_configured(stage, run)
        or _removed_later(run, command)
        or _copied(dockerfile, stage)
    )


def _is_mount(run: Run) -> bool:
    """Whether a mount may hold the cache; apt's mounts do not."""
    kinds = ("cache", "tmpfs", "bind")
    found = [m for m in run.mounts if m.kind in kinds and not m.target.startswith(_APT)]
    return any(mount.kind == "cache" or "cache" in mount.target for mount in found)


def _set_by_variable(stage: Stage, run: Run, command: PipCommand) -> bool:
    """Whether a variable turns the cache off or says where it is."""
    names = (_OFF[command.tool], _CHOSEN[command.tool])
    scope = stage.scope_at(run.instruction).values
    values = {name: scope[name] for name in names if name in scope}
    values.update((n, Unknown("") if v is None else v) for n, v in command.environment)
    if any(name in values and _takes_effect(name, values[name]) for name in names):
        return True
    return isinstance(run.script, Script) and any(
        name in names
        for other in run.script.commands
        for name, _ in other.assignments
        if other.start < command.command.start
    )


def _takes_effect(name: str, value: Value) -> bool:
    """Whether the variable has an effect; one that is not known counts as if it had.

    pip takes every value that is not empty for "no cache": `_handle_no_cache_dir` in
    https://github.com/pypa/pip/blob/main/src/pip/_internal/cli/cmdoptions.py; before version 19 it
    was `off` that did so. uv reads its variable as a truth value.
    """
    if isinstance(value, Unknown):
        return True
    return value.strip().lower() not in _NO if name == _OFF["uv"] else bool(value)


def is_configured(stage: Stage, run: Run) -> bool:
    """Whether pip's configuration, written by this or an earlier RUN, turns the cache off."""
    first = (_first_configured(link) for link in stage.chain)
    return any(start is not None and start <= run.instruction.start for start in first)


@remembered
def _first_configured(stage: Stage) -> int | None:
    """Where the first RUN of a stage starts that writes such a configuration."""
    for run in stage.runs:
        text = run.logical.text
        if "no-cache-dir" in text and ("pip.conf" in text or "config set" in text):
            return run.instruction.start
    return None


def _removed_later(run: Run, command: PipCommand) -> bool:
    """Whether the RUN empties the cache after the command."""
    if not isinstance(run.script, Script):
        return False
    later = [c for c in run.script.commands if c.start > command.command.start]
    return any(
        ".cache" in path or path.rstrip("/*") in ("/root", "/root/.")
        for other in later
        for path in removed_paths(other)
    ) or any(c.values[:2] in (("cache", "purge"), ("cache", "clean")) for c in later)


def _copied(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether another stage copies a cache out of this one."""
    return stage.index in _sources_of_caches(dockerfile)


@remembered
def _sources_of_caches(dockerfile: Dockerfile) -> frozenset[int]:
    """The stages, by index, that another stage copies something from which is named a cache."""
    found: set[int] = set()
    for other in dockerfile.stages:
        for copy in other.copies:
            source = dockerfile.stage_named(copy.from_) if copy.from_ else None
            if source is not None and any("cache" in path for path in copy.sources):
                found.update(link.index for link in source.chain)
    return frozenset(found)
