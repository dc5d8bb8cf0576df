"""The `docker_engine` fixture, the `docker` mark on its users, and the table of bytes."""

from collections.abc import Iterator

import pytest
from tests.docker.engine import Engine, find_docker
from tests.docker.report import measurements, table

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    found = measurements(reports)
    if found:
        terminalreporter.section("image bytes, before and after the rewrite")
        for line in table(found):
            terminalreporter.write_line(line)
