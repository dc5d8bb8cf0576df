"""Edges of `healthcheck-without-curl`: what is asked, and what else may call curl."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import SPLIT, reasons

from dockopt import rewrite
from dockopt.result import Rewrite

APT = "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /l\n"
BASE = "FROM python:3.12-slim-bookworm\n"
CHECK = "HEALTHCHECK CMD curl -f http://localhost:80/\n"
PYTHON = "HEALTHCHECK CMD python -I -c"


def rewritten(
    text: str, folder: Path, *, more: tuple[str, ...] = (), files: dict[str, str] | None = None
) -> Rewrite:
    for path, content in {"app.py": "import flask\n", **(files or {})}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    select = ("healthcheck-without-curl", *more)
    result = rewrite(text, context=folder, select=select, level="aggressive")
    again = rewrite(result.text, context=folder, select=select, level="aggressive")
    assert again.text == result.text
    return result


def asked(check: str, folder: Path) -> str:
    program = "wget" if "wget" in check else "curl"
    text = BASE + APT.format(program) + f"HEALTHCHECK --timeout=5s CMD {check}\n"
    result = rewritten(text, folder).text
    return result.partition("HEALTHCHECK --timeout=5s CMD ")[2].strip()


GET = "c.request('GET', '/h'); r = c.getresponse(); r.read()"


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (
            "curl -f http://localhost:8000/h",
            "import http.client, sys; c = http.client.HTTPConnection('localhost:8000'); "
            f"{GET}; sys.exit(r.status >= 400)",
        ),
        (
            "curl localhost/h >/dev/null 2>&1 || exit 1",
            f"import http.client; c = http.client.HTTPConnection('localhost'); {GET}",
        ),
        (
            "/usr/bin/curl -fsSm 3 -o /dev/null http://[::1]:80/h || false",
            "import http.client, sys; c = http.client.HTTPConnection('[::1]:80', timeout=3); "
            f"{GET}; sys.exit(r.status >= 400)",
        ),
        (
            "curl -sfL --connect-timeout 1 http://0.0.0.0:5000",
            "import urllib.request; urllib.request.urlopen('http://0.0.0.0:5000/').read()",
        ),
        (
            "curl -I http://localhost/h",
            "import http.client; c = http.client.HTTPConnection('localhost'); "
            "c.request('HEAD', '/h'); r = c.getresponse(); r.read()",
        ),
        (
            "wget -T5 -qO- http://localhost/h || exit",
            "import urllib.request; urllib.request.urlopen('http://localhost/h', timeout=5).read()",
        ),
        (
            "wget --spider -nv -t 1 http://localhost/h",
            "import urllib.request; urllib.request.urlopen("
            "urllib.request.Request('http://localhost/h', method='HEAD')).read()",
        ),
        (
            "curl -f http://localhost:${PORT:-80}/h",
            "import http.client, sys; c = http.client.HTTPConnection('localhost:${PORT:-80}'); "
            f"{GET}; sys.exit(r.status >= 400)",
        ),
    ],
)
def test_the_same_request(check: str, code: str, tmp_path: Path) -> None:
    assert asked(check, tmp_path) == f'python -I -c "{code}"'


def test_the_exec_form_stays(tmp_path: Path) -> None:
    assert asked('["curl", "-fL", "http://localhost"]', tmp_path) == (
        '["python", "-I", "-c", '
        "\"import urllib.request; urllib.request.urlopen('http://localhost/').read()\"]"
    )


@pytest.mark.parametrize(
    "check",
    [
        "curl -fk https://localhost/",
        "curl -f https://localhost/",
        "curl -f http://example.com/",
        "curl -f http://localhost@example.com/",
        "curl -f http://localhost:$A$B/",
        "curl -f http://localhost/$(hostname)",
        "curl -f 'http://localhost:$PORT/'",
        "curl -f \"http://localhost/?q='x'\"",
        "curl -f -H 'Host: a' http://localhost/",
        "curl -fX POST http://localhost/",
        "curl -d a=b http://localhost/",
        "curl -L http://localhost/",
        "curl -fo /tmp/x http://localhost/",
        "curl -f http://localhost/ http://localhost/b",
        "curl -f --retry 3 http://localhost/",
        "curl -f http://localhost/ > /tmp/answer",
        "curl -f http://localhost/ | grep ok",
        "curl -f http://localhost/ && curl -f http://localhost/b",
        "curl -f http://localhost/ || kill 1",
        "curl -f http://localhost/ &",
        "curl -fm ${T} http://localhost/",
        "TOKEN=x curl -f http://localhost/",
        "wget http://localhost/",
        "wget -qO /tmp/x http://localhost/",
        "wget -q --post-data=a -O- http://localhost/",
        "sh -c 'curl -f http://localhost/'",
        '["curl", "-f", "http://localhost:$PORT/"]',
        '["sh", "-c", "curl -f http://localhost/"]',
    ],
)
def test_what_is_more_than_one_request_stays(check: str, tmp_path: Path) -> None:
    assert asked(check, tmp_path) == check


@pytest.mark.parametrize(
    ("rest", "files", "reason"),
    [
        ("RUN curl -o x http://a\n", {}, "line 3 calls curl"),
        ("RUN <<EOF\n#!/usr/bin/env python3\nrun('curl')\nEOF\n", {}, "line 3 calls curl"),
        ('CMD ["curl", "x"]\n', {}, "line 3 calls curl"),
        ("ENTRYPOINT sleep 1 && curl x\n", {}, "line 3 calls curl"),
        ("COPY run.sh /\nRUN /fetch.sh\n", {}, "/fetch.sh"),
        ("ONBUILD RUN make\n", {}, "ONBUILD"),
        ('CMD ["/run.sh"]\n', {"run.sh": "#!/bin/sh\ncurl x\n"}, "run.sh calls curl"),
        ("", {"app.py": "import subprocess\nsubprocess.run(['curl', 'x'])\n"}, "app.py calls"),
        (
            "",
            {"compose.yaml": "services:\n  a:\n    healthcheck:\n      test: curl x\n"},
            "compose",
        ),
        ("", {"requirements.txt": "pycurl==7.45\n"}, "may load a library"),
        ("RUN apt-get purge -y curl\n", {}, "removes packages"),
    ],
)
def test_another_use_keeps_it(
    rest: str, files: dict[str, str], reason: str, tmp_path: Path
) -> None:
    text = BASE + APT.format("curl") + rest + CHECK
    result = rewritten(text, tmp_path, files=files)

    assert result.text == text
    assert reason in reasons(result)


def test_a_stage_upon_the_same_base_may_call_it(tmp_path: Path) -> None:
    text = (
        f"{BASE.strip()} AS base\n{APT.format('curl')}"
        "FROM base AS tool\nRUN curl -o /x http://a\n"
        f"FROM base\nCOPY --from=tool /x /x\n{CHECK}"
    )
    result = rewritten(text, tmp_path)

    assert not result.changed
    assert "line 4 calls curl" in reasons(result)


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("FROM debian:bookworm-slim\n", "whether the image has a Python"),
        ("FROM python:2.7-slim\n", "whether the image has a Python"),
        (f"{BASE}ENV PATH=/usr/bin:/bin\n", "whether the image has a Python"),
        (f'{BASE}SHELL ["/bin/bash", "-c"]\n', "SHELL"),
    ],
)
def test_python_has_to_be_there(base: str, reason: str, tmp_path: Path) -> None:
    result = rewritten(base + APT.format("curl") + CHECK, tmp_path)

    assert not result.changed
    assert reason in reasons(result)


def test_without_a_context_it_declines() -> None:
    result = rewrite(
        BASE + APT.format("curl") + CHECK,
        level="aggressive",
        select=("healthcheck-without-curl",),
    )

    assert not result.changed
    assert "without the build context" in reasons(result)


def test_at_the_level_standard_it_is_only_shown(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("", encoding="utf-8")
    text = BASE + APT.format("curl") + CHECK
    result = rewrite(text, context=tmp_path, select=("healthcheck-without-curl",))

    assert result.text == text
    assert [entry.flag for entry in result.not_applied] == ["--level aggressive"]


def test_what_comes_in_any_case_is_no_saving(tmp_path: Path) -> None:
    text = BASE + APT.format("debootstrap wget") + CHECK.replace("curl -f", "wget -qO-")
    result = rewritten(text, tmp_path)

    assert not result.changed
    assert "in any case" in reasons(result)


def test_the_bytes_are_those_of_the_closure(tmp_path: Path) -> None:
    record = rewritten(BASE + APT.format("curl") + CHECK, tmp_path).applied[0]

    assert record.saves.count == 5_800_960
    assert "dependency closure in Debian bookworm" in record.saves.basis


def test_a_command_on_several_lines_becomes_one(tmp_path: Path) -> None:
    check = "HEALTHCHECK \\\n  CMD curl -f \\\n    http://localhost/ \\\n    || exit 1\nUSER 1\n"
    result = rewritten(BASE + APT.format("curl") + check, tmp_path).text

    assert "HEALTHCHECK \\\n  CMD python -I -c" in result
    assert 'sys.exit(r.status >= 400)"\nUSER 1\n' in result


def test_in_one_rewrite_with_the_split(tmp_path: Path) -> None:
    """The full image has a curl of its own; the slim one is given it, and then loses it."""
    text = (
        "FROM python:3.12-bookworm\n"
        "RUN apt-get update && apt-get install -y gcc curl && rm -rf /var/lib/apt/lists/*\n"
        "WORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        f"COPY app.py .\n{CHECK}"
        'CMD ["python", "app.py"]\n'
    )
    files = {"requirements.txt": "flask==3.1.0\n"}
    result = rewritten(text, tmp_path, more=SPLIT, files=files).text
    runtime = result.rpartition("FROM ")[2]

    assert runtime.startswith("python:3.12-slim-bookworm")
    assert "curl" not in runtime
    assert "gcc" not in runtime
    assert PYTHON in runtime
