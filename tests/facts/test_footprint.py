"""What a RUN may leave below a folder."""

import pytest

from dockopt.facts.footprint import Footprint, footprint
from dockopt.model import build
from dockopt.syntax import parse


def of(
    run: str, folder: str = "/app", *, before: str = "WORKDIR /app", filled: bool = False
) -> Footprint:
    stage = build(parse(f"FROM python:3.12-slim\n{before}\nRUN {run}\n")).stages[0]
    return footprint(stage, stage.runs[-1], folder, filled=filled)


@pytest.mark.parametrize(
    "run",
    [
        "apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*",
        "pip install -r requirements.txt",
        "pip install --no-cache-dir flask 'uvicorn[standard]'",
        "uv pip install --system -r requirements.txt",
        "useradd -m app && chown -R app /app && chmod 755 /app",
        "curl -fsSL https://example.org/x -o /usr/local/bin/x",
        "curl https://example.org",
        "wget -qO /tmp/x https://example.org/x",
        "tar -xzf /tmp/x.tgz -C /opt",
        "cp config.py /etc/app.py",
        "ln -s /app/run.sh /usr/bin/run",
        "cd /tmp && make install",
        "echo hi > /etc/motd",
        "sed -i s/a/b/ setup.py",
        "git clone https://example.org/x.git /opt/x",
        "find . -name '*.pyc' -delete",
    ],
)
def test_leaves_nothing(run: str) -> None:
    assert (of(run).unknown, of(run).folders) == ("", [])


@pytest.mark.parametrize(
    ("run", "program"),
    [
        ("python manage.py collectstatic", "python"),
        ("make", "make"),
        ("pip install -e .", "pip install"),
        ("pip install .", "pip install"),
        ("pip install --target /app/lib flask", "pip install"),
        ("uv sync", "uv sync"),
        ("npm ci", "npm"),
        ("touch log.txt", "touch"),
        ("echo hi > version.txt", "echo"),
        ("cp /etc/hosts .", "cp"),
        ("wget https://example.org/x", "wget"),
        ("curl -O https://example.org/x", "curl"),
        ("tar -xzf /tmp/x.tgz", "tar"),
        ("cd /tmp && cd /app && make", "make"),
        ("mv $(ls) $UNKNOWN", "mv"),
        ("git clone https://example.org/x.git", "git"),
    ],
)
def test_may_write_where_it_stands(run: str, program: str) -> None:
    assert of(run).unknown == program


def test_a_command_that_names_the_folder() -> None:
    assert of("make DESTDIR=/app", before="WORKDIR /").unknown == "make"
    assert of("make DESTDIR=/opt", before="WORKDIR /").unknown == ""


def test_folders_that_it_makes() -> None:
    found = of("mkdir -p /app/a/b logs /srv/x && mkdir -m 755 static")

    assert found.folders == [
        "/app", "/app/a", "/app/a/b", "/app", "/app/logs", "/app", "/app/static"
    ]  # fmt: skip


def test_an_environment_on_the_path_is_written_to_by_pip_and_python() -> None:
    path = "WORKDIR /\nENV PATH=/opt/venv/bin:$PATH"

    assert of("pip install flask", "/opt/venv", before=path, filled=True).unknown
    assert of("python -m nltk.downloader x", "/opt/venv", before=path, filled=True).unknown
    assert not of("pip install flask", "/opt/venv", before="WORKDIR /", filled=True).unknown


def test_a_shell_that_is_not_read() -> None:
    assert of('["make"]').unknown
    assert not of('["make"]', before="WORKDIR /").unknown
