"""The refresh, against an index on loopback."""

import gzip
import io
import json
import os
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dockopt.knowledge import distributions, distributions_refresh, package_index
from dockopt.knowledge.distributions import Distribution


def wheel(module: str, bulk: int = 0) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(f"{module}/__init__.py", "")
        archive.writestr(f"{module}/bulk.bin", os.urandom(bulk))
        archive.writestr(f"{module}-1.0.dist-info/METADATA", "Name: x\nRequires-Dist: other\n")
    return held.getvalue()


FILES = {
    "small-1.0-py3-none-any.whl": wheel("small_module"),
    "big-1.0-py3-none-any.whl": wheel("big_module", 1_000_000),
    "big-0.9-py3-none-any.whl": wheel("old_module"),
    "big-2.0rc1-py3-none-any.whl": wheel("unready"),
    "big-1.5-py3-none-any.whl": wheel("yanked"),
    "source-3.0.tar.gz": b"",
    "source-3.0-cp312-cp312-win_amd64.whl": b"",
    "broken-1.0-py3-none-any.whl": b"this is no zip",
}
YANKED = {"big-1.5-py3-none-any.whl"}


class Index(BaseHTTPRequestHandler):
    """The simple API; `/json/` answers in JSON, `/html/` in HTML, files with ranges or without."""

    sent: int = 0
    asked: list[str]
    ranges = True

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "files" and rest in FILES:
            self._file(FILES[rest])
            return
        name = rest.strip("/")
        files = [file for file in FILES if file.startswith(f"{name}-")]
        if not files:
            self.send_error(404)
        elif kind == "json":
            listed = [
                {"filename": f, "url": f"../../files/{f}", "yanked": f in YANKED} for f in files
            ]
            self._send(
                json.dumps({"files": listed}).encode(), package_index.ACCEPT.partition(",")[0]
            )
        else:
            links = (
                f'<a href="../../files/{f}#sha256=0" {"data-yanked" if f in YANKED else ""}>{f}</a>'
                for f in files
            )
            self._send("".join(links).encode(), "text/html")

    def _file(self, content: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not asked or not type(self).ranges:
            self._send(content, "application/octet-stream")
            return
        first = int(asked[1]) if asked[1] else max(0, len(content) - int(asked[2]))
        last = min(len(content) - 1, int(asked[2])) if asked[1] else len(content) - 1
        place = f"bytes {first}-{last}/{len(content)}"
        self._send(content[first : last + 1], "application/octet-stream", place)

    def _send(self, content: bytes, kind: str, place: str = "") -> None:
        self.send_response(206 if place else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if place:
            self.send_header("Content-Range", place)
        self.end_headers()
        self.wfile.write(content)
        type(self).sent += len(content)

    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Index, "asked", [], raising=False)
    monkeypatch.setattr(Index, "sent", 0)
    monkeypatch.setattr(distributions_refresh, "_packaged", dict)
    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def read_back(folder: Path) -> dict[str, Distribution]:
    text = gzip.decompress((folder / distributions.DATA_FILE).read_bytes()).decode()
    lines = [line for line in text.splitlines()[1:] if not line.startswith("=")]
    return {each.name: each for each in map(distributions.read_line, lines)}


@pytest.mark.parametrize("form", ["json", "html"])
def test_refresh(
    form: str, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    names = tmp_path / "names"
    names.write_text("Small\nbig\nsource\nbroken\nmissing\n")
    options = ["--index", f"{index}/{form}/", "--names", str(names), "--output", str(tmp_path)]
    assert distributions_refresh.main(options) == 0
    found = read_back(tmp_path)
    assert set(found) == {"small", "big", "source"}
    assert found["big"].version == "1.0"
    assert found["big"].modules == ("big_module",)
    assert found["big"].wheel_bytes == len(FILES["big-1.0-py3-none-any.whl"])
    assert found["big"].requires == ("other",)
    assert found["source"].sdist_only
    said = capsys.readouterr()
    assert "broken: " in said.err
    assert "missing: " in said.err
    assert said.out == "3 distributions, of which 2 with their modules\n"


def test_only_the_end_of_a_wheel_is_fetched(index: str) -> None:
    found = package_index.read(f"{index}/json", "big")
    assert found is not None
    assert found.installed_bytes is not None
    assert found.installed_bytes > 1_000_000
    assert Index.sent < 300_000


def test_a_server_without_ranges(index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Index, "ranges", False)
    found = package_index.read(f"{index}/json", "small")
    assert found is not None
    assert found.modules == ("small_module",)
    monkeypatch.setattr(package_index, "MAX_READ_BYTES", 100_000)
    with pytest.raises(OSError, match="more than 100000 bytes"):
        package_index.read(f"{index}/json", "big")


def test_a_remote_file_reads_like_a_local_one(index: str) -> None:
    content = FILES["big-1.0-py3-none-any.whl"]
    remote = package_index.RemoteFile(f"{index}/files/big-1.0-py3-none-any.whl")
    for start, size in [
        (0, 10),
        (65_530, 20),
        (500_000, 200_000),
        (len(content) - 5, 100),
        (3, -1),
    ]:
        remote.seek(start)
        assert remote.read(size) == content[start:][: None if size < 0 else size]


def test_a_run_goes_on_where_it_stopped(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, journal = tmp_path / "names", tmp_path / "journal"
    names.write_text("small\n")
    options = ["--index", f"{index}/json", "--names", str(names), "--journal", str(journal)]
    options += ["--output", str(tmp_path)]
    assert distributions_refresh.main(options) == 0
    first = (tmp_path / distributions.DATA_FILE).read_bytes()
    asked = len(Index.asked)
    assert distributions_refresh.main(options) == 0
    assert len(Index.asked) == asked
    assert (tmp_path / distributions.DATA_FILE).read_bytes() == first


def test_what_cannot_be_read_keeps_its_entry(
    index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = distributions.lookup("requests")
    assert before
    monkeypatch.setattr(distributions_refresh, "_packaged", lambda: {"requests": before})
    options = ["--index", f"{index}/json", "--output", str(tmp_path)]
    assert distributions_refresh.main(options) == 0
    assert read_back(tmp_path) == {"requests": before}


def test_folders_and_locks_need_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributions_refresh, "_packaged", dict)
    for name in (
        "big-1.0-py3-none-any.whl",
        "big-0.9-py3-none-any.whl",
        "broken-1.0-py3-none-any.whl",
    ):
        (tmp_path / name).write_bytes(FILES[name])
    lock = tmp_path / "uv.lock"
    lock.write_text(
        '[[package]]\nname = "big"\nversion = "9"\nsource = { registry = "https://pypi.org/simple" }\n'
        '[[package]]\nname = "other"\nversion = "2"\nsource = { registry = "https://pypi.org/simple" }\n'
        'wheels = [{ url = "https://files.example/other-2-py3-none-any.whl", size = 77 }]\n'
    )
    options = [
        "--offline",
        "--wheels",
        str(tmp_path),
        "--lock",
        str(lock),
        "--output",
        str(tmp_path),
    ]
    assert distributions_refresh.main(options) == 0
    found = read_back(tmp_path)
    assert found["big"].version == "1.0"  # what a wheel shows is worth more than a newer lock
    assert found["other"].wheel_bytes == 77
    assert found["other"].modules is None


@pytest.mark.parametrize("index_url", ["file:///etc", "ftp://127.0.0.1/"])
def test_other_schemes_are_refused(index_url: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        package_index.read(index_url, "x")


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"files": [1]}', b'{"files": 3}'])
def test_an_answer_that_is_no_index(body: bytes) -> None:
    with pytest.raises(ValueError):
        package_index._from_json(body.decode(), "http://x/")


def test_fails_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--offline", "--lock", str(tmp_path / "missing"), "--output", str(tmp_path)]
    assert distributions_refresh.main(options) == 1
    message = capsys.readouterr().err
    assert message.startswith("distributions_refresh: ")
    assert message.count("\n") == 1
