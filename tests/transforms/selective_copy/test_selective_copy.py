"""`selective-copy`: what leaves the image, and whatever may not."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.transforms.shop import BASE, HEAD, WHOLE

from dockopt import rewrite
from dockopt.result import Rewrite


def run(folder: Path, files: Mapping[str, str], text: str = WHOLE) -> Rewrite:
    for path, content in {**BASE, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return rewrite(text, select=["selective-copy"], context=folder)


def left_out(result: Rewrite) -> set[str]:
    assert result.applied, [d.reason for d in result.declined]
    return {e.file for e in result.applied[0].evidence if e.file}


def test_list_in_the_place_of_everything(tmp_path: Path) -> None:
    result = run(tmp_path, {".flake8": "", "pyproject.toml": "[project]\nname='a'\n"})

    assert result.text == HEAD + (
        "COPY shop ./shop\nCOPY main.py pyproject.toml requirements.txt ./\n"
        'CMD ["python", "main.py"]\n'
    )
    assert left_out(result) == {".flake8", ".git", "README.md", "docs", "tests"}
    assert result.applied[0].saves.count == sum(
        len(BASE[name])
        for name in ("tests/test_shop.py", "docs/index.rst", "README.md", ".git/objects/pack")
    )
    assert "added to the list" in result.applied[0].because


def test_what_is_not_recognised_stays(tmp_path: Path) -> None:
    files = {
        ".streamlit/config.toml": "",
        ".config/x": "",
        "Makefile": "a:\n",
        "data/x.csv": "1",
        "tests.py": "",
        "venv/main.py": "",
        "alembic.ini": "",
    }
    result = run(tmp_path, files)

    assert left_out(result) == {".git", "README.md", "docs", "tests"}


@pytest.mark.parametrize(
    ("line", "leaves"),
    [
        ('ENV PATH="/opt/venv/bin:$PATH"', True),
        ("RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask", True),
        ("ENV PATH=/srv/shop/venv/bin:$PATH", False),
        ("RUN venv/bin/pip install flask", False),
    ],
)
def test_an_environment_that_the_build_makes_is_no_folder_of_the_context(
    tmp_path: Path, line: str, leaves: bool
) -> None:
    text = WHOLE.replace("CMD", f"{line}\nCMD")
    result = run(tmp_path, {"venv/pyvenv.cfg": "home = /usr\n"}, text)
    assert ("venv" in left_out(result)) is leaves


def test_virtual_environments_and_caches_leave(tmp_path: Path) -> None:
    files = {
        ".venv/pyvenv.cfg": "home = /usr\n",
        "__pycache__/a.pyc": "x",
        ".mypy_cache/x": "",
        "Dockerfile.dev": "",
        "compose.override.yaml": "",
        ".env.example": "",
        ".github/workflows/ci.yml": "run: pytest\n",
    }

    assert set(files) | left_out(run(tmp_path, files)) == {
        *files, ".git", "README.md", "docs", "tests", ".venv", "__pycache__", ".mypy_cache",
        "Dockerfile.dev", "compose.override.yaml", ".env.example", ".github",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "content", "kept"),
    [
        ("main.py", "from tests.fixtures import data\n", "tests"),
        ("shop/load.py", "open('docs/index.rst')\n", "docs"),
        ("shop/load.py", "p = ROOT / 'docs'\n", "docs"),
        ("shop/about.py", "text = Path('README.md').read_text()\n", "README.md"),
        ("shop/about.py", "for f in glob('*.md'): ...\n", "README.md"),
        ("shop/version.py", "import git\n", ".git"),
        ("shop/version.py", "run(['git', 'describe'])\n", ".git"),
        ("shop/train.py", "import mlflow\n", ".git"),
        ("entrypoint.sh", "#!/bin/sh\nsh tests/smoke.sh\n", "tests"),
        ("entrypoint.sh", "#!/bin/sh\nexec pytest\n", "tests"),
        ("compose.yaml", "services:\n  t:\n    command: python -m tests.load\n", "tests"),
        ("Makefile", "test:\n\tdocker compose run web pytest\n", "tests"),
        (".github/workflows/ci.yml", "- run: docker run shop pytest -q\n", "tests"),
        ("broken.py", "print 'docs'\n", "docs"),
        ("supervisord.conf", "directory=docs\n", "docs"),
    ],
)
def test_what_something_names_stays(tmp_path: Path, path: str, content: str, kept: str) -> None:
    assert kept not in left_out(run(tmp_path, {path: content}))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("main.py", "app = FastAPI(docs_url='/docs')\n"),
        ("main.py", '"""Reads docs and tests."""\n'),
        ("entrypoint.sh", "#!/bin/sh\n# see docs and tests\nexec main\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['tests']\n"),
        ("Makefile", "docs:\n\tsphinx-build docs\ntest:\n\tpytest tests\n"),
    ],
)
def test_what_does_not_count_as_naming(tmp_path: Path, path: str, content: str) -> None:
    assert {"docs", "tests"} <= left_out(run(tmp_path, {path: content}))


@pytest.mark.parametrize(
    "line",
    [
        "RUN python -m pytest tests",
        "HEALTHCHECK CMD python tests/check.py",
        'ENTRYPOINT ["sh", "tests/run.sh"]',
    ],
)
def test_what_an_instruction_names_stays(tmp_path: Path, line: str) -> None:
    assert "tests" not in left_out(run(tmp_path, {}, HEAD + f"COPY . .\n{line}\n"))


@pytest.mark.parametrize(
    ("install", "kept"),
    [
        ("pip install .", True),
        ("pip install -e .", True),
        ("uv sync --frozen", True),
        ("./build.sh", True),
        ("pip install -r requirements.txt", False),
        ("python manage.py migrate", False),
    ],
)
def test_packaging_files_stay_where_the_project_is_built(
    tmp_path: Path, install: str, kept: bool
) -> None:
    files = {"pyproject.toml": "[build-system]\nrequires=['hatchling']\n"}
    found = left_out(run(tmp_path, files, HEAD + f"COPY . .\nRUN {install}\n"))

    assert ("README.md" not in found) is kept
    assert ".git" in found


@pytest.mark.parametrize(
    "name", ["LICENSE", "LICENCE.md", "LICENSE-MIT", "COPYING", "COPYING.txt", "NOTICE", "license"]
)
def test_what_a_licence_wants_beside_each_copy_stays(tmp_path: Path, name: str) -> None:
    """An image is such a copy."""
    result = run(tmp_path, {name: "free", "AUTHORS": "us"}, HEAD + "COPY . .\n")

    assert name not in left_out(result)
    assert {"AUTHORS", "README.md"} <= left_out(result)


@pytest.mark.parametrize("install", ["pip install .", "uv sync --frozen", "./build.sh"])
def test_all_that_git_knows_stays_where_the_version_comes_from_it(
    tmp_path: Path, install: str
) -> None:
    """git calls the tree dirty without the tests, and the version would be another one."""
    files = {
        "pyproject.toml": "[build-system]\nrequires=['setuptools_scm']\n",
        ".venv/pyvenv.cfg": "x" * 60_000,
    }
    text = HEAD + f"COPY . .\nRUN {install}\n"

    assert left_out(run(tmp_path, files, text)) == {".venv"}
    (tmp_path / ".dockerignore").write_text(".git\n")
    assert "tests" in left_out(run(tmp_path, files, text))


@pytest.mark.parametrize(("image", "stays"), [("3.12", True), ("3.12-slim", False)])
def test_a_release_that_git_is_asked_for(tmp_path: Path, image: str, stays: bool) -> None:
    text = WHOLE.replace("3.12-slim", image)

    found = left_out(run(tmp_path, {"main.py": "import sentry_sdk, shop\n"}, text))

    assert (".git" not in found) is stays


def test_flags_and_destination_are_kept(tmp_path: Path) -> None:
    text = HEAD + "COPY --chown=1000:1000 --link . $HOME/app/\n"
    result = run(tmp_path, {}, text)

    assert result.text == HEAD + (
        "COPY --chown=1000:1000 --link shop $HOME/app/shop\n"
        "COPY --chown=1000:1000 --link main.py requirements.txt $HOME/app/\n"
    )


def test_names_with_spaces_are_written_as_json(tmp_path: Path) -> None:
    result = run(tmp_path, {"my data.csv": "1", "two words/x": "2"})

    assert result.text == HEAD + (
        'COPY shop ./shop\nCOPY ["two words", "./two words"]\n'
        'COPY main.py requirements.txt ./\nCOPY ["my data.csv", "./"]\n'
        'CMD ["python", "main.py"]\n'
    )


def test_long_lists_are_broken(tmp_path: Path) -> None:
    files = {f"module_with_a_long_name_{n}.py": "" for n in range(8)}
    lines = run(tmp_path, files).text.splitlines()

    assert all(len(line) <= 100 for line in lines)
    assert lines[3].endswith("\\") and lines[4].startswith("    module_with")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a[1].txt", "cannot name"),
        ("$x", "cannot name"),
        ("-x", "cannot name"),
        ("a'b", "cannot name"),
    ],
)
def test_names_that_copy_cannot_say(tmp_path: Path, path: str, expected: str) -> None:
    assert expected in run(tmp_path, {path: ""}).declined[0].reason


def test_links_empty_folders_and_long_lists_are_declined(tmp_path: Path) -> None:
    link, empty, long = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    for folder in (link, empty, long):
        folder.mkdir()
    (link / "current").symlink_to("shop")
    (empty / "logs").mkdir()

    assert "is a link" in run(link, {}).declined[0].reason
    assert "is empty" in run(empty, {}).declined[0].reason
    many = {f"m{n}.py": "" for n in range(30)}
    assert "too many" in run(long, many).declined[0].reason


def test_what_git_ignores_may_be_missing_elsewhere(tmp_path: Path) -> None:
    result = run(tmp_path, {".gitignore": "*.sqlite3\n", "db.sqlite3": "x"})

    assert "git ignores db.sqlite3" in result.declined[0].reason


def test_only_what_is_sent_counts(tmp_path: Path) -> None:
    ignore = {".dockerignore": ".git\ntests\ndocs\n"}
    result = run(tmp_path, ignore)

    assert (result.changed, result.declined) == (False, ())


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("COPY . /", "root of the file system"),
        ("COPY --exclude=*.md . .", "--exclude"),
        ('COPY ["." , "."]', "not taken apart"),
        ("COPY \\\n# all\n. .", "not taken apart"),
    ],
)
def test_forms_that_are_declined(tmp_path: Path, copy: str, expected: str) -> None:
    assert expected in run(tmp_path, {}, HEAD + copy + "\n").declined[0].reason


def test_without_a_context_it_is_declined() -> None:
    result = rewrite(WHOLE, select=["selective-copy"])

    assert "--context" in result.declined[0].reason


def test_other_stages_keep_everything(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12 AS b\nCOPY . .\n"
        "FROM python:3.12-slim AS dev\nCOPY . .\n"
        "FROM python:3.12-slim\nCOPY --from=b /x /x\nCOPY shop /srv/shop\n"
    )

    assert not run(tmp_path, {}, text).changed


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    once = run(tmp_path, {})
    again = rewrite(once.text, select=["selective-copy"], context=tmp_path)

    assert again.text == once.text


BESIDE = {
    "scripts/load.py": "import shop\n" + "#" * 60_000,
    "notebooks/sales.ipynb": "{}" + " " * 10_000,
    "frontend/package.json": "{}" + " " * 10_000,
    "worker/pyproject.toml": "[project]\nname='worker'\n",
    "worker/run.py": "import celery\n" + "#" * 10_000,
    "tools/small.py": "",
    "legacy/__init__.py": "x = 1\n",
    "data/prices.csv": "a,b\n",
}


def test_what_the_program_does_not_reach_stays_out(tmp_path: Path) -> None:
    result = run(tmp_path, BESIDE)

    assert left_out(result) >= {"scripts", "notebooks", "frontend", "worker"}
    assert not left_out(result) & {"legacy", "data", "shop", "tools"}
    said = next(e.text for e in result.applied[0].evidence if e.file == "scripts")
    assert "`python main.py` reaches no module in it, and nothing names it" in said


@pytest.mark.parametrize(
    ("files", "stays"),
    [
        ({"main.py": "import shop\nimport scripts.load\n"}, "scripts"),
        ({"main.py": "import shop\nimportlib.import_module('scripts.load')\n"}, "scripts"),
        ({"main.py": "from shop import a\nopen('notebooks/sales.ipynb')\n"}, "notebooks"),
        (
            {"main.py": "import shop\napp.mount(StaticFiles(directory='frontend/dist'))\n"},
            "frontend",
        ),
        ({"shop/legacy.py": "from scripts import load\n"}, "scripts"),
        ({"settings.json": '{"dir": "notebooks"}\n'}, "notebooks"),
        ({"shop/templates/a.html": '<script src="/frontend/main.js">\n'}, "frontend"),
        ({"supervisord.conf": "[program:a]\ncommand=python worker/run.py\n"}, "worker"),
        ({"compose.yml": "services: {w: {command: python worker/run.py}}\n"}, "worker"),
        ({"README.md": "docker compose exec web python scripts/load.py\n"}, "scripts"),
        ({"docs/use.rst": "Then call ``scripts/load.py``.\n"}, "scripts"),
        ({"README.md": "fly ssh console -C 'python worker/run.py'\n"}, "worker"),
        ({"Makefile": "load:\n\tkubectl exec web -- python scripts/load.py\n"}, "scripts"),
        ({"data/a.py": "open('worker/run.py')\n"}, "worker"),
        ({"requirements.txt": "flask\n-e ./worker\n"}, "worker"),
        ({"pyproject.toml": "[tool.uv.workspace]\nmembers = ['worker']\n"}, "worker"),
    ],
)
def test_a_folder_that_is_named_stays(tmp_path: Path, files: dict[str, str], stays: str) -> None:
    result = run(tmp_path, {**BESIDE, **files})

    assert stays not in left_out(result)
    assert left_out(result) & {"scripts", "notebooks", "frontend", "worker"}


def test_one_that_stays_may_name_others(tmp_path: Path) -> None:
    files = {"main.py": "open('notebooks/sales.ipynb')\n", "notebooks/run.sh": "cd scripts\n"}

    assert not left_out(run(tmp_path, {**BESIDE, **files})) & {"scripts", "notebooks"}


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({}, WHOLE.replace('CMD ["python", "main.py"]\n', "")),
        ({}, WHOLE.replace('"python", "main.py"', '"./start"')),
        ({}, WHOLE.replace("COPY . .\n", "COPY . .\nRUN pip install .\n")),
        ({}, WHOLE.replace("12-slim\n", "12-slim AS app\n") + "FROM app AS tools\nCMD bash\n"),
    ],
)
def test_where_the_reach_is_unknown_only_leftovers_go(
    tmp_path: Path, files: dict[str, str], text: str
) -> None:
    result = run(tmp_path, {**BESIDE, **files}, text)

    assert not left_out(result) & {"scripts", "notebooks", "frontend", "worker"}


@pytest.mark.parametrize("main", ["import sys\n__import__(sys.argv[1])\n", "def broken(:\n"])
def test_where_an_import_is_unknown_all_modules_stay(tmp_path: Path, main: str) -> None:
    found = left_out(run(tmp_path, {**BESIDE, "main.py": main}))

    assert not found & {"scripts", "worker", "legacy"}
    assert found >= {"notebooks", "frontend"}


def test_a_folder_with_a_link_in_it_stays(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "link").symlink_to("../main.py")

    assert "scripts" not in left_out(run(tmp_path, BESIDE))


def test_packages_that_nothing_reaches_go_at_aggressive_alone(tmp_path: Path) -> None:
    files = {**BESIDE, "legacy/__init__.py": "x = 1\n" + "#" * 20_000}
    standard = run(tmp_path, files)

    result = rewrite(WHOLE, select=["selective-copy"], context=tmp_path, level="aggressive")

    assert "legacy" not in left_out(standard)
    assert left_out(result) == left_out(standard) | {"legacy"}
    assert "data" in result.text and "shop" in result.text


def test_what_another_copy_brings_is_not_said_to_stay_out(tmp_path: Path) -> None:
    text = HEAD + "COPY ./README.md /srv/\nCOPY . .\n"

    change = run(tmp_path, {"notes.md": "x" * 60_000}, text).applied[0]

    shown = {e.file: e.text for e in change.evidence}
    assert "another COPY brings it" in shown["README.md"]
    assert "nothing names it" in shown["notes.md"]
    assert f" {len(shown) - 1} entries " in change.title


def test_nothing_is_gained_where_other_copies_bring_all_of_it(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY notes.md ./\nCOPY . .\n"
    (tmp_path / "notes.md").write_text("x" * 60_000, encoding="utf-8")
    (tmp_path / "main.py").write_text("", encoding="utf-8")

    assert not rewrite(text, context=tmp_path, select=("selective-copy",)).changed
