"""Where markers hold."""

import pytest

from dockopt.knowledge.markers import always_apply, applies_today, holds, may_apply


@pytest.mark.parametrize(
    ("marker", "minor", "expected"),
    [
        ("", 12, True),
        ("sys_platform == 'win32'", 12, False),
        ("python_version < '3.11'", 10, True),
        ("python_version < '3.11'", 12, False),
        ("extra == 'http2'", 12, False),
        ("not a marker", 12, None),
    ],
)
def test_holds(marker: str, minor: int, expected: bool | None) -> None:
    assert holds(marker, minor) is expected


@pytest.mark.parametrize(
    ("marker", "today", "ever"),
    [
        ("python_version < '3.7'", False, True),
        ("platform_machine == 'aarch64'", False, True),
        ("sys_platform == 'win32'", False, False),
        ("platform_python_implementation == 'PyPy'", False, False),
        ("what is this", True, True),
    ],
)
def test_today_and_ever(marker: str, today: bool, ever: bool) -> None:
    assert applies_today(marker) is today
    assert may_apply(marker) is ever


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        ([""], True),
        (["python_version < '3.11'", "python_version >= '3.11'"], True),
        (["python_version < '3.11'", "python_version > '3.12'"], False),
        (["platform_machine == 'x86_64'"], False),
        (["python_version >= '3.8'"], True),
        (["not a marker"], False),
        ([], False),
    ],
)
def test_always_apply(markers: list[str], expected: bool) -> None:
    assert always_apply(markers) is expected
