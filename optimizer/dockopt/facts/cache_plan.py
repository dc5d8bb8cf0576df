"""Which RUNs can have which caches mounted, and what in them is then of no use any more."""

import re
from typing import TYPE_CHECKING

from dockopt.facts.apt_lists import may_use
from dockopt.facts.bases import is_windows
from dockopt.facts.cache_obstacles import cache_obstacle
from dockopt.facts.caches import Cache, Filling, fillings
from dockopt.facts.cleanup import Junk, junk_at
from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.shell import Command, Script, Word

if TYPE_CHECKING:
    from dockopt.facts import Facts

DOCKER_CLEAN = "/etc/apt/apt.conf.d/docker-clean"
"""What makes apt of an official image forget at once what it downloaded.
https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config"""
_MAY_FILL = re.compile(r"\b(?:apt|apt-get|pip[\d.]*|uv|poetry|pipenv|pdm)\b")
_CALLS_APT = re.compile(
    r"(?<![\w/.-])(?:/usr/bin/)?(?:apt|apt-get|apt-cache|aptitude|gdebi|mk-build-deps|playwright"
    r"|add-apt-repository|apt-add-repository)(?![\w/-])"
    r"|\|\s*(?:sudo\s+)?(?:-\w+\s+)*(?:ba|da)?sh\b"
)
"""What calls apt, or may: installers that come through a pipe do so often."""
_CLEANS = re.compile(r"\bapt-get\s+(?:-\S+\s+)*clean\b")
_HOME_CACHE = re.compile(r"(?:/root|~|\$HOME|\$\{HOME\})/\.cache(?:/(?P<tool>\w+))?/?\*?")
_APT_PLACES = re.compile(r"/var/(?:cache(?:/apt|/?$|/\*)|lib/apt|lib/?(?:\*|$)|\*|$)|docker-clean")
_HOME_PLACES = re.compile(r"\.cache\b|^(?:/root|~|\$HOME|\$\{HOME\})/?(?:\.\S*\*\S*)?$")
_IDLE_NAMES = """
    chmod chown mkdir ln useradd adduser groupadd addgroup echo true : set cd touch rm [ test ls cat
"""
_IDLE = frozenset(_IDLE_NAMES.split())
"""Programs that keep no cache of their own."""


@immutable(eq=False)
class Uncleaning:
    """The clean-up in a RUN that mounts make needless; where it cannot go, why."""

    steps: tuple[int, ...] = ()
    words: tuple[Word, ...] = ()
    obstacle: str = ""


@immutable(eq=False)
class CachePlan:
    """A RUN and the caches that can be mounted over it."""

    stage: Stage
    run: Run
    filled: tuple[Filling, ...]
    """The commands that fill the caches to be mounted."""
    uncleaning: Uncleaning
    obstacles: tuple[str, ...] = ()
    """Why other caches of the RUN, or all, stay as they are."""

    @property
    def caches(self) -> tuple[Cache, ...]:
        """What is mounted, each once."""
        return tuple(dict.fromkeys(filling.cache for filling in self.filled))

    @property
    def tools(self) -> tuple[str, ...]:
        """Whose caches these are."""
        return tuple(cache.tool for cache in self.caches)


def cache_plans(facts: "Facts") -> tuple[CachePlan, ...]:
    """The RUNs of all stages that fill caches, in order; those without `filled` are declined.

    A RUN that apt installs in without a mount, after one that switched `docker-clean` off, would
    keep the archives in its layer. So the last RUNs are looked at first.
    """
    found: list[CachePlan] = []
    keeping: set[int] = set()
    for stage, run in reversed(facts.runs):
        plan = None
        if _MAY_FILL.search(run.logical.text) and not is_windows(stage):
            plan = _plan(facts, stage, run, keeping)
        if plan is not None:
            found.append(plan)
        if _keeps_archives(facts, run, plan):
            keeping.add(stage.index)
    return tuple(reversed(found))


def _keeps_archives(facts: "Facts", run: Run, plan: CachePlan | None) -> bool:
    """Whether apt would leave archives or indexes in the layer of the RUN without `docker-clean`."""
    if (plan is not None and "apt" in plan.tools) or _is_mounted(run, "/var/cache/apt"):
        return False
    if _CALLS_APT.search(run.logical.text):
        return _CLEANS.search(run.logical.text) is None
    return bool(may_use(run, facts.context))


def _plan(facts: "Facts", stage: Stage, run: Run, keeping: set[int]) -> CachePlan | None:
    by_tool: dict[str, list[Filling]] = {}
    for filling in fillings(run):
        by_tool.setdefault(filling.cache.tool, []).append(filling)
    reasons: list[str] = []
    mounted: list[Filling] = []
    for tool, group in by_tool.items():
        cache = group[0].cache
        if any(_is_mounted(run, path) for _, path in cache.targets):
            continue
        reason = _mounts(run, cache) or cache_obstacle(
            facts.dockerfile, facts.context, stage, run, tuple(group)
        )
        if not reason and tool == "apt" and _would_keep(facts, stage, keeping):
            reason = "a later RUN installs without a mount, and would keep what it downloads"
        if reason:
            reasons.append(f"the cache of {tool} stays: {reason}")
        else:
            mounted += group
    return _cleaned(stage, run, mounted, reasons)


def _cleaned(
    stage: Stage, run: Run, mounted: list[Filling], reasons: list[str]
) -> CachePlan | None:
    if not mounted:
        return CachePlan(stage, run, (), Uncleaning(), tuple(reasons)) if reasons else None
    found = uncleaning(run, frozenset(f.cache.tool for f in mounted))
    if found.obstacle:
        return CachePlan(stage, run, (), Uncleaning(), (*reasons, found.obstacle))
    return CachePlan(stage, run, tuple(mounted), found, tuple(reasons))


def _would_keep(facts: "Facts", stage: Stage, keeping: set[int]) -> bool:
    upon = facts.dockerfile.built_upon(stage)
    return any(s.index in keeping or s.of("ONBUILD") for s in upon)


def _is_mounted(run: Run, path: str) -> bool:
    """Whether a mount of the RUN holds a folder already."""
    return any(f"{path}/".startswith(f"{m.target.rstrip('/')}/") for m in run.mounts if m.target)


def _mounts(run: Run, cache: Cache) -> str:
    """What a mount that is there has against one more."""
    for mount in run.mounts:
        target = mount.target
        if "$" in target or target.startswith("~"):
            return f"where the mount {target} is, is not known"
        if any(target.startswith(f"{path}/") for _, path in cache.targets):
            return f"{target} is a mount within it"
    return ""


def uncleaning(run: Run, tools: frozenset[str]) -> Uncleaning:
    """What of a RUN goes when the caches of these tools are mounts: they must not be emptied."""
    script = run.script
    if not isinstance(script, Script):
        return Uncleaning(obstacle=script.reason)
    own = {id(s.command): n for n, s in enumerate(script.steps) if s.command}
    steps: list[int] = []
    words: list[Word] = []
    for command in script.commands:
        going = _emptying(run, command, tools)
        if isinstance(going, str):
            return Uncleaning(obstacle=going)
        if not going and not _empties_by_tool(command, tools):
            continue
        whole = not going or len(going) == len([w for w in command.args if w.text[:1] != "-"])
        if id(command) not in own:
            return Uncleaning(obstacle="the RUN empties the cache under a condition only")
        if whole:
            steps.append(own[id(command)])
        else:
            words += going
    if steps and (not script.stops_on_failure or len(steps) == len(script.steps)):
        return Uncleaning(obstacle="the RUN empties the cache in a step that cannot go alone")
    return Uncleaning(tuple(steps), tuple(words))


def _emptying(run: Run, command: Command, tools: frozenset[str]) -> tuple[Word, ...] | str:
    """The words of a `rm` that empty a mounted cache; a text says what else touches one."""
    going: list[Word] = []
    for word in command.words:
        path = word.text.strip("\"'")
        if not _touches(path, tools):
            continue
        if command.name == "rm" and not command.redirects and _is_own(path, tools):
            if _is_all(path) and not _only_known(run):
                return f"what else the RUN keeps in {path} is not known"
            going.append(word)
        elif command.name != "rm" or path != DOCKER_CLEAN:
            return f"the RUN works on {path} itself"
    for redirect in command.redirects:
        if redirect.target is not None and _touches(redirect.target.text.strip("\"'"), tools):
            return f"the RUN writes to {redirect.target.text}"
    return tuple(going)


def _touches(path: str, tools: frozenset[str]) -> bool:
    if "apt" in tools and _APT_PLACES.search(path):
        return True
    return tools != {"apt"} and bool(_HOME_PLACES.search(path))


def _is_own(path: str, tools: frozenset[str]) -> bool:
    """Whether a path is a mounted cache, or all of `~/.cache`."""
    if "apt" in tools and junk_at(path) in (Junk.LISTS, Junk.ARCHIVES):
        return True
    home = _HOME_CACHE.fullmatch(path)
    return home is not None and (home["tool"] is None or home["tool"] in tools)


def _is_all(path: str) -> bool:
    home = _HOME_CACHE.fullmatch(path)
    return home is not None and home["tool"] is None


def _only_known(run: Run) -> bool:
    """Whether all commands of a RUN are known to keep nothing else in `~/.cache`."""
    known = {id(filling.command) for filling in fillings(run)}
    script = run.script
    return isinstance(script, Script) and all(
        id(c) in known or not c.words or c.name in _IDLE or invocation(c).name == "apt-get"
        for c in script.commands
    )


def _empties_by_tool(command: Command, tools: frozenset[str]) -> bool:
    found = invocation(command)
    values = tuple(w.value or "" for w in found.words[1:] if not w.text.startswith("-"))
    if found.name == "apt-get":
        return "apt" in tools and values[:1] in (("clean",), ("autoclean",))
    tool = "pip" if re.fullmatch(r"pip[\d.]*", found.name) else found.name
    return tool in tools and values[:2] in (("cache", "purge"), ("cache", "clean"))
