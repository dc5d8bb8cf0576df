"""Golden files of reports, in `snapshots/reports`."""

from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension
from syrupy.location import PyTestLocation

FOLDER = Path(__file__).parents[2] / "snapshots" / "reports"


class ReportSnapshot(SingleFileSnapshotExtension):
    """One file a report, in bytes, named by the test: `test_changelog_md` is `changelog.md`."""

    file_extension = ""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        return str(FOLDER)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        return test_location.methodname.removeprefix("test_").replace("__", ".")

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: Any = 0) -> str:
        return str(FOLDER / cls.get_snapshot_name(test_location=test_location, index=index))


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(ReportSnapshot)
