"""`deps-before-code`: what moves, what the install needs, and where the code has to come first."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, reasons
from tests.transforms.rewriting import run as run_all

from dockopt.result import Rewrite

NAME = "deps-before-code"
HEAD = "FROM python:3.12-slim\nWORKDIR /srv\n"
PIP = "RUN pip install -r requirements.txt\n"
UV = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n[build-system]\nrequires = []\n',
    "uv.lock": "version = 1\n",
    "main.py": "",
}
LOCKED = """
version = 1

[[package]]
name = "a"
source = { editable = "." }

[package.metadata]
requires-dist = [{ name = "flask", extras = ["async"], specifier = ">=3.1" }]

[package.metadata.requires-dev]
dev = [{ name = "pytest" }]
"""
FRESH = {
    **UV,
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["flask[async] >= 3.1"]\n'
    '[dependency-groups]\ndev = ["pytest"]\n',
    "uv.lock": LOCKED,
}
POETRY = {
    "pyproject.toml": '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nflask = "^3"\n',
    "poetry.lock": "",
    "main.py": "",
}
PIPENV = {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": "{}", "main.py": ""}
PDM = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
    "pdm.lock": "",
    "main.py": "",
}


def run(text: str, folder: Path, files: Mapping[str, str] = APP) -> Rewrite:
    result = run_all(text, folder, [NAME], files)
    assert not result.not_applied, result.not_applied
    return result


def changed(text: str, folder: Path, files: Mapping[str, str] = APP) -> str:
    result = run(text, folder, files)
    assert result.changed, reasons(result)
    return result.text


def declined(text: str, folder: Path, files: Mapping[str, str] = APP) -> str:
    result = run(text, folder, files)
    assert not result.changed, result.text
    return reasons(result)


def test_what_stands_between_stays_in_order_with_its_comments(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\n\n# the code\nCOPY --chown=app . /srv\nWORKDIR /srv\n\n"
        "# tools\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"
        "RUN pip install --upgrade pip\n# all\nRUN pip install -r requirements.txt\nUSER app\n"
    )
    assert changed(text, tmp_path) == (
        "FROM python:3.12-slim\n\nCOPY --chown=app requirements.txt /srv/\nWORKDIR /srv\n\n"
        "# tools\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"
        "RUN pip install --upgrade pip\n# all\nRUN pip install -r requirements.txt\n\n"
        "# the code\nCOPY --chown=app . /srv\nUSER app\n"
    )


def test_all_that_a_file_includes_is_copied_to_the_same_folders(tmp_path: Path) -> None:
    files = {
        **APP,
        "requirements/prod.txt": "-r base.txt\n-c ../limits.txt\n",
        "requirements/base.txt": "flask\n",
        "limits.txt": "flask<4\n",
    }
    text = HEAD + "ADD . .\nRUN pip install -r requirements/prod.txt\n"
    assert changed(text, tmp_path, files) == HEAD + (
        "COPY requirements/prod.txt requirements/base.txt ./requirements/\nCOPY limits.txt ./\n"
        "RUN pip install -r requirements/prod.txt\nADD . .\n"
    )


def test_a_folder_of_the_context(tmp_path: Path) -> None:
    files = {"server/requirements.txt": "flask\n", "server/main.py": "", "other.txt": ""}
    text = (
        "FROM python:3.12-slim\nCOPY ./server /srv/\n" + "RUN pip install -r /srv/requirements.txt"
    )
    assert changed(text, tmp_path, files) == (
        "FROM python:3.12-slim\nCOPY server/requirements.txt /srv/\n"
        "RUN pip install -r /srv/requirements.txt\nCOPY ./server /srv/\n"
    )


def test_a_manifest_that_is_there_already_is_not_copied_twice(tmp_path: Path) -> None:
    text = HEAD + "COPY requirements.txt .\nCOPY . .\n" + PIP
    assert changed(text, tmp_path) == HEAD + "COPY requirements.txt .\n" + PIP + "COPY . .\n"


def test_a_builder_too(tmp_path: Path) -> None:
    rest = "FROM python:3.12-slim\nCOPY --from=builder /opt/venv /opt/venv\n"
    head = HEAD.replace("-slim", " AS builder") + "RUN python -m venv /opt/venv\n"
    pip = "RUN /opt/venv/bin/pip install -r requirements.txt\n"
    result = changed(f"{head}COPY . .\n{pip}{rest}", tmp_path)
    assert result == f"{head}COPY requirements.txt ./\n{pip}COPY . .\n{rest}"


def test_windows_line_ends(tmp_path: Path) -> None:
    text = (HEAD + "COPY . .\n" + PIP).replace("\n", "\r\n")
    result = changed(text, tmp_path)
    assert result.count("\r\n") == result.count("\n") == 5


@pytest.mark.parametrize(
    ("command", "first", "files"),
    [
        ("uv sync --frozen", "uv sync --no-install-project --frozen", UV),
        ("uv sync --locked --no-dev", "uv sync --no-install-project --locked --no-dev", UV),
        ("poetry install --only main", "poetry install --no-root --only main", POETRY),
        ("pdm sync --prod", "pdm sync --no-self --prod", PDM),
    ],
)
def test_the_project_is_installed_behind_its_code(
    tmp_path: Path, command: str, first: str, files: Mapping[str, str]
) -> None:
    manifests = " ".join(name for name in files if name != "main.py")
    assert changed(HEAD + f"COPY . .\nRUN {command}\n", tmp_path, files) == HEAD + (
        f"COPY {manifests} ./\nRUN {first}\nCOPY . .\nRUN {command}\n"
    )


def test_the_rest_of_the_step_runs_once(tmp_path: Path) -> None:
    text = HEAD + (
        "COPY . .\nRUN --mount=type=cache,target=/root/.cache pip install poetry \\\n"
        "    && poetry config virtualenvs.create false \\\n    && poetry install --no-ansi\n"
    )
    assert changed(text, tmp_path, POETRY) == HEAD + (
        "COPY pyproject.toml poetry.lock ./\n"
        "RUN --mount=type=cache,target=/root/.cache pip install poetry \\\n"
        "    && poetry config virtualenvs.create false \\\n"
        "    && poetry install --no-root --no-ansi\nCOPY . .\n"
        "RUN --mount=type=cache,target=/root/.cache poetry install --no-ansi\n"
    )


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("poetry install --no-root", POETRY),
        ("pipenv install --system --deploy", PIPENV),
        ("pipenv sync", PIPENV),
        ("uv sync --frozen --no-install-project", UV),
        ("uv sync", FRESH),
        ("uv sync --frozen", {**UV, "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n'}),
    ],
)
def test_what_installs_no_project_only_moves(
    tmp_path: Path, command: str, files: Mapping[str, str]
) -> None:
    manifests = " ".join(name for name in files if name != "main.py")
    assert changed(HEAD + f"COPY . .\nRUN {command}\n", tmp_path, files) == HEAD + (
        f"COPY {manifests} ./\nRUN {command}\nCOPY . .\n"
    )


@pytest.mark.parametrize(
    "between",
    [
        "RUN chmod +x start.sh\n",
        "RUN python manage.py migrate\n",
        "RUN ./setup.sh\n",
        "RUN echo 1 > version\n",
        "RUN cat apt.txt | xargs apt-get install -y\n",
        "RUN apt-get install -y $(cat apt.txt)\n",
        "RUN mkdir -p logs/app\n",
        "RUN rm -rf /srv/tests\n",
        "RUN rm settings.toml\n",
        "RUN echo $(cat version) > /etc/version\n",
        "ENV PIP_CONSTRAINT=/srv/limits.txt\nRUN pip install six\n",
        "RUN pip install .\n",
        "RUN pip install -e lib\n",
        "RUN pip install --find-links wheels flask\n",
        "RUN pip install $NAMES\n",
        "RUN PIP_CONSTRAINT=limits.txt pip install flask\n",
        "RUN --mount=type=bind,target=/src pip install six\n",
        "COPY prod.ini /srv/app.py\n",
        "WORKDIR /srv/src\n",
        "VOLUME /srv/data\n",
    ],
)  # fmt: skip
def test_what_needs_the_code_keeps_it_first(tmp_path: Path, between: str) -> None:
    text = (
        "FROM python:3.12-slim\nCOPY . /srv\n"
        + between
        + "RUN pip install -r /srv/requirements.txt\n"
    )
    files = {**APP, "src/a.py": "", "prod.ini": "", "lib/setup.py": ""}
    assert "needs the code" in declined(text, tmp_path, files)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"requirements.txt": "-e .\n"}, "line 1 of requirements.txt installs from the path ."),
        ({"requirements.txt": "./lib\n"}, "installs from the path ./lib"),
        ({"requirements.txt": "-r more.txt\n"}, "more.txt is not in the build context"),
        ({"requirements.txt": "-e git+https://e.org/a#egg=a\n"}, "checks out sources"),
        ({"requirements.txt": "$NAME\n"}, "cannot be read"),
        ({"requirements.txt": "--find-links wheels\na\n"}, "looks into wheels"),
        ({"requirements.txt": "a\n", ".dockerignore": "*.txt\n"}, "is not sent"),
        ({"requirements.txt": "a\n", ".venv/x": ""}, "the build context has .venv"),
        ({}, "is not in the build context"),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, files: Mapping[str, str], why: str) -> None:
    assert why in declined(HEAD + "COPY . .\n" + PIP, tmp_path, {"main.py": "", **files})


@pytest.mark.parametrize(
    ("command", "files", "why"),
    [
        ("uv sync", UV, "may write a new lock file"),
        (
            "uv sync",
            {**FRESH, "uv.lock": LOCKED.replace("3.1", "3.0")},
            "may write a new lock file",
        ),
        ("uv sync --frozen --package a", UV, "--package is not looked into"),
        ("uv sync --frozen && uv run a.py", UV, "may need the code"),
        ("poetry install", {**POETRY, "poetry.lock": None}, "poetry.lock is not sent"),
        ("poetry lock && poetry install", POETRY, "poetry lock may need the code"),
        ("pipenv install --system", PIPENV, "may write a new lock file"),
        ("uv sync --frozen || true", UV, "on a condition"),
        (
            "poetry install",
            {**POETRY, "pyproject.toml": '[tool.poetry.dependencies]\na = {path = "../a"}\n'},
            "refers to something beside it",
        ),
        (
            "uv sync --locked",
            {**UV, "pyproject.toml": '[project]\nname = "a"\ndynamic = ["version"]\n'},
            "leaves metadata to a build",
        ),
    ],
)
def test_what_a_project_may_not_say(
    tmp_path: Path, command: str, files: Mapping[str, str | None], why: str
) -> None:
    there = {name: text for name, text in files.items() if text is not None}
    assert why in declined(HEAD + f"COPY . .\nRUN {command}\n", tmp_path, there)


def test_a_step_that_does_more_than_installing(tmp_path: Path) -> None:
    text = (
        HEAD + "COPY . .\nRUN pip install -r requirements.txt && python manage.py collectstatic\n"
    )
    assert "it calls `python`" in declined(text, tmp_path)


def test_copies_that_are_no_candidates(tmp_path: Path) -> None:
    for text in (
        "COPY requirements.txt .\n" + PIP + "COPY . .\n",
        "COPY . .\nRUN pip install flask\n",
        "COPY --from=other . .\n" + PIP,
        "COPY . .\n",
    ):
        result = run(HEAD + text, tmp_path)
        assert not result.changed and not reasons(result)


def test_without_a_context_it_says_so() -> None:
    result = run_all(HEAD + "COPY . .\n" + PIP, None, [NAME])
    assert "without the build context" in reasons(result)


def test_docs_of_uv_are_not_touched(tmp_path: Path) -> None:
    text = HEAD + (
        "COPY pyproject.toml uv.lock ./\nRUN uv sync --frozen --no-install-project\n"
        "COPY . .\nRUN uv sync --frozen\n"
    )
    result = run(text, tmp_path, UV)
    assert not result.changed and not reasons(result)


def test_what_else_is_installed_comes_first_too(tmp_path: Path) -> None:
    text = HEAD + "COPY . .\n" + PIP + "RUN pip install gunicorn\nRUN python app.py\n"
    assert changed(text, tmp_path) == HEAD + (
        "COPY requirements.txt ./\n"
        + PIP
        + "RUN pip install gunicorn\nCOPY . .\nRUN python app.py\n"
    )


def test_two_folders_and_a_manifest_that_stands_before_them(tmp_path: Path) -> None:
    files = {**APP, "shop/a.py": "", "lib/b.py": ""}
    head = HEAD + "COPY requirements.txt .\n"
    code = "COPY shop ./shop\nCOPY lib ./lib\n"
    assert changed(head + code + PIP, tmp_path, files) == head + PIP + code


def test_a_manifest_from_elsewhere_that_needs_the_code(tmp_path: Path) -> None:
    files = {"requirements.txt": "./lib\n", "lib/setup.py": ""}
    text = HEAD + "COPY requirements.txt .\nCOPY lib ./lib\n" + PIP
    assert "installs from the path ./lib" in declined(text, tmp_path, files)


def test_copies_of_different_files_change_places(tmp_path: Path) -> None:
    files = {"src/a.py": "", "src/lib/b.py": "", "requirements.txt": "six\n"}
    text = HEAD + "COPY src/ ./\nCOPY requirements.txt ./\n" + PIP
    assert changed(text, tmp_path, files) == HEAD + (
        "COPY requirements.txt ./\n" + PIP + "COPY src/ ./\n"
    )
    (tmp_path / "src" / "requirements.txt").write_text("six")
    assert "may write to the same place" in declined(text, tmp_path, {})
    text = HEAD + "COPY --chown=1 src/ ./\nCOPY requirements.txt ./\n" + PIP
    assert "may write to the same place" in declined(text, tmp_path, {})


def test_a_package_beside_the_manifests(tmp_path: Path) -> None:
    manifests = "COPY main.py poetry.lock pyproject.toml ./\n"
    install = "RUN poetry install --no-root --without dev\n"
    files = {**POETRY, "scan/a.py": ""}
    text = HEAD + "COPY scan scan\n" + manifests + install
    assert changed(text, tmp_path, files) == HEAD + manifests + install + "COPY scan scan\n"


def test_without_a_manifest_the_owner_of_the_folder_would_change(tmp_path: Path) -> None:
    files = {**APP, "shop/a.py": ""}
    text = HEAD + "COPY requirements.txt .\nCOPY --chown=1 shop ./shop\n" + PIP
    assert "another owner" in declined(text, tmp_path, files)


def test_triggers_are_left_alone(tmp_path: Path) -> None:
    result = run(HEAD + "COPY . .\n" + PIP + "ONBUILD RUN x\n", tmp_path)
    assert not result.changed


def test_a_long_lock_file_is_counted_where_it_is_stored_twice(tmp_path: Path) -> None:
    lock = "version = 1\n" + "#" * 50_000
    result = run(HEAD + "COPY . .\nRUN uv sync --frozen\n", tmp_path, {**UV, "uv.lock": lock})
    assert (result.applied[0].saves.count or 0) < -50_000
    small = run(HEAD + "COPY . .\n" + PIP, tmp_path)
    assert small.applied[0].saves.count == 0


def test_what_needs_no_code_goes_first(tmp_path: Path) -> None:
    steps = (
        "RUN apk add --no-cache --virtual .build-deps gcc && mkdir -p /var/shop && rm -rf ~/.cache/x\n"
        'RUN echo "deb http://e.org x main" > /etc/apt/sources.list.d/x.list && apt-get update\n'
    )
    assert changed(HEAD + "COPY . .\n" + steps + PIP, tmp_path) == HEAD + (
        "COPY requirements.txt ./\n" + steps + PIP + "COPY . .\n"
    )


@pytest.mark.parametrize(("folder", "goes"), [("/opt/venv", True), ("/srv/venv", False)])
def test_an_environment_by_its_variable(tmp_path: Path, folder: str, goes: bool) -> None:
    steps = f"ENV VIRTUAL_ENV={folder}\nRUN python -m venv $VIRTUAL_ENV\n"
    result = run(HEAD + "COPY . .\n" + steps + PIP, tmp_path)
    assert result.changed == goes


SPREAD = {
    "requirements.txt": "-r requirements/base.txt\n",
    "requirements/base.txt": "flask\n",
    "app/lists/base.txt": "flask\n",
    "app/main.py": "",
}
"""Requirements that another file includes."""


def test_a_folder_of_requirements_is_no_code(tmp_path: Path) -> None:
    text = HEAD + "COPY requirements.txt ./\nCOPY requirements/ ./requirements/\n" + PIP
    assert run(text, tmp_path, SPREAD).text == text


def test_files_that_an_earlier_copy_includes_are_needed_of_the_code(tmp_path: Path) -> None:
    files = {**SPREAD, "requirements.txt": "-r app/lists/base.txt\n"}
    text = HEAD + "COPY requirements.txt ./\nCOPY app ./app\n" + PIP
    assert changed(text, tmp_path, files) == (
        HEAD
        + "COPY requirements.txt ./\nCOPY app/lists/base.txt ./app/lists/\n"
        + PIP
        + "COPY app ./app\n"
    )


def test_an_included_file_that_nothing_brings_is_a_reason(tmp_path: Path) -> None:
    text = HEAD + "COPY requirements.txt ./\nCOPY app ./app\n" + PIP
    assert "requirements/base.txt is not known to be at" in declined(text, tmp_path, SPREAD)
