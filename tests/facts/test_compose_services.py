"""What compose files say of the services that are built."""

from pathlib import Path

import pytest

from dockopt.facts.compose_services import services, unread
from dockopt.facts.context import Context

COMPOSE = """\
x-base: &base
  build: {context: ., dockerfile: docker/web.Dockerfile, target: runtime}
  volumes:
    - ./src:/app
    - ./settings:/etc/app:ro
    - /app/node_modules
    - {type: volume, source: data, target: /data}
    - {type: bind, source: ./keys, target: /keys, read_only: true}
services:
  web:
    <<: *base
    user: "1000:1000"
    environment: {user: nobody, privileged: "no"}
  worker:
    <<: *base
    deploy: {resources: {reservations: {devices: [{driver: nvidia}]}}}
  proxy:
    build: proxy
    privileged: true
  db:
    image: postgres
"""


def context(folder: Path, text: str, name: str = "compose.yml") -> Context:
    (folder / name).write_text(text, encoding="utf-8")
    return Context.open(folder)


def test_what_a_service_says(tmp_path: Path) -> None:
    web, worker, proxy = services(context(tmp_path, COMPOSE), "web.Dockerfile")
    assert (web.user, web.powers, web.target) == ("1000:1000", "", "runtime")
    assert web.mounts == ("/app", "/data")
    assert (worker.user, worker.powers) == ("", "devices")
    assert (proxy.dockerfile, proxy.powers, proxy.mounts) == ("Dockerfile", "privileged", ())


def test_a_service_of_another_dockerfile_is_none(tmp_path: Path) -> None:
    found = services(context(tmp_path, COMPOSE), "Dockerfile")
    assert [service.powers for service in found] == ["privileged"]


def test_services_of_the_first_version(tmp_path: Path) -> None:
    found = services(
        context(tmp_path, "web:\n  build: .\n  user: app\n", "Compose.YML"), "Dockerfile"
    )
    assert [service.user for service in found] == ["app"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("services: {web: {build: .}}\n", ""),
        ("services:\n  web: [build\n", "compose.yml"),
        ("services:\n  web: [image\n", ""),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, expected: str) -> None:
    held = context(tmp_path, text)
    assert unread(held) == expected
    assert len(services(held, "Dockerfile")) == (0 if expected or "image" in text else 1)
