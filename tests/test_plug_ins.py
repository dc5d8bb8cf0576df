"""Transforms of other distributions: found by their entry points, and not looked for in vain."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dockopt import plug_ins

ENTRY_POINTS = "[dockopt.transforms]\nextra = extra_transforms\n"
TRANSFORM = '''"""Do nothing at all."""

from dockopt.api import Facts, Level, Phase, Proposal, Transform

transform = Transform(__name__, phase=Phase.COMMANDS, level=Level.SAFE)


def propose(facts: Facts) -> tuple[Proposal, ...]:
    return ()
'''


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is all there is to import from, as far as plug-ins go."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "python.zip")])
    return tmp_path


def install(folder: Path, name: str, entry_points: str = ENTRY_POINTS) -> None:
    (folder / name).mkdir()
    (folder / name / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1\n")
    (folder / name / "entry_points.txt").write_text(entry_points)


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups that importlib.metadata is asked for from now on."""
    groups: list[str] = []

    def entry_points(group: str) -> tuple[()]:
        groups.append(group)
        return ()

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    return groups


@pytest.mark.parametrize(
    "name", ["extra-1.0.dist-info", "Extra.EGG-INFO", "dockopt_extra-2.dist-info"]
)
def test_package_of_another_distribution(alone: Path, name: str) -> None:
    install(alone, name)
    assert plug_ins.named_packages() == {"extra_transforms"}


def test_without_one_the_slow_way_is_not_taken(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        alone, "dockopt-0.1.0.dist-info", "[dockopt.transforms]\ndockopt = dockopt_transforms\n"
    )
    install(alone, "other-1.dist-info", "[console_scripts]\nother = other:main\n")
    (alone / "old.egg-info").write_text("Metadata-Version: 1.0\n")
    groups = asked(monkeypatch)

    assert plug_ins.named_packages() == frozenset()
    assert groups == []


def test_an_archive_may_hold_one(alone: Path) -> None:
    with zipfile.ZipFile(alone / "python.zip", "w") as archive:
        archive.writestr("extra-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: extra\n")
        archive.writestr("extra-1.dist-info/entry_points.txt", ENTRY_POINTS)
    assert plug_ins.named_packages() == {"extra_transforms"}


def test_another_finder_may_know_one(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @staticmethod
        def find_distributions(context: object) -> tuple[object, ...]:
            return ()

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    groups = asked(monkeypatch)

    plug_ins.named_packages()

    assert groups == [plug_ins.GROUP]


def test_its_transforms_are_listed(tmp_path: Path) -> None:
    install(tmp_path, "extra-1.0.dist-info")
    (tmp_path / "extra_transforms").mkdir()
    (tmp_path / "extra_transforms" / "__init__.py").touch()
    (tmp_path / "extra_transforms" / "do_nothing.py").write_text(TRANSFORM)
    code = f"import sys\nsys.path = {[str(tmp_path), *sys.path]!r}\nimport dockopt.__main__\ndockopt.__main__.main()\n"

    done = subprocess.run(
        [sys.executable, "-c", code, "transforms"], capture_output=True, check=True, text=True
    )

    assert "do-nothing" in [line.split()[0] for line in done.stdout.splitlines()]
