"""Facts about base images."""

import re

import pytest

from dockopt.knowledge import base_images
from dockopt.knowledge.base_images import (
    DEBIAN_END,
    DEBIAN_RELEASES,
    PYTHON_END,
    PythonTag,
    debian_end,
    official_name,
    python_end,
    uv_tag,
)
from dockopt.knowledge.debian import Release
from dockopt.knowledge.image_families import family
from dockopt.model import ImageReference


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("python:3.12", "python"),
        ("docker.io/library/python", "python"),
        ("registry-1.docker.io/library/python:3", "python"),
        ("public.ecr.aws/docker/library/python:3.12-slim", "python"),
        ("mirror.gcr.io/library/debian:12", "debian"),
        ("public.ecr.aws/lambda/python:3.12", ""),
        ("public.ecr.aws/docker/library/a/python", ""),
        ("quay.io/library/python", ""),
        ("quay.io/python", ""),
        ("me/python", ""),
        ("localhost:5000/python", ""),
    ],
)
def test_official_images(text: str, name: str) -> None:
    image = ImageReference.parse(text)
    assert official_name(image.registry, image.repository) == image.official_name == name


def test_a_mirror_has_the_tags_of_the_original() -> None:
    image = ImageReference.parse("public.ecr.aws/docker/library/python:3.12-bookworm")
    assert image.python_tag == PythonTag("3.12", "full", "bookworm")
    assert image.is_full_python


def test_every_release_with_data_has_dates() -> None:
    assert {release.value for release in Release} <= set(DEBIAN_END)
    assert DEBIAN_RELEASES[0] == "trixie"
    assert DEBIAN_RELEASES[-1] == "wheezy"


@pytest.mark.parametrize("dates", [PYTHON_END, DEBIAN_END])
def test_dates_are_dates(dates: dict[str, str]) -> None:
    assert all(re.fullmatch(r"20\d\d-\d\d(-\d\d)?", date) for date in dates.values())
    # Python 3.0 went before 2.7: only the order of the third line counts.
    ordered = [date for name, date in dates.items() if name not in ("2.6", "2.7")]
    assert ordered == sorted(ordered)


def test_out_of_support_as_of_the_day_of_the_data() -> None:
    assert python_end((3, 9)) == "2025-10-31"
    assert python_end((2, 7)) == "2020-01-01"
    assert python_end((3, 10)) == "2026-10"
    assert python_end((3, 12)) == ""
    assert python_end((3, 99)) == ""
    assert debian_end("buster") == debian_end("10") == "2024-06-30"
    assert debian_end("bookworm") == ""
    assert debian_end("sid") == ""
    assert python_end((3, 9)) < base_images.KNOWN_ON


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("python3.12-bookworm-slim", PythonTag("3.12", "slim", "bookworm")),
        ("0.9.1-python3.13-trixie", PythonTag("3.13", "full", "trixie")),
        ("python3.12-alpine", PythonTag("3.12", "alpine", "")),
        ("python3.12-alpine3.20", PythonTag("3.12", "alpine", "")),
        ("python3.11", PythonTag("3.11", "full", "")),
        ("latest", None),
        ("bookworm-slim", None),
        ("python3", None),
    ],
)
def test_tags_of_uv(tag: str, expected: PythonTag | None) -> None:
    assert uv_tag(tag) == expected


@pytest.mark.parametrize(
    ("text", "packages", "has_python"),
    [
        ("python:3.12-slim", "apt", True),
        ("python:3.12-alpine", "apk", True),
        ("pypy:3.10-slim", "apt", True),
        ("debian:12", "apt", False),
        ("ubuntu:24.04", "apt", False),
        ("alpine:3.20", "apk", False),
        ("continuumio/miniconda3", "conda", True),
        ("mambaorg/micromamba:1.5", "conda", False),
        ("quay.io/condaforge/miniforge3:latest", "conda", True),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "apt", True),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", "apt", False),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.11", "apt", True),
        ("bitnami/python:3.12", "apt", True),
        ("public.ecr.aws/docker/library/python:3.12", "apt", True),
        ("public.ecr.aws/lambda/python:3.12", "dnf", True),
        ("gcr.io/distroless/python3-debian12", "", False),
        ("registry.access.redhat.com/ubi9/python-312", "dnf", False),
        ("pytorch/pytorch:2.5.0-cuda12.4-cudnn9-runtime", "apt", True),
    ],
)
def test_families(text: str, packages: str, has_python: bool) -> None:
    image = ImageReference.parse(text)
    found = family(image.registry, image.repository, image.tag)
    assert found is not None
    assert (found.packages, found.has_python) == (packages, has_python)


@pytest.mark.parametrize(
    "text", ["mycompany/base", "quay.io/mine/python:3.12", "me/miniconda3", "scratch"]
)
def test_no_family(text: str) -> None:
    image = ImageReference.parse(text)
    assert family(image.registry, image.repository) is None
