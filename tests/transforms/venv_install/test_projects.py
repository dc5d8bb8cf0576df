"""Projects that uv, Poetry, Pipenv or PDM install: an environment, and programs without a wrapper."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import SPLIT, reasons, run, stage

HEAD = "FROM python:3.12-slim\nWORKDIR /app\n"
MANIFEST = """\
[project]
name = "kiln"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["flask==3.1.0"]

[project.scripts]
kiln = "kiln:main"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
LOCK = '[[package]]\nname = "flask"\nversion = "3.1.0"\n'
FILES = {
    "pyproject.toml": MANIFEST,
    "poetry.lock": LOCK,
    "uv.lock": LOCK,
    "Pipfile": '[packages]\nflask = "*"\n',
    "Pipfile.lock": '{"default": {"flask": {}}, "develop": {}}',
    "kiln/__init__.py": "import flask\n",
}
POETRY = "RUN pip install poetry==2.1.0\nCOPY . .\nRUN poetry install --only main\n"
UV = "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv\nCOPY . .\nRUN uv sync --locked\n"


def split(text: str, folder: Path, **changed: str) -> str:
    files = {**FILES, **{name.replace("__", "."): text for name, text in changed.items()}}
    return run(HEAD + text, folder, SPLIT, files).text


def why_not(text: str, folder: Path, files: dict[str, str]) -> str:
    result = run(HEAD + text, folder, SPLIT, {**FILES, **files})
    assert not result.changed
    return reasons(result)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "ENV POETRY_VIRTUALENVS_CREATE=false\n",
        "RUN poetry config virtualenvs.create false\n",
    ],
)
def test_poetry_installs_into_the_active_environment(tmp_path: Path, setting: str) -> None:
    install = "RUN poetry install --only main\n"
    text = split(
        POETRY.replace(install, setting + install) + 'CMD ["poetry", "run", "kiln"]\n', tmp_path
    )

    builder, runtime = stage(text, "builder"), stage(text, "")
    assert builder.index("poetry==2.1.0") < builder.index("RUN python -m venv /opt/venv\n")
    assert 'ENV VIRTUAL_ENV=/opt/venv PATH="/opt/venv/bin:$PATH"\n' in builder
    assert "pip install" not in runtime
    assert "RUN poetry" not in runtime
    assert 'CMD ["kiln"]\n' in runtime
    assert runtime.index("COPY . .") < runtime.index("COPY --from=builder /opt/venv /opt/venv\n")


def test_an_installer_in_the_same_run_stays_outside_of_the_environment(tmp_path: Path) -> None:
    text = split(
        "COPY . .\n"
        "RUN pip install poetry && poetry config virtualenvs.create false && poetry install\n"
        'CMD ["kiln"]\n',
        tmp_path,
    )

    assert "RUN /usr/local/bin/pip install poetry && poetry config" in stage(text, "builder")
    assert "poetry" not in stage(text, "")


def test_poetry_by_its_own_script_beside_apt(tmp_path: Path) -> None:
    text = split(
        "RUN apt-get update && apt-get install -y curl "
        "&& curl -sSL https://install.python-poetry.org | python3 -\n"
        'ENV PATH="/root/.local/bin:$PATH"\n'
        "COPY . .\nRUN poetry install\n"
        'CMD ["poetry", "run", "kiln"]\n',
        tmp_path,
    )

    assert "install.python-poetry.org" in stage(text, "builder")
    assert "RUN apt-get update && apt-get install -y curl\n" in stage(text, "")


def test_an_environment_in_the_project_stays_where_it_is(tmp_path: Path) -> None:
    text = split(
        "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\n" + POETRY + 'ENTRYPOINT ["poetry", "run"]\n'
        'CMD ["kiln", "serve"]\n',
        tmp_path,
    )

    runtime = stage(text, "")
    assert "COPY --from=builder /app/.venv /app/.venv\n" in runtime
    assert 'ENV PATH="/app/.venv/bin:$PATH"\n' in runtime
    assert "ENTRYPOINT" not in runtime
    assert 'CMD ["kiln", "serve"]\n' in runtime


@pytest.mark.parametrize(
    ("command", "after"),
    [
        ('CMD ["uv", "run", "kiln"]\n', 'CMD ["kiln"]\n'),
        ('CMD ["uv", "run", "--frozen", "main.py", "-v"]\n', 'CMD ["python", "main.py", "-v"]\n'),
        ('CMD ["uv", "run", "-m", "kiln"]\n', 'CMD ["python", "-m", "kiln"]\n'),
        ("CMD uv run kiln --port $PORT\n", "CMD kiln --port $PORT\n"),
        (
            'CMD ["sh", "-c", "uv run alembic upgrade head && exec uv run kiln"]\n',
            'CMD ["sh", "-c", "alembic upgrade head && exec kiln"]\n',
        ),
        (
            'RUN uv run python -c "import kiln"\nCMD ["uv", "run", "kiln"]\n',
            'RUN python -c "import kiln"\nCMD ["kiln"]\n',
        ),
    ],
)
def test_programs_run_without_uv(tmp_path: Path, command: str, after: str) -> None:
    runtime = stage(split(UV + command, tmp_path), "")

    assert runtime.endswith(after)
    assert "astral" not in runtime
    assert "COPY --from=builder /app/.venv /app/.venv\n" in runtime


def test_uv_into_the_system_goes_to_an_environment(tmp_path: Path) -> None:
    text = split("ENV UV_PROJECT_ENVIRONMENT=/usr/local\n" + UV + 'CMD ["kiln"]\n', tmp_path)

    line = 'ENV VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv PATH="/opt/venv/bin:$PATH"\n'
    assert line in stage(text, "builder")
    assert line in stage(text, "")


def test_uv_pip_with_the_system_as_a_setting(tmp_path: Path) -> None:
    text = split(
        "ENV UV_SYSTEM_PYTHON=1\nRUN apt-get update && apt-get install -y gcc\n"
        "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv\n"
        "RUN uv pip install flask==3.1.0\nCOPY kiln kiln\n"
        'CMD ["flask", "run"]\n',
        tmp_path,
    )

    assert "UV_SYSTEM_PYTHON=0" in stage(text, "builder")


def test_pipenv_needs_no_system_option_any_more(tmp_path: Path) -> None:
    text = split(
        "RUN pip install pipenv\nCOPY Pipfile Pipfile.lock ./\n"
        "RUN pipenv install --system --deploy\nCOPY . .\n"
        'CMD ["flask", "run"]\n',
        tmp_path,
    )

    assert "RUN pipenv install --deploy\n" in stage(text, "builder")
    assert "pipenv" not in stage(text, "")


def test_editable_pip_install_with_a_standard_backend(tmp_path: Path) -> None:
    text = split(
        "RUN apt-get update && apt-get install -y gcc\nCOPY . .\nRUN pip install -e .\n"
        'CMD ["kiln"]\n',
        tmp_path,
    )

    assert "RUN pip install -e .\n" in stage(text, "builder")
    assert "COPY . .\n" in stage(text, "")


@pytest.mark.parametrize(
    ("text", "files", "why"),
    [
        (POETRY, {"run.sh": "#!/bin/sh\npoetry run kiln\n"}, "run.sh calls poetry"),
        (
            "ENV POETRY_VIRTUALENVS_CREATE=0\n" + POETRY,
            {"kiln/a.py": "import requests\n"},
            "a.py imports requests, which may be there",
        ),
        (
            POETRY + 'CMD ["poetry", "shell"]\n',
            {},
            "line 6 needs it: it calls poetry shell",
        ),
        (
            POETRY.replace("main", "main --no-root") + 'CMD ["poetry", "run", "kiln"]\n',
            {},
            "kiln is a script of the project, which is not installed",
        ),
        (
            POETRY.replace("RUN poetry", "RUN poetry env use 3.12 && poetry"),
            {},
            "chooses an environment with poetry env",
        ),
        (POETRY.replace("install --only main", "update"), {}, "which changes the lock file"),
        (POETRY.replace("COPY", "USER app\nCOPY"), {}, "installs as the user of line 4"),
        (
            "ENV POETRY_VIRTUALENVS_CREATE=0\n"
            + POETRY.replace("poetry==2.1.0", "poetry gunicorn"),
            {},
            "together with other things",
        ),
        (
            POETRY,
            {"pyproject.toml": MANIFEST + "[tool.poetry.build]\nscript = 'build.py'\n"},
            "tool.poetry.build in pyproject.toml may put files beside the code",
        ),
        (
            POETRY,
            {"pyproject.toml": MANIFEST.replace("poetry.core.masonry.api", "maturin")},
            "by maturin, which may put files beside the code",
        ),
        (
            "RUN pip install pipenv gunicorn\n" + POETRY + 'CMD ["poetry", "run", "kiln"]\n',
            {},
            "installs beside the environment that a tool keeps for itself",
        ),
        (
            POETRY + 'CMD ["/root/.cache/pypoetry/virtualenvs/x/bin/kiln"]\n',
            {},
            "line 6 names the environment's own folder",
        ),
        (
            UV + "RUN pip install gunicorn\nENV PATH=/app/.venv/bin:$PATH\nCMD kiln\n",
            {},
            "line 6 installs beside the environment",
        ),
        (
            UV + 'ENV PATH=/app/.venv/bin:$PATH\nRUN pip install gunicorn\nCMD ["kiln"]\n',
            {},
            "may install with a pip outside of the environment",
        ),
        (
            UV + 'CMD ["uv", "run", "kiln"]\n',
            {"README.md": "    docker compose exec web uv run alembic upgrade head\n"},
            "README.md runs uv in a container",
        ),
        (UV, {}, "nothing says how a container is started; it may be with uv run"),
        (POETRY, {}, "nothing says how a container is started; it may be with poetry run"),
        (
            UV + 'CMD ["kiln"]\n',
            {".venv/pyvenv.cfg": "home = /usr/bin\n"},
            ".venv is in the build context",
        ),
        (UV + 'CMD ["uv", "run", "--with", "x", "kiln"]\n', {}, "has the option --with"),
        (UV + 'CMD ["uv", "run", "kiln"]\n', {"go.sh": "uv run x\n"}, "go.sh calls uv"),
        (
            UV + 'CMD ["uv", "run", "kiln"]\n',
            {".python-version": "3.13\n"},
            "may bring a Python of its own",
        ),
        (
            UV + 'CMD ["kiln"]\n',
            {"pyproject.toml": MANIFEST.replace(">=3.11", ">=3.13")},
            "requires another Python than the image certainly has",
        ),
        (
            UV.replace("--locked", "--locked && pip install gunicorn") + 'CMD ["kiln"]\n',
            {},
            "installs beside the environment",
        ),
        (
            "RUN pip install pipenv\nENV PIPENV_VENV_IN_PROJECT=1\nCOPY . .\nRUN pipenv sync\n"
            'CMD ["pipenv", "run", "flask", "run"]\n',
            {".env": "A=1\n"},
            "pipenv run reads .env",
        ),
        (
            "RUN pip install pipenv\nENV PIPENV_VENV_IN_PROJECT=1\nCOPY . .\nRUN pipenv sync\n"
            'CMD ["pipenv", "run", "start"]\n',
            {"Pipfile": '[scripts]\nstart = "flask run"\n[packages]\nflask = "*"\n'},
            "start is a script that only pipenv knows",
        ),
    ],
)
def test_declines(tmp_path: Path, text: str, files: dict[str, str], why: str) -> None:
    assert why in why_not(text, tmp_path, files)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM continuumio/miniconda3\nRUN conda env create -f a.yml\n", "line 2 uses conda"),
        ("FROM ghcr.io/prefix-dev/pixi\nRUN pixi install --locked\n", "line 2 uses pixi"),
        (
            HEAD + "RUN pip install pdm\nCOPY . .\nRUN mkdir __pypackages__ && pdm sync\n",
            "installs into __pypackages__",
        ),
    ],
)
def test_says_what_is_not_moved(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, SPLIT, FILES)

    assert not result.changed
    assert why in reasons(result)


def test_without_a_context_nothing_happens() -> None:
    result = run(HEAD + POETRY + 'CMD ["poetry", "run", "kiln"]\n', None, SPLIT)

    assert not result.changed
