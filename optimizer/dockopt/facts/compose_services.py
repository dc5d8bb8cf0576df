"""What compose files say of the services that are built from the context: user, volumes, devices."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dockopt.facts.context import Context
from dockopt.facts.deployment import compose_above
from dockopt.immutable import immutable

COMPOSE = re.compile(r"(?:^|/)[\w.-]*compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_MOUNT = re.compile(
    r"""^\s*-\s*["']?(?P<source>[^\s:"']+):(?P<target>/[^\s:"']*)(?P<mode>:\w[\w,]*)?"""
)
_LONG_MOUNT = re.compile(r"^\s*target:\s*[\"']?(?P<target>/\S*)")
_USER = re.compile(r"^\s*user:\s*(?P<user>\S+)", re.MULTILINE)
_POWERS = re.compile(r"^\s*(?P<key>privileged|cap_add|devices|network_mode|pid|ipc):", re.MULTILINE)


@immutable()
class Service:
    """A service of a compose file that builds an image."""

    file: str
    text: str

    @property
    def user(self) -> str:
        """The user that it runs as, empty where the image decides."""
        found = _USER.search(self.text)
        return found["user"].strip("\"'") if found else ""

    @property
    def powers(self) -> str:
        """What it has beside an ordinary container: `privileged`, `devices` and the like."""
        found = _POWERS.search(self.text)
        return found["key"] if found else ""

    @property
    def mounts(self) -> tuple[str, ...]:
        """The folders of the container that are mounted for writing."""
        return tuple(self._mounts())

    def _mounts(self) -> Iterator[str]:
        for line in self.text.splitlines():
            short, long = _MOUNT.match(line), _LONG_MOUNT.match(line)
            if short and not {"ro"} & set((short["mode"] or "").strip(":").split(",")):
                yield short["target"]
            elif long:
                yield long["target"]


def services(context: Context, dockerfile: str) -> tuple[Service, ...]:
    """The services that build from a Dockerfile of this name, or from one that is not named."""
    name = PurePosixPath(dockerfile.replace("\\", "/")).name
    return tuple(_services(context, name))


def compose_files(context: Context) -> Iterator[tuple[str, str]]:
    """The compose files in the root of the context and above it, with their texts."""
    for path in context.top_level():
        if COMPOSE.search(path):
            yield path, context.read_text(path) or ""
    yield from compose_above(context.root)


def _services(context: Context, name: str) -> Iterator[Service]:
    for file, text in compose_files(context):
        for block in _blocks(text):
            named = re.search(r"^\s*dockerfile:\s*[\"']?([^\s\"']+)", block, re.MULTILINE)
            if re.search(r"^\s*build:", block, re.MULTILINE) and (
                named is None or PurePosixPath(named[1]).name == name
            ):
                yield Service(file, block)


def _blocks(text: str) -> Iterator[str]:
    """The text of each service: the lines that stand deeper than its name."""
    depth, block, within = -1, list[str](), False
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            within, depth = line.startswith("services:"), -1
            continue
        if within and (depth < 0 or indent <= depth):
            if block:
                yield "\n".join(block)
            depth, block = indent, []
        if within:
            block.append(line)
    if block:
        yield "\n".join(block)
