"""Names of images and tags of the official Python image."""

import pytest

from dockopt.model import ImageReference, PythonTag


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python", ("", "python", "", "")),
        ("python:3.12", ("", "python", "3.12", "")),
        ("docker.io/library/python:3.12", ("", "python", "3.12", "")),
        ("index.docker.io/library/python", ("", "python", "", "")),
        ("library/python", ("", "python", "", "")),
        ("me/python:3", ("", "me/python", "3", "")),
        ("localhost/python:3", ("localhost", "python", "3", "")),
        ("localhost:5000/a/b:c", ("localhost:5000", "a/b", "c", "")),
        ("ghcr.io/a/b", ("ghcr.io", "a/b", "", "")),
        (f"python:3.12@sha256:{'0' * 64}", ("", "python", "3.12", f"sha256:{'0' * 64}")),
    ],
)
def test_references(text: str, parts: tuple[str, str, str, str]) -> None:
    found = ImageReference.parse(text)
    assert (found.registry, found.repository, found.tag, found.digest) == parts
    assert found.text == text


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("", ("", "full", "")),
        ("latest", ("", "full", "")),
        ("3", ("3", "full", "")),
        ("3.12", ("3.12", "full", "")),
        ("3.12.4-slim-bookworm", ("3.12.4", "slim", "bookworm")),
        ("3.12-bookworm", ("3.12", "full", "bookworm")),
        ("slim", ("", "slim", "")),
        ("slim-trixie", ("", "slim", "trixie")),
        ("3.13.0rc1-slim", ("3.13.0rc1", "slim", "")),
        ("3.12-alpine3.20", ("3.12", "alpine", "")),
        ("3.12-windowsservercore-ltsc2022", ("3.12", "windows", "")),
    ],
)
def test_python_tags(tag: str, parts: tuple[str, str, str]) -> None:
    found = PythonTag.parse(tag)
    assert found is not None
    assert (found.version, found.variant, found.release) == parts


@pytest.mark.parametrize("tag", ["3.12-onbuild", "my-tag", "3.12_slim", "rc", "a" * 5000 + "_"])
def test_tags_of_another_form(tag: str) -> None:
    assert PythonTag.parse(tag) is None


@pytest.mark.parametrize(
    ("tag", "slim"),
    [("3.12", "3.12-slim"), ("3.12.1-bookworm", "3.12.1-slim-bookworm"), ("latest", "slim")],
)
def test_the_slim_tag(tag: str, slim: str) -> None:
    found = PythonTag.parse(tag)
    assert found is not None
    assert found.slim() == slim


def test_the_minor_version() -> None:
    tags = [PythonTag.parse(tag) for tag in ("3.12.4", "3.12", "3", "slim")]
    assert [tag and tag.minor for tag in tags] == [(3, 12), (3, 12), None, None]


def test_only_the_official_image_has_python_tags() -> None:
    assert ImageReference.parse("python:3.12").python_tag == PythonTag("3.12", "full", "")
    assert ImageReference.parse("me/python:3.12").python_tag is None
    assert ImageReference.parse("quay.io/python:3.12").python_tag is None


@pytest.mark.parametrize(
    ("tag", "older"),
    [
        ("2", True),
        ("2-slim", True),
        ("2.7.18", True),
        ("3.6", True),
        ("3.7.1", False),
        ("3", False),
        ("3.12-slim", False),
        ("", False),
        ("slim", False),
    ],
)
def test_versions_that_are_certainly_older(tag: str, older: bool) -> None:
    found = PythonTag.parse(tag)

    assert found is not None
    assert found.is_before((3, 7)) is older
