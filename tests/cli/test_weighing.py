"""`dockopt requirements`: the table in its three forms, and errors in one line."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from dockopt.cli.program import program

DOCKERFILE = (
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
    'CMD ["python", "main.py"]\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "requirements.txt").write_text("flask\nnumpy\n")
    (tmp_path / "main.py").write_text("import flask\n")
    return tmp_path


def test_the_table_names_use_and_bytes(project: Path) -> None:
    result = CliRunner().invoke(program, ["requirements", str(project / "Dockerfile")])
    assert result.exit_code == 0, result.output
    assert "2 top-level requirements, 1 of them never imported" in result.output
    (numpy,) = [line for line in result.output.splitlines() if " numpy " in line]
    assert "never imported" in numpy
    assert "requirements.txt:2" in numpy
    assert " MB " in numpy


def test_json_has_bytes_as_numbers(project: Path) -> None:
    arguments = ["requirements", str(project / "Dockerfile"), "--format", "json"]
    document = json.loads(CliRunner().invoke(program, arguments).output)
    found = {entry["name"]: entry for entry in document["requirements"]}
    assert found["numpy"]["use"] == "never imported"
    assert found["numpy"]["bytes_alone"] > 1_000_000
    assert found["flask"]["use"] == "imported"
    assert found["flask"]["run_line"] == 4


def test_markdown_is_a_table(project: Path) -> None:
    arguments = ["requirements", str(project), "--format", "markdown"]
    result = CliRunner().invoke(program, arguments)
    assert result.exit_code == 0, result.output
    assert "| --: | --: | --- |" in result.output


def test_amounts_in_a_table_are_not_escaped(project: Path) -> None:
    arguments = ["requirements", str(project), "--format", "markdown"]
    assert "\\" not in CliRunner().invoke(program, arguments).output


def test_context_and_target_come_from_settings(project: Path) -> None:
    (project / "deploy").mkdir()
    file = (project / "Dockerfile").rename(project / "deploy" / "Dockerfile")
    (project / ".dockopt.toml").write_text('context = "."\ntarget = "web"\n')
    missing = CliRunner().invoke(program, ["requirements", str(file)])
    assert missing.exit_code == 2
    assert "there is no stage 'web'" in missing.stderr
    file.write_text(DOCKERFILE.replace("slim\n", "slim AS web\n", 1) + "FROM scratch\n")
    result = CliRunner().invoke(program, ["requirements", str(file)])
    assert result.exit_code == 0, result.output
    assert "main.py imports flask" in result.output


def test_what_cannot_be_told_is_an_error_in_one_line(project: Path) -> None:
    (project / "requirements.txt").write_text("-r missing.txt\n")
    result = CliRunner().invoke(program, ["requirements", str(project / "Dockerfile")])
    assert result.exit_code == 2
    assert "missing.txt is not in the build context" in result.stderr


def test_standard_input_is_refused(project: Path) -> None:
    result = CliRunner().invoke(program, ["requirements", "-"])
    assert result.exit_code == 2
    assert "takes one Dockerfile" in result.stderr


def summary_of(folder: Path) -> str:
    result = CliRunner().invoke(program, ["requirements", str(folder / "Dockerfile")])
    return result.output.splitlines()[0]


def test_what_two_that_nobody_imports_bring_together_counts(project: Path) -> None:
    (project / "requirements.txt").write_text("flask\npytest\npytest-asyncio\n")

    together = summary_of(project)
    (project / "requirements.txt").write_text("flask\npytest-asyncio\n")

    assert "2 of them never imported" in together
    assert together.partition("(")[2] == summary_of(project).partition("(")[2]


def test_extras_that_are_not_asked_for_do_not_count(project: Path) -> None:
    (project / "Dockerfile").write_text(
        "FROM python:3.12-slim\nCOPY . .\nRUN pip install -e .[web]\n"
    )
    (project / "pyproject.toml").write_text(
        '[project]\nname = "shop"\ndependencies = ["flask"]\n[project.optional-dependencies]\n'
        'web = ["shop[server]"]\nserver = ["gunicorn"]\ntest = ["selenium"]\n'
    )
    result = CliRunner().invoke(program, ["requirements", str(project / "Dockerfile")])

    assert " gunicorn " in result.output
    assert " selenium " not in result.output


def test_a_list_that_the_build_writes_is_not_another_of_its_name(project: Path) -> None:
    (project / "Dockerfile").write_text(
        "FROM python:3.12-slim\nRUN pip install pip-tools\nCOPY pyproject.toml main.py ./\n"
        "RUN pip-compile -o requirements.txt pyproject.toml\nRUN pip install -r requirements.txt\n"
    )
    (project / "docs").mkdir()
    (project / "requirements.txt").rename(project / "docs" / "requirements.txt")

    assert "requirements.txt is not in the build context" in summary_of(project)


def test_a_list_that_is_copied_from_a_folder(project: Path) -> None:
    (project / "Dockerfile").write_text(
        "FROM python:3.12-slim\nCOPY deploy /app\nRUN pip install -r /app/requirements.txt\n"
    )
    (project / "deploy").mkdir()
    (project / "requirements.txt").rename(project / "deploy" / "requirements.txt")

    assert "2 top-level requirements" in summary_of(project)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("setup()", "2 top-level requirements"),
        ("setup(install_requires=['six'])", "3 top-level requirements"),
        ("setup(install_requires=read())", "setup.py works out its requirements when it runs"),
    ],
)
def test_setuptools_reads_setup_cfg(project: Path, script: str, expected: str) -> None:
    (project / "Dockerfile").write_text("FROM python:3.12-slim\nCOPY . .\nRUN pip install .[web]\n")
    (project / "pyproject.toml").write_text("[build-system]\nrequires = ['setuptools']\n")
    (project / "setup.py").write_text(f"from setuptools import setup\n{script}\n")
    (project / "setup.cfg").write_text(
        "[options]\ninstall_requires =\n    flask\n"
        "[options.extras_require]\nweb =\n    gunicorn\ntest =\n    selenium\n"
    )

    assert expected in summary_of(project)


def test_what_a_smaller_variant_would_save_is_told(project: Path) -> None:
    (project / "requirements.txt").write_text("opencv-python\ntorch\n")
    result = CliRunner().invoke(program, ["requirements", str(project)])
    lines = result.output.splitlines()
    (opencv,) = [line for line in lines if " opencv-python " in line]
    (torch,) = [line for line in lines if " torch " in line and "requirements.txt:2" in line]
    assert "opencv-python-headless is " in opencv
    assert " MB smaller, without windows on a screen" in opencv
    assert re.search(r"with the CPU build of torch [\d.]+ GB less \(--assume no-gpu\)", torch)
