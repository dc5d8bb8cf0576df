"""Edges of `non-root-user`: where the user is made and named, what it owns, what needs root."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

from dockopt import rewrite
from dockopt.result import Rewrite

NAME = ("non-root-user",)
MAKE = "RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin app"
APP = "FROM python:3.12-slim\nWORKDIR /srv/app\nCOPY main.py .\n"
START = 'CMD ["python", "main.py"]\n'
MAIN = {"main.py": "print('tide')\n"}


def asked(
    text: str, folder: Path, files: dict[str, str] | None = None, target: str | None = None
) -> Rewrite:
    return run(text, folder, NAME, {**MAIN, **(files or {})}, assume=["non-root"], target=target)


def test_it_is_advice_until_it_is_asked_for(tmp_path: Path) -> None:
    result = run(APP + START, tmp_path, NAME, MAIN)
    (entry,) = result.not_applied

    assert not result.changed
    assert entry.flag == "--assume non-root"


def test_files_and_the_working_directory_belong_to_the_user(tmp_path: Path) -> None:
    assert asked(APP + START, tmp_path).text == (
        "FROM python:3.12-slim\nWORKDIR /srv/app\n"
        f"{MAKE} \\\n    && chown app:app /srv/app\n"
        f"COPY --chown=app:app main.py .\nUSER 10001\n{START}"
    )


def test_folders_that_are_made_belong_to_the_user(tmp_path: Path) -> None:
    text = APP + "RUN mkdir -p logs/web /spool/app && pip install flask\nEXPOSE 8000\n" + START

    assert asked(text, tmp_path).text == (
        f"FROM python:3.12-slim\nWORKDIR /srv/app\n{MAKE}\nCOPY --chown=app:app main.py .\n"
        "RUN mkdir -p logs/web /spool/app && pip install flask\n"
        "RUN chown app:app /srv/app /srv/app/logs /srv/app/logs/web /spool/app\n"
        f"USER 10001\nEXPOSE 8000\n{START}"
    )


def test_a_working_directory_that_comes_last_is_given_away_last(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY main.py /srv/app/\nWORKDIR /srv/app\n" + START

    assert asked(text, tmp_path).text == (
        f"FROM python:3.12-slim\nWORKDIR /srv\n{MAKE}\n"
        "COPY --chown=app:app main.py /srv/app/\nWORKDIR /srv/app\n"
        f"RUN chown app:app /srv/app\nUSER 10001\n{START}"
    )


def test_a_user_that_is_there_is_taken(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\nRUN groupadd web && useradd --gid web tide\n"
        "WORKDIR /srv/app\nCOPY main.py .\n" + START
    )

    assert asked(text, tmp_path).text == (
        "FROM python:3.12-slim\nRUN groupadd web && useradd --gid web tide\n"
        "WORKDIR /srv/app\nCOPY --chown=tide:web main.py .\n"
        f"RUN mkdir -p /home/tide && chown tide:web /srv/app /home/tide\nUSER tide\n{START}"
    )


def test_the_number_of_a_user_is_taken(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nRUN useradd -m -u 1000 tide\nWORKDIR /srv/app\nCOPY main.py .\n"
    result = asked(text + START, tmp_path)

    assert "COPY --chown=tide:tide main.py .\n" in result.text
    assert "RUN chown tide:tide /srv/app\nUSER 1000\n" in result.text


def test_a_number_that_is_spoken_of_is_not_given(tmp_path: Path) -> None:
    text = APP + "EXPOSE 10001\n" + START

    assert "USER 10002\n" in asked(text, tmp_path).text


def test_a_name_that_may_be_taken_is_not_given(tmp_path: Path) -> None:
    text = APP + "RUN useradd app || true\n" + START
    result = asked(text, tmp_path)

    assert "--shell /usr/sbin/nologin service \\\n" in result.text
    assert "COPY --chown=service:service main.py .\n" in result.text


def test_linked_copies_name_numbers(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nWORKDIR /srv/app\nCOPY --link main.py .\n" + START

    assert "COPY --chown=10001:10001 --link main.py .\n" in asked(text, tmp_path).text
    made = text.replace("WORKDIR", "RUN useradd -m tide\nWORKDIR")
    assert "--link" in reasons(asked(made, tmp_path))


@pytest.mark.parametrize("mode", ["+x", "755", "a+rx", "u+x", "0744"])
def test_files_of_the_user_may_be_opened_to_their_owner(tmp_path: Path, mode: str) -> None:
    assert asked(APP + f"RUN chmod {mode} main.py\n" + START, tmp_path).changed


@pytest.mark.parametrize("mode", ["u+x", "744", "700", "o-r", "go="])
def test_files_of_root_stay_open_to_others(tmp_path: Path, mode: str) -> None:
    text = APP + f"COPY main.py /etc/tide/\nRUN chmod {mode} /etc/tide/main.py\n" + START

    assert "may close files" in reasons(asked(text, tmp_path))


def test_an_environment_stays_with_root(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS builder\nRUN python -m venv /opt/venv\n"
        "FROM python:3.12-slim\nWORKDIR /srv/app\n"
        "COPY --from=builder /opt/venv /opt/venv\nCOPY main.py run.cfg /etc/tide/\n"
        "COPY --from=builder /usr/local /usr/local/\n" + START
    )
    result = asked(text, tmp_path, {"run.cfg": ""})

    assert (
        "COPY --from=builder /opt/venv /opt/venv\nCOPY main.py run.cfg /etc/tide/\n" in result.text
    )
    assert f"{MAKE} \\\n    && chown app:app /srv/app\nUSER 10001\n" in result.text


def test_what_django_collects_belongs_to_the_user(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\nWORKDIR /srv/app\nCOPY main.py .\nRUN pip install django\n"
        "RUN SECRET=x python manage.py collectstatic --noinput\nCMD gunicorn a.wsgi\n"
    )

    assert asked(text, tmp_path).text.endswith(
        "RUN pip install django\nUSER 10001\n"
        "RUN SECRET=x python manage.py collectstatic --noinput\nCMD gunicorn a.wsgi\n"
    )


def test_comments_and_line_endings_stay(tmp_path: Path) -> None:
    text = (APP.replace("COPY", "# the program\nCOPY") + START).replace("\n", "\r\n")
    result = asked(text, tmp_path)

    assert result.changed
    assert "# the program\r\nCOPY --chown=app:app main.py .\r\n" in result.text
    assert result.text.count("\n") == result.text.count("\r\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (APP + "USER root\n" + START, "chooses root"),
        (APP.replace("slim", "alpine") + START, "makes users by other commands"),
        (APP + "VOLUME /srv/app/data\n" + START, "VOLUME"),
        (APP + "ONBUILD COPY . .\n" + START, "ONBUILD"),
        ("FROM python:3.12-slim\nCOPY main.py .\n" + START, "works in /"),
        (
            "FROM python:3.12-slim\nWORKDIR /root/app\nCOPY main.py .\n" + START,
            "works in /root/app",
        ),
        (APP + "RUN pip install --user flask\n" + START, "root's home"),
        (APP + "ENV PATH=/root/.local/bin:$PATH\n" + START, "root's home"),
        (APP + "ENV DATA=/data\n" + START, "DATA is /data"),
        (APP + "RUN python -c 'import nltk'\n" + START, "runs python"),
        (APP + "RUN make\n" + START, "runs make"),
        (APP + "RUN tar xf a.tar\n" + START, "tar may leave files of root"),
        (APP + "RUN chmod 070 main.py\n" + START, "may close files"),
        (APP + "RUN a ((\n" + START, "is not read"),
        (APP + "COPY --chmod=600 main.py /etc/\n" + START, "mode of its own"),
        (APP + "COPY main.py $WHERE\n" + START, ""),
        (APP + "EXPOSE 80\n" + START, "port 80"),
        (APP + "CMD gunicorn --bind 0.0.0.0:443 a:b\n", "port 443"),
        (APP + "CMD uvicorn a:b --port 80\n", "port 80"),
        (APP + "CMD gunicorn --user www-data a:b\n", "changes the user itself"),
        (APP + "CMD nginx && gunicorn a:b\n", "nginx"),
        (APP + "CMD supervisord -n\n", "supervisord"),
        (APP + "CMD uv run main.py\n", "uv run"),
        (APP + "CMD pip install x && python main.py\n", "pip install"),
        (APP + "CMD gunicorn --pid /var/run/a.pid a:b\n", "/var/run/a.pid"),
        (
            APP + "RUN adduser --system --group --home /nonexistent x\n" + START,
            "no home of its own",
        ),
        (APP + 'CMD ["ffmpeg"]\n', "what that needs is not known"),
        (APP + "CMD make run\n", "starts make"),
        (APP + "CMD python other.py\n", "not in the build context"),
        (APP + "ADD a.tar.gz .\n" + START, "unpacks"),
        ("FROM python:3.12-slim\nWORKDIR /tmp/a\nCOPY main.py .\n" + START, "works in /tmp/a"),
        (APP + 'ENTRYPOINT ["/start.sh"]\n', "/start.sh"),
        (APP.replace("slim\n", "slim AS a\n") + START + "FROM a AS b\n" + START, ""),
    ],
)
def test_what_may_need_root_is_declined(tmp_path: Path, text: str, reason: str) -> None:
    result = asked(text, tmp_path)
    if not reason:
        return
    assert not result.changed
    assert reason in reasons(result)


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("main.py", "import os\nos.setuid(1)\n", "os.setuid"),
        ("main.py", "open('/data/x', 'w')\n", "/data/x"),
        ("main.py", "URL = 'sqlite:////data/a.db'\n", "/data/a.db"),
        ("main.py", "LOG = '/var/log/tide.log'\n", "/var/log/tide.log"),
        ("main.py", "import docker\ndocker.from_env()\n", "docker.from_env"),
        ("compose.yaml", "services:\n  a:\n    build: .\n    user: '0'\n", "which user"),
        (
            "compose.yaml",
            "services:\n  a:\n    build: .\n    volumes:\n      - d:/srv/app/d\n",
            "mounts",
        ),
        ("compose.yaml", "services:\n  a:\n    build: .\n    privileged: true\n", "privileged"),
    ],
)
def test_sources_and_compose_files_are_asked(
    tmp_path: Path, path: str, content: str, reason: str
) -> None:
    result = asked(APP + START, tmp_path, {path: content})

    assert not result.changed
    assert reason in reasons(result)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("main.py", "open('out.csv', 'w')\n"),
        ("main.py", "open('/tmp/x', 'w')\nopen('/srv/app/x', 'w')\nopen('/etc/hosts')\n"),
        ("main.py", "app.get('/data/items')\n"),
        ("compose.yaml", "services:\n  a:\n    build: .\n    volumes:\n      - ./c:/c:ro\n"),
        (
            "compose.yaml",
            "services:\n  db:\n    image: postgres\n    volumes:\n      - d:/var/lib/p\n",
        ),
    ],
)
def test_what_the_user_can_do_as_well_is_no_obstacle(
    tmp_path: Path, path: str, content: str
) -> None:
    assert asked(APP + START, tmp_path, {path: content}).changed


@pytest.mark.parametrize(
    "line", ["chown app /data", "exec gosu app python main.py", "service cron start"]
)
def test_start_scripts_are_read(tmp_path: Path, line: str) -> None:
    text = APP + 'COPY start.sh /srv/app/\nENTRYPOINT ["/srv/app/start.sh"]\n'

    assert not asked(
        text, tmp_path, {"start.sh": f"#!/bin/sh\nif true; then\n{line}\nfi\n"}
    ).changed
    (tmp_path / "start.sh").write_text("#!/bin/sh\n# as root: chown\nexec python main.py\n")
    assert asked(text, tmp_path).changed


def test_files_for_their_owner_alone_are_not_left_to_root(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("x")
    (tmp_path / "key.pem").chmod(0o600)
    result = asked(APP + "COPY key.pem /etc/tide/\n" + START, tmp_path)

    assert not result.changed
    assert "read by its owner alone" in reasons(result)


@pytest.mark.parametrize(
    "text",
    [
        APP + "RUN useradd tide\nUSER tide\n" + START,
        APP + "USER 1000\n" + START,
        APP,
        "FROM gcr.io/distroless/python3\n" + START,
        "ARG BASE\nFROM ${BASE:-x/y}\n" + START,
        "FROM bitnami/python:3.12\n" + START,
        "FROM python:3.12-slim AS dev\n" + START,
    ],
)
def test_there_is_nothing_to_say(tmp_path: Path, text: str) -> None:
    result = asked(text, tmp_path)

    assert not result.changed
    assert (result.not_applied, result.declined) == ((), ())


def test_without_the_context_it_is_declined() -> None:
    result = rewrite(APP + START, select=NAME, assume=["non-root"])

    assert "without the build context" in reasons(result)
