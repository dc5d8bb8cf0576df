"""Edges of `cache-mounts`: where a cache may be a mount, and what goes and stays then."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

from dockopt import rewrite
from dockopt.result import Rewrite

NAME = ("cache-mounts",)
BASE = "FROM python:3.12-slim\n"
PIP = "--mount=type=cache,id=pip-python-3.12-slim,target=/root/.cache/pip"
UV = "--mount=type=cache,id=uv-python-3.12-slim,target=/root/.cache/uv"
APT = (
    "--mount=type=cache,id=apt-cache-python-3.12-slim,target=/var/cache/apt,sharing=locked \\\n"
    "    --mount=type=cache,id=apt-lists-python-3.12-slim,target=/var/lib/apt/lists,sharing=locked"
)
CLEAN = "rm -f /etc/apt/apt.conf.d/docker-clean"
INSTALL = "apt-get update && apt-get install -y --no-install-recommends git"
LISTS = "rm -rf /var/lib/apt/lists/*"
BREAK = " \\\n    "


def mounted(
    text: str,
    base: str = BASE,
    folder: Path | None = None,
    files: Mapping[str, str] | None = None,
) -> Rewrite:
    return run(base + text, folder, NAME, files, assume=("buildkit",))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pip install a", f"{PIP}{BREAK}pip install a"),
        ("pip install --no-cache-dir a", f"{PIP}{BREAK}pip install a"),
        ("pip --no-cache-dir install a", f"{PIP}{BREAK}pip install a"),
        ("python -m pip install a --no-cache", f"{PIP}{BREAK}python -m pip install a"),
        ("pip wheel --no-cache-dir -w /w a", f"{PIP}{BREAK}pip wheel -w /w a"),
        ("PIP_NO_CACHE_DIR=1 pip install a", f"{PIP}{BREAK}pip install a"),
        ("A=1 PIP_NO_CACHE_DIR=1 pip install a", f"{PIP}{BREAK}A=1 pip install a"),
        ("pip install a && rm -rf ~/.cache/pip", f"{PIP}{BREAK}pip install a"),
        ("pip install a && rm -rf /root/.cache", f"{PIP}{BREAK}pip install a"),
        ("pip install a && pip cache purge && id", f"{PIP}{BREAK}pip install a && id"),
        (
            "pip install --no-cache-dir uv && uv pip install --system --no-cache a",
            f"{PIP}{BREAK}{UV}{BREAK}pip install uv && uv pip install --system a",
        ),
        (
            "if test -f r.txt; then pip install --no-cache-dir -r r.txt; fi",
            f"{PIP}{BREAK}if test -f r.txt; then pip install -r r.txt; fi",
        ),
        (
            f"{INSTALL} && {LISTS}",
            f"{APT}{BREAK}{CLEAN}{BREAK}&& apt-get update{BREAK}"
            "&& apt-get install -y --no-install-recommends git",
        ),
        (
            f"set -ex; apt-get update; apt-get install -y git; {LISTS}",
            f"{APT}{BREAK}set -ex; {CLEAN}; apt-get update; apt-get install -y git",
        ),
        (
            f"{INSTALL} && apt-get clean && {LISTS} /tmp/*",
            f"{APT}{BREAK}{CLEAN}{BREAK}&& apt-get update{BREAK}"
            f"&& apt-get install -y --no-install-recommends git{BREAK}&& rm -rf /tmp/*",
        ),
        (
            f"{CLEAN} && {INSTALL}",
            f"{APT}{BREAK}{CLEAN} && {INSTALL}",
        ),
    ],
)
def test_a_cache_becomes_a_mount(before: str, after: str) -> None:
    assert mounted(f"RUN {before}\n").text == f"{BASE}RUN {after}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ENV PIP_NO_CACHE_DIR=1\nRUN pip install a\n", "PIP_NO_CACHE_DIR is set"),
        ("ENV HOME=/app\nRUN pip install a\n", "HOME is set"),
        ("ARG XDG_CACHE_HOME\nRUN pip install a\n", "XDG_CACHE_HOME is set"),
        ("ENV PIP_CACHE_DIR=/c\nRUN pip install a\n", "PIP_CACHE_DIR is set"),
        ("ENV UV_CACHE_DIR=/c\nRUN uv sync\n", "UV_CACHE_DIR is set"),
        ("ENV UV_LINK_MODE=symlink\nRUN uv sync\n", "links to it"),
        ("RUN uv sync && uvx ruff check\n", "programs out of its cache"),
        ("RUN HOME=/x pip install a\n", "sets HOME"),
        ("RUN export PIP_NO_CACHE_DIR=1 && pip install a\n", "sets PIP_NO_CACHE_DIR"),
        ("RUN pip install --cache-dir /c a\n", "says where its cache is"),
        (
            "RUN pip config set global.no-cache-dir true\nRUN pip install a\n",
            "configuration of pip",
        ),
        ("COPY pip.conf /etc/pip.conf\nRUN pip install a\n", "copies settings"),
        ("COPY cache /root/.cache/pip\nRUN pip install a\n", "names a folder of pip's cache"),
        ("VOLUME /root/.cache\nRUN pip install a\n", "names a folder of pip's cache"),
        ("USER app\nRUN pip install a\n", "not root's but app's"),
        ("RUN sudo pip install a\n", "runs through sudo"),
        ("RUN pip install a && ls /root/.cache/pip\n", "works on /root/.cache/pip itself"),
        ("RUN pip install a && get-models && rm -rf /root/.cache\n", "what else the RUN keeps"),
        ("RUN pip install a; rm -rf /root/.cache/pip\n", "cannot go alone"),
        ("RUN if x; then pip install a && rm -r ~/.cache/pip; fi\n", "under a condition"),
        ("RUN pdm sync\n", "links to its cache"),
        ("RUN poetry install && rm -rf ~/.cache/pypoetry\n", "works on ~/.cache/pypoetry"),
        ("ONBUILD RUN id\nRUN pip install a\n", "ONBUILD"),
        ("RUN apt-get install -y git\n", "does not fetch lists"),
        ("RUN apt update && apt install -y git\n", "unlike apt-get"),
        (f"RUN {INSTALL} && rm -rf /var/cache/*\n", "works on /var/cache/* itself"),
        (f"RUN {INSTALL} && find /var/cache -delete\n", "works on /var/cache itself"),
        (f"RUN {INSTALL} && cp /var/cache/apt/archives/*.deb /d\n", "works on /var/cache/apt"),
        (f"RUN {INSTALL} -o Dir::Cache=/c\n", "sets where apt keeps"),
        (f"RUN {INSTALL}\nRUN apt-get install -y curl\n", "may install with the lists"),
        (f"RUN {INSTALL}\nCOPY x.sh /\nRUN /x.sh\n", "may install with the lists"),
        (f"RUN {INSTALL}\nRUN apt update && apt install -y curl\n", "would keep what it downloads"),
        (f"RUN {INSTALL}\nUSER app\nRUN sudo {INSTALL}\n", "would keep what it downloads"),
        (f"RUN {INSTALL}\nRUN curl https://a | bash -\n", "would keep what it downloads"),
        (f"RUN {INSTALL}\nRUN playwright install --with-deps\n", "would keep what it downloads"),
        (f"RUN {INSTALL}\nRUN apt-get purge -y git\n", "would keep what it downloads"),
        ("RUN --mount=type=tmpfs,target=$X pip install a\n", "is not known"),
        ("RUN --mount=type=cache,target=/root/.cache/pip/http pip install a\n", "within it"),
    ],
)
def test_it_declines(text: str, reason: str) -> None:
    result = mounted(text)

    assert result.text == BASE + text
    assert reason in reasons(result)


@pytest.mark.parametrize(
    "base",
    [
        "ARG BASE\nFROM $BASE\n",
        "FROM registry.example.com/python:3.12\n",
        "FROM jupyter/base-notebook\n",
        "FROM ghcr.io/astral-sh/uv:latest\n",
    ],
)
def test_the_user_of_the_base_image_has_to_be_known(base: str) -> None:
    result = mounted("RUN pip install a\n", base)

    assert not result.changed
    assert "not known" in reasons(result)


@pytest.mark.parametrize(
    "text",
    [
        "RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir a\n",
        "RUN --mount=type=cache,target=/root/.cache pip install a && uv sync\n",
        "RUN --mount=type=tmpfs,target=/root pip install a\n",
        "RUN pip list\n",
        "RUN uv lock\n",
        "RUN poetry run pip install a\n",
        'RUN ["pip", "install", "a"]\n',
        'SHELL ["powershell", "-Command"]\nRUN pip install a\n',
    ],
)
def test_there_is_nothing_to_do(text: str) -> None:
    assert mounted(text).text == BASE + text


def test_only_the_archives_of_poetry_are_mounted() -> None:
    """Its environments stand beside them, and belong into the image."""
    text = mounted("RUN poetry install --no-cache\n").text

    assert "target=/root/.cache/pypoetry/cache,sharing=locked" in text
    assert "target=/root/.cache/pypoetry/artifacts,sharing=locked" in text
    assert text.endswith("    poetry install\n")


def test_a_later_run_that_cleans_up_keeps_nothing() -> None:
    text = f"RUN {INSTALL}\nRUN apt-get purge -y git; apt-get clean\n"

    assert APT in mounted(text).text


def test_the_folders_of_apt_are_no_call_of_it() -> None:
    text = f"RUN {INSTALL}\nRUN ls /etc/apt/apt.conf.d /var/cache/apt\n"

    assert APT in mounted(text).text


def test_an_earlier_run_may_do_without() -> None:
    text = f"RUN apt update && apt install -y git\nRUN {INSTALL}\n"

    assert APT in mounted(text).text


def test_pdm_needs_the_context(tmp_path: Path) -> None:
    files = {"pyproject.toml": "[project]\n"}

    assert "/root/.cache/pdm" in mounted("RUN pdm sync\n", BASE, tmp_path, files).text
    files["pdm.toml"] = "install.cache = true\n"
    assert not mounted("RUN pdm sync\n", BASE, tmp_path / "x", files | {}).changed


def test_settings_of_the_project_may_move_the_cache(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[tool.uv]\ncache-dir = ".uv"\n'}
    result = mounted("RUN uv sync\n", BASE, tmp_path, files)

    assert not result.changed
    assert "pyproject.toml may say where the cache is" in reasons(result)


def test_mounts_of_other_runs_are_shared() -> None:
    theirs = "--mount=type=cache,target=/root/.cache/pip"
    text = f"RUN {theirs} pip install a\nRUN pip install b\n"

    assert mounted(text).text == BASE + text.replace("RUN pip", f"RUN {theirs}{BREAK}pip")


def test_mounts_of_another_image_are_not() -> None:
    text = (
        "FROM python:3.12-alpine AS one\nRUN pip install a\n"
        "FROM python:3.12-slim\nCOPY --from=one /x /x\nRUN pip install b\n"
    )
    result = mounted("", text).text

    assert "id=pip-python-3.12-alpine" in result
    assert "id=pip-python-3.12-slim" in result


def test_a_heredoc_gets_its_flags_before_the_opener() -> None:
    text = f"RUN <<EOF\nset -e\n{INSTALL.replace(' && ', chr(10))}\n{LISTS}\npip install a\nEOF\n"
    mounts = APT.replace(BREAK, " ")

    assert mounted(text).text == (
        f"{BASE}RUN {mounts} {PIP} <<EOF\nset -e\n{CLEAN}\n"
        "apt-get update\napt-get install -y --no-install-recommends git\npip install a\nEOF\n"
    )


def test_a_shell_that_is_not_read_is_left_alone() -> None:
    text = "RUN <<EOF\n#!/usr/bin/env python3\nprint('pip install a')\nEOF\n"

    assert mounted(text).text == BASE + text


def test_comments_and_line_ends_stay() -> None:
    text = "RUN \\\r\n    # the framework\r\n    pip install --no-cache-dir \\\r\n    a\r\n"
    result = mounted(text, BASE.replace("\n", "\r\n")).text

    assert result == BASE.replace("\n", "\r\n") + text.replace("RUN \\", f"RUN {PIP} \\").replace(
        " --no-cache-dir", ""
    )


@pytest.mark.parametrize(
    ("syntax", "changes"),
    [
        ("docker/dockerfile:1", True),
        ("docker/dockerfile:1.4", True),
        ("docker/dockerfile:1.7-labs", True),
        ("docker/dockerfile:experimental", True),
        ("docker/dockerfile:1.1", False),
        ("docker/dockerfile:1.0-experimental", False),
        ("example.com/frontend:2", False),
    ],
)
def test_the_frontend_has_to_know_mounts(syntax: str, changes: bool) -> None:
    assert mounted("RUN pip install a\n", f"# syntax={syntax}\n{BASE}").changed is changes


@pytest.mark.parametrize(
    "sign",
    [
        "RUN --mount=type=secret,id=x true\n",
        "COPY --link a /a\n",
        "COPY --chmod=755 a /a\n",
        "RUN <<EOF\ntrue\nEOF\n",
    ],
)
def test_without_the_assumption_there_is_one_note(sign: str) -> None:
    text = f"{BASE}{sign}RUN pip install a\nRUN pip install b\n"
    result = run(text, None, NAME)

    assert not result.changed
    assert [d.reason.count("--assume buildkit") for d in result.declined] == [1]


def test_without_a_sign_nothing_is_said() -> None:
    result = run(f"{BASE}RUN pip install a\n", None, NAME)

    assert not result.changed
    assert result.declined == ()


TOGETHER = ("cache-mounts", "pip-no-cache", "apt-hygiene", "cleanup-in-layer")


@pytest.mark.parametrize(
    "text",
    [
        f"RUN {INSTALL} && pip install a\nRUN pip install --no-cache-dir b && {INSTALL} && {LISTS}\n",
        "RUN apt-get update\nRUN apt-get install -y git\nRUN pip install a\nRUN rm -rf /root/.cache\n",
        f"RUN {INSTALL}\nRUN {LISTS}\nRUN pip install a\n",
    ],
)
def test_it_does_not_fight_those_who_clean_up(text: str) -> None:
    result = run(BASE + text, None, TOGETHER, assume=("buildkit",)).text

    assert "no-cache" not in result
    assert LISTS not in result
    assert "rm -rf /root/.cache" not in result
    assert "target=/root/.cache/pip" in result
    assert "target=/var/lib/apt/lists" in result


def test_a_cache_that_was_left_counts() -> None:
    left = rewrite(f"{BASE}RUN {INSTALL}\n", select=NAME, assume=("buildkit",)).applied[0]
    none = rewrite(f"{BASE}RUN {INSTALL} && {LISTS}\n", select=NAME, assume=("buildkit",)).applied[
        0
    ]

    assert left.saves.count == 19_000_000
    assert none.saves.count == 0


def test_the_lists_of_a_release_that_was_not_measured() -> None:
    (change,) = mounted(
        "RUN apt-get update && apt-get install -y git\n", "FROM python:3.10-slim-bullseye\n"
    ).applied

    assert change.saves.count is None
