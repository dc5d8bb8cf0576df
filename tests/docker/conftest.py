"""The `docker_engine` fixture, and the `docker` mark on its users."""

from collections.abc import Iterator

import pytest
from tests.docker.engine import Engine, find_docker

NO_ENGINE = "no container engine answers"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "docker_engine" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.docker)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """An engine that removes what the tests made."""
    command = find_docker()
    if command is None:
        pytest.skip(NO_ENGINE)
    engine = Engine(command)
    try:
        yield engine
    finally:
        engine.close()
