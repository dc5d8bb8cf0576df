"""Edges of `dev-server-flags`: what is for developers, what can go, and what only looks like it."""

from pathlib import Path

import pytest
from tests.engine.properties import violations
from tests.transforms.rewriting import run

from dockopt import rewrite

NAME = ("dev-server-flags",)
BASE = "FROM python:3.12-slim\n"


def rewritten(text: str) -> str:
    result = run(BASE + text, None, NAME, assume=["production"])
    return result.text.removeprefix(BASE)


def advice(text: str, folder: Path | None = None, files: dict[str, str] | None = None) -> list[str]:
    """The titles of what is only advised, also where production is assumed."""
    result = run(BASE + text, folder, NAME, files, assume=["production"])
    return [entry.record.title for entry in result.not_applied]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CMD uvicorn a:app --reload\n", "CMD uvicorn a:app\n"),
        ("CMD exec uvicorn --reload a:app --port 80\n", "CMD exec uvicorn a:app --port 80\n"),
        ("CMD uvicorn a:app --reload-dir /app --reload\n", "CMD uvicorn a:app\n"),
        ("CMD uvicorn a:app --reload-dir=$APP --reload\n", "CMD uvicorn a:app\n"),
        ('CMD ["uvicorn", "a:app", "--reload"]\n', 'CMD ["uvicorn", "a:app"]\n'),
        ('CMD ["uvicorn","--reload","a:app"]\n', 'CMD ["uvicorn","a:app"]\n'),
        (
            'CMD ["python", "-m", "uvicorn", "a:app", "--reload", "--port", "80"]\n',
            'CMD ["python", "-m", "uvicorn", "a:app", "--port", "80"]\n',
        ),
        (
            'CMD ["uvicorn", "a:app", "--reload", "--reload-dir", "/app", "--port", "80"]\n',
            'CMD ["uvicorn", "a:app", "--port", "80"]\n',
        ),
        (
            'CMD ["sh", "-c", "alembic upgrade head && uvicorn a:app --reload --port 80"]\n',
            'CMD ["sh", "-c", "alembic upgrade head && uvicorn a:app --port 80"]\n',
        ),
        (
            'ENTRYPOINT ["tini", "--"]\nCMD ["poetry", "run", "uvicorn", "a:app", "--reload"]\n',
            'ENTRYPOINT ["tini", "--"]\nCMD ["poetry", "run", "uvicorn", "a:app"]\n',
        ),
        (
            'ENTRYPOINT ["uvicorn"]\nCMD ["a:app", "--reload"]\n',
            'ENTRYPOINT ["uvicorn"]\nCMD ["a:app"]\n',
        ),
        (
            'ENTRYPOINT ["uvicorn", "--reload"]\nCMD ["a:app"]\n',
            'ENTRYPOINT ["uvicorn"]\nCMD ["a:app"]\n',
        ),
        (
            'ENTRYPOINT ["/entrypoint.sh"]\nCMD uvicorn a:app --reload\n',
            'ENTRYPOINT ["/entrypoint.sh"]\nCMD uvicorn a:app\n',
        ),
        (
            "CMD gunicorn a:app --reload --reload-engine poll -b :80\n",
            "CMD gunicorn a:app -b :80\n",
        ),
        ("CMD hypercorn a:app --reload --debug\n", "CMD hypercorn a:app\n"),
        ("CMD granian a:app --reload\n", "CMD granian a:app\n"),
        ("CMD fastapi run a.py --reload\n", "CMD fastapi run a.py\n"),
        ("CMD pserve a.ini --reload\n", "CMD pserve a.ini\n"),
        (
            'CMD ["fastapi", "dev", "a.py", "--host", "0.0.0.0"]\n',
            'CMD ["fastapi", "run", "a.py", "--host", "0.0.0.0"]\n',
        ),
        (
            "CMD fastapi dev a.py --reload --host 0.0.0.0\n",
            "CMD fastapi run a.py --host 0.0.0.0\n",
        ),
        ("CMD flask --debug --app a run\n", "CMD flask --app a run\n"),
        ("CMD flask run --host 0.0.0.0 --debug\n", "CMD flask run --host 0.0.0.0\n"),
        (
            'CMD ["python", "-m", "debugpy", "--listen", "0.0.0.0:5678", "--wait-for-client", '
            '"-m", "uvicorn", "a:app"]\n',
            'CMD ["python", "-m", "uvicorn", "a:app"]\n',
        ),
        (
            "CMD python -m debugpy --listen 0.0.0.0:5678 -m gunicorn a:app\n",
            "CMD python -m gunicorn a:app\n",
        ),
        (
            "CMD python -u -m debugpy --listen 0.0.0.0:$P -m uvicorn a:app --reload\n",
            "CMD python -u -m uvicorn a:app\n",
        ),
        (
            'CMD ["python", "-m", "debugpy", "--listen", "5678", "main.py"]\n',
            'CMD ["python", "main.py"]\n',
        ),
        (
            'CMD ["dumb-init", "watchmedo", "auto-restart", "-d", ".", "--", "celery", "worker"]\n',
            'CMD ["dumb-init", "celery", "worker"]\n',
        ),
        ("ENV FLASK_DEBUG=1\nCMD gunicorn a:app\n", "ENV FLASK_DEBUG=0\nCMD gunicorn a:app\n"),
        ("ENV FLASK_DEBUG true\nCMD gunicorn a:b\n", "ENV FLASK_DEBUG false\nCMD gunicorn a:b\n"),
        (
            'ENV A=1 FLASK_DEBUG="on" \\\n    B=1\nCMD gunicorn a:app\n',
            'ENV A=1 FLASK_DEBUG="0" \\\n    B=1\nCMD gunicorn a:app\n',
        ),
    ],
)
def test_what_developers_need_goes(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'CMD ["uvicorn", "a:app", \\\n     "--reload" ]\n',
            'CMD ["uvicorn", "a:app" ]\n',
        ),
        (
            'CMD ["uvicorn", "a:app", \\\n     "--reload", \\\n     "--port", "80"]\n',
            'CMD ["uvicorn", "a:app", \\\n     "--port", "80"]\n',
        ),
        (
            "CMD uvicorn a:app \\\n    --reload \\\n    --port 80\n",
            "CMD uvicorn a:app \\\n    --port 80\n",
        ),
        (
            "CMD uvicorn a:app \\\n    # for the team\n    --port 80 \\\n    --reload\n",
            "CMD uvicorn a:app \\\n    # for the team\n    --port 80\n",
        ),
        (
            "CMD uvicorn a:app \\\n    --port 80 \\\n    # while we work\n    --reload\n",
            "CMD uvicorn a:app \\\n    --port 80\n",
        ),
        ("CMD uvicorn a:app --reload\r\nEXPOSE 80\r\n", "CMD uvicorn a:app\r\nEXPOSE 80\r\n"),
        ('CMD ["uvicorn", "a:app", "--reload"]', 'CMD ["uvicorn", "a:app"]'),
    ],
)
def test_the_layout_stays(before: str, after: str) -> None:
    assert rewritten(before) == after
    result = rewrite(BASE + before, select=NAME, assume=["production"])
    assert list(violations(result, select=NAME, assume=["production"])) == []


@pytest.mark.parametrize(
    "text",
    [
        "CMD uvicorn a:app\n",
        "CMD gunicorn a:app --log-level debug\n",
        "CMD pip install flask --debug\n",
        "CMD python -m pip install uvicorn --reload\n",
        "CMD flask db upgrade --debug\n",
        "CMD flask --debug shell\n",
        "CMD python manage.py migrate\n",
        'CMD ["echo", "uvicorn --reload"]\n',
        "CMD [ -n $DEV ] && uvicorn a:app --reload || uvicorn a:app\n",
        'CMD ["nodemon", "app.js"]\n',
        "ENV DEBUG=0 FLASK_DEBUG=0 FLASK_ENV=production\nCMD gunicorn a:app\n",
        "ENV DEBUG=app:*\nCMD node a.js\n",
        'HEALTHCHECK CMD uvicorn --reload\nCMD ["a"]\n',
        "RUN uvicorn a:app --reload\n",
    ],
)
def test_there_is_nothing_for_developers(text: str) -> None:
    result = rewrite(BASE + text, select=NAME, assume=["production"])

    assert result.not_applied == ()
    assert not result.changed


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("CMD python manage.py runserver 0:80\n", "`manage.py runserver` is for developers"),
        ('CMD ["./manage.py", "runserver_plus"]\n', "`manage.py runserver_plus` is for developers"),
        ("CMD django-admin runserver\n", "`manage.py runserver` is for developers"),
        ("CMD flask run\n", "`flask run` is for developers"),
        ("CMD python -m http.server 80\n", "`http.server` is for developers"),
        ("CMD fastapi dev a.py\n", "`fastapi dev` is for developers"),
        (
            'CMD ["uvicorn", \\\n    # why\n    "--reload", "a:app"]\n',
            "`uvicorn --reload` is for developers",
        ),
        ('CMD ["--reload"]\nENTRYPOINT ["uvicorn"]\n', "`uvicorn --reload` is for developers"),
        (
            "CMD python -m debugpy --listen 5678 --wait-for-client gunicorn a:app\n",
            "`debugpy --listen` is for developers",
        ),
        ("CMD nodemon --exec python a.py\n", "`nodemon` is for developers"),
        ('CMD /bin/sh -c "uvicorn a:app --reload"\n', "`uvicorn --reload` is for developers"),
        ("ENV DEBUG=True\nCMD gunicorn a:app\n", "Do not set `DEBUG=True` in the image"),
        ("ENV PYTHONDEVMODE=1\nCMD gunicorn a:b\n", "Do not set `PYTHONDEVMODE=1` in the image"),
        (
            "ENV FLASK_ENV=development\nCMD gunicorn a:b\n",
            "Do not set `FLASK_ENV=development` in the image",
        ),
        (
            "ARG D=1\nENV FLASK_DEBUG=$D\nCMD gunicorn a:b\n",
            "Do not set `FLASK_DEBUG=1` in the image",
        ),
        (
            "ENV FLASK_DEBUG=1\nRUN echo $FLASK_DEBUG\n",
            "Do not set `FLASK_DEBUG=1` in the image",
        ),
    ],
)
def test_what_is_not_a_matter_of_words_is_advised(text: str, title: str) -> None:
    assert advice(text) == [title]
    assert rewritten(text) == text


def test_advice_says_what_it_costs_and_what_would_apply_it() -> None:
    result = rewrite(BASE + 'CMD ["flask", "run", "--debug"]\n', select=NAME)
    debug, server = result.not_applied

    assert not result.changed
    assert debug.flag == "--assume production"
    assert "run code in the container" in debug.reason
    assert "SIGTERM" in debug.reason
    assert "gunicorn" in server.reason
    assert not server.flag.startswith("--")


@pytest.mark.parametrize("name", ["dev", "development", "api-dev", "test", "app_local", "CI"])
def test_a_stage_for_developers_is_left_alone(name: str) -> None:
    text = f"FROM python:3.12-slim AS {name}\nCMD uvicorn a:app --reload\n"

    assert rewrite(text, select=NAME).not_applied == ()


@pytest.mark.parametrize(
    "file",
    ["Dockerfile.dev", "dev.Dockerfile", "docker/dev/Dockerfile", ".devcontainer/Dockerfile"],
)
def test_a_dockerfile_for_developers_is_left_alone(file: str) -> None:
    assert rewrite(BASE + "CMD uvicorn a:app --reload\n", select=NAME, file=file).not_applied == ()


def test_the_folder_of_a_user_says_nothing() -> None:
    result = rewrite(BASE + "CMD uvicorn a:b --reload\n", select=NAME, file="/home/dev/Dockerfile")

    assert len(result.not_applied) == 1


def test_other_targets_keep_theirs() -> None:
    text = (
        "FROM python:3.12-slim AS base\nCMD uvicorn a:app --reload\n"
        "FROM base AS development\nRUN pip install pytest\n"
        "FROM base AS production\nRUN echo\n"
    )
    result = run(text, None, NAME, assume=["production"])

    assert not result.changed
    assert [e.record.line for e in result.not_applied] == [2]


def test_scripts_are_read(tmp_path: Path) -> None:
    files = {
        "docker/entrypoint.sh": '#!/bin/sh\nset -e\n./docker/web.sh\nexec "$@"\n',
        "docker/web.sh": (
            '#!/bin/sh\nif [ "$DEV" ]; then\n  uvicorn a:app --reload\nfi\n'
            "gunicorn a:app \\\n  --reload\n"
        ),
    }
    text = 'COPY . /app\nENTRYPOINT ["/app/docker/entrypoint.sh"]\n'
    result = run(BASE + text, tmp_path, NAME, files, assume=["production"])

    (entry,) = result.not_applied
    assert entry.record.title == "`gunicorn --reload` is for developers"
    assert entry.record.evidence[0].file == "docker/web.sh"
    assert "line 5" in entry.record.evidence[0].text


def test_process_managers_are_read(tmp_path: Path) -> None:
    files = {
        "supervisord.conf": "[program:web]\ncommand = uvicorn a:app --reload\n",
        "Procfile": "web: gunicorn --reload a:app\n",
    }
    supervised = "COPY . /app\nCMD supervisord -c /app/supervisord.conf\n"

    assert advice(supervised, tmp_path, files) == ["`uvicorn --reload` is for developers"]
    assert advice('CMD ["honcho", "start"]\n', tmp_path) == [
        "`gunicorn --reload` is for developers"
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import uvicorn\nuvicorn.run('a:app', reload=True)\n", "uvicorn.run(reload=True)"),
        ("if __name__ == '__main__':\n    app.run(debug=True)\n", "app.run(debug=True)"),
        (
            "def main():\n    app.run(debug=True)\n\nif __name__ == '__main__':\n    main()\n",
            "app.run(debug=True)",
        ),
        ("import debugpy\ndebugpy.listen(5678)\n", "debugpy.listen(5678)"),
        ("if os.getenv('DEV'):\n    app.run(debug=True)\n", ""),
        ("app.run(debug=settings.DEBUG)\n", ""),
        ("app.run(debug=False)\n", ""),
        ("def dev():\n    app.run(debug=True)\n", ""),
        ("app.run(debug=True\n", ""),
    ],
)
def test_the_module_that_is_started_is_read(tmp_path: Path, source: str, found: str) -> None:
    text = 'WORKDIR /app\nCOPY . .\nCMD ["python", "-u", "main.py"]\n'

    expected = [f"`{found}` is for developers"] if found else []
    assert advice(text, tmp_path, {"main.py": source}) == expected


def test_modules_that_others_import_are_not_started(tmp_path: Path) -> None:
    files = {"main.py": "if __name__ == '__main__':\n    app.run(debug=True)\n"}

    assert advice("COPY . .\nCMD gunicorn main:app\n", tmp_path, files) == []


def test_a_variable_that_sources_read_stays(tmp_path: Path) -> None:
    text = "ENV FLASK_ENV=development\nCMD gunicorn a:b\n"
    files = {"a.py": "import os\nCONFIG = CONFIGS[os.environ['FLASK_ENV']]\n"}

    assert run(BASE + text, tmp_path, NAME, files, assume=["production"]).text == BASE + text
    (tmp_path / "a.py").write_text("import flask\n", encoding="utf-8")
    assert "FLASK_ENV=production" in run(BASE + text, tmp_path, NAME, assume=["production"]).text


def test_the_django_project_is_named(tmp_path: Path) -> None:
    files = {"src/shop/wsgi.py": "", "manage.py": ""}
    result = run(BASE + "COPY . .\nCMD ./manage.py runserver\n", tmp_path, NAME, files)

    assert "gunicorn --bind 0.0.0.0:8000 shop.wsgi" in result.not_applied[0].reason


@pytest.mark.parametrize(
    ("compose", "told"),
    [
        ({"compose.dev.yaml": "services:\n  web:\n    build:\n      context: .\n"}, False),
        ({"docker-compose.override.yml": "services:\n  web:\n    build: .\n"}, False),
        ({"compose.yaml": "services:\n  web:\n    build: .\n"}, True),
        (
            {
                "compose.dev.yaml": "services:\n  web:\n    build: .\n",
                "compose.yaml": "services:\n  web:\n    build: .\n",
            },
            True,
        ),
        (
            {"compose.dev.yaml": "services:\n  web:\n    build:\n      dockerfile: other\n"},
            True,
        ),
        (
            {
                "compose.dev.yaml": "services:\n  web:\n    build:\n      target: app\n    ports: []\n"
            },
            False,
        ),
    ],
)
def test_compose_files_say_who_a_stage_is_for(
    tmp_path: Path, compose: dict[str, str], told: bool
) -> None:
    text = "FROM python:3.12-slim AS app\nCMD uvicorn a:app --reload\n"
    result = run(text, tmp_path, NAME, compose)

    assert bool(result.not_applied) is told
