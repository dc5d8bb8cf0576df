"""Looks at a built image from outside: does it answer, do its commands run, what is not in it."""

import http.client
import time
from collections.abc import Iterable, Sequence

from tests.docker.engine import Engine, Image, Service
from tests.docker.examples import Command, Probe

START_SECONDS = 180
# What a user of the image can see of its configuration, less Env, which is compared by name.
CONTRACT = (
    "Cmd",
    "Entrypoint",
    "ExposedPorts",
    "Healthcheck",
    "Labels",
    "Shell",
    "StopSignal",
    "User",
    "Volumes",
    "WorkingDir",
)


def check_probe(engine: Engine, image: Image, probe: Probe) -> None:
    """Fail unless the image answers as the probe expects, and its own health check passes."""
    if probe.kind == "command":
        answer = engine.run(image, probe.argv)
        assert answer.status == 0, answer.output
        assert probe.expect in answer.output, answer.output
        return
    assert probe.kind == "http", probe.kind
    with engine.serve(image, probe.port) as service:
        body = wait_for_answer(engine, service, probe.path)
        assert probe.expect in body, body
        check_health(engine, service, image)


def wait_for_answer(engine: Engine, service: Service, path: str) -> str:
    """Return the body once the service answers 200; fail when it stops or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        body = ask(service, path)
        if body is not None:
            return body
        assert engine.is_running(service), f"the container stopped\n{engine.logs(service)}"
        time.sleep(0.3)
    raise AssertionError(f"no answer in {START_SECONDS} seconds\n{engine.logs(service)}")


def ask(service: Service, path: str) -> str | None:
    """Return the body of one answer, or None while the service does not accept connections."""
    connection = http.client.HTTPConnection(service.host, service.port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    assert response.status == http.HTTPStatus.OK, f"{response.status}: {body}"
    return body


def check_health(engine: Engine, service: Service, image: Image) -> None:
    """Run the image's HEALTHCHECK inside the running container; fail when it does."""
    test: Sequence[str] = (engine.config(image).get("Healthcheck") or {}).get("Test") or ["NONE"]
    if test[0] == "NONE":
        return
    argv = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    answer = engine.execute(service, argv)
    assert answer.status == 0, f"HEALTHCHECK {argv} ended with {answer.status}\n{answer.output}"


def check_commands(engine: Engine, image: Image, commands: Iterable[Command]) -> None:
    """Fail unless every command succeeds in a container of its own and prints what it should."""
    for command in commands:
        answer = engine.run(image, command.argv[1:], entrypoint=command.argv[0])
        assert answer.status == 0, f"{command.argv} ended with {answer.status}\n{answer.output}"
        assert command.expect in answer.output, f"{command.argv} printed\n{answer.output}"


def programs_present(engine: Engine, image: Image, names: Sequence[str]) -> set[str]:
    """Return those of `names` that the image's PATH finds."""
    script = 'for name; do if command -v "$name" >/dev/null; then echo "$name"; fi; done'
    answer = engine.run(image, ["-c", script, "sh", *names], entrypoint="/bin/sh")
    assert answer.status == 0, answer.output
    return set(answer.output.split())


def check_contract(
    engine: Engine, before: Image, after: Image, wrapper: tuple[str, ...] = ()
) -> None:
    """Fail when the visible configuration changed; Env may gain names, and PATH may grow.

    `wrapper`, such as `poetry run`, has to be gone from the front of Cmd.
    """
    old, new = engine.config(before), engine.config(after)
    if wrapper:
        assert tuple(old["Cmd"][: len(wrapper)]) == wrapper
        old["Cmd"] = old["Cmd"][len(wrapper) :]
    for key in CONTRACT:
        assert (new.get(key) or None) == (old.get(key) or None), key
    kept, given = environment(old["Env"]), environment(new["Env"])
    lost = {name: value for name, value in kept.items() if given.get(name) != value}
    lost.pop("PATH", None)
    assert lost == {}, f"Env lost or changed {lost}"


def environment(assignments: Iterable[str]) -> dict[str, str]:
    """Return `NAME=value` strings as a dictionary."""
    return dict(one.split("=", 1) for one in assignments)
