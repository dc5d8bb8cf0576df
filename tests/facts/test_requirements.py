"""Requirements: as pip reads them one by one, in files, and in the files of a project."""

from pathlib import Path

import pytest

from dockopt.facts.context import Context
from dockopt.facts.declared import declared
from dockopt.facts.requirement import INDEX, PATH, URL, VCS, requirement
from dockopt.facts.requirement_files import logical_lines, read_requirements


def in_folder(folder: Path, files: dict[str, str]) -> Context:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Context.open(folder)


@pytest.mark.parametrize(
    ("text", "kind", "name", "extras", "specifier", "target"),
    [
        ("Flask==3.1.0", INDEX, "flask", "", "==3.1.0", ""),
        ("ruamel.yaml [jinja2, A_b] >= 0.18 , <1", INDEX, "ruamel-yaml", "a-b jinja2", ">=0.18,<1", ""),
        ("six (>=1.16)", INDEX, "six", "", ">=1.16", ""),
        ("torch==2.1.0+cu118", INDEX, "torch", "", "==2.1.0+cu118", ""),
        ("x @ https://e.org/x-1.zip#sha256=ab", URL, "x", "", "", "https://e.org/x-1.zip"),
        ("x[y] @ git+ssh://git@e.org/x.git@v1", VCS, "x", "y", "", "git+ssh://git@e.org/x.git@v1"),
        ("git+https://e.org/x.git@main#egg=X_y[z]", VCS, "x-y", "z", "", "git+https://e.org/x.git@main"),
        ("git+https://e.org/x.git", VCS, "", "", "", "git+https://e.org/x.git"),
        ("https://e.org/a_b-1.0-py3-none-any.whl", URL, "a-b", "", "", "https://e.org/a_b-1.0-py3-none-any.whl"),
        ("wheels/a_b-1.0-py3-none-any.whl", PATH, "a-b", "", "", "wheels/a_b-1.0-py3-none-any.whl"),
        ("./lib[dev]", PATH, "", "dev", "", "./lib"),
        (".", PATH, "", "", "", "."),
    ],
)  # fmt: skip
def test_reads_every_form(
    text: str, kind: str, name: str, extras: str, specifier: str, target: str
) -> None:
    found = requirement(text)
    assert found is not None
    assert (found.kind, found.name, found.specifier, found.target) == (
        kind,
        name,
        specifier,
        target,
    )
    assert found.extras == frozenset(extras.split())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_files_that_windows_wrote(tmp_path: Path, encoding: str) -> None:
    text = "Flask==3.1.0\r\nsix\r\n"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "requirements.txt").write_bytes((mark + text).encode(encoding))

    found = read_requirements(Context.open(tmp_path), "requirements.txt")
    assert [r.name for r in found.requirements] == ["flask", "six"]
    assert not found.problems


@pytest.mark.parametrize(
    "raw", [b"six\0", b"\xff\xfes\0x", b"\xff\xfe\0\0", "six".encode("utf-16-be")]
)
def test_files_that_are_no_text(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "requirements.txt").write_bytes(raw)

    found = read_requirements(Context.open(tmp_path), "requirements.txt")
    assert (found.requirements, found.problems) == ((), ("requirements.txt cannot be read",))


@pytest.mark.parametrize("text", ["", "$NAME", "a ${B}", "--pre", "a b", "a >> 1"])
def test_what_is_no_requirement(text: str) -> None:
    assert requirement(text) is None


def test_the_marker_and_the_one_version() -> None:
    found = requirement("pywin32==306 ; sys_platform == 'win32'")
    assert found is not None
    assert (found.version, found.marker) == ("306", "sys_platform == 'win32'")
    ranged = requirement("a==1.*")
    assert ranged is not None and ranged.version == ""


def test_lines_are_joined_as_pip_does() -> None:
    text = "a==1 \\\n    --hash=sha256:0  # why\n# note\nb \\\n# ends\nc#d\n"
    assert list(logical_lines(text)) == [(1, "a==1     --hash=sha256:0"), (4, "b"), (6, "c#d")]


def test_files_include_each_other(tmp_path: Path) -> None:
    found = read_requirements(
        in_folder(
            tmp_path,
            {
                "requirements/dev.txt": "-r base.txt\n-c ../limits.txt\npytest\n-e ../lib[x]\n",
                "requirements/base.txt": "--index-url https://e.org\nflask==3 --hash=sha256:0\n-r dev.txt\n",
                "limits.txt": "flask<4\n",
            },
        ),
        "requirements/dev.txt",
    )
    assert [(r.name, r.file, r.line) for r in found.requirements] == [
        ("flask", "requirements/base.txt", 2),
        ("pytest", "requirements/dev.txt", 3),
        ("", "requirements/dev.txt", 4),
    ]
    assert found.requirements[0].hashed and found.requirements[0].version == "3"
    assert [r.text for r in found.constraints] == ["flask<4"]
    assert [(o.name, o.value) for o in found.options] == [("--index-url", "https://e.org")]
    assert found.files == ("requirements/dev.txt", "requirements/base.txt", "limits.txt")
    assert [r.target for r in found.local] == ["../lib"] and found.local[0].editable
    assert found.problems == found.constraint_problems == ()


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    found = read_requirements(
        in_folder(
            tmp_path, {"a.txt": "-r b.txt\n-c c.txt\n-r ${X}.txt\n$NAME\n-r ../out.txt\nd\n"}
        ),
        "a.txt",
    )
    assert found.names == {"d"}
    assert found.constraint_problems == ("c.txt is not in the build context",)
    assert found.problems == (
        "b.txt is not in the build context",
        "line 3 of a.txt includes ${X}.txt, which is not known",
        "line 4 of a.txt cannot be read: $NAME",
        "line 5 of a.txt leads out of the build context",
    )


PYPROJECT = """\
[project]
name = "shop"
dependencies = [
    "flask>=3",
]

[project.optional-dependencies]
Test_Suite = ["pytest"]

[dependency-groups]
dev = [{include-group = "lint"}, "ipython"]
lint = ["ruff"]

[tool.uv]
default-groups = ["dev"]
dev-dependencies = ["mypy"]

[tool.pdm.dev-dependencies]
docs = ["sphinx"]
"""


def test_the_groups_of_a_project(tmp_path: Path) -> None:
    found = declared(in_folder(tmp_path, {"pyproject.toml": PYPROJECT}))
    told = [(g.kind, g.name, [r.name for r in g.requirements], g.default) for g in found.groups]
    assert told == [
        ("project", "", ["flask"], False),
        ("extra", "test-suite", ["pytest"], False),
        ("group", "dev", ["ruff", "ipython"], True),
        ("group", "lint", ["ruff"], False),
        ("group", "dev", ["mypy"], True),
        ("group", "docs", ["sphinx"], True),
    ]
    assert [(r.name, r.line, r.group) for r in found.requirements][:3] == [
        ("flask", 4, "project"),
        ("pytest", 8, "extra test-suite"),
        ("ruff", 12, "group dev"),
    ]
    assert found.problems == ()


POETRY = """\
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.0"
mail = {git = "https://e.org/mail.git", optional = true}

[tool.poetry.extras]
post = ["mail"]

[tool.poetry.group.dev.dependencies]
pytest = {version = "^8", extras = ["x"]}

[tool.poetry.group.docs]
optional = true

[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""


def test_the_groups_of_poetry(tmp_path: Path) -> None:
    found = declared(in_folder(tmp_path, {"pyproject.toml": POETRY}))
    told = [(g.kind, g.name, [r.name for r in g.requirements], g.default) for g in found.groups]
    assert told == [
        ("project", "", ["flask", "mail"], False),
        ("group", "dev", ["pytest"], True),
        ("group", "docs", ["sphinx"], False),
        ("extra", "post", ["mail"], False),
    ]
    lines = {r.name: (r.kind, r.line) for g in found.groups[:3] for r in g.requirements}
    assert lines == {
        "flask": (INDEX, 6),
        "mail": (VCS, 7),
        "pytest": (INDEX, 13),
        "sphinx": (INDEX, 19),
    }


def test_a_pipfile_and_setup_cfg(tmp_path: Path) -> None:
    pipfile = '[packages]\nflask = "*"\n[dev-packages]\n"pytest" = ">=8"\n[requires]\npython_version = "3"\n'
    setup = "[options]\ninstall_requires =\n    six>=1\n[options.extras_require]\ndev =\n    tox\n"
    found = declared(in_folder(tmp_path, {"Pipfile": pipfile, "setup.cfg": setup}))
    assert [(g.kind, g.name, g.file) for g in found.groups] == [
        ("project", "", "Pipfile"),
        ("group", "dev", "Pipfile"),
        ("project", "", "setup.cfg"),
        ("extra", "dev", "setup.cfg"),
    ]
    assert [(r.name, r.specifier, r.line) for r in found.requirements] == [
        ("flask", "", 2),
        ("pytest", ">=8", 4),
        ("six", ">=1", 3),
        ("tox", "", 6),
    ]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    broken = (
        '[project]\nname = "a"\ndynamic = ["dependencies"]\n[dependency-groups]\na = [3, "b c"]\n'
    )
    found = declared(in_folder(tmp_path, {"pyproject.toml": broken, "Pipfile": "[[["}))
    assert found.group("A")[0].requirements == ()
    assert found.problems[:3] == (
        "pyproject.toml leaves dependencies to the build",
        "pyproject.toml lists 3 in group a, which cannot be read",
        "pyproject.toml lists 'b c' in group a, which cannot be read",
    )
    assert found.problems[3].startswith("Pipfile cannot be read: ")


def test_groups_that_include_each_other_end(tmp_path: Path) -> None:
    text = '[dependency-groups]\na = ["x", {include-group = "b"}]\nb = [{include-group = "a"}]\n'
    found = declared(in_folder(tmp_path, {"pyproject.toml": text}))
    assert {r.name for r in found.group("b")[0].requirements} == {"x"}
