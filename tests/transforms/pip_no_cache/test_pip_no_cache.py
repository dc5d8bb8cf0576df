"""Edges of `pip-no-cache`: where the cache is already out of the layer, and where it is not."""

import pytest
from tests.transforms.rewriting import reasons, run

NAME = ("pip-no-cache",)
BASE = "FROM python:3.12-slim\n"


def rewritten(text: str, base: str = BASE) -> str:
    return run(base + text, None, NAME).text.removeprefix(base)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN pip install flask\n", "RUN pip install --no-cache-dir flask\n"),
        ("RUN pip3.12 install -U pip\n", "RUN pip3.12 install --no-cache-dir -U pip\n"),
        ("RUN python -m pip install a\n", "RUN python -m pip install --no-cache-dir a\n"),
        ("RUN python3 -I -m pip wheel a\n", "RUN python3 -I -m pip wheel --no-cache-dir a\n"),
        ("RUN /opt/venv/bin/pip install a\n", "RUN /opt/venv/bin/pip install --no-cache-dir a\n"),
        ("RUN pip -q download -d /w a\n", "RUN pip -q download --no-cache-dir -d /w a\n"),
        ("RUN sudo -H pip install a\n", "RUN sudo -H pip install --no-cache-dir a\n"),
        ("RUN X=1 pip install a\n", "RUN X=1 pip install --no-cache-dir a\n"),
        ("RUN uv pip install --system a\n", "RUN uv pip install --no-cache --system a\n"),
        ("RUN uv sync --frozen\n", "RUN uv sync --no-cache --frozen\n"),
        ("RUN uv tool install ruff\n", "RUN uv tool install --no-cache ruff\n"),
        (
            "RUN if [ -f r.txt ]; then pip install -r r.txt; fi\n",
            "RUN if [ -f r.txt ]; then pip install --no-cache-dir -r r.txt; fi\n",
        ),
        (
            "RUN <<EOF\nset -e\npip install a\nEOF\n",
            "RUN <<EOF\nset -e\npip install --no-cache-dir a\nEOF\n",
        ),
        (
            "RUN --mount=type=cache,target=/var/cache/apt pip install a\n",
            "RUN --mount=type=cache,target=/var/cache/apt pip install --no-cache-dir a\n",
        ),
        ("ENV UV_NO_CACHE=0\nRUN uv sync\n", "ENV UV_NO_CACHE=0\nRUN uv sync --no-cache\n"),
        (
            "ENV PIP_NO_CACHE_DIR=\nRUN pip install a\n",
            "ENV PIP_NO_CACHE_DIR=\nRUN pip install --no-cache-dir a\n",
        ),
    ],
)
def test_the_cache_is_turned_off(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "RUN pip install --no-cache-dir a\n",
        "RUN pip --no-cache-dir install a\n",
        "RUN pip install --no-cache a\n",
        "RUN pip install --cache-dir /c a\n",
        "RUN uv --no-cache sync\n",
        "RUN uv pip install -n a\n",
        "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n",
        "ENV PIP_NO_CACHE_DIR=off\nRUN pip install a\n",
        "ARG PIP_NO_CACHE_DIR\nARG X\nENV PIP_NO_CACHE_DIR=${X}y\nRUN pip install a\n",
        "ENV PIP_CACHE_DIR=/cache\nRUN pip install a\n",
        "ENV UV_NO_CACHE=true\nRUN uv sync\n",
        "RUN PIP_NO_CACHE_DIR=1 pip install a\n",
        "RUN export PIP_NO_CACHE_DIR=1 && pip install a\n",
        "RUN pip config set global.no-cache-dir true\nRUN pip install a\n",
        "RUN --mount=type=cache,target=/root/.cache/pip pip install a\n",
        "RUN --mount=type=cache,target=/root/.cache,sharing=locked uv sync\n",
        "RUN pip install a && rm -rf /root/.cache\n",
        "RUN pip install a && rm -rf ~/.cache/pip/*\n",
        "RUN pip install a && pip cache purge\n",
        "RUN pip list\n",
        "RUN uv lock\n",
        "RUN echo pip install a\n",
        "ONBUILD RUN pip install a\n",
        'RUN ["pip", "install", "a"]\n',
        'SHELL ["powershell", "-Command"]\nRUN pip install a\n',
    ],
)
def test_there_is_nothing_to_do(text: str) -> None:
    assert rewritten(text) == text


def test_layout_and_comments_stay() -> None:
    before = (
        "RUN apt-get update \\\n"
        "    # the service\n"
        "    && pip  install \\\n"
        "        flask \\\n"
        "    && true\n"
    )

    assert rewritten(before) == before.replace("pip  install \\", "pip  install --no-cache-dir \\")


def test_only_shipped_stages_matter() -> None:
    text = (
        "FROM python:3.12 AS builder\nRUN pip install a\n"
        "FROM python:3.12-slim AS base\nRUN pip install b\n"
        "FROM base\nCOPY --from=builder /x /x\nRUN pip install c\n"
    )
    result = run(text, None, NAME).text

    assert "RUN pip install a\n" in result
    assert "RUN pip install --no-cache-dir b\n" in result
    assert "RUN pip install --no-cache-dir c\n" in result


def test_a_cache_that_another_stage_copies_stays() -> None:
    text = (
        "FROM python:3.12 AS base\nRUN pip install a\n"
        "FROM base AS other\nCOPY --from=base /root/.cache/pip /root/.cache/pip\n"
    )

    assert run(text, None, NAME).text == text


def test_an_old_pip_does_not_know_the_option() -> None:
    result = run("FROM ubuntu:14.04\nRUN pip install a\n", None, NAME)

    assert not result.changed
    assert "6.0" in reasons(result)


def test_windows_stages_are_left_alone() -> None:
    for image in ("python:3.12-windowsservercore-ltsc2022", "mcr.microsoft.com/windows:ltsc2019"):
        text = f"FROM {image}\nRUN pip install a\n"
        assert run(text, None, NAME).text == text


def test_line_endings_stay() -> None:
    text = "FROM python:3.12-slim\r\nRUN pip install \\\r\n    a\r\n"

    assert run(text, None, NAME).text == text.replace("install", "install --no-cache-dir")


@pytest.mark.parametrize(
    "text",
    ['RUN ["pip", "install", "a"]\n', "RUN pip install a ((\n", "RUN uv pip install a ((\n"],
)
def test_an_install_that_is_not_read_is_declined(text: str) -> None:
    result = run("FROM python:3.12-slim\n" + text, None, ("pip-no-cache",))

    assert not result.changed
    assert "installs in a RUN that is not read" in reasons(result)
