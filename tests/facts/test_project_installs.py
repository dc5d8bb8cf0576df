"""What uv, Poetry, Pipenv, PDM and pip-tools install, and where."""

from pathlib import Path

import pytest

from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.facts.installer_commands import installer_commands
from dockopt.facts.project_installs import ProjectInstall
from dockopt.model import Unknown, build
from dockopt.syntax import parse

IN_PROJECT = "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\n"
COPIED = "WORKDIR /app\nCOPY pyproject.toml Pipfile ./\n"
PACKAGE = '[project]\nname = "a"\n[build-system]\nrequires = ["hatchling"]\n'


def found(body: str, folder: Path | None = None, **files: str) -> tuple[ProjectInstall, ...]:
    for name, text in files.items():
        assert folder is not None
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    context = Context.open(folder) if folder else None
    facts = Facts(build(parse(f"FROM python:3.12-slim\n{body}\n")), context)
    return facts.project_installs(facts.dockerfile.target)


def one(body: str, folder: Path | None = None, **files: str) -> ProjectInstall:
    (install,) = found(body, folder, **files)
    return install


@pytest.mark.parametrize(
    ("body", "environment"),
    [
        ("RUN uv sync", "/app/.venv"),
        ("RUN uv sync --frozen --project /app", "/app/.venv"),
        ("ENV UV_PROJECT_ENVIRONMENT=/opt/env\nRUN uv sync", "/opt/env"),
        ("ENV UV_PROJECT_ENVIRONMENT=/usr/local\nRUN uv sync", "system"),
        ("ENV UV_PROJECT_ENVIRONMENT=env\nRUN uv sync", "/app/env"),
        ("RUN UV_PROJECT_ENVIRONMENT=/e uv sync", "/e"),
        ("RUN export UV_PROJECT_ENVIRONMENT=/e && uv sync", "/e"),
        ("ENV VIRTUAL_ENV=/v\nRUN uv sync", "/app/.venv"),
        ("ENV VIRTUAL_ENV=/v\nRUN uv sync --active", "/v"),
        ("ENV UV_SYSTEM_PYTHON=1\nRUN uv sync", "/app/.venv"),
        ("RUN uv run app", "/app/.venv"),
        ("ENV POETRY_VIRTUALENVS_CREATE=false\nRUN poetry install", "system"),
        ("RUN poetry config virtualenvs.create false && poetry install", "system"),
        ("RUN poetry config virtualenvs.create false --local\nRUN poetry install", "system"),
        ("RUN python -m poetry config virtualenvs.in-project true\nRUN poetry sync", "/app/.venv"),
        (IN_PROJECT + "RUN poetry install", "/app/.venv"),
        (IN_PROJECT + "RUN cd /app && $POETRY_HOME/bin/poetry install", "/app/.venv"),
        ("RUN python -m venv /v\nRUN . /v/bin/activate && poetry install", "/v"),
        ("ENV VIRTUAL_ENV=/v\nENV POETRY_VIRTUALENVS_CREATE=false\nRUN poetry install", "/v"),
        ("RUN python -m venv .venv\nRUN poetry install", "/app/.venv"),
        ("RUN pipenv install --system --deploy", "system"),
        ("RUN python3 -m pipenv sync --system", "system"),
        ("ENV PIPENV_VENV_IN_PROJECT=1\nRUN pipenv install --deploy", "/app/.venv"),
        ("RUN PIPENV_VENV_IN_PROJECT=1 pipenv sync", "/app/.venv"),
        ("RUN poetry install", "hidden"),
        ("RUN pipenv install --deploy", "hidden"),
        ("RUN pdm sync --prod", "/app/.venv"),
        ("ENV VIRTUAL_ENV=/v\nRUN pdm install", "/v"),
        ("RUN pip-sync requirements.txt", "system"),
        ("RUN python setup.py install", "system"),
    ],
)
def test_environment(body: str, environment: str) -> None:
    assert one(COPIED + body).environment == environment


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("RUN pdm config python.use_venv false && pdm sync", "python.use_venv"),
        ("ENV PDM_USE_VENV=0\nRUN pdm sync", "use_venv"),
        ("RUN pdm sync\nENV PYTHONPATH=/app/__pypackages__/3.12/lib", "__pypackages__"),
        ("RUN conda install numpy", "conda"),
        ("ARG X\nRUN poetry config virtualenvs.create $X && poetry install", "not known"),
        ("WORKDIR /elsewhere\nRUN uv sync", "manifest"),
        ("COPY pyproject.toml /\nRUN uv sync", "workspace"),
    ],
)
def test_environment_that_is_not_known(body: str, why: str) -> None:
    environment = one(COPIED + body).environment

    assert isinstance(environment, Unknown)
    assert why in environment.reason


@pytest.mark.parametrize(
    ("body", "environment"),
    [
        ("WORKDIR /app\nCOPY . .\nRUN uv sync", "/app/.venv"),
        ("COPY . /app\nWORKDIR /app\nRUN uv sync", "/app/.venv"),
        ("COPY backend /app\nWORKDIR /app\nRUN uv sync", "/app/.venv"),
        ("WORKDIR /app\nCOPY pyproject.toml* uv.lock ./\nRUN uv sync", "/app/.venv"),
        ("WORKDIR /app\nCOPY pyproject.toml ./\nWORKDIR /app/src\nRUN uv sync", "/app/.venv"),
        ("COPY . /app\nWORKDIR /app/backend\nRUN uv sync", None),
        ("WORKDIR /app\nCOPY pyproject.toml .\nWORKDIR src\nCOPY src .\nRUN uv sync", None),
    ],
)
def test_manifest_without_context(body: str, environment: str | None) -> None:
    found_there = one(body).environment

    assert (found_there if isinstance(found_there, str) else None) == environment


def test_member_of_a_workspace_whose_root_has_the_environment() -> None:
    body = "COPY pyproject.toml /\nENV PATH=/.venv/bin:$PATH\nRUN uv sync"

    assert one(COPIED + body).environment == "/.venv"


def test_mounted_manifest() -> None:
    body = (
        "WORKDIR /srv\n"
        "RUN --mount=type=bind,source=uv.lock,target=uv.lock "
        "--mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync"
    )

    assert one(body).environment == "/srv/.venv"


@pytest.mark.parametrize(
    ("text", "setting", "environment"),
    [
        ("[virtualenvs]\nin-project = true\n", "", "/app/.venv"),
        ("[virtualenvs]\ncreate = false\n", "", "system"),
        ("[virtualenvs]\ncreate = false\n", "ENV POETRY_VIRTUALENVS_CREATE=true\n", "hidden"),
        ("[virtualenvs]\ncreate = true\n", "RUN poetry config virtualenvs.create false\n", None),
    ],
)
def test_local_configuration(
    tmp_path: Path, text: str, setting: str, environment: str | None
) -> None:
    body = f"WORKDIR /app\nCOPY . .\n{setting}RUN poetry install"
    install = one(body, tmp_path, poetry__toml=text, pyproject__toml=PACKAGE)

    if environment is None:
        assert isinstance(install.environment, Unknown)
    else:
        assert install.environment == environment


@pytest.mark.parametrize(
    ("command", "development"),
    [
        ("uv sync", True),
        ("uv sync --no-dev", False),
        ("uv sync --no-default-groups", False),
        ("uv sync --group dev --no-default-groups", True),
        ("uv sync --only-group prod", False),
        ("UV_NO_DEV=1 uv sync", False),
        ("poetry install", True),
        ("poetry install --no-dev", False),
        ("poetry install --only main", False),
        ("poetry install --only=main,dev", True),
        ("poetry install --without dev,test", False),
        ("poetry install --only $GROUPS", None),
        ("poetry install $(test $E = prod && echo --no-dev)", None),
        ("pipenv install", False),
        ("pipenv install --dev --system", True),
        ("pipenv sync -d", True),
        ("pdm install", True),
        ("pdm sync --prod", False),
        ("pdm install --production --no-editable", False),
        ("pip-sync a.txt", None),
    ],
)
def test_development(command: str, development: bool | None) -> None:
    assert one(f"{COPIED}RUN {command}").selection.development is development


def test_groups_and_extras() -> None:
    selection = one(f"{COPIED}RUN uv sync --group a --extra x --extra y --no-group b").selection

    assert (selection.groups, selection.extras, selection.without) == (("a",), ("x", "y"), ("b",))
    assert selection.main


def test_only_other_groups() -> None:
    selection = one(f"{COPIED}RUN poetry install --only docs").selection

    assert not selection.main


@pytest.mark.parametrize(
    ("command", "project", "editable"),
    [
        ("uv sync", True, True),
        ("uv sync --no-install-project", False, True),
        ("uv sync --no-editable", True, False),
        ("poetry install", True, True),
        ("poetry install --no-root", False, True),
        ("pdm sync --no-self", False, True),
        ("pdm sync --no-editable", True, False),
        ("python setup.py develop", True, True),
        ("poetry install $FLAGS", None, True),
    ],
)
def test_the_project_itself(
    tmp_path: Path, command: str, project: bool | None, editable: bool
) -> None:
    install = one(f"{COPIED}RUN {command}", tmp_path, pyproject__toml=PACKAGE)

    assert (install.project, install.editable) == (project, editable)


@pytest.mark.parametrize(
    ("command", "manifest"),
    [
        ("uv sync", "[project]\nname = 'a'\n"),
        ("uv sync", PACKAGE + "[tool.uv]\npackage = false\n"),
        ("poetry install", PACKAGE + "[tool.poetry]\npackage-mode = false\n"),
        ("pdm install", PACKAGE + "[tool.pdm]\ndistribution = false\n"),
    ],
)
def test_project_that_is_no_package(tmp_path: Path, command: str, manifest: str) -> None:
    assert one(f"{COPIED}RUN {command}", tmp_path, pyproject__toml=manifest).project is False


def test_project_without_context_is_not_known() -> None:
    assert one(f"{COPIED}RUN uv sync").project is None


@pytest.mark.parametrize(
    ("command", "locked"),
    [
        ("uv sync", False),
        ("uv sync --frozen", True),
        ("uv sync --locked", True),
        ("poetry install", True),
        ("poetry update", False),
        ("pipenv install", False),
        ("pipenv install --deploy", True),
        ("pipenv sync", True),
        ("pdm install", False),
        ("pdm install --frozen-lockfile", True),
        ("pdm sync", True),
    ],
)
def test_lock(command: str, locked: bool) -> None:
    assert one(f"{COPIED}RUN {command}").locked is locked


def test_words_of_options() -> None:
    (install,) = found(f"{COPIED}RUN poetry -n install --only main --no-root -E 'a b'")
    command = install.command
    only = command.option("--only")

    assert only is not None
    assert [word.text for word in only.words] == ["--only", "main"]
    assert install.selection.extras == ("a", "b")
    assert command.action_word is not None and command.action_word.text == "install"


@pytest.mark.parametrize(
    ("text", "tool", "action", "exports"),
    [
        ("poetry export -f requirements.txt -o r.txt", "poetry", "export", True),
        ("uv export --no-dev", "uv", "export", True),
        ("pipenv requirements", "pipenv", "requirements", True),
        ("pdm export --prod", "pdm", "export", True),
        ("pip-compile requirements.in", "pip-tools", "compile", True),
        ("python -m piptools compile", "pip-tools", "compile", True),
        ("poetry self add poetry-plugin-export", "poetry", "add", False),
        ("poetry run python -m app", "poetry", "run", False),
        ("conda env create -f environment.yml", "conda", "create", False),
    ],
)
def test_other_commands(text: str, tool: str, action: str, exports: bool) -> None:
    facts = Facts(build(parse(f"FROM python:3.12-slim\nRUN {text}\n")))
    (command,) = installer_commands(facts.runs[0][1])

    assert (command.tool, command.action, command.exports) == (tool, action, exports)


@pytest.mark.parametrize(
    "text", ["uv pip install a", "uv tool install a", "poetry self add x", "uv run --no-sync a"]
)
def test_what_installs_no_project(text: str) -> None:
    assert found(f"{COPIED}RUN {text}") == ()
