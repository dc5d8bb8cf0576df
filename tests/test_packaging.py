"""The wheel: what is in it, and that it works on its own, away from the checkout."""

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from importlib.util import find_spec
from pathlib import Path

import pytest

from dockopt import __version__
from dockopt.registry import transforms

ROOT = Path(__file__).parents[1]
SOURCES = (
    ROOT / "optimizer" / "dockopt",
    ROOT / "transforms" / "dockopt_transforms",
    ROOT / "templates" / "dockopt_templates",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as an installer gets it, built from this checkout without a network."""
    if find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not installed: it is in dockopt[test]")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel is unpacked: what `pip install --target` makes of it."""
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


def dockopt(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the wheel's own dockopt; the checkout is on no path, even if it is installed as well."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKOPT_", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-P", "-m", "dockopt", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(installed), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def shipped_files() -> set[str]:
    return {
        path.relative_to(source.parent).as_posix()
        for source in SOURCES
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"dockopt-{__version__}.dist-info/{name}").decode("utf-8")


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == shipped_files()


@pytest.mark.parametrize(
    "name",
    [
        "dockopt/py.typed",
        "dockopt_transforms/py.typed",
        "dockopt_templates/py.typed",
        "dockopt_templates/fragments/prune-venv.Dockerfile.j2",
        "dockopt_templates/reports/changelog.md.j2",
        "dockopt/knowledge/debian-bookworm.gz",
        "dockopt/knowledge/distributions.gz",
    ],
)
def test_wheel_holds_files_that_are_no_code(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_version_is_said_once(wheel: zipfile.ZipFile) -> None:
    found = message_from_string(metadata(wheel, "METADATA"))

    assert found["Version"] == __version__
    assert found["License-Expression"] == "Apache-2.0"
    assert "Apache License" in metadata(wheel, "licenses/LICENSE")


def test_entry_points(wheel: zipfile.ZipFile) -> None:
    text = metadata(wheel, "entry_points.txt")

    assert "[console_scripts]\ndockopt = dockopt.cli:main" in text
    assert "[dockopt.transforms]\ndockopt = dockopt_transforms" in text


def test_installed_wheel_lists_its_transforms(installed: Path, tmp_path: Path) -> None:
    done = dockopt(installed, tmp_path, "transforms")

    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines()]
    built_in = [n for n, r in transforms().items() if r.transform.module.startswith("dockopt_")]
    assert [name for name in names if name in built_in] == built_in


def test_installed_wheel_rewrites_with_its_templates(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import flask\n")
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.12-slim AS builder\n"
        "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
        "FROM python:3.12-slim\n"
        "COPY --from=builder /opt/venv /opt/venv\n"
        "COPY app.py .\n"
    )

    done = dockopt(installed, tmp_path, "rewrite", "--select", "prune-venv", "--no-config")

    assert done.returncode == 0, done.stderr
    assert "prune-venv: %.1f MB freed" in done.stdout
