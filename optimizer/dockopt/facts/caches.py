"""The caches of installers: where each keeps what it downloads, and which command fills it.

Of every one it is the folder of archives alone that may be mounted. `~/.cache/pypoetry` as a whole
is none: Poetry keeps its virtual environments there too. Nor is `/var/lib/apt`: apt notes there which
packages it installed by itself. Sources:
https://pip.pypa.io/en/stable/topics/caching/, https://docs.astral.sh/uv/concepts/cache/,
https://python-poetry.org/docs/configuration/#cache-dir, https://pipenv.pypa.io/en/latest/configuration.html,
https://pdm-project.org/en/latest/usage/config/,
https://docs.docker.com/reference/dockerfile/#example-cache-apt-packages
"""

from collections.abc import Iterator

from dockopt.facts.apt import apt_command
from dockopt.facts.pip import pip_command
from dockopt.facts.prefixes import invocation
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.shell import Command, Script, Word


@immutable()
class Cache:
    """The cache of one tool."""

    tool: str
    targets: tuple[tuple[str, str], ...]
    """What each folder holds, in a word, and its path for root."""
    locked: bool
    """Whether two builds must not write to it at once."""
    variables: tuple[str, ...]
    """What moves it, or turns it off."""
    off: frozenset[str] = frozenset()
    """The options that turn it off for one command."""


_MOVES_HOME = ("HOME", "XDG_CACHE_HOME")
CACHES = {
    cache.tool: cache
    for cache in (
        Cache(
            "apt",
            (("apt-cache", "/var/cache/apt"), ("apt-lists", "/var/lib/apt/lists")),
            True,
            ("APT_CONFIG",),
        ),
        Cache(
            "pip",
            (("pip", "/root/.cache/pip"),),
            False,
            (*_MOVES_HOME, "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_CONFIG_FILE"),
            frozenset({"--no-cache-dir", "--no-cache"}),
        ),
        Cache(
            "uv",
            (("uv", "/root/.cache/uv"),),
            False,
            (*_MOVES_HOME, "UV_CACHE_DIR", "UV_NO_CACHE", "UV_CONFIG_FILE"),
            frozenset({"--no-cache", "--no-cache-dir", "-n"}),
        ),
        Cache(
            "poetry",
            (
                ("poetry-cache", "/root/.cache/pypoetry/cache"),
                ("poetry-artifacts", "/root/.cache/pypoetry/artifacts"),
            ),
            True,
            (*_MOVES_HOME, "POETRY_CACHE_DIR", "POETRY_NO_CACHE", "POETRY_CONFIG_DIR"),
            frozenset({"--no-cache"}),
        ),
        Cache(
            "pipenv",
            (("pipenv", "/root/.cache/pipenv"),),
            True,
            (*_MOVES_HOME, "PIPENV_CACHE_DIR", "PIP_CACHE_DIR", "PIP_NO_CACHE_DIR"),
        ),
        Cache(
            "pdm",
            (("pdm", "/root/.cache/pdm"),),
            True,
            (*_MOVES_HOME, "PDM_CACHE_DIR", "PDM_CONFIG_FILE"),
            frozenset({"--no-cache"}),
        ),
    )
}
_PROJECT_TOOLS = {
    "poetry": frozenset({"install", "sync", "add", "update"}),
    "pipenv": frozenset({"install", "sync", "update"}),
    "pdm": frozenset({"install", "sync", "add", "update"}),
}


@immutable(eq=False)
class Filling:
    """A command that fills a cache."""

    cache: Cache
    command: Command
    arguments: tuple[Word, ...]
    """Its words behind the program."""

    @property
    def off_words(self) -> tuple[Word, ...]:
        """The words that turn the cache off."""
        return tuple(word for word in self.arguments if word.value in self.cache.off)


def fillings(run: Run) -> tuple[Filling, ...]:
    """The commands of a RUN that fill a cache, in order; none where its shell is not read."""
    if not isinstance(run.script, Script):
        return ()
    return tuple(_fillings(run.script))


def _fillings(script: Script) -> Iterator[Filling]:
    for command in script.commands:
        words = invocation(command).words
        if apt := apt_command(command):
            if apt.action in ("update", "install"):
                yield Filling(CACHES["apt"], command, words[1:])
        elif pip := pip_command(command):
            if pip.installs or (pip.tool == "pip" and pip.action in ("wheel", "download")):
                yield Filling(CACHES[pip.tool], command, words[1:])
        elif (tool := invocation(command).name) in _PROJECT_TOOLS:
            action = next((w.value for w in words[1:] if not w.text.startswith("-")), None)
            if action in _PROJECT_TOOLS[tool]:
                yield Filling(CACHES[tool], command, words[1:])
