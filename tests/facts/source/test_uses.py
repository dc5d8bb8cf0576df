"""Whether requirements are used."""

from pathlib import Path

import pytest
from tests.facts.source.asking import facts

from dockopt.facts.source.uses import Uses

START = (
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\n"
    "RUN pip install -r requirements.txt\nCOPY . .\n"
)


def verdicts(
    folder: Path, files: dict[str, str], end: str = "CMD python main.py\n"
) -> dict[str, str]:
    found = facts(folder, files, end, START).requirement_uses
    assert isinstance(found, Uses)
    return {use.requirement.name: use.verdict for use in found.all}


@pytest.mark.parametrize(
    ("requirement", "source", "expected"),
    [
        ("PyYAML==6.0", "import yaml\n", "imported"),
        ("PyYAML", "x = 1\n", "never imported"),
        ("beautifulsoup4", "from bs4 import BeautifulSoup\n", "imported"),
        ("google-cloud-storage", "from google.cloud import storage\n", "imported"),
        ("google-cloud-storage", "from google.cloud import bigquery\n", "never imported"),
        ("requests", "def f():\n    import requests.adapters\n", "imported"),
        ("redis", "CACHE = {'BACKEND': 'redis'}\n", "named"),
        ("whitenoise", "M = ['whitenoise.middleware.WhiteNoiseMiddleware']\n", "named"),
        ("asyncpg", "URL = 'postgresql+asyncpg://db/x'\n", "named"),
        ("torch", "import transformers\n", "needed"),
        ("torch", "import numpy\n", "never imported"),
        ("psycopg2-binary", "import sqlalchemy\n", "needed"),
        ("psycopg2-binary", "import flask\n", "never imported"),
        ("psycopg-binary", "import psycopg\n", "needed"),
        ("markupsafe", "import flask\n", "needed"),
        ("setuptools", "", "unknown"),
        ("gunicorn", "", "never imported"),
        ("camel-tools", "import numpy\n", "never imported"),
        ("requests", "print 'old'\nimport requests\n", "imported"),
    ],
)
def test_one(tmp_path: Path, requirement: str, source: str, expected: str) -> None:
    files = {"requirements.txt": requirement + "\n", "main.py": source}

    assert list(verdicts(tmp_path, files).values()) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Procfile", "web: gunicorn main:app\n"),
        ("config/app.ini", "[server]\nuse = gunicorn\n"),
        ("start.sh", "exec gunicorn main:app\n"),
    ],
)
def test_settings_and_scripts_name_it(tmp_path: Path, path: str, text: str) -> None:
    files = {"requirements.txt": "gunicorn\n", "main.py": "", path: text}

    assert verdicts(tmp_path, files) == {"gunicorn": "named"}


def test_the_command_names_it(tmp_path: Path) -> None:
    files = {"requirements.txt": "gunicorn\n", "main.py": ""}

    assert verdicts(tmp_path, files, "CMD gunicorn main:app\n") == {"gunicorn": "named"}


def test_tests_use_nothing_for_the_image(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "requests\n",
        "main.py": "",
        "tests/test_a.py": "import requests\n",
    }

    assert verdicts(tmp_path, files) == {"requests": "never imported"}


def test_included_files_and_markers(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r base/all.txt\ncolorama; sys_platform == 'win32'\nxmltodict # x\n",
        "base/all.txt": "lxml>=4 \\\n    --hash=sha256:00\n-c limits.txt\n",
        "main.py": "import lxml.etree\n",
    }

    assert verdicts(tmp_path, files) == {"lxml": "imported", "xmltodict": "never imported"}


def test_what_a_compiled_file_says(tmp_path: Path) -> None:
    compiled = (
        "acme-client==1\n    # via -r requirements.in\nwidget==2\n    # via acme-client\n"
        "gizmo==3\n    # via\n    #   acme-client\n    #   widget\n"
    )
    found = verdicts(tmp_path, {"requirements.txt": compiled, "main.py": "import acme_client\n"})

    assert found == {"acme-client": "imported", "widget": "needed", "gizmo": "needed"}


def test_an_import_that_nobody_explains_leaves_a_doubt(tmp_path: Path) -> None:
    files = {"requirements.txt": "acme-frobnicator\n", "main.py": "import frobnicate\n"}

    assert verdicts(tmp_path, files) == {"acme-frobnicator": "unknown"}


def test_a_frozen_list_leaves_doubts(tmp_path: Path) -> None:
    frozen = (
        "flask jinja2 werkzeug click itsdangerous blinker markupsafe requests urllib3 idna certifi "
        "charset-normalizer pytz httpie"
    )
    files = {"requirements.txt": frozen.replace(" ", "\n"), "main.py": "import flask, requests\n"}
    found = verdicts(tmp_path, files)

    assert found["pytz"] == "unknown"
    assert found["httpie"] == "never imported"


def test_the_project_itself_is_installed(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": (
            '[project]\nname = "x"\ndependencies = ["lxml", "xmltodict"]\n'
            '[project.optional-dependencies]\nml = ["torch"]\n'
        ),
        "main.py": "import lxml, torch\n",
    }
    start = (
        "FROM python:3.12-slim AS build\nWORKDIR /src\nCOPY . .\nRUN python -m venv /venv && "
        "/venv/bin/pip install '.[ml]'\nFROM python:3.12-slim\nCOPY --from=build /venv /venv\n"
    )
    found = facts(tmp_path, files, "CMD /venv/bin/python -m main\n", start).requirement_uses

    assert isinstance(found, Uses)
    assert {u.requirement.name: u.verdict for u in found.all} == {
        "lxml": "imported",
        "xmltodict": "never imported",
        "torch": "imported",
    }


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("# for xmpp support\nslixmpp\n", "unknown"),
        ("slixmpp  # needed by the notifier\n", "unknown"),
        ("# plug-ins of others\ngntp\nslixmpp\n", "unknown"),
        ("# plug-ins of others\ngntp\n\nslixmpp\n", "never imported"),
        ("# chat\nslixmpp\n", "never imported"),
    ],
)
def test_a_comment_that_says_what_it_is_for(tmp_path: Path, lines: str, expected: str) -> None:
    found = verdicts(tmp_path, {"requirements.txt": lines, "main.py": ""})

    assert found["slixmpp"] == expected


def test_a_variable_of_the_run_names_extras(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": (
            '[project]\nname = "x"\ndependencies = []\n'
            '[project.optional-dependencies]\nml = ["torch"]\ndev = ["xmltodict"]\n'
        ),
        "main.py": "import torch\n",
    }
    start = (
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"
        'RUN if [ "$D" = 1 ]; then E=".[ml,dev]"; else E=".[ml]"; fi; pip install "$E"\n'
    )
    found = facts(tmp_path, files, "CMD python main.py\n", start).requirement_uses

    assert isinstance(found, Uses)
    assert {u.requirement.name: u.verdict for u in found.all} == {
        "torch": "imported",
        "xmltodict": "never imported",
    }


def test_what_poetry_calls_optional_is_for_extras(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": (
            '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.12"\n'
            'lxml = "*"\nxmltodict = {version = "*", optional = true}\n'
            '[tool.poetry.extras]\nxml = ["xmltodict"]\n'
        ),
        "main.py": "import lxml\n",
    }
    start = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install "

    for spec, expected in ((".", {"lxml"}), ("'.[xml]'", {"lxml", "xmltodict"})):
        found = facts(tmp_path, files, "CMD python main.py\n", f"{start}{spec}\n").requirement_uses
        assert isinstance(found, Uses)
        assert {use.requirement.name for use in found.all} == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("poetry install --no-root", {"lxml"}),
        ("poetry install --no-root -E xml", {"lxml", "xmltodict"}),
        ("uv sync --extra xml --extra web", {"lxml", "xmltodict", "flask"}),
    ],
)
def test_the_extras_that_an_installer_is_asked_for(
    tmp_path: Path, command: str, expected: set[str]
) -> None:
    files = {
        "pyproject.toml": (
            '[project]\nname = "x"\nversion = "1"\ndependencies = ["lxml"]\n'
            '[project.optional-dependencies]\nxml = ["xmltodict"]\nweb = ["flask"]\n'
        ),
        "main.py": "import lxml\n",
    }
    start = f"FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN {command}\n"

    found = facts(tmp_path, files, "CMD python main.py\n", start).requirement_uses

    assert isinstance(found, Uses)
    assert {use.requirement.name for use in found.all} == expected


@pytest.mark.parametrize(
    ("requirement", "source", "shown"),
    [
        ("psycopg2", "import sqlalchemy\n", "https://docs.sqlalchemy.org/"),
        ("boto3", "import celery\n", "https://docs.celeryq.dev/"),
        ("boto3", "import storages\n", ""),
        ("psycopg2", "import peewee\n", ""),
    ],
)
def test_a_source_is_shown_where_it_is_about_the_user(
    tmp_path: Path, requirement: str, source: str, shown: str
) -> None:
    user = {"import storages\n": "django-storages"}.get(source, source.split()[1])
    files = {"requirements.txt": f"{requirement}\n{user}\n", "main.py": source}

    found = facts(tmp_path, files, "CMD python main.py\n", START).requirement_uses

    assert isinstance(found, Uses)
    because = next(u.because for u in found.all if u.requirement.name == requirement)
    assert because.startswith(f"{user} may use it unseen")
    assert shown in because if shown else "http" not in because


@pytest.mark.parametrize(
    ("files", "end"),
    [
        ({"main.py": ""}, "CMD uvicorn gone.app:app\n"),
        ({"notes.md": ""}, "CMD python main.py\n"),
    ],
)
def test_without_the_code_nothing_is_said(tmp_path: Path, files: dict[str, str], end: str) -> None:
    found = verdicts(tmp_path, {"requirements.txt": "xmltodict\n", **files}, end)

    assert found == {"xmltodict": "unknown"}


def test_a_program_that_something_unknown_may_start(tmp_path: Path) -> None:
    files = {"requirements.txt": "gunicorn\npyyaml\n", "main.py": ""}

    assert verdicts(tmp_path, files, "CMD $WHAT\n") == {
        "gunicorn": "unknown",
        "pyyaml": "never imported",
    }


def test_an_image_that_starts_nothing_may_get_its_code_later(tmp_path: Path) -> None:
    files = {"requirements.txt": "pyyaml\n", "main.py": ""}

    assert verdicts(tmp_path, files, "") == {"pyyaml": "unknown"}


def test_a_used_distribution_of_which_nothing_is_known_is_named(tmp_path: Path) -> None:
    files = {"requirements.txt": "acme-loader\npyyaml\n", "main.py": "import acme_loader\n"}
    found = facts(tmp_path, files, "CMD python main.py\n", START).requirement_uses

    assert isinstance(found, Uses)
    assert "acme-loader" in found.all[1].because


def test_a_frozen_list_may_name_a_part_of_what_it_names(tmp_path: Path) -> None:
    frozen = (
        "flask jinja2 werkzeug click itsdangerous blinker markupsafe requests urllib3 idna certifi "
        "charset-normalizer psycopg psycopg-binary"
    )
    files = {"requirements.txt": frozen.replace(" ", "\n"), "main.py": "import flask, requests\n"}

    assert verdicts(tmp_path, files)["psycopg-binary"] == "unknown"


def test_a_module_that_another_version_had(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "google-cloud-storage\n",
        "main.py": "from google.cloud import storage_v0beta\n",
    }

    assert verdicts(tmp_path, files) == {"google-cloud-storage": "unknown"}
