"""The dates of base images, refreshed from what Python and Debian publish."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback import served

from dockopt.knowledge import base_image_dates, base_images_refresh

CYCLE = {version: {"end_of_life": date} for version, date in base_image_dates.PYTHON_END.items()}
HEAD = "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
ROWS = "".join(
    f"1,X,{name},2000-01-01,2001-01-01,2002-01-01,{date},\n"
    for name, date in base_image_dates.DEBIAN_END.items()
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server with both sources, and with a release and a version more than are known."""
    folder = tmp_path / "served"
    folder.mkdir()
    newer = {**CYCLE, "3.99": {"end_of_life": "2099-10"}, "main": {"end_of_life": "2100-10"}}
    (folder / "cycle.json").write_text(json.dumps(newer))
    rows = "0,Old,buzz,1993-08-16,1996-06-17,1997-06-05\n" + ROWS
    rows += "99,Next,next,2090-01-01,2091-01-01,2094-01-01\n98,Soon,soon,2092-01-01\n"
    (folder / "debian.csv").write_text(HEAD + rows)
    with served(folder) as address:
        yield address


def test_what_is_new_is_added_and_what_is_old_stays_out(address: str, tmp_path: Path) -> None:
    arguments = ["--python", f"{address}/cycle.json", "--debian", f"{address}/debian.csv"]
    assert base_images_refresh.main([*arguments, "--output", str(tmp_path)]) == 0
    found: dict[str, object] = {}
    exec((tmp_path / "base_image_dates.py").read_text(), found)  # noqa: S102 - our own module
    assert found["PYTHON_END"] == {**base_image_dates.PYTHON_END, "3.99": "2099-10"}
    assert found["DEBIAN_END"] == {**base_image_dates.DEBIAN_END, "next": "2094-01-01"}
    assert found["PYTHON_SOURCE"] == f"{address}/cycle.json"
    assert list(found["DEBIAN_END"])[-1] == "next"


@pytest.mark.parametrize(
    ("cycle", "table", "reason"),
    [
        ("[]", HEAD + ROWS, "is no table"),
        ("{}", HEAD + ROWS, "there is no date for 2.6"),
        (json.dumps(CYCLE), HEAD, "there is no date for wheezy"),
        ("no JSON", HEAD + ROWS, "Expecting value"),
    ],
)
def test_a_source_of_another_form_changes_nothing(
    cycle: str, table: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cycle.json").write_text(cycle)
    (tmp_path / "debian.csv").write_text(table)
    arguments = ["--python", str(tmp_path / "cycle.json"), "--debian", str(tmp_path / "debian.csv")]
    assert base_images_refresh.main([*arguments, "--output", str(tmp_path)]) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "base_image_dates.py").exists()
