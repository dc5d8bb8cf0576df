"""The services of compose files that are built from the context: user, volumes, devices, stages.

https://docs.docker.com/reference/compose-file/services/. Read are compose files in the root of the
context and above it. Who builds a Dockerfile at all, by whatever file, is told by `facts.references`;
what commands may run in the image, by words alone and in files that need be no YAML yet, by
`facts.deployment` and `facts.source.deployed`.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dockopt.facts.context import Context
from dockopt.facts.deployment import compose_above
from dockopt.facts.settings_files import Data, child, documents, entries, items, text_of
from dockopt.immutable import immutable
from dockopt.remembering import cached_property, remembered

COMPOSE = re.compile(r"(?:^|/)[\w.-]*compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_POWERS = ("privileged", "cap_add", "devices", "network_mode", "pid", "ipc")
_GPUS = ("deploy", "resources", "reservations", "devices")
_BUILD = "build"


@immutable(eq=False)
class Service:
    """A service of a compose file that builds an image."""

    file: str
    data: Data

    @property
    def dockerfile(self) -> str:
        """The Dockerfile that it names, as it is written; `Dockerfile` where it names none."""
        return text_of(child(self.data, "build", "dockerfile")) or "Dockerfile"

    @property
    def names_dockerfile(self) -> bool:
        """Whether it names its Dockerfile."""
        return child(self.data, "build", "dockerfile") is not None

    @property
    def target(self) -> str:
        """The stage that it names, as it is written; empty for none."""
        return text_of(child(self.data, "build", "target")) or ""

    @property
    def user(self) -> str:
        """The user that it runs as, empty where the image decides."""
        return text_of(child(self.data, "user")) or ""

    @property
    def powers(self) -> str:
        """What it has beside an ordinary container: `privileged`, `devices` and the like."""
        found = (key for key in _POWERS if child(self.data, key) is not None)
        return next(found, "devices" if child(self.data, *_GPUS) is not None else "")

    @cached_property
    def mounts(self) -> tuple[str, ...]:
        """The folders of the container on which a folder or volume with a name is mounted for writing.

        A volume without a name is filled from the image, with the owners that the files have there.
        """
        volumes = mounted(child(self.data, "volumes"))
        return tuple(one.target for one in volumes if one.source and not one.read_only)


@immutable(slots=True)
class Mounted:
    """What is mounted into a container."""

    source: str
    """As it is written; empty for a volume without a name."""
    target: str
    read_only: bool


def mounted(volumes: Data) -> Iterator[Mounted]:
    """What `volumes` of a service names: https://docs.docker.com/reference/compose-file/services/#volumes"""
    for volume in items(volumes):
        if (short := text_of(volume)) is not None:
            source, colon, rest = short.partition(":")
            target, _, options = rest.partition(":")
            alone = not colon
            yield Mounted(
                "" if alone else source, source if alone else target, "ro" in options.split(",")
            )
        elif (long := text_of(child(volume, "target"))) is not None:
            source = text_of(child(volume, "source")) or ""
            yield Mounted(source, long, text_of(child(volume, "read_only")) == "true")


def services(context: Context, dockerfile: str) -> tuple[Service, ...]:
    """The services that build from a Dockerfile of this name, or from one that is not named."""
    name = PurePosixPath(dockerfile.replace("\\", "/")).name
    return tuple(
        service
        for service in all_services(context)
        if not service.names_dockerfile or PurePosixPath(service.dockerfile).name == name
    )


@remembered
def all_services(context: Context) -> tuple[Service, ...]:
    """All services that build an image."""
    return tuple(_services(context))


@remembered
def unread(context: Context) -> str:
    """A compose file that builds images and cannot be read; empty for none."""
    files = (file for file, text in compose_files(context) if _BUILD in text)
    texts = dict(compose_files(context))
    return next((file for file in files if documents(file.lower(), texts[file]) is None), "")


def compose_files(context: Context) -> Iterator[tuple[str, str]]:
    """The compose files in the root of the context and above it, with their texts."""
    for path in context.top_level():
        if COMPOSE.search(path):
            yield path, context.read_text(path) or ""
    yield from compose_above(context.root)


def _services(context: Context) -> Iterator[Service]:
    for file, text in compose_files(context):
        for document in documents(file.lower(), text) or () if _BUILD in text else ():
            named = child(document, "services")
            # Before version 2 the services were the document itself.
            for _, data in entries(named if named is not None else document):
                if child(data, "build") is not None:
                    yield Service(file, data)
