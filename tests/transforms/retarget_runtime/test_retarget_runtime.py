from pathlib import Path

import pytest

from tests.transforms.rewriting import SPLIT, reasons, run, stage

TEXT = (
    "FROM {image}\n"
    "COPY requirements.txt .\n"
    "RUN pip install -r requirements.txt\n"
    "COPY . .\n"
    "{rest}"
)


def rewritten(tmp_path: Path, requirements: str, *, image: str = "python:3.12-bookworm",
              rest: str = "", **files: str) -> str:
    text = TEXT.format(image=image, rest=rest)
    sources = {"requirements.txt": requirements, "app.py": "x = 1\n"}
    sources |= {name.replace("__", "."): content for name, content in files.items()}
    return run(text, tmp_path, SPLIT, sources).text


@pytest.mark.parametrize(
    ("image", "slim"),
    [
        ("python:3.12-bookworm", "python:3.12-slim-bookworm"),
        ("python:3.12", "python:3.12-slim"),
        ("python", "python:slim"),
        ("python:3.11.9-trixie", "python:3.11.9-slim-trixie"),
        ("docker.io/library/python:3.12", "docker.io/library/python:3.12-slim"),
    ],
)
def test_same_version_and_release(tmp_path: Path, image: str, slim: str) -> None:
    result = rewritten(tmp_path, "flask\n", image=image)

    assert stage(result, "").startswith(f"FROM {slim}\n")
    assert f"FROM {image} AS builder\n" in result


def test_a_version_from_an_argument_gets_its_suffix(tmp_path: Path) -> None:
    text = "ARG V=3.12\n" + TEXT.format(image="python:${V}", rest="")
    files = {"requirements.txt": "flask\n", "app.py": "x = 1\n"}

    assert "\nFROM python:${V}-slim\n" in run(text, tmp_path, SPLIT, files).text


def test_libraries_of_known_requirements_are_installed(tmp_path: Path) -> None:
    assert "    libpq5 \\\n" in stage(rewritten(tmp_path, "psycopg2==2.9\n"), "")
    assert "libpq5" not in stage(rewritten(tmp_path, "psycopg2-binary==2.9\n"), "")


def test_programs_that_commands_and_scripts_call_are_installed(tmp_path: Path) -> None:
    rest = "HEALTHCHECK CMD curl -f http://localhost/\n"
    source = "import subprocess\nsubprocess.check_output(['git', 'log'])\n"

    last = stage(rewritten(tmp_path, "flask\n", rest=rest, tool__py=source), "")

    assert "    curl \\\n" in last
    assert "    git \\\n" in last
    assert "wget" not in last


@pytest.mark.parametrize(
    ("requirements", "why"),
    [
        ("-r missing.txt\n", "not in the build context"),
        ("git+https://example.org/x.git\n", "URL"),
        ("gdal\n", "gdal"),
    ],
)
def test_declines_where_needs_are_not_known(tmp_path: Path, requirements: str, why: str) -> None:
    files = {"requirements.txt": requirements, "app.py": "x = 1\n"}
    result = run(TEXT.format(image="python:3.12", rest=""), tmp_path, SPLIT, files)

    assert not result.changed
    assert why in reasons(result)


def test_tkinter_needs_the_full_image(tmp_path: Path) -> None:
    assert "slim" not in rewritten(tmp_path, "flask\n", gui__py="import tkinter\n")


def test_a_digest_is_left_alone(tmp_path: Path) -> None:
    image = "python:3.12@sha256:" + "0" * 64

    assert "slim" not in rewritten(tmp_path, "flask\n", image=image)
