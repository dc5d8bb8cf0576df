"""What all tests share: figures that a test run measured are printed at its end.

Here and not beside the tests that measure: with pytest-xdist, the process that prints collects
nothing, and so never loads what stands in a folder of tests.
"""

from typing import Any

import pytest

from tests.docker.report import measurements, table
from tests.figures import FIGURES


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands its figures to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["figures"] = FIGURES


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    FIGURES.update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, lines in FIGURES.items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    if found := measurements(reports):
        terminalreporter.section("image bytes, before and after the rewrite")
        for line in table(found):
            terminalreporter.write_line(line)
