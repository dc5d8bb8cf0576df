"""Edges of `exec-form`: which commands the shell only parts into words, and who else counts on it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons

from dockopt import rewrite
from dockopt.result import Rewrite

BASE = "FROM python:3.12-slim\n"


def rewritten(
    text: str, folder: Path | None = None, files: dict[str, str] | None = None
) -> Rewrite:
    for path, content in (files or {}).items():
        assert folder is not None
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    context = folder if files else None
    result = rewrite(text, context=context, select=("exec-form",), level="aggressive")
    again = rewrite(result.text, context=context, select=("exec-form",), level="aggressive")
    assert again.text == result.text
    return result


WORDS = [
    "program",
    "program a  b",
    "exec program a",
    "program 'a b' \"c d\" e'f'g",
    'program a\\ b \\"c\\" \'\' ""',
    'program "a\\"b" "\\\\" "a\\b"',
    "program 'a\"b' --x='*' a=b ] }",
    "program 'ü' \"tab\tin\" -- -1 +x %s @ , ^",
    "program a~b x=~ a#b '#c'",
    "program 'desk.web:app(1)'",
]


@pytest.mark.parametrize("command", WORDS)
def test_the_words_are_those_of_the_shell(command: str, tmp_path: Path) -> None:
    """A program that prints its arguments is started by `sh -c`, as Docker would."""
    program = tmp_path / "program"
    program.write_text(
        "#!/usr/bin/env python3\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n"
    )
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    said = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "PATH": path, "HOME": "/nowhere"},
        capture_output=True,
        check=True,
    ).stdout
    result = rewritten(f"{BASE}CMD {command}\n").text.removeprefix(f"{BASE}CMD ").strip()
    if result == command:
        assert any(mark in command for mark in "~\t]")
        return

    assert json.loads(result) == ["program", *json.loads(said)]


@pytest.mark.parametrize(
    "command",
    [
        "a $B",
        "a ${B:-c}",
        "a $(b)",
        "a `b`",
        "a *.py",
        "a ~/b",
        "a {b,c}",
        "a && b",
        "a || b",
        "a; b",
        "a;",
        "a &",
        "a | b",
        "a > b",
        "a 2>&1",
        "A=1 b",
        "(a)",
        "if a; then b; fi",
        "cd /app",
        "echo a",
        ". /env",
        "source /env",
        "exec -a b c",
        "! a",
        "bash",
        "/bin/sh -c 'a b'",
        "zsh -l",
        "gunicorn {{ cookiecutter.name }}.wsgi",
        "a 'b\\\n c'",
        "a # b",
        "run.sh",
        "./serve",
        "/app/serve",
        "$SERVE",
    ],
)
def test_the_shell_is_needed(command: str) -> None:
    text = f"{BASE}CMD {command}\n"

    assert rewritten(text).text == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CMD python a.py  \n", 'CMD ["python", "a.py"]  \n'),
        ("cmd  python a.py", 'cmd  ["python", "a.py"]'),
        ("CMD python \\\r\n  a.py\r\n", 'CMD ["python", \\\r\n  "a.py"]\r\n'),
        ("CMD /usr/local/bin/gunicorn a\n", 'CMD ["/usr/local/bin/gunicorn", "a"]\n'),
        ("CMD bash start\n", 'CMD ["bash", "start"]\n'),
        ("CMD exec \\\n  # it\n  a\n", 'CMD \\\n  # it\n  ["a"]\n'),
        ("CMD a\nCMD b\n", 'CMD a\nCMD ["b"]\n'),
        ('ENTRYPOINT ["dumb-init", "-v"]\nCMD a\n', 'ENTRYPOINT ["dumb-init", "-v"]\nCMD ["a"]\n'),
        ("ENTRYPOINT []\nCMD a\n", 'ENTRYPOINT []\nCMD ["a"]\n'),
        ("COPY . /app\nCMD serve\n", 'COPY . /app\nCMD ["serve"]\n'),
    ],
)
def test_the_program_is_started_itself(before: str, after: str) -> None:
    assert rewritten(BASE + before).text == BASE + after


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'{BASE}SHELL ["/bin/bash", "-c"]\nCMD a\n', "SHELL"),
        (f'{BASE}ENTRYPOINT ["/entry.sh"]\nCMD a\n', "may look at them"),
        (f'{BASE}ENTRYPOINT ["tini", "--", "wrapper"]\nCMD a\n', "may look at them"),
        (f"{BASE}ENTRYPOINT b $C\nCMD a\n", "does not use it"),
        ("FROM nginx\nCMD a\n", "has an ENTRYPOINT or a SHELL is not known"),
        ("FROM registry.example.com/python:3.12\nCMD a\n", "is not known"),
        ("ARG B\nFROM $B\nCMD a\n", "is not known"),
        (f"{BASE}ENTRYPOINT a\n", "without the build context"),
        (f'{BASE}ENTRYPOINT a\nCMD ["b"]\n', "get CMD as arguments"),
        (f"{BASE}COPY serve /usr/bin/\nCMD serve\n", "starts with #!"),
        (f"{BASE}COPY bin /usr/local/bin\nCMD serve\n", "starts with #!"),
        (f"{BASE}RUN echo a > /usr/bin/serve\nCMD serve\n", "starts with #!"),
        (f"{BASE}RUN curl -o /bin/serve x\nCMD serve\n", "starts with #!"),
    ],
)
def test_it_declines(text: str, reason: str) -> None:
    result = rewritten(text)

    assert result.text == text
    assert reason in reasons(result)


@pytest.mark.parametrize(
    ("files", "changes"),
    [
        ({"serve": "#!/bin/sh\nexec a\n"}, True),
        ({"bin/serve": "#!/usr/bin/env python3\n"}, True),
        ({"serve": "exec a\n"}, False),
        ({"a/serve": "#!/bin/sh\n", "b/serve": "exec a\n"}, False),
        ({"other": "#!/bin/sh\n"}, False),
    ],
)
def test_a_script_has_to_name_its_interpreter(
    files: dict[str, str], changes: bool, tmp_path: Path
) -> None:
    assert rewritten(f"{BASE}COPY . /app\nCMD /app/serve\n", tmp_path, files).changed is changes


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"app.py": ""}, ""),
        ({"compose.yaml": "services:\n  a:\n    image: b\n"}, ""),
        ({"compose.yaml": "services:\n  a:\n    command: [--debug]\n"}, "compose.yaml may give"),
        ({"k.yaml": "kind: Pod\nspec:\n  containers:\n  - args: [x]\n"}, "k.yaml may give"),
        ({"app.py": "import os\nHERE = os.environ['PWD']\n"}, "app.py reads PWD"),
    ],
)
def test_an_entrypoint_may_get_arguments_elsewhere(
    files: dict[str, str], reason: str, tmp_path: Path
) -> None:
    result = rewritten(f"{BASE}ENTRYPOINT python -m desk\n", tmp_path, files)

    assert result.changed is not bool(reason)
    assert reason in reasons(result)


def test_only_what_the_target_sets_itself_changes() -> None:
    text = f"{BASE.strip()} AS base\nCMD a\nFROM base AS other\nFROM base\n"

    assert rewritten(text).text == text


def test_at_the_level_standard_it_is_only_shown() -> None:
    result = rewrite(f"{BASE}CMD a\n", select=("exec-form",))

    assert not result.changed
    assert [entry.flag for entry in result.not_applied] == ["--level aggressive"]


def test_windows_has_no_such_shell() -> None:
    text = "FROM python:3.12-windowsservercore\nCMD a\n"

    assert rewritten(text).text == text
