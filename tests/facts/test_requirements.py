"""Requirements: as pip reads them one by one, in files, and in the files of a project."""

from pathlib import Path

import pytest

from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.facts.declared import declared
from dockopt.facts.requirement import INDEX, PATH, URL, VCS, requirement
from dockopt.facts.requirement_files import logical_lines, read_requirements
from dockopt.facts.requirements import required
from dockopt.model import build
from dockopt.syntax import parse


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


@pytest.mark.parametrize(
    ("settings", "default"),
    [("", {"dev"}), ("[tool.poetry]\n", {"dev", "docs"}), ("[tool.pdm]\n", {"dev", "docs"}),
     ('[tool.pdm]\n[tool.uv]\ndefault-groups = ["docs"]\n', {"docs"})],
)  # fmt: skip
def test_the_groups_that_a_tool_takes_by_itself(
    tmp_path: Path, settings: str, default: set[str]
) -> None:
    text = f'[dependency-groups]\ndev = ["a"]\ndocs = ["b"]\n{settings}'
    found = declared(in_folder(tmp_path, {"pyproject.toml": text}))
    assert {g.name for g in found.groups if g.default} == default


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


def test_what_comments_say_about_requirements(tmp_path: Path) -> None:
    text = (
        "acme==1 \\\n    --hash=sha256:0\n    # via -r base.in\nwidget==2\n    # via acme\n"
        "gizmo==3\n    # via\n    #   acme\n    #   Widget_Two\nbolt==1  # via acme, widget\n\n"
        "# plug-ins\nnut\nscrew  # of nut\n\nnail\n"
    )
    found = read_requirements(in_folder(tmp_path, {"r.txt": text}), "r.txt")
    told = {r.name: (r.line, r.via, r.remark) for r in found.requirements}
    assert told == {
        "acme": (1, (), ""),
        "widget": (4, ("acme",), ""),
        "gizmo": (6, ("acme", "widget-two"), ""),
        "bolt": (10, ("acme", "widget"), ""),
        "nut": (13, (), "plug-ins"),
        "screw": (14, (), "plug-ins of nut"),
        "nail": (16, (), ""),
    }


SETUP = """\
from setuptools import setup
more = ["b"]
more.append("c>=1")
setup(
    name="x",
    install_requires=["a"] + more,
    extras_require={"dev": ["pytest"]},
)
"""


def test_setup_py_counts_for_those_who_ask(tmp_path: Path) -> None:
    context = in_folder(tmp_path, {"setup.py": SETUP})
    assert declared(context).groups == ()
    found = declared(context, setup_script=True)
    assert [(g.kind, g.name, [r.name for r in g.requirements]) for g in found.groups] == [
        ("project", "", ["a", "b", "c"]),
        ("extra", "dev", ["pytest"]),
    ]
    assert [r.line for r in found.requirements] == [6, 2, 3, 7]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("setup(install_requires=read())", ["its requirements"]),
        ("setup(**settings)", ["its requirements", "its extras"]),
        ("setup(install_requires=['a'], extras_require=extras())", ["its extras"]),
        ("setup(name='x')", []),
        ("setup(setup_requires=['pbr'], pbr=True)", []),
        ("not python at all (", ["its requirements", "its extras"]),
    ],
)
def test_what_setup_py_works_out_is_said(tmp_path: Path, text: str, problems: list[str]) -> None:
    files = {"setup.py": f"from setuptools import setup\n{text}\n", "requirements.txt": "six\n"}
    found = declared(in_folder(tmp_path, files), setup_script=True)
    said = [f"setup.py works out {what} when it runs" for what in problems]
    assert list(found.problems) == said
    names = {r.name for r in found.requirements}
    assert names == ({"six"} if "pbr" in text else {"a"} if "'a'" in text else set())


def test_requirements_that_setuptools_reads_from_files(tmp_path: Path) -> None:
    dynamic = (
        '[project]\nname = "x"\ndynamic = ["dependencies", "optional-dependencies"]\n'
        '[tool.setuptools.dynamic]\ndependencies = {file = ["base.txt"]}\n'
        'optional-dependencies.dev = {file = "dev.txt"}\n'
    )
    cfg = "[options]\ninstall_requires = file: base.txt\n"
    files = {
        "base.txt": "flask\n",
        "dev.txt": "pytest\n",
        "pyproject.toml": dynamic,
        "setup.cfg": cfg,
    }
    found = declared(in_folder(tmp_path, files))
    assert found.problems == ()
    told = [
        (g.kind, g.name, g.file, [(r.name, r.file) for r in g.requirements]) for g in found.groups
    ]
    assert told == [
        ("project", "", "pyproject.toml", [("flask", "base.txt")]),
        ("extra", "dev", "pyproject.toml", [("pytest", "dev.txt")]),
        ("project", "", "setup.cfg", [("flask", "base.txt")]),
    ]


@pytest.mark.parametrize("file", ["../out.txt", "missing.txt"])
def test_files_that_setuptools_cannot_read_are_said(tmp_path: Path, file: str) -> None:
    cfg = f"[options]\ninstall_requires = file: {file}\n"
    found = declared(in_folder(tmp_path, {"setup.cfg": cfg}))
    assert len(found.problems) == 1
    assert "is not in the build context" in found.problems[0]


def asked(
    folder: Path, files: dict[str, str], text: str, *, optional: bool = False
) -> set[str] | str:
    """The names that the installs of a Dockerfile ask for, or why they are not known."""
    dockerfile = build(parse("FROM python:3.12\nWORKDIR /app\n" + text))
    facts = Facts(dockerfile, in_folder(folder, files))
    assert facts.context is not None
    found = required(facts.context, facts.installs(dockerfile.target))
    if isinstance(found, str):
        return found
    return {r.name for r in found if optional or not r.optional}


SHOP = (
    '[project]\nname = "Shop"\ndependencies = ["flask"]\n[project.optional-dependencies]\n'
    'mail = ["aiosmtplib"]\ndev = ["pytest"]\nall = ["shop[mail]"]\n'
)


@pytest.mark.parametrize(
    ("spec", "every", "names"),
    [
        (".", False, "flask"),
        (".", True, "flask aiosmtplib pytest shop"),
        ("-r pyproject.toml --extra mail", False, "flask aiosmtplib"),
        ("-r pyproject.toml --all-extras", False, "flask aiosmtplib pytest shop"),
        ('".[mail]"', False, "flask aiosmtplib"),
        ('".[all]"', False, "flask aiosmtplib shop"),
        ("-e .[dev]", False, "flask pytest"),
        ("/app", False, "flask"),
    ],
)
def test_of_a_project_the_extras_count_that_are_asked_for(
    tmp_path: Path, spec: str, every: bool, names: str
) -> None:
    text = f"COPY . .\nRUN uv pip install --system {spec}\n"
    found = asked(tmp_path, {"pyproject.toml": SHOP}, text, optional=every)
    assert found == set(names.split())


def test_poetrys_optional_distributions_come_with_their_extra(tmp_path: Path) -> None:
    files = {"pyproject.toml": POETRY}
    assert asked(tmp_path, files, "COPY . .\nRUN pip install .\n") == {"flask"}
    assert asked(tmp_path, files, "COPY . .\nRUN pip install .[post]\n") == {"flask", "mail"}


def test_a_project_of_setuptools_is_read(tmp_path: Path) -> None:
    build_system = '[build-system]\nrequires = ["setuptools"]\n'
    files = {"setup.py": SETUP, "pyproject.toml": build_system}
    assert asked(tmp_path, files, "COPY . .\nRUN pip install .\n") == {"a", "b", "c"}
    files["setup.py"] = SETUP.replace("+ more", "+ read()")
    assert (
        asked(tmp_path, files, "COPY . .\nRUN pip install .\n")
        == "setup.py works out its requirements when it runs"
    )
    files["setup.py"] = SETUP.replace('{"dev": ["pytest"]}', "extras()")
    assert asked(tmp_path, files, "COPY . .\nRUN pip install .\n") == {"a", "b", "c"}
    assert (
        asked(tmp_path, files, "COPY . .\nRUN pip install .[dev]\n")
        == "setup.py works out its extras when it runs"
    )


def test_the_copied_file_counts_and_not_one_of_the_same_name(tmp_path: Path) -> None:
    files = {"requirements.txt": "wrong\n", "api/requirements.txt": "right\n"}
    text = "COPY api/requirements.txt .\nRUN pip install -r requirements.txt\n"
    assert asked(tmp_path, files, text) == {"right"}
    parent = "COPY api/ ./\nFROM 0\nRUN pip install -r requirements.txt\n"
    assert asked(tmp_path, files, parent.replace("FROM 0", "RUN true")) == {"right"}


def test_what_uv_syncs_are_files(tmp_path: Path) -> None:
    files = {"requirements.txt": "flask\n"}
    text = "COPY requirements.txt .\nRUN uv pip sync --system requirements.txt\n"
    assert asked(tmp_path, files, text) == {"flask"}


def test_a_variable_of_the_run_is_what_any_branch_assigns(tmp_path: Path) -> None:
    text = 'COPY . .\nRUN if [ -n "$X" ]; then WHAT=".[mail]"; else WHAT=.; fi && pip install "$WHAT"\n'
    assert asked(tmp_path, {"pyproject.toml": SHOP}, text) == {"flask", "aiosmtplib"}
    every = {"flask", "aiosmtplib", "pytest", "shop"}
    assert asked(tmp_path, {"pyproject.toml": SHOP}, text, optional=True) == every
    # One that has a value before may name any extra.
    assert asked(tmp_path, {"pyproject.toml": SHOP}, "ARG WHAT=.\n" + text) == every
