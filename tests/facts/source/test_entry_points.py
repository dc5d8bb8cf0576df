"""What starts in a container."""

from pathlib import Path

import pytest
from tests.facts.source.asking import facts, starts

from dockopt.facts.source.entry_points import EntryPoints

APP = {"app/__init__.py": "", "app/main.py": "", "manage.py": "", "main.py": ""}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["python", "main.py"]', "file main.py"),
        ('["python", "-u", "-X", "dev", "main.py"]', "file main.py"),
        ('["python", "-m", "app.main"]', "module app.main"),
        ('["python", "-c", "import app"]', "code import app"),
        ("uvicorn app.main:app --host 0.0.0.0 --port $PORT", "module app.main"),
        ('["uvicorn", "--reload", "app.main:app"]', "module app.main"),
        ("exec gunicorn -w 4 -b :80 'app.main:create_app()'", "module app.main"),
        (
            "gunicorn app.main:app -k uvicorn.workers.UvicornWorker",
            "named uvicorn.workers.UvicornWorker",
        ),
        ("gunicorn -b :5000 --access-logfile - app.main:app", "module app.main"),
        ("celery -A app.main worker -l info", "module app.main"),
        ("python -m celery --app=app.main worker", "module app.main"),
        ("flask --app app.main run", "module app.main"),
        ("fastapi run app/main.py --port 80", "file app/main.py"),
        ("streamlit run app/main.py", "file app/main.py"),
        ("sh -c 'python manage.py migrate && gunicorn app.main:app'", "module app.main"),
        ('["/bin/sh", "-ec", "python main.py"]', "file main.py"),
        ('["tini", "--", "python", "main.py"]', "file main.py"),
        ("opentelemetry-instrument uvicorn app.main:app", "module app.main"),
        ("poetry run python -m app.main", "module app.main"),
        ("uv run --no-sync uvicorn app.main:app", "module app.main"),
        ("su - user -c 'python main.py'", "file main.py"),
        ("env A=b nice -n 5 python main.py", "file main.py"),
        ("uwsgi --http :80 --module app.main:app", "module app.main"),
        ("coverage run -m app.main", "module app.main"),
    ],
)
def test_commands(tmp_path: Path, command: str, expected: str) -> None:
    assert expected in starts(tmp_path, APP, f"CMD {command}\n")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("$RUN_COMMAND", "names the program"),
        ('["python", "gone.py"]', "not in the build context"),
        ("uvicorn $APP", "which application to load"),
        ("celery worker", "which application celery loads"),
        ("/usr/local/unseen.sh", "not in the build context"),
        ("mysterious-tool serve", "what mysterious-tool loads"),
    ],
)
def test_what_is_not_known(tmp_path: Path, command: str, reason: str) -> None:
    found = facts(tmp_path, APP, f"CMD {command}\n")

    assert reason in str(getattr(found.closure, "reason", ""))


def test_a_variable_that_is_set(tmp_path: Path) -> None:
    found = starts(tmp_path, APP, "ENV MODULE=app.main\nCMD uvicorn $MODULE:app\n")

    assert "module app.main" in found


def test_scripts_are_followed(tmp_path: Path) -> None:
    files = {
        **APP,
        "entrypoint.sh": '#!/bin/sh\nset -e\n. ./lib.sh\npython manage.py migrate\nexec "$@"\n',
        "lib.sh": "wait_for_db() { nc -z db 5432; }\nwait_for_db\n",
    }
    found = facts(tmp_path, files, 'ENTRYPOINT ["./entrypoint.sh"]\nCMD ["python", "main.py"]\n')

    points = found.entry_points
    assert isinstance(points, EntryPoints)
    assert points.scripts == ("entrypoint.sh", "lib.sh")
    assert {e.start.name for e in points.found} >= {"manage.py", "main.py", "nc"}
    assert not points.unknown


def test_arguments_of_an_entrypoint_are_no_command(tmp_path: Path) -> None:
    found = starts(tmp_path, APP, 'ENTRYPOINT ["python", "main.py"]\nCMD ["--port", "80"]\n')

    assert found == ["file main.py", "file manage.py"]


def test_lists_of_commands(tmp_path: Path) -> None:
    files = {
        **APP,
        "supervisord.conf": (
            "[supervisord]\nnodaemon=true\n[program:web]\ncommand=gunicorn app.main:app\n"
            "[program:jobs]\ncommand=python main.py\n"
        ),
    }
    found = starts(tmp_path, files, 'CMD ["supervisord", "-c", "/app/supervisord.conf"]\n')

    assert {"module app.main", "file main.py"} <= set(found)


def test_alembic_runs_what_is_in_its_folder(tmp_path: Path) -> None:
    files = {**APP, "alembic.ini": "[alembic]\nscript_location = app/migrations\n"}
    found = starts(tmp_path, files, "CMD alembic upgrade head\n")

    assert "folder app/migrations" in found


def test_console_scripts_of_the_project(tmp_path: Path) -> None:
    files = {
        **APP,
        "pyproject.toml": '[project]\nname = "x"\n[project.scripts]\nserve = "app.main:run"\n',
    }

    assert "module app.main" in starts(tmp_path, files, "CMD serve --port 80\n")


@pytest.mark.parametrize(
    "compose",
    [
        "services:\n  jobs:\n    build: .\n    command: celery -A app.main worker\n",
        'services:\n  jobs:\n    command: ["celery", "-A", "app.main", "worker"]\n',
        "services:\n  jobs:\n    command:\n      - celery\n      - -A\n      - app.main\n      - worker\n",
        "services:\n  jobs:\n    command: >\n      celery -A app.main\n      worker\n    ports:\n      - 1:2\n",
    ],
)
def test_compose_files(tmp_path: Path, compose: str) -> None:
    found = starts(tmp_path, {**APP, "compose.yaml": compose}, "CMD python main.py\n")

    assert "module app.main" in found


def test_other_services_of_a_compose_file_are_nothing_unknown(tmp_path: Path) -> None:
    compose = "services:\n  db:\n    image: postgres\n    command: postgres -c fsync=off\n  x:\n    command: y\n"
    found = facts(tmp_path, {**APP, "compose.yaml": compose}, "CMD python main.py\n").entry_points

    assert isinstance(found, EntryPoints)
    assert not found.unknown


def test_paths_are_those_of_the_image(tmp_path: Path) -> None:
    start = "FROM python:3.12-slim\nWORKDIR /srv/code\nCOPY backend/app ./app\n"
    files = {"backend/app/run.py": "", "other/app/run.py": ""}
    points = facts(tmp_path, files, 'CMD ["python", "app/run.py"]\n', start).entry_points

    assert isinstance(points, EntryPoints)
    assert points.found[0].files == ("backend/app/run.py",)


def test_paths_through_another_stage(tmp_path: Path) -> None:
    start = (
        "FROM python:3.12 AS build\nWORKDIR /src\nCOPY service .\n"
        "FROM python:3.12-slim\nCOPY --from=build /src /opt/service\nWORKDIR /opt/service\n"
    )
    points = facts(tmp_path, {"service/run.py": ""}, "CMD python run.py\n", start).entry_points

    assert isinstance(points, EntryPoints)
    assert points.found[0].files == ("service/run.py",)


def test_no_command_at_all(tmp_path: Path) -> None:
    points = facts(tmp_path, APP, "").entry_points

    assert isinstance(points, EntryPoints)
    assert points.unknown


def test_programs_by_their_paths(tmp_path: Path) -> None:
    files = {
        **APP,
        "run.sh": "#!/bin/sh\nCONF=/app/jobs.conf\nexec /usr/local/bin/supervisord -c $CONF\n",
        "jobs.conf": (
            "[program:nginx]\ncommand=/usr/sbin/nginx -g 'daemon off;'\n"
            "[program:web]\ncommand=/opt/venv/bin/gunicorn app.main:app\n"
        ),
    }
    points = facts(tmp_path, files, 'CMD ["/app/run.sh"]\n').entry_points

    assert isinstance(points, EntryPoints)
    assert not points.unknown
    assert {"supervisord", "nginx", "gunicorn"} <= set(points.programs)


def test_a_default_of_a_shell_variable(tmp_path: Path) -> None:
    files = {
        **APP,
        "run.sh": '#!/bin/sh\nCLASS=${CLASS:-gevent}\nexec gunicorn -k "$CLASS" app.main:app\n',
    }

    assert {"named gevent", "module app.main"} <= set(starts(tmp_path, files, "CMD ./run.sh\n"))


@pytest.mark.parametrize(
    "command",
    [
        "python " + "-m coverage run " * 3_000 + "main.py",
        "env " * 5_000 + "python main.py",
        " && ".join(["python main.py"] * 3_000),
        "sh -c " * 2_000 + "x",
    ],
)
def test_long_commands_end_well(tmp_path: Path, command: str) -> None:
    assert isinstance(facts(tmp_path, APP, f"CMD {command}\n").entry_points, EntryPoints)


def test_stages_that_copy_from_each_other_many_times(tmp_path: Path) -> None:
    stages = ["FROM python:3.12-slim AS s0\nCOPY . /app\n"]
    for number in range(1, 12):
        copies = f"COPY --from=s{number - 1} /app /app\n" * 6
        stages.append(f"FROM python:3.12-slim AS s{number}\n{copies}")
    found = starts(tmp_path, APP, "WORKDIR /app\nCMD python main.py\n", "".join(stages))

    assert "file main.py" in found


def test_an_environment_that_a_script_activates(tmp_path: Path) -> None:
    files = {**APP, "run.sh": "#!/bin/bash\nsource /opt/venv/bin/activate\npython main.py\n"}
    points = facts(tmp_path, files, "CMD ./run.sh\n").entry_points

    assert isinstance(points, EntryPoints)
    assert not points.unknown
