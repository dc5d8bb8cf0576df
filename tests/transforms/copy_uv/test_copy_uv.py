"""Edges of copy-uv."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run, stage

NAMES = ("copy-uv", "venv-install", "split-builder", "retarget-runtime")
FILES = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
    "uv.lock": "version = 1\n",
    "main.py": "print(1)\n",
}
BODY = "WORKDIR /app\nCOPY . .\nRUN uv sync --locked\n"
CMD = 'CMD ["uv", "run", "main.py"]\n'


@pytest.mark.parametrize(
    ("tag", "runtime", "uv"),
    [
        ("python3.12-bookworm-slim", "python:3.12-slim-bookworm", "latest"),
        ("python3.13-trixie", "python:3.13-slim-trixie", "latest"),
        ("0.9.2-python3.11-bookworm", "python:3.11-slim-bookworm", "0.9.2"),
    ],
)
def test_tags(tmp_path: Path, tag: str, runtime: str, uv: str) -> None:
    text = run(f"FROM ghcr.io/astral-sh/uv:{tag}\n{BODY}{CMD}", tmp_path, NAMES, FILES).text

    builder, last = stage(text, "builder"), stage(text, "")
    assert last.startswith(f"FROM {runtime}\n")
    assert f"COPY --from=ghcr.io/astral-sh/uv:{uv} /uv /uvx /usr/local/bin/\n" in builder
    assert "uv" not in last.replace("uv.lock", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM ghcr.io/astral-sh/uv:python3.12-alpine\n" + BODY + CMD, ""),
        ("FROM ghcr.io/astral-sh/uv:debian-slim\n" + BODY + CMD, ""),
        (
            "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\n" + BODY,
            "the command of uv's image",
        ),
        (
            "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nRUN uv tool install ruff\n"
            + BODY
            + CMD,
            "uv tool installs",
        ),
        (
            "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\n"
            + BODY
            + 'CMD ["uv", "run", "--with", "x", "main.py"]\n',
            "of use only with split-builder",
        ),
    ],
)
def test_declines(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, NAMES, FILES)

    assert not result.changed
    assert why in reasons(result)
