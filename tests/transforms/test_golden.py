"""Folder cases: a Dockerfile with its build context, and what becomes of it.

`tests/transforms/<name>/cases/<case>/` holds the input, `snapshots/<name>/<case>.Dockerfile` the
output. `pytest --snapshot-update` writes the latter; read the difference before it is committed.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension

from dockopt import rewrite
from dockopt.registry import transforms
from dockopt.transform import Level

HERE = Path(__file__).parent
SNAPSHOTS = HERE.parent.parent / "snapshots"
CASES = sorted(p.parent for p in HERE.glob("*/cases/*/Dockerfile"))


def transform_of(case: Path) -> str:
    return case.parent.parent.name.replace("_", "-")


def settings_of(case: Path) -> dict[str, Any]:
    """The transforms that run, the one the case belongs to or others, and what is assumed."""
    path = case / ".dockopt.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {"select": [transform_of(case)], **told}


def snapshot_of(case: Path) -> Path:
    return SNAPSHOTS / transform_of(case) / f"{case.name}.Dockerfile"


class GoldenFiles(SingleFileSnapshotExtension):
    """Keeps snapshots beside each other in `snapshots/`, as bytes: text mode would break CRLF."""

    file_extension = "Dockerfile"

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        case = _case_of(test_location)
        return str(snapshot_of(case).parent if case else SNAPSHOTS)

    @classmethod
    def get_snapshot_name(cls, *, test_location: Any, index: Any = 0) -> str:
        case = _case_of(test_location)
        return case.name if case else str(test_location.snapshot_name)


def _case_of(test_location: Any) -> Path | None:
    """The case that a test is about; syrupy also asks about tests that have none."""
    parameters = getattr(getattr(test_location.item, "callspec", None), "params", {})
    case = parameters.get("case")
    return case if isinstance(case, Path) else None


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(GoldenFiles)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{transform_of(c)}-{c.name}")
def test_case(case: Path, golden: SnapshotAssertion) -> None:
    name = transform_of(case)
    source = (case / "Dockerfile").read_bytes().decode("utf-8")
    level = min(max(transforms()[name].transform.level, Level.STANDARD), Level.AGGRESSIVE)
    settings = {"context": case, "level": str(level), **settings_of(case)}

    result = rewrite(source, **settings)

    assert result.text.encode("utf-8") == golden
    again = rewrite(result.text, **settings)
    assert again.text == result.text


def test_snapshots_are_those_of_the_cases() -> None:
    """Orphans would go unnoticed otherwise."""
    folders = {name for name in transforms() if (SNAPSHOTS / name).is_dir()}
    found = {p for name in folders for p in (SNAPSHOTS / name).glob("*.Dockerfile")}

    assert found == {snapshot_of(case) for case in CASES}
