"""Floating tags of the Python image, and what is out of support."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

from dockopt.transform import Level

NAME = ("pin-base",)
STATED = ("pin-base",)
REST = 'COPY app.py .\nCMD ["python", "app.py"]\n'


def pinned(text: str, folder: Path | None = None, files: dict[str, str] | None = None) -> str:
    """What becomes of the text, with the assumption stated."""
    return run(text, folder, NAME, files, assume=STATED).text


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("python", "python:3.12"),
        ("python:latest", "python:3.12"),
        ("python:3", "python:3.12"),
        ("python:slim", "python:3.12-slim"),
        ("python:3-slim", "python:3.12-slim"),
        ("python:3-slim-bookworm", "python:3.12-slim-bookworm"),
        ("python:bookworm", "python:3.12-bookworm"),
        ("python:alpine3.20", "python:3.12-alpine3.20"),
        ("docker.io/library/python:3", "docker.io/library/python:3.12"),
        (
            "public.ecr.aws/docker/library/python:slim",
            "public.ecr.aws/docker/library/python:3.12-slim",
        ),
    ],
)
def test_the_version_comes_into_the_tag(image: str, expected: str, tmp_path: Path) -> None:
    text = f"FROM --platform=linux/amd64 {image} AS app\n{REST}"
    found = pinned(text, tmp_path, {".python-version": "3.12.4\n"})
    assert found == text.replace(f"{image} AS", f"{expected} AS")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".python-version", "# the version\n\n3.12\n3.11\n"),
        (".python-version", "cpython-3.12.1\n"),
        ("runtime.txt", "python-3.12.7\n"),
        (".tool-versions", "nodejs 20.1.0\npython 3.12.7\n"),
        ("Pipfile", '[requires]\npython_version = "3.12"\n'),
        ("Pipfile", '[requires]\npython_full_version = "3.12.1"\n'),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.12,<3.13"\n'),
        ("pyproject.toml", '[project]\nrequires-python = "==3.12.*"\n'),
        ("pyproject.toml", '[project]\nrequires-python = "~=3.12.2"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "~3.12"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "3.12.*"\n'),
    ],
)
def test_files_that_name_one_version(file: str, content: str, tmp_path: Path) -> None:
    result = run(f"FROM python:3-slim\n{REST}", tmp_path, NAME, {file: content}, assume=STATED)
    assert result.text.startswith("FROM python:3.12-slim\n")
    (record,) = result.applied
    assert [each.file for each in record.evidence] == [file]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".python-version", "pypy3.10-7.3\n"),
        (".python-version", "3\n"),
        (".python-version", "3.12-dev\n"),
        (".python-version", ""),
        ("runtime.txt", "node\n"),
        ("Pipfile", "[requires\n"),
        ("Pipfile", "requires = 3\n"),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.12"\n'),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.11,<3.13"\n'),
        ("pyproject.toml", "[project]\nrequires-python = 3.12\n"),
        ("pyproject.toml", '[project]\nrequires-python = "three"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.12"\n'),
        ("pyproject.toml", 'tool = "x"\nproject = []\n'),
    ],
)
def test_files_that_name_no_single_version(file: str, content: str, tmp_path: Path) -> None:
    result = run(f"FROM python:3-slim\n{REST}", tmp_path, NAME, {file: content}, assume=STATED)
    assert not result.changed
    assert "nothing here says which version" in reasons(result)


@pytest.mark.parametrize(
    "before",
    [
        "ARG PYTHON_VERSION=3.12\nFROM python:${PYTHON_VERSION} AS build\nRUN true\n",
        "FROM python:3.12 AS build\nRUN true\n",
    ],
)
def test_another_stage_names_it(before: str) -> None:
    text = f"{before}FROM python:slim\nCOPY --from=build /x /x\n"
    assert pinned(text).splitlines()[-2] == "FROM python:3.12-slim"


def test_a_folder_of_distributions_names_it() -> None:
    text = (
        "FROM me/build AS build\nRUN true\nFROM python:slim\n"
        "COPY --from=build /usr/local/lib/python3.12/site-packages"
        " /usr/local/lib/python3.12/site-packages\n"
    )
    assert "FROM python:3.12-slim\n" in pinned(text)


def test_without_the_assumption_it_is_advice(tmp_path: Path) -> None:
    result = run(f"FROM python:3\n{REST}", tmp_path, NAME, {".python-version": "3.12\n"})
    assert not result.changed
    (entry,) = result.not_applied
    assert entry.record.level is Level.ADVICE
    assert entry.record.title == "Start from python:3.12 instead of python:3"
    assert entry.flag == "--assume pin-base"


def test_places_that_disagree(tmp_path: Path) -> None:
    files = {".python-version": "3.11\n", "runtime.txt": "python-3.12.1\n"}
    result = run(f"FROM python:3\n{REST}", tmp_path, NAME, files, assume=STATED)
    assert not result.changed
    assert ".python-version names Python 3.11, but runtime.txt names Python 3.12" in reasons(result)


def test_requires_python_excludes_it(tmp_path: Path) -> None:
    files = {
        ".python-version": "3.11\n",
        "pyproject.toml": '[project]\nrequires-python = ">=3.12"\n',
    }
    result = run(f"FROM python:3\n{REST}", tmp_path, NAME, files, assume=STATED)
    assert not result.changed
    assert "requires-python >=3.12 excludes it" in reasons(result)


def test_a_build_argument_is_declined(tmp_path: Path) -> None:
    text = f"ARG TAG=3-slim\nFROM python:$TAG\n{REST}"
    result = run(text, tmp_path, NAME, {".python-version": "3.12\n"}, assume=STATED)
    assert not result.changed
    assert "comes from a build argument" in reasons(result)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("python:3.8-slim", "Python 3.8 is out of support since 2024-10-07"),
        ("python:3.7.9-slim-buster", "Debian buster is out of support since 2024-06-30"),
        ("python:2.7", "Python 2.7 is out of support since 2020-01-01"),
        ("debian:10-slim", "Debian 10 is out of support since 2024-06-30"),
        ("debian:buster", "Debian buster"),
        ("debian:jessie-20200130", "Debian jessie"),
    ],
)
def test_out_of_support(image: str, told: str) -> None:
    result = run(f"FROM {image}\n{REST}", None, NAME)
    assert not result.changed
    assert told in reasons(result)


@pytest.mark.parametrize(
    "image",
    [
        "python:3.12-slim",
        "python:3.13-slim-bookworm",
        "debian:12",
        "debian",
        "debian:latest",
        "debian:sid",
        "scratch",
        "me/python:3",
        "quay.io/python:3.7",
        "python:2",
        f"python:3@sha256:{'0' * 64}",
        "ubuntu",
    ],
)
def test_nothing_to_say(image: str) -> None:
    result = run(f"FROM {image}\n{REST}", None, NAME, assume=STATED)
    assert (result.changed, result.declined, result.not_applied) == (False, (), ())


def test_a_version_out_of_support_is_told_once() -> None:
    result = run(
        "FROM python:3.8 AS a\nRUN true\nFROM python:3.8-slim\nCOPY --from=a /x /x\n", None, NAME
    )
    assert len(result.declined) == 1
