"""Which RUNs leave which kind of waste behind."""

from collections.abc import Callable, Iterable

from dockopt.facts.apt_lists import Event, events, lists_left_behind
from dockopt.facts.bases import base_image
from dockopt.facts.cleanup import Junk, cleaning_steps
from dockopt.facts.pip import pip_commands
from dockopt.facts.pip_cache import pip_cache_stays_out
from dockopt.facts.prefixes import invocation
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Script

_DOCKER_CLEAN = frozenset({"debian", "ubuntu", "python", "buildpack-deps"})
"""Official images in which apt removes what it downloaded by itself (docker-clean).
https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config"""


def makes(dockerfile: Dockerfile, stage: Stage, run: Run, junk: Junk) -> bool:
    """Whether a RUN leaves waste of this kind in its layer."""
    if not isinstance(run.script, Script) or _is_mounted(run, junk):
        return False
    made = _MAKERS[junk](dockerfile, stage, run)
    return made and not _cleaned_in(run, junk)


def _is_mounted(run: Run, junk: Junk) -> bool:
    places = {Junk.APK: "/var/cache/apk", Junk.RPM: "/var/cache", Junk.NODE: ".npm"}
    place = places.get(junk)
    return place is not None and any(place in m.target for m in run.mounts)


def _cleaned_in(run: Run, junk: Junk) -> bool:
    """Whether the last steps of the RUN remove it already; lists are told by `apt_lists`."""
    if junk is Junk.LISTS:
        return False
    return any(t.junk is junk for _, what in cleaning_steps(run) for t in what)


Maker = Callable[[Dockerfile, Stage, Run], bool]


def _lists(_: Dockerfile, __: Stage, run: Run) -> bool:
    return lists_left_behind(run) is not None


def _archives(_: Dockerfile, stage: Stage, run: Run) -> bool:
    return not _cleans_itself(stage) and _apt_installs(_, stage, run)


def _cleans_itself(stage: Stage) -> bool:
    image = base_image(stage)
    return image is not None and image.official_name in _DOCKER_CLEAN


def _apt_installs(_: Dockerfile, __: Stage, run: Run) -> bool:
    return any(event is Event.USE and apt for event, _c, apt in events(run))


def _pip_cache(dockerfile: Dockerfile, stage: Stage, run: Run) -> bool:
    commands = [c for c in pip_commands(run) if c.installs or c.action in ("wheel", "download")]
    kept = (not pip_cache_stays_out(dockerfile, stage, run, c) for c in commands)
    return any(kept) or _calls(run, ("poetry", "pipenv", "pdm"), ("install", "sync", "add", "lock"))


def _installs(_: Dockerfile, __: Stage, run: Run) -> bool:
    others = ("poetry", "pipenv", "pdm", "conda", "mamba", "micromamba")
    return any(c.installs for c in pip_commands(run)) or _calls(run, others, ("install", "sync"))


def _temporary_files(_: Dockerfile, __: Stage, run: Run) -> bool:
    return mentions_temporary(run)


def _calls(run: Run, programs: Iterable[str], actions: Iterable[str]) -> bool:
    if not isinstance(run.script, Script):
        return False
    found = (invocation(command) for command in run.script.commands)
    return any(
        f.name in programs and any((w.value or "") in actions for w in f.words[1:]) for f in found
    )


def _by_calls(programs: str, actions: str) -> Maker:
    return lambda _, __, run: _calls(run, programs.split(), actions.split())


def _apk(_: Dockerfile, __: Stage, run: Run) -> bool:
    return _calls(run, ("apk",), ("add", "update", "upgrade")) and (
        "--no-cache" not in run.logical.text
    )


_MAKERS: dict[Junk, Maker] = {
    Junk.LISTS: _lists,
    Junk.ARCHIVES: _archives,
    Junk.APT_TRACES: _apt_installs,
    Junk.APK: _apk,
    Junk.RPM: _by_calls("yum dnf microdnf", "install update upgrade groupinstall makecache"),
    Junk.CONDA: _by_calls("conda mamba micromamba", "install create env update"),
    Junk.HOME_CACHE: _pip_cache,
    Junk.NODE: _by_calls("npm yarn pnpm", "install ci add i global"),
    Junk.TEMPORARY: _temporary_files,
    Junk.BYTECODE: _installs,
    Junk.TESTS: _installs,
}


def mentions_temporary(run: Run) -> bool:
    """Whether a RUN may put files into /tmp: a step that does not only clean up names it."""
    if not isinstance(run.script, Script):
        return "tmp" in run.logical.text
    cleaning = {id(step) for step, _ in cleaning_steps(run)}
    return any(
        "tmp" in run.script.text[step.start : step.end]
        for step in run.script.steps
        if id(step) not in cleaning
    )
