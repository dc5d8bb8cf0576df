"""`dockerignore`: what stays out of the build context, and whatever may not."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.transforms.shop import BASE, WHOLE

from dockopt import rewrite
from dockopt.facts.context import Context
from dockopt.result import Rewrite

ALL = {".git", "Dockerfile", "README.md", "docs", "tests"}


def run(folder: Path, files: Mapping[str, str], text: str = WHOLE, **settings: str) -> Rewrite:
    for path, content in {**BASE, "Dockerfile": text, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content.encode("utf-8", "surrogateescape"))
    own = str(folder / "Dockerfile")
    result = rewrite(text, select=["dockerignore"], context=folder, file=own, **settings)
    assert result.text == text
    if result.files:
        (written,) = result.files
        (folder / written.path).write_bytes(written.after.encode("utf-8", "surrogateescape"))
        again = rewrite(text, select=["dockerignore"], context=folder, file=own, **settings)
        assert again.files == ()
    return result


def left_out(result: Rewrite) -> set[str]:
    return {e.file for record in result.applied for e in record.evidence if e.file}


def test_a_new_file_is_grouped_and_keeps_out_what_it_says(tmp_path: Path) -> None:
    result = run(tmp_path, {})

    (written,) = result.files
    assert (written.path, written.before, written.author) == (
        ".dockerignore",
        None,
        "dockerignore@3",
    )
    assert written.after == (
        "# What no image is built from\n\n# Version control\n.git\n\n"
        "# Container files\n.dockerignore\nDockerfile\n\n# Documentation\nREADME.md\ndocs\n\n"
        "# Tests\ntests\n\n"
        "# Caches\n**/__pycache__\n**/.pytest_cache\n**/.mypy_cache\n**/.ruff_cache\n"
    )
    assert left_out(result) == ALL
    assert result.changed and result.applied[0].files == (".dockerignore",)
    assert Context.open(tmp_path).sent_files("") == (
        "main.py",
        "requirements.txt",
        "shop/__init__.py",
    )


@pytest.mark.parametrize(
    ("old", "lead"),
    [
        ("*.log\n", "*.log\n\n# What"),
        ("*.log", "*.log\n\n# What"),
        ("# mine \r\n  *.log\r\n", "# mine \r\n  *.log\r\n\r\n# What no image is built from\r\n"),
        ("\ufeff*.log\n", "\ufeff*.log\n\n# What"),
        ("caf\udce9\n", "caf\udce9\n\n# What"),
        ("\n", "\n# What"),
        ("", "# What"),
    ],
)
def test_what_is_there_stays_byte_for_byte(tmp_path: Path, old: str, lead: str) -> None:
    (written,) = run(tmp_path, {".dockerignore": old}).files

    assert written.before == old
    assert written.after.startswith(lead)


def test_what_is_left_out_already_is_not_said_again(tmp_path: Path) -> None:
    (written,) = run(tmp_path, {".dockerignore": ".git\n**/__pycache__\n"}).files

    added = written.after.removeprefix(".git\n**/__pycache__\n").split("\n")
    assert "tests" in added and not {".git", "**/__pycache__"} & set(added)


@pytest.mark.parametrize(
    "rules", [".git\ndocs\ntests\n", "*\n!main.py\n!shop\n", "*\n!tests/test_shop.py\n!main.py\n"]
)
def test_nothing_to_do_where_the_file_is_complete(tmp_path: Path, rules: str) -> None:
    assert run(tmp_path, {".dockerignore": rules}).files == ()


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ("docs\n!docs/index.rst\n", "docs"),
        ("*.md\n!README.md\n", "README.md"),
        ("!tests/**\n", "tests"),
    ],
)
def test_what_an_exception_brings_back_stays(tmp_path: Path, rules: str, stays: str) -> None:
    result = run(tmp_path, {".dockerignore": rules})

    assert ".git" in left_out(result) and stays not in left_out(result)


@pytest.mark.parametrize(
    ("files", "stays"),
    [
        ({"main.py": "open('docs/index.rst')\n"}, "docs"),
        ({"entrypoint.sh": "pytest tests\n"}, "tests"),
        ({"compose.yml": "services: {a: {command: pytest tests}}\n"}, "tests"),
        ({"deploy/Dockerfile": "FROM a\nCOPY docs /docs\n"}, "docs"),
        ({"deploy/Dockerfile": "FROM a\nCOPY *.md /\n"}, "README.md"),
        ({"deploy/Dockerfile": "FROM a\nADD docs/index.rst /\n"}, "docs"),
        ({"deploy/Dockerfile": "FROM a\nARG A\nCOPY ./docs/$A /\n"}, "docs"),
        (
            {"d/Dockerfile": "FROM a\nARG A\nRUN --mount=source=tests/$A/x,target=/x ls /x\n"},
            "tests",
        ),
        ({"deploy/test.Dockerfile": "FROM a\nCOPY . .\nRUN pytest\n"}, "tests"),
        (
            {"d/Dockerfile": "FROM a\nRUN --mount=type=bind,source=README.md,target=/r cat /r\n"},
            "README.md",
        ),
        (
            {
                "d/Dockerfile.build": "FROM a\nCOPY . .\nRUN pip install .\n",
                "pyproject.toml": '[project]\nreadme = "README.md"\n',
            },
            "README.md",
        ),
        (
            {
                "compose.yml": "services:\n  a:\n    build: {context: ., dockerfile: other/image}\n",
                "other/image": "FROM a\nCOPY tests /tests\n",
            },
            "tests",
        ),
        (
            {
                "compose.yml": "services:\n  t:\n    build: .\n    entrypoint: [sh, -c, 'ls docs']\n",
            },
            "docs",
        ),
    ],
)
def test_what_another_build_or_a_program_needs_stays(
    tmp_path: Path, files: dict[str, str], stays: str
) -> None:
    result = run(tmp_path, files)

    assert result.files, [d.reason for d in result.declined]
    assert not left_out(result) & set(stays.split())


def test_nothing_goes_that_would_make_the_tree_dirty_for_a_version(tmp_path: Path) -> None:
    files = {
        "d/Dockerfile.build": "FROM a\nCOPY . .\nRUN pip install .\n",
        "pyproject.toml": '[project]\ndynamic = ["version"]\n[tool.setuptools_scm]\n',
    }

    assert run(tmp_path, files).files == ()


def test_a_dockerfile_for_a_folder_of_its_own_does_not_count(tmp_path: Path) -> None:
    files = {
        "web/Dockerfile": "FROM a\nCOPY docs /docs\n",
        "compose.yml": "services:\n  web: {build: ./web}\n  api: {build: .}\n",
    }

    assert "docs" in left_out(run(tmp_path, files))


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {
                "compose.yml": "services:\n  w:\n    build:\n      context: web\n"
                "      additional_contexts: {root: .}\n"
            },
            "the service w in compose.yml:2 may copy",
        ),
        ({"docker-bake.hcl": 'target "a" {\n  contexts = { root = "." }\n}\n'}, "by a name"),
        ({"docker-bake.json": '{"target": {"a": {"contexts": {"root": "."}}}}'}, "by a name"),
        ({"build.sh": "docker build --build-context root=. web\n"}, "by a name"),
        ({"build.sh": "docker build --build-context x=$DIR web\n"}, "by a name"),
        ({"d/Dockerfile": "FROM a\nARG WHAT=docs\nCOPY $WHAT /x\n"}, "build argument"),
        (
            {"d/Dockerfile": "FROM a\nRUN --mount=target=/src pip install /src\n"},
            "mounts the whole",
        ),
        ({"d/Dockerfile": "FROM a\nRUN --mount=target=/x,source=$X ls\n"}, "a variable names"),
        ({"d/Dockerfile": "FROM a\nONBUILD COPY . /app\n"}, "images built upon it"),
        ({"d/Dockerfile": "{{ base }}\nCOPY . .\n"}, "d/Dockerfile cannot be read"),
    ],
)
def test_declined_where_another_build_is_unknown(
    tmp_path: Path, files: dict[str, str], reason: str
) -> None:
    result = run(tmp_path, files)

    assert result.files == () and reason in result.declined[0].reason


def test_an_ignore_file_of_its_own_is_about_this_dockerfile_alone(tmp_path: Path) -> None:
    files = {"Dockerfile.dockerignore": "*.log\n", "d/Dockerfile": "FROM a\nCOPY docs /docs\n"}

    (written,) = run(tmp_path, files).files

    assert written.path == "Dockerfile.dockerignore" and "\ndocs\n" in written.after


def test_another_dockerfile_with_an_ignore_file_of_its_own(tmp_path: Path) -> None:
    files = {"d/Dockerfile": "FROM a\nCOPY docs /docs\n", "d/Dockerfile.dockerignore": ""}

    assert "docs" in left_out(run(tmp_path, files))


def test_an_ignore_file_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "context").mkdir()
    (tmp_path / "rules").write_text("*.log\n")
    (tmp_path / "context" / ".dockerignore").symlink_to("../rules")

    result = run(tmp_path / "context", {})

    assert result.files == () and "is a link" in result.declined[0].reason


@pytest.mark.parametrize("tool", ["npm run build", "make", "yarn --cwd web"])
def test_what_other_build_tools_may_read_stays(tmp_path: Path, tool: str) -> None:
    text = f"FROM node AS web\nCOPY . .\nRUN {tool}\n" + WHOLE
    files = {".vscode/settings.json": "x" * 60_000, ".env": "A=1"}

    result = run(tmp_path, files, text)

    assert left_out(result) == {".vscode"}
    assert ".env goes into the image" in result.declined[0].reason


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({".env": "A=1\n"}, False),
        ({".env.local": "A=1\n", "id_rsa": "-"}, False),
        ({".env": "A=1\n", "main.py": "from dotenv import load_dotenv\n"}, True),
        ({".env": "A=1\n", "main.py": "x = Settings(_env_file='.env')\n"}, True),
        ({".env.production": "A=1\n", "main.py": "x = f'.env.{name}'\n"}, True),
        ({".env": "A=1\n", "compose.yml": "services: {a: {env_file: .env}}\n"}, True),
        ({".env.example": "A=1\n", "server.pem": "-"}, None),
    ],
)
def test_secrets(tmp_path: Path, files: dict[str, str], kept: bool | None) -> None:
    result = run(tmp_path, files)
    secrets = {name for name in files if name.startswith((".env", "id_", "server"))}
    said = [d for d in result.declined if "may read it" in d.reason]

    assert bool(said) is bool(kept)
    expected = set() if kept else secrets if kept is False else {".env.example"}
    assert left_out(result) & secrets == expected


def test_a_secret_alone_is_reason_enough(tmp_path: Path) -> None:
    rules = ".git\ndocs\ntests\n"

    assert ".env" in left_out(run(tmp_path, {".dockerignore": rules, ".env": "A=1\n"}))


def test_names_that_an_ignore_file_cannot_say_as_they_are_stay(tmp_path: Path) -> None:
    files = {"a[1].md": "x" * 60_000, "#notes.md": "x", "!odd.md": "x", " lead.md": "x"}

    found = left_out(run(tmp_path, files))

    assert found == ALL


def test_two_runs_of_all_transforms_list_once(tmp_path: Path) -> None:
    """Where the COPY itself says what it takes, the context may hold what it wants."""
    run(tmp_path, {})
    (tmp_path / ".dockerignore").unlink(missing_ok=True)
    result = rewrite(WHOLE, context=tmp_path, select=["selective-copy", "dockerignore"])

    assert {record.transform for record in result.applied} == {"selective-copy"}


def test_the_level_and_a_pragma_keep_it_off(tmp_path: Path) -> None:
    assert run(tmp_path, {}, level="safe").files == ()
    text = WHOLE.replace("COPY", "# dockopt: ignore=dockerignore\nCOPY")
    result = rewrite(text, context=tmp_path, select=["dockerignore"])
    assert result.files == () and result.not_applied[0].kind == "pragma"


def test_the_steps_of_the_passes_name_nothing_of_the_context(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS builder\nRUN python -m venv /opt/venv\n"
        "RUN /opt/venv/bin/pip install flask\n"
        "FROM python:3.12-slim\nCOPY --from=builder /opt/venv /opt/venv\nCOPY . .\n"
        'CMD ["python", "main.py"]\n'
    )
    run(tmp_path, {}, text)
    (tmp_path / ".dockerignore").unlink()

    result = rewrite(
        text, context=tmp_path, select=["prune-venv", "strip-binaries", "dockerignore"]
    )

    assert {r.transform for r in result.applied} == {"prune-venv", "strip-binaries", "dockerignore"}
    assert "tests" in left_out(result)
