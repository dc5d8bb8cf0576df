"""What the change rests on, tried with pip itself: the CPU build of the same version is preferred."""

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback import served

pytest.importorskip("pip", reason="there is no pip in this environment")


def write_wheel(folder: Path, version: str) -> None:
    """A wheel called torch that holds nothing but its metadata, and the index page beside it."""
    folder.mkdir(parents=True)
    info = f"torch-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},{digest(text)},{len(text)}\n" for name, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    name = f"torch-{version}-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    link = name.replace("+", "%2B")
    (folder / "index.html").write_text(f'<a href="{link}">{name}</a>\n')


def digest(text: str) -> str:
    found = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={found.rstrip(b'=').decode()}"


@pytest.fixture
def indexes(tmp_path: Path) -> Iterator[str]:
    """The address of a server with two indexes: `plain`, like PyPI, and `cpu`."""
    write_wheel(tmp_path / "served/plain/torch", "2.6.0")
    write_wheel(tmp_path / "served/cpu/torch", "2.6.0+cpu")
    with served(tmp_path / "served") as address:
        yield address


@pytest.mark.parametrize("requirement", ["torch", "torch==2.6.0", "torch>=2,<3", "torch~=2.6.0"])
def test_pip_takes_the_cpu_build_of_the_same_version(
    requirement: str, indexes: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "pip", "download", "--isolated", "--no-deps", "--no-cache-dir"]
    command += ["--index-url", f"{indexes}/plain/", "--extra-index-url", f"{indexes}/cpu/"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "127.0.0.1"}

    done = subprocess.run(
        [*command, "--dest", str(tmp_path / "got"), requirement],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "got").iterdir()] == [
        "torch-2.6.0+cpu-py3-none-any.whl"
    ]
