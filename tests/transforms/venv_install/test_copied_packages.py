"""Distributions that one stage installs and others copy: from Python's own folders, or a prefix."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, reasons, run, stage

NAMES = ("venv-install", "prune-venv")
BUILD = "FROM python:3.12-slim AS build\nCOPY requirements.txt .\n"
PREFIX = BUILD + "RUN pip install --prefix=/install -r requirements.txt\n"
RUNTIME = (
    "FROM python:3.12-slim\n"
    "COPY --from=build /install /usr/local\n"
    "COPY app.py .\n"
    'CMD ["flask", "run"]\n'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pip install --prefix=/install -r r.txt", "pip install -r r.txt"),
        ('pip install --prefix="/install" -r r.txt', "pip install -r r.txt"),
        ("pip install -r r.txt --prefix /install", "pip install -r r.txt"),
        ("pip install -I --prefix=/install -r r.txt", "pip install -r r.txt"),
        (
            "mkdir -p /install && pip install --prefix /install x",
            "mkdir -p /install && pip install x",
        ),
        ("uv pip install --system --prefix=/install x", "uv pip install x"),
    ],
)
def test_a_prefix_becomes_an_environment(tmp_path: Path, before: str, after: str) -> None:
    result = run(f"{BUILD}RUN {before}\n{RUNTIME}", tmp_path, NAMES, APP).text

    assert f"RUN {after}\n" in stage(result, "build")
    assert "RUN python -m venv /opt/venv\n" in stage(result, "build")
    assert "prune-venv:" in stage(result, "build")
    assert "COPY --from=build /opt/venv /opt/venv\nENV " in stage(result, "")
    assert 'PATH="/opt/venv/bin:$PATH"\n' in stage(result, "")
    assert "--prefix" not in result


def test_a_prefix_that_a_variable_names(tmp_path: Path) -> None:
    text = BUILD + "ENV PLACE=/install\nRUN pip install --prefix=$PLACE flask\n" + RUNTIME

    result = run(text, tmp_path, NAMES, APP).text

    assert "RUN pip install flask\n" in stage(result, "build")


def test_parts_of_a_prefix_become_one_environment(tmp_path: Path) -> None:
    packages = "lib/python3.12/site-packages"
    runtime = (
        "FROM python:3.12-slim\n"
        f"COPY --from=build /install/{packages} /usr/local/{packages}\n"
        "COPY --from=build /install/bin/ /usr/local/bin/\n"
        "COPY app.py .\n"
    )

    last = stage(run(PREFIX + runtime, tmp_path, NAMES, APP).text, "")

    assert last.count("--from=") == 1
    assert "COPY --from=build /opt/venv /opt/venv\n" in last


def test_pip_is_updated_in_the_environment_that_it_installs_into(tmp_path: Path) -> None:
    text = PREFIX.replace("COPY", "RUN pip install --upgrade pip\nCOPY") + RUNTIME

    build = stage(run(text, tmp_path, NAMES, APP).text, "build")

    assert build.index("-m venv") < build.index("pip install --upgrade pip")


def test_every_stage_that_copies_the_packages_gets_the_environment(tmp_path: Path) -> None:
    test = (
        "FROM python:3.12-slim AS test\n"
        "COPY --from=build /install /usr/local\n"
        "RUN pip install pytest\n"
    )

    result = run(PREFIX + test + RUNTIME, tmp_path, NAMES, APP).text

    assert "COPY --from=build /opt/venv /opt/venv\n" in stage(result, "test")
    assert 'ENV PATH="/opt/venv/bin:$PATH"\nRUN pip install pytest\n' in stage(result, "test")
    assert "COPY --from=build-slimmed /opt/venv /opt/venv\n" in stage(result, "")


def test_programs_that_are_copied_one_by_one_come_with_the_environment(tmp_path: Path) -> None:
    text = (
        BUILD + "RUN pip install -r requirements.txt\n"
        "FROM python:3.12-slim\n"
        "COPY --from=build /usr/local/bin/flask /usr/local/bin/flask\n"
        f"COPY --from=build {PACKAGES} {PACKAGES}\n"
        "COPY --from=build /usr/local/bin/alembic /usr/local/bin/gunicorn /usr/local/bin/\n"
        "COPY app.py .\n"
    )

    last = stage(run(text, tmp_path, NAMES, APP).text, "")

    assert last.count("--from=") == 1
    assert "COPY --from=build /opt/venv /opt/venv\n" in last


PACKAGES = "/usr/local/lib/python3.12/site-packages"
COPIED = (
    "FROM python:3.12-slim\n"
    f"COPY --from=build {PACKAGES} {PACKAGES}\n"
    "COPY --from=build /usr/local/bin /usr/local/bin\n"
    "COPY app.py .\n"
)
PROJECT = "FROM python:3.12-slim AS build\nWORKDIR /src\nCOPY . .\n"
POETRY = (
    "RUN pip install poetry==2.1.0\n"
    "RUN poetry config virtualenvs.create false\n"
    "RUN poetry install --only main --no-root\n"
)
UV_PIP = "RUN pip install uv\nRUN uv pip install --system flask\n"
PROJECT_FILES = {
    "app.py": "import flask\n",
    "pyproject.toml": '[project]\nname = "kiln"\nversion = "1"\ndependencies = ["flask==3.1.0"]\n',
    "poetry.lock": '[[package]]\nname = "flask"\nversion = "3.1.0"\n',
    "uv.lock": '[[package]]\nname = "flask"\nversion = "3.1.0"\n',
    "Pipfile": '[packages]\nflask = "*"\n',
    "Pipfile.lock": '{"default": {"flask": {}}, "develop": {}}',
}


@pytest.mark.parametrize(
    ("installs", "line"),
    [
        (POETRY, "ENV VIRTUAL_ENV=/opt/venv PATH="),
        (
            "RUN pip install pipenv\nRUN pipenv install --system --deploy\n",
            "ENV VIRTUAL_ENV=/opt/venv PATH=",
        ),
        (
            "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/\n"
            "ENV UV_PROJECT_ENVIRONMENT=/usr/local\nRUN uv sync --locked\n",
            "ENV VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv PATH=",
        ),
        (
            "COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/\n"
            "ENV UV_SYSTEM_PYTHON=1\nRUN uv pip install flask\n",
            "ENV VIRTUAL_ENV=/opt/venv UV_SYSTEM_PYTHON=0 PATH=",
        ),
    ],
)
def test_every_tool_is_pointed_to_the_environment(tmp_path: Path, installs: str, line: str) -> None:
    """uv, Poetry and Pipenv do not look at PATH: they would install to the old place, or another."""
    text = run(PROJECT + installs + COPIED, tmp_path, NAMES, PROJECT_FILES).text

    assert line in stage(text, "build")
    assert line in stage(text, "")
    assert "COPY --from=build /opt/venv /opt/venv\n" in stage(text, "")


def test_an_installer_that_nobody_calls_at_run_time_stays_behind(tmp_path: Path) -> None:
    text = run(PROJECT + UV_PIP + COPIED, tmp_path, NAMES, PROJECT_FILES).text

    assert "RUN uv pip install flask\n" in stage(text, "build")
    assert "uv" not in stage(text, "")


def test_programs_of_the_copied_packages_run_without_poetry(tmp_path: Path) -> None:
    command = 'CMD ["poetry", "run", "flask", "run"]\n'

    text = run(PROJECT + POETRY + COPIED + command, tmp_path, NAMES, PROJECT_FILES).text

    assert stage(text, "").endswith('CMD ["flask", "run"]\n')


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            PROJECT + POETRY + COPIED + "RUN poetry install --only extra\n",
            "line 11 installs with poetry where the packages were copied",
        ),
        (
            PROJECT + POETRY + COPIED + 'CMD ["poetry", "show"]\n',
            "line 11 needs it: it calls poetry show",
        ),
        (
            PROJECT
            + POETRY.replace("config virtualenvs.create false", "--version")
            # The packages are those of another command.
            + "RUN pip install flask\n"
            + COPIED,
            "line 6 installs beside them, into an environment that poetry keeps for itself",
        ),
        (
            PROJECT + UV_PIP + COPIED + 'CMD ["uv", "run", "--no-project", "app.py"]\n',
            "CMD calls uv, which came along with the packages",
        ),
        (
            PROJECT + UV_PIP + COPIED + "RUN uv pip install --system six\n",
            "line 10 calls uv, which came along with the packages",
        ),
    ],
)
def test_copied_packages_of_a_tool_that_is_needed_stay(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, NAMES, PROJECT_FILES)

    assert not result.changed
    assert why in reasons(result)


def test_setuptools_below_is_in_the_environment_too(tmp_path: Path) -> None:
    base = "FROM python:3.12-slim AS base\nRUN pip install -U setuptools wheel\n"
    text = base + (PREFIX + RUNTIME).replace("python:3.12-slim", "base")

    build = stage(run(text, tmp_path, NAMES, APP).text, "build")

    assert 'ENV PATH="/opt/venv/bin:$PATH"\nRUN pip install -U setuptools wheel\n' in build


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            PREFIX.rstrip("\n") + " && find /install -name tests -delete\n" + RUNTIME,
            "line 3 does more with /install than install into it",
        ),
        (PREFIX + "COPY app.py /install/share/\n" + RUNTIME, "puts other files into /install"),
        (
            PREFIX.replace("COPY", "WORKDIR /install\nCOPY", 1) + RUNTIME,
            "puts other files into /install",
        ),
        (
            PREFIX.replace("RUN pip", "RUN pip install uv && uv pip") + RUNTIME,
            "line 3 installs beside /install",
        ),
        (PREFIX.replace("install -r", "install -e . -r") + RUNTIME, "editable"),
        (
            PREFIX + RUNTIME.replace("slim\n", "slim\nRUN pip install setuptools\n", 1),
            "line 5 installs what an environment would not see",
        ),
        (
            PREFIX + RUNTIME.replace("COPY app.py .", "USER app\nRUN pip install six"),
            "line 7 installs as the user of line 6",
        ),
        (
            PREFIX.replace("COPY", "USER app\nCOPY", 1) + RUNTIME,
            "line 4 installs as the user of line 2",
        ),
        (
            PREFIX + "FROM python:3.12-slim AS lint\n"
            "COPY --from=build /install/bin/flask /usr/bin/flask\n" + RUNTIME,
            "line 5 takes /install/bin/flask of stage build too",
        ),
        (
            PREFIX + "FROM python:3.12-slim AS lint\n"
            "RUN --mount=from=build,source=/install,target=/x ls /x\n" + RUNTIME,
            "line 5 takes / of stage build too",
        ),
        (
            PREFIX + "RUN pip install six\n"
            "FROM python:3.12-slim AS lint\nCOPY --from=build /usr/local /usr/local\n" + RUNTIME,
            "stage lint copies from several folders",
        ),
        (
            "FROM python:3.12-slim AS base\nRUN pip install gunicorn\n"
            + (PREFIX + RUNTIME).replace("python:3.12-slim", "base"),
            "line 2 installs what an environment would not see",
        ),
        (
            PREFIX + RUNTIME + "RUN pip check\n",
            "pip would be in the image twice: line 8 uses it",
        ),
        (
            PREFIX + RUNTIME.replace("3.12", "3.11"),
            "the two stages do not certainly have the same Python minor version",
        ),
        (
            PREFIX + RUNTIME.replace('"flask"', '"/usr/local/bin/flask"'),
            "names /usr/local/bin/flask",
        ),
        (
            PREFIX + "FROM build AS development\n"
            'CMD ["/usr/local/bin/flask", "--debug"]\n' + RUNTIME,
            "names /usr/local/bin/flask",
        ),
    ],
)
def test_declines(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, NAMES, APP)

    assert not result.changed
    assert why in reasons(result)


def test_a_prefix_that_is_copied_elsewhere_is_left_alone(tmp_path: Path) -> None:
    assert not run(
        PREFIX + RUNTIME.replace(" /usr/local", " /install"), tmp_path, NAMES, APP
    ).changed


def test_where_a_prefix_put_them_is_said_once(tmp_path: Path) -> None:
    branches = 'if [ -n "$X" ]; then pip install --prefix=/install a; else %s; fi\n'
    text = BUILD + "RUN " + branches % "pip install --prefix=/install b" + RUNTIME

    result = run(text, tmp_path, NAMES, APP)

    (record,) = [change for change in result.applied if change.title.startswith("Install into")]
    assert [evidence.text for evidence in record.evidence] == [
        "installs with pip into the folder that --prefix names"
    ]
