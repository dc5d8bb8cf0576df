"""The table of bytes that closes a run; figures travel as test properties, through xdist too."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pytest

PROPERTY = "image_bytes"


@dataclass(frozen=True)
class Measurement:
    """One build, before and after: unpacked bytes, and seconds (cached steps take none)."""

    name: str
    before_bytes: int
    after_bytes: int
    before_seconds: float
    after_seconds: float

    def record(self, item: pytest.Item) -> None:
        """Attach the figures to the report of the test `item`."""
        item.user_properties.append((PROPERTY, asdict(self)))


def measurements(reports: Iterable[pytest.TestReport]) -> list[Measurement]:
    """Return the figures that the reports carry, by name."""
    found = [
        Measurement(**value)
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == PROPERTY and isinstance(value, dict)
    ]
    return sorted(found, key=lambda one: one.name)


def table(found: Iterable[Measurement]) -> list[str]:
    """Return the lines of the table."""
    head = f"{'image':<44}{'before':>15}{'after':>15}{'change':>9}{'seconds':>16}"
    return [head, *(_line(one) for one in found)]


def _line(one: Measurement) -> str:
    change = (one.after_bytes - one.before_bytes) / one.before_bytes
    seconds = f"{one.before_seconds:.0f} → {one.after_seconds:.0f}"
    return f"{one.name:<44}{one.before_bytes:>15,}{one.after_bytes:>15,}{change:>9.1%}{seconds:>16}"
