"""The line of Python against a server, and beside curl where this machine has it."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dockopt.facts.http_probe import HttpProbe, probe_of
from dockopt.model import build
from dockopt.syntax import parse

LATE = 1.5
STATUS = {"/404": 404, "/500": 500, "/204": 204, "/nowhere": 301, "/moved": 302, "/to404": 302}


class Answers(BaseHTTPRequestHandler):
    """Says what the path asks for."""

    def do_GET(self) -> None:
        if self.path == "/late":
            time.sleep(LATE)
        body = b"" if self.path == "/204" or self.command == "HEAD" else b"fine"
        self.send_response(405 if self.path == "/noHEAD" and not body else self.code)
        if self.code == 302:
            self.send_header("Location", "/404" if self.path == "/to404" else "/")
        self.send_header("Content-Length", "50" if self.path == "/short" else str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    @property
    def code(self) -> int:
        return STATUS.get(self.path, 200)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the server is only a part of the test."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()


def probe(command: str) -> HttpProbe:
    target = build(parse(f"FROM python:3.12-slim\nHEALTHCHECK CMD {command}\n")).target
    check = target.last("HEALTHCHECK")
    found = probe_of(target, check) if check else None
    assert isinstance(found, HttpProbe), found
    return found


def is_healthy(command: str) -> bool:
    words = [sys.executable, "-I", "-c", probe(command).code]
    code = subprocess.run(words, capture_output=True, timeout=20, check=False).returncode
    assert code in (0, 1)
    return code == 0


HEALTHY = {
    "curl -f": {"/": 1, "/404": 0, "/500": 0, "/204": 1, "/moved": 1, "/to404": 1, "/short": 0},
    "curl": {"/": 1, "/404": 1, "/500": 1, "/204": 1, "/moved": 1, "/nowhere": 1, "/short": 0},
    "curl -fL": {"/": 1, "/404": 0, "/204": 1, "/moved": 1, "/to404": 0, "/short": 0},
    "curl -f -m 1": {"/": 1, "/late": 0},
    "curl -f -m 5": {"/late": 1},
    "curl -fI": {"/": 1, "/404": 0, "/noHEAD": 0},
    "wget -qO- -t1": {"/": 1, "/404": 0, "/500": 0, "/204": 1, "/moved": 1, "/to404": 0},
    "wget -qO- -T1 -t1": {"/late": 0, "/nowhere": 0, "/short": 0},
    "wget -q --spider": {"/": 1, "/404": 0, "/noHEAD": 0},
}
CASES = [
    (command, path, bool(fine)) for command, row in HEALTHY.items() for path, fine in row.items()
]


@pytest.mark.parametrize(("command", "path", "fine"), CASES)
def test_the_answer_counts_as_it_did(command: str, path: str, fine: bool, port: int) -> None:
    assert is_healthy(f"{command} http://127.0.0.1:{port}{path}") is fine


@pytest.mark.parametrize(("command", "path", "fine"), CASES)
def test_the_program_itself_says_the_same(command: str, path: str, fine: bool, port: int) -> None:
    words = [*command.split(), f"http://127.0.0.1:{port}{path}"]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run(words, capture_output=True, timeout=20, check=False)

    assert (done.returncode == 0) is fine


@pytest.mark.parametrize("command", ["curl -f", "curl", "curl -fL", "wget -qO-"])
def test_nobody_listens(command: str, port: int) -> None:
    assert not is_healthy(f"{command} http://127.0.0.1:1/")


def test_files_beside_the_application_are_not_imported(port: int, tmp_path: Path) -> None:
    for name in ("http", "socket", "email"):
        (tmp_path / f"{name}.py").write_text("raise ImportError", encoding="utf-8")
    code = probe(f"curl -f http://127.0.0.1:{port}/").code
    done = [
        subprocess.run([sys.executable, *flags, "-c", code], cwd=tmp_path, check=False)
        for flags in (["-I"], [])
    ]

    assert [process.returncode for process in done] == [0, 1]
