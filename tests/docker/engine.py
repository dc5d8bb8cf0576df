"""A small door to the container engine: build, run, serve, measure, and leave nothing behind.

Everything goes through the `docker` command with argument lists and time limits. Whatever an
`Engine` makes carries its label, so `close` finds it even when a build or a container failed.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILD_SECONDS = 900
RUN_SECONDS = 120
COMMAND_SECONDS = 60
LABEL = "dockopt.test"
# What BuildKit says when the frontend of a `# syntax=` line cannot be had from a registry.
NO_FRONTEND = "resolve image config for docker-image://"


class EngineError(Exception):
    """A command of the engine failed; the message ends with what it printed."""


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it printed on both streams."""

    status: int
    output: str


@dataclass(frozen=True)
class Image:
    """A built image, and the seconds that its build took (cached steps included)."""

    tag: str
    build_seconds: float


@dataclass(frozen=True)
class Service:
    """A running container, and the address on this machine where its port answers."""

    container: str
    host: str
    port: int


def find_docker() -> str | None:
    """Return the path of a `docker` command whose server answers, or None."""
    command = shutil.which("docker")
    if command is None:
        return None
    argv = [command, "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=COMMAND_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return command if done.returncode == 0 else None


class Engine:
    """Builds and runs images under one label; use `close` when done."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._name = f"dockopt-test-{uuid.uuid4().hex[:10]}"
        self._made = 0
        self._network: str | None = None
        self._images: dict[tuple[object, ...], Image] = {}
        self.skips_syntax_line = False

    def build(
        self,
        context: Path,
        dockerfile: str,
        target: str | None = None,
        build_args: Mapping[str, str] | None = None,
    ) -> Image:
        """Build the text `dockerfile` over `context`; the same build is done once.

        Raises `EngineError` with the end of the build's log.
        """
        arguments = tuple(sorted((build_args or {}).items()))
        key = (context, dockerfile, target, arguments)
        if key not in self._images:
            tag = f"{self._fresh_name()}:built"
            started = time.monotonic()
            self._build(tag, context, dockerfile, target, arguments)
            self._images[key] = Image(tag, time.monotonic() - started)
        return self._images[key]

    def _build(
        self,
        tag: str,
        context: Path,
        dockerfile: str,
        target: str | None,
        arguments: tuple[tuple[str, str], ...],
    ) -> None:
        options = ["--progress=plain", "--label", f"{LABEL}={self._name}", "--tag", tag]
        options += ["--target", target] if target else []
        for name, value in arguments:
            options += ["--build-arg", f"{name}={value}"]
        text = without_syntax_line(dockerfile) if self.skips_syntax_line else dockerfile
        answer = self._build_text(options, context, text)
        if NO_FRONTEND in answer.output and answer.status and not self.skips_syntax_line:
            # Without a registry the frontend that `# syntax=` names is out of reach; the engine's
            # own reads these files too. Before and after are treated alike.
            self.skips_syntax_line = True
            answer = self._build_text(options, context, without_syntax_line(dockerfile))
        if answer.status:
            raise EngineError(f"build of {context} failed\n{answer.output[-6000:]}")

    def _build_text(self, options: Sequence[str], context: Path, text: str) -> Answer:
        with tempfile.TemporaryDirectory(prefix="dockopt-build-") as folder:
            path = Path(folder) / "Dockerfile"
            path.write_bytes(text.encode())
            argv = ["build", *options, "--file", str(path), str(context)]
            return self._docker(argv, BUILD_SECONDS)

    def files_sent(self, context: Path, dockerfile: Path) -> frozenset[str]:
        """Return the files of an image of nothing that copies all of `context`.

        Raises `EngineError` with the end of the build's log.
        """
        with tempfile.TemporaryDirectory(prefix="dockopt-build-") as folder:
            archive = Path(folder) / "files.tar"
            output = ["--output", f"type=tar,dest={archive}"]
            answer = self._docker(["build", *output, "--file", str(dockerfile), str(context)])
            if answer.status:
                raise EngineError(f"build of {context} failed\n{answer.output[-3000:]}")
            with tarfile.open(archive) as found:
                return frozenset(m.name for m in found.getmembers() if not m.isdir())

    def config(self, image: Image) -> dict[str, Any]:
        """Return the image's configuration as the engine's API names it (Cmd, Env, User, …)."""
        found: dict[str, Any] = json.loads(self._inspect(image, "{{json .Config}}"))
        return found

    def size_bytes(self, image: Image) -> int:
        """Return the image's size: the bytes of all its layers, unpacked."""
        return int(self._inspect(image, "{{.Size}}"))

    def _inspect(self, image: Image, form: str) -> str:
        return self._must(["image", "inspect", "--format", form, image.tag])

    def save(self, image: Image, archive: Path) -> None:
        """Write the image with all its layers to the tar file `archive`."""
        answer = self._docker(["image", "save", "--output", str(archive), image.tag], BUILD_SECONDS)
        if answer.status:
            raise EngineError(f"docker image save failed\n{answer.output[-3000:]}")

    def run(self, image: Image, argv: Sequence[str], *, entrypoint: str | None = None) -> Answer:
        """Run a container to its end, without a network; `entrypoint` replaces the image's own."""
        name = self._fresh_name()
        options = ["--name", name, "--label", f"{LABEL}={self._name}", "--network", "none"]
        options += ["--entrypoint", entrypoint] if entrypoint else []
        try:
            return self._docker(["run", *options, image.tag, *argv], RUN_SECONDS)
        finally:
            self._docker(["rm", "--force", "--volumes", name])

    def execute(self, service: Service, argv: Sequence[str]) -> Answer:
        """Run a command in the running container of `service`."""
        return self._docker(["exec", service.container, *argv], RUN_SECONDS)

    def is_running(self, service: Service) -> bool:
        """Tell whether the container of `service` still runs."""
        form = ["container", "inspect", "--format", "{{.State.Running}}", service.container]
        return self._must(form) == "true"

    def logs(self, service: Service) -> str:
        """Return what the container of `service` printed."""
        return self._docker(["logs", service.container]).output

    @contextmanager
    def serve(self, image: Image, port: int) -> Iterator[Service]:
        """Start the image as it is, its `port` published on the loopback address."""
        name = self._fresh_name()
        options = ["--detach", "--name", name, "--label", f"{LABEL}={self._name}"]
        options += ["--network", self._own_network(), "--publish", f"127.0.0.1::{port}"]
        try:
            self._must(["run", *options, image.tag])
            form = f'{{{{(index (index .NetworkSettings.Ports "{port}/tcp") 0).HostPort}}}}'
            published = self._must(["container", "inspect", "--format", form, name])
            yield Service(name, "127.0.0.1", int(published))
        finally:
            self._docker(["rm", "--force", "--volumes", name])

    def _own_network(self) -> str:
        if self._network is None:
            self._must(["network", "create", "--label", f"{LABEL}={self._name}", self._name])
            self._network = self._name
        return self._network

    def close(self) -> None:
        """Remove every container, network and image that this engine made."""
        mine = ["--quiet", "--filter", f"label={LABEL}={self._name}"]
        for listing, removal in (
            (["ps", "--all", *mine], ["rm", "--force", "--volumes"]),
            (["network", "ls", *mine], ["network", "rm"]),
            (["image", "ls", *mine], ["image", "rm", "--force"]),
        ):
            found = sorted(set(self._docker(listing).output.split()))
            if found:
                self._docker([*removal, *found])

    def _fresh_name(self) -> str:
        self._made += 1
        return f"{self._name}-{self._made}"

    def _must(self, argv: Sequence[str]) -> str:
        answer = self._docker(argv)
        if answer.status:
            raise EngineError(f"docker {' '.join(argv)} failed\n{answer.output[-3000:]}")
        return answer.output.strip()

    def _docker(self, argv: Sequence[str], seconds: int = COMMAND_SECONDS) -> Answer:
        environment = {**os.environ, "DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
        try:
            done = subprocess.run(
                [self._command, *argv],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"docker {argv[0]} took more than {seconds} seconds") from error
        return Answer(done.returncode, done.stdout.decode(errors="replace"))


def without_syntax_line(dockerfile: str) -> str:
    """Return the Dockerfile without a leading `# syntax=` line; other directives stay first."""
    first, newline, rest = dockerfile.partition("\n")
    words = first.removeprefix("#").strip().lower()
    is_directive = first.startswith("#") and words.partition("=")[0].strip() == "syntax"
    return rest if is_directive and newline else dockerfile
