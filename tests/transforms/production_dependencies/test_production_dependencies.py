"""`production-dependencies`: what goes, in every form, and every reason to keep it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons
from tests.transforms.rewriting import run as run_all

from dockopt.result import Rewrite

NAME = "production-dependencies"
HEAD = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\n"
TAIL = 'CMD ["python", "main.py"]\n'
CODE = {"main.py": "import flask\n", "requirements.txt": "flask==3.1.0\n"}
POETRY = {
    **CODE,
    "pyproject.toml": "[tool.poetry.dependencies]\nflask = '*'\n"
    "[tool.poetry.group.dev.dependencies]\npytest = '*'\n",
    "poetry.lock": "",
}
OLD_POETRY = {
    **CODE,
    "pyproject.toml": "[tool.poetry.dependencies]\nflask = '*'\n"
    "[tool.poetry.dev-dependencies]\npytest = '*'\n",
    "poetry.lock": "",
}
UV = {
    **CODE,
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n'
    '[dependency-groups]\ndev = ["pytest", "ruff"]\n',
    "uv.lock": "version = 1\n",
}
PIPENV = {**CODE, "Pipfile": '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n'}
PDM = {
    **CODE,
    "pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask"]\n'
    '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n',
}


def run(
    body: str,
    folder: Path | None,
    files: Mapping[str, str] = CODE,
    head: str = HEAD,
    tail: str = TAIL,
) -> Rewrite:
    return run_all(head + body + tail, folder, [NAME], files if folder else None)


def body_after(body: str, folder: Path, files: Mapping[str, str] = CODE) -> str:
    result = run(body, folder, files)
    assert result.changed, reasons(result)
    return result.text.removeprefix(HEAD).removesuffix(TAIL)


def declined(body: str, folder: Path, files: Mapping[str, str] = CODE, **parts: str) -> str:
    result = run(body, folder, files, **parts)
    assert not result.changed, result.text
    return reasons(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN pip install flask pytest black==24.1.0\n", "RUN pip install flask\n"),
        ("RUN pip install pytest ruff\n", ""),
        ("RUN pip install -r requirements.txt pytest\n", "RUN pip install -r requirements.txt\n"),
        (
            "RUN pip install -r requirements.txt \\\n    && pip install pytest-cov \\\n    && rm -rf /tmp/x\n",
            "RUN pip install -r requirements.txt \\\n    && rm -rf /tmp/x\n",
        ),
        (
            "# the framework\nRUN pip install \\\n    flask \\\n    # for the tests\n    pytest \\\n    mypy\n",
            "# the framework\nRUN pip install \\\n    flask\n",
        ),
        ("RUN uv pip install --system flask 'pytest>=8'\n", "RUN uv pip install --system flask\n"),
    ],
)
def test_named_on_the_command_line(tmp_path: Path, before: str, after: str) -> None:
    assert body_after(before, tmp_path) == after


@pytest.mark.parametrize(
    ("before", "after", "development"),
    [
        ("-r requirements-dev.txt", "-r requirements.txt", "-r requirements.txt\npytest\n"),
        (
            "-r /srv/requirements-dev.txt",
            "-r /srv/requirements.txt",
            "-r requirements.txt\npytest\n",
        ),
        ("-r requirements.txt -r requirements-dev.txt", "-r requirements.txt", "pytest\nipython\n"),
        (
            "-r requirements.txt -r requirements-dev.txt",
            "-r requirements.txt",
            "-r requirements.txt\npytest\n",
        ),
        ("-rrequirements-dev.txt", "-rrequirements.txt", "-r requirements.txt\npytest\n"),
    ],
)
def test_requirements_files(tmp_path: Path, before: str, after: str, development: str) -> None:
    files = {**CODE, "requirements-dev.txt": development}
    assert (
        body_after(f"RUN pip install {before}\n", tmp_path, files) == f"RUN pip install {after}\n"
    )


def test_a_file_of_tools_alone(tmp_path: Path) -> None:
    files = {**CODE, "requirements/test.txt": "pytest\n# more\nflake8\n"}
    body = "RUN pip install -r requirements.txt\nRUN pip install -r requirements/test.txt\n"
    assert body_after(body, tmp_path, files) == "RUN pip install -r requirements.txt\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pip install .[dev]", "pip install ."),
        ("pip install -e '.[dev]'", "pip install -e ."),
        ('pip install ".[dev,server]"', 'pip install ".[server]"'),
    ],
)
def test_extras(tmp_path: Path, before: str, after: str) -> None:
    pyproject = (
        '[project]\nname = "a"\ndependencies = ["flask"]\n[project.optional-dependencies]\n'
        'dev = ["pytest", "mypy"]\nserver = ["gunicorn"]\n'
    )
    files = {**CODE, "pyproject.toml": pyproject}
    assert body_after(f"RUN {before}\n", tmp_path, files) == f"RUN {after}\n"


@pytest.mark.parametrize(
    ("before", "after", "files"),
    [
        ("poetry install", "poetry install --only main", POETRY),
        ("poetry install --no-root", "poetry install --only main --no-root", POETRY),
        ("uv sync --frozen", "uv sync --no-dev --frozen", UV),
        ("pipenv install --dev --system", "pipenv install --system", PIPENV),
        ("pipenv install --system -d", "pipenv install --system", PIPENV),
        ("pdm sync", "pdm sync --prod", PDM),
        ("pip install poetry && poetry install", "pip install poetry && poetry install --only main", OLD_POETRY),
        (
            "pip install poetry==1.1.15 && poetry install",
            "pip install poetry==1.1.15 && poetry install --no-dev",
            OLD_POETRY,
        ),
    ],
)  # fmt: skip
def test_groups(tmp_path: Path, before: str, after: str, files: Mapping[str, str]) -> None:
    assert body_after(f"RUN {before}\n", tmp_path, files) == f"RUN {after}\n"


def test_bytes_count_once_where_two_commands_ask_for_the_same(tmp_path: Path) -> None:
    body = "RUN pip install poetry==2.1.3 && poetry install --no-root\nRUN poetry install\n"
    first, second = run(body, tmp_path, POETRY).applied
    assert first.saves.count
    assert second.saves.count is None
    assert second.saves.basis == "the same distributions as on line 4, where they count"


def test_a_group_that_is_no_tool_stays(tmp_path: Path) -> None:
    pyproject = (
        POETRY["pyproject.toml"] + "[tool.poetry.group.server.dependencies]\ngunicorn = '*'\n"
    )
    files = {**POETRY, "pyproject.toml": pyproject}
    after = "RUN poetry install --without dev --no-root\n"
    assert body_after("RUN poetry install --no-root\n", tmp_path, files) == after


def test_a_variable_tells_the_version_of_poetry(tmp_path: Path) -> None:
    body = "ENV POETRY_VERSION=1.1.4\nRUN pip install poetry==$POETRY_VERSION\nRUN poetry install\n"
    assert "poetry install --no-dev\n" in body_after(body, tmp_path, OLD_POETRY)


def test_default_groups_of_uv(tmp_path: Path) -> None:
    pyproject = UV["pyproject.toml"] + 'lint = ["ruff"]\n[tool.uv]\ndefault-groups = ["lint"]\n'
    files = {**UV, "pyproject.toml": pyproject}
    assert body_after("RUN uv sync\n", tmp_path, files) == "RUN uv sync --no-group lint\n"


WORKSPACE = {
    **CODE,
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["api"]\n[dependency-groups]\ndev = ["mypy"]\n',
    "uv.lock": "version = 1\n",
    "api/pyproject.toml": UV["pyproject.toml"].replace('"a"', '"Kiln_API"'),
}


def test_the_groups_of_a_workspace_member(tmp_path: Path) -> None:
    body = "RUN uv sync --frozen --package kiln-api\n"

    result = run(body, tmp_path, WORKSPACE)

    assert "RUN uv sync --no-dev --frozen --package kiln-api\n" in result.text
    assert "pytest" in result.applied[0].title + result.applied[0].because
    assert "mypy" not in result.applied[0].title + result.applied[0].because


def test_a_member_that_is_not_found(tmp_path: Path) -> None:
    assert not run("RUN uv sync --package other\n", tmp_path, WORKSPACE).changed


def test_a_builder_whose_environment_is_copied(tmp_path: Path) -> None:
    head = "FROM python:3.12 AS builder\nWORKDIR /srv\nCOPY pyproject.toml uv.lock ./\n"
    rest = "FROM python:3.12-slim\nCOPY --from=builder /srv/.venv /srv/.venv\nCOPY . /srv\n" + TAIL
    result = run("RUN uv sync --frozen\n", tmp_path, UV, head=head, tail=rest)
    assert result.text == head + "RUN uv sync --no-dev --frozen\n" + rest
    (record,) = result.applied
    assert record.saves.count and record.saves.count > 20_000_000  # ruff alone


def test_a_builder_that_leaves_its_environment_behind(tmp_path: Path) -> None:
    head = "FROM python:3.12 AS builder\nCOPY . .\n"
    rest = "FROM python:3.12-slim\nCOPY --from=builder /dist /dist\nCOPY . .\n" + TAIL
    result = run("RUN pip install pytest && make\n", tmp_path, head=head, tail=rest)
    assert not result.changed and not reasons(result)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"main.py": "import pytest\n"}, "main.py has `import pytest`"),
        ({"app/run.py": "import os, pluggy\n"}, "app/run.py has `import os, pluggy`"),
        ({"app/run.py": "x = __import__('_pytest')\n"}, "app/run.py names `'_pytest'`"),
        ({"app/run.py": "P = ['pytest.plugin']\n"}, "names `'pytest.plugin'`"),
        ({"start.sh": "#!/bin/sh\npytest && exec python main.py\n"}, "start.sh calls pytest"),
        (
            {"compose.yaml": "services:\n  t:\n    command: pytest -x\n"},
            "compose.yaml calls pytest",
        ),
        ({"compose.yaml": "services:\n  t:\n    command: make test\n"}, "compose.yaml runs tests"),
        ({"compose.yaml": "services:\n  t:\n    command: flask run --reload\n"}, "for development"),
        ({"Makefile": "t:\n\tdocker compose run web \\\n\t  pytest\n"}, "Makefile runs tests"),
        ({"Makefile": "t:\n\tdocker-compose exec web ./manage.py test\n"}, "Makefile runs tests"),
        ({".github/workflows/ci.yml": "- run: docker run app pytest\n"}, "ci.yml runs tests"),
        ({".gitlab-ci.yml": "image: $CI_REGISTRY_IMAGE\ns: [pytest]\n"}, "may run tools"),
        ({"README.md": "`docker run --rm app pytest`\n"}, "README.md runs tests"),
        ({".devcontainer/devcontainer.json": "{}"}, "a place to develop in"),
    ],
)
def test_what_is_used_stays(tmp_path: Path, files: Mapping[str, str], why: str) -> None:
    assert why in declined("RUN pip install pytest\n", tmp_path, {**CODE, **files})


@pytest.mark.parametrize(
    "files",
    [
        {"tests/test_a.py": "import pytest\n"},
        {"test_a.py": "import pytest\n", "conftest.py": "import pytest\n", "a/tests.py": "import pytest"},
        {"setup.py": "setup(extras_require={'test': ['pytest']})\n"},
        {"Makefile": "t:\n\tpytest\nb:\n\tdocker build .\n"},
        {".github/workflows/ci.yml": "- run: pip install pytest\n- run: pytest\n- run: docker build .\n"},
        {"main.py": "import pytestify\nNOTE = 'see pytest for more'\n"},
    ],
)  # fmt: skip
def test_what_developers_do_outside_does_not_count(
    tmp_path: Path, files: Mapping[str, str]
) -> None:
    assert body_after("RUN pip install pytest\n", tmp_path, {**CODE, **files}) == ""


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        ('CMD ["pytest"]\n', "the image starts for development: pytest"),
        ('CMD ["flask", "run", "--reload"]\n', "--reload"),
        ("CMD python manage.py runserver\n", "runserver"),
        ("CMD jupyter lab\n", "jupyter"),
        ('CMD ["bash"]\n', "only starts bash"),
        ("CMD tail -f /dev/null\n", "only starts tail"),
        ("", "no CMD"),
        ("RUN pytest\n" + TAIL, "line 5 runs pytest"),
        ("RUN python -m pytest\n" + TAIL, "runs pytest"),
        ("RUN python manage.py test\n" + TAIL, "runs test"),
        ("RUN git clone https://e.org/a\n" + TAIL, "fetches sources"),
        ('ENTRYPOINT ["coverage", "run", "-m", "main"]\nCMD ["x"]\n', "coverage"),
        ("ENV PYTEST_ADDOPTS=-pno:x P=pytest.x\n" + TAIL, "the variable P"),
        ("ENV FLASK_ENV=development\n" + TAIL, "FLASK_ENV=development"),
        ("SHELL [\"x\"]\nRUN pytest\n" + TAIL, "is not read"),
        (TAIL + "FROM app AS test\nRUN x\nFROM app\n", "stage test starts from it"),
    ],
)  # fmt: skip
def test_images_that_are_for_developers(tmp_path: Path, tail: str, why: str) -> None:
    head, body = HEAD.replace("slim", "slim AS app"), "RUN pip install pytest coverage\n"
    assert why in declined(body, tmp_path, head=head, tail=tail)


@pytest.mark.parametrize("name", ["dev", "development", "test", "app-test", "ci"])
def test_the_name_of_the_stage(tmp_path: Path, name: str) -> None:
    head = HEAD.replace("slim\n", f"slim AS {name}\n")
    assert "by its name" in declined("RUN pip install pytest\n", tmp_path, head=head)


@pytest.mark.parametrize(
    "body",
    [
        'ARG INCLUDE_DEV\nRUN if [ "$INCLUDE_DEV" = 1 ]; then pip install pytest; fi\n',
        "ARG DEV\nRUN [ -z $DEV ] || pip install pytest\n",
        "ARG FILE\nRUN pip install -r requirements-$FILE.txt\n",
        "RUN pip install pytester local-settings\n",
        "RUN poetry install --only main\nRUN uv sync --no-dev\nRUN pipenv install\n",
    ],
)
def test_what_is_no_case(tmp_path: Path, body: str) -> None:
    result = run(body, tmp_path)
    assert not result.changed and not reasons(result)


@pytest.mark.parametrize(
    ("body", "files", "why"),
    [
        ("RUN pip install -r dev.txt", {"dev.txt": "pytest\nboto3\n"}, "boto3 is not known to be"),
        ("RUN pip install -r dev.txt", {"dev.txt": "pytest\nx-unknown\n"}, "x-unknown brings is not known"),
        ("RUN pip install black[d]", {}, "the extras of black"),
        ("RUN pip install pytest", {"main.py": "import toml, flask\nimport attr\n"}, "has `import toml`, which older"),
    ],
)  # fmt: skip
def test_advice_where_it_is_not_certain(
    tmp_path: Path, body: str, files: Mapping[str, str], why: str
) -> None:
    result = run(body + "\n", tmp_path, {**CODE, **files})
    assert not result.changed
    (entry,) = result.not_applied
    assert entry.kind == "level" and why in str(entry)


@pytest.mark.parametrize(
    ("body", "files", "why"),
    [
        ("RUN pip install -r dev.txt", {"dev.txt": "-c c.txt\npytest\n", "c.txt": "six<2\n"}, "has constraints"),
        ("RUN pip install -r dev.txt", {"dev.txt": "-r gone.txt\npytest\n"}, "gone.txt is not in"),
        (
            "RUN pip install -r dev.txt",
            {"dev.txt": "-r requirements.txt\nflask==2.0\npytest\n"},
            "has a say in the version of flask",
        ),
        ("RUN pip install -r dev.txt", {"dev.txt": "--index-url https://e.org\npytest\n"}, "from where"),
        ("RUN uv sync --group dev", UV, "names groups"),
        ('RUN uv sync\nCMD ["uv", "run", "main.py"]', UV, "CMD calls uv run"),
        ("RUN uv sync && uv run x", UV, "line 4 of stage 0 calls uv run"),
        ("RUN poetry install", OLD_POETRY, "it is not known whether this Poetry"),
        ("RUN pip install pytest; true", {}, "cannot be taken out"),
    ],
)  # fmt: skip
def test_what_cannot_be_written(
    tmp_path: Path, body: str, files: Mapping[str, str], why: str
) -> None:
    tail = "" if "CMD" in body else TAIL
    assert why in declined(body + "\n", tmp_path, {**CODE, **files}, tail=tail)


def test_without_a_context_it_is_advice_with_the_bytes() -> None:
    result = run("RUN pip install flask mypy\n", None)
    (entry,) = result.not_applied
    assert not result.changed and "without the build context" in str(entry)
    assert entry.record.saves.count and entry.record.saves.count > 10_000_000


@pytest.mark.parametrize(
    ("comment", "stays"),
    [
        ("# With the dev dependencies", False),
        ("# Test requirements, too", False),
        ("# No dev dependencies here", True),
        ("# hadolint ignore=DL3013 dev", True),
        ("# What it needs", True),
        ("# The dev group\n# and more", True),
    ],
)
def test_a_comment_that_would_mislead_goes(tmp_path: Path, comment: str, stays: bool) -> None:
    after = body_after(f"{comment}\nRUN pip install flask pytest\n", tmp_path)
    assert after == (comment + "\n") * stays + "RUN pip install flask\n"


def test_a_compose_file_says_what_runs(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    build: .\n    command: gunicorn main:app\n"
    result = run(
        "RUN pip install flask pytest\n", tmp_path, {**CODE, "compose.yaml": compose}, tail=""
    )
    assert result.text == HEAD + "RUN pip install flask\n", reasons(result)


def test_a_name_of_the_dockerfile(tmp_path: Path) -> None:
    from dockopt import rewrite

    result = rewrite(
        HEAD + "RUN pip install pytest\n" + TAIL, file="docker/dev/Dockerfile", select=[NAME]
    )
    assert "not for production" in reasons(result)
