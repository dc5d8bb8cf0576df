"""Splits of stages that install a project with uv, Poetry, Pipenv or PDM."""

from pathlib import Path

from tests.transforms.rewriting import SPLIT, reasons, run, stage

MANIFEST = """\
[project]
name = "kiln"
version = "1.0"
dependencies = ["flask==3.1.0"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
FILES = {
    "pyproject.toml": MANIFEST,
    "poetry.lock": '[[package]]\nname = "flask"\n',
    "uv.lock": '[[package]]\nname = "psycopg2"\n',
    "kiln/__init__.py": "import flask\n",
}


def test_an_installer_by_its_own_script_leaves_the_base_that_targets_share(tmp_path: Path) -> None:
    text = run(
        "FROM python:3.12-slim AS base\n"
        "ENV POETRY_VIRTUALENVS_CREATE=0\n"
        'ENV PATH="/root/.local/bin:$PATH"\n'
        "RUN apt-get update && apt-get install -y curl\n"
        "RUN curl -sSL https://install.python-poetry.org | python3 -\n"
        "WORKDIR /app\n"
        "COPY pyproject.toml poetry.lock ./\n"
        "\n"
        "FROM base AS dev\n"
        "RUN poetry install --no-root\n"
        'CMD ["poetry", "run", "pytest"]\n'
        "\n"
        "FROM base AS prod\n"
        "RUN poetry install --only main --no-root\n"
        "COPY kiln kiln\n"
        'CMD ["python", "-m", "kiln"]\n',
        tmp_path,
        SPLIT,
        FILES,
    ).text

    assert "install.python-poetry.org" not in stage(text, "base")
    assert "install.python-poetry.org" in stage(text, "base-build")
    assert stage(text, "dev").startswith("FROM base-build AS dev\n")
    assert "RUN poetry install --no-root\n" in stage(text, "dev")
    assert "poetry install" not in stage(text, "prod")


def test_the_lock_file_tells_what_the_slim_image_lacks(tmp_path: Path) -> None:
    text = run(
        "FROM python:3.12\n"
        "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv\n"
        "WORKDIR /app\n"
        "RUN --mount=type=cache,target=/root/.cache/uv \\\n"
        "    --mount=type=bind,source=uv.lock,target=uv.lock \\\n"
        "    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \\\n"
        "    uv sync --locked --no-install-project\n"
        "COPY . .\n"
        "RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n"
        'ENV PATH="/app/.venv/bin:$PATH"\n'
        'CMD ["python", "-m", "kiln"]\n',
        tmp_path,
        SPLIT,
        FILES,
    ).text

    runtime = stage(text, "")
    assert runtime.startswith("FROM python:3.12-slim\n")
    assert "apt-get install -y --no-install-recommends libpq5" in runtime
    assert runtime.count("/app/.venv /app/.venv") == 1


def test_an_install_beside_the_environment_would_be_lost(tmp_path: Path) -> None:
    result = run(
        "FROM python:3.12-slim\n"
        "RUN apt-get update && apt-get install -y gcc\n"
        "RUN pip install supervisor\n"
        "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
        'CMD ["supervisord"]\n',
        tmp_path,
        ("split-builder", "runtime-packages"),
        FILES,
    )

    assert not result.changed
    assert "line 3 installs beside the environment" in reasons(result)
