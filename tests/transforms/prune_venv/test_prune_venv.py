from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

TEXT = (
    "FROM python:3.12-slim AS builder\n"
    "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
    "FROM python:3.12-slim\n"
    "COPY --from=builder {path} {path}\n"
    "COPY . .\n"
)
NAMES = ("prune-venv", "strip-binaries")


def text(path: str = "/opt/venv") -> str:
    return TEXT.format(path=path)


def test_both_passes_stand_at_the_end_of_the_builder(tmp_path: Path) -> None:
    result = run(text(), tmp_path, NAMES, {"a.py": ""}).text

    builder = result[: result.rindex("FROM ")]
    assert (
        builder.index("prune-venv:") < builder.index("binutils") < builder.index("strip-binaries:")
    )


def test_binutils_is_not_installed_beside_a_compiler(tmp_path: Path) -> None:
    with_gcc = text().replace(
        "RUN python", "RUN apt-get update && apt-get install -y gcc\nRUN python"
    )

    assert (
        "install -y --no-install-recommends binutils"
        not in run(with_gcc, tmp_path, NAMES, {"a.py": ""}).text
    )


def test_binutils_is_installed_where_the_compiler_was_removed_again(tmp_path: Path) -> None:
    with_gcc = text().replace(
        "flask\n", "flask && apt-get update && apt-get install -y gcc && apt-get purge -y gcc\n", 1
    )
    assert "purge" in with_gcc

    result = run(with_gcc, tmp_path, NAMES, {"a.py": ""}).text

    assert "install -y --no-install-recommends binutils" in result


def test_a_folder_that_holds_the_environment_counts(tmp_path: Path) -> None:
    whole = text("/opt")

    assert "prune-venv:" in run(whole, tmp_path, NAMES, {"a.py": ""}).text


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("import pkg_resources\n", "'setuptools'"),
        ("from setuptools import find_packages\n", "'setuptools'"),
        ("import subprocess\nsubprocess.run(['pip install x'])\n", "'pip'"),
        ("import flask\n", "()"),
    ],
)
def test_tools_that_the_application_uses_are_named(tmp_path: Path, source: str, kept: str) -> None:
    result = run(text(), tmp_path, NAMES, {"a.py": source}).text

    line = next(line for line in result.splitlines() if line.startswith("KEEP = "))
    assert kept in line


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("RUN pip install --upgrade pip\n", "", "()"),
        ("", "RUN pip check && pip list\n", "'pip'"),
        ("", "RUN pip install gunicorn\n", "'pip'"),
        ("", "ENV X=1\nFROM final AS more\nRUN pip install gunicorn\n", "'pip'"),
    ],
)
def test_what_runs_before_the_copy_does_not_use_the_environment(
    tmp_path: Path, before: str, after: str, kept: str
) -> None:
    given = text().replace("slim\nCOPY", f"slim AS final\n{before}COPY") + after

    result = run(given, tmp_path, NAMES, {"a.py": ""}, target="final").text

    line = next(line for line in result.splitlines() if line.startswith("KEEP = "))
    assert kept in line


@pytest.mark.parametrize(
    ("copies", "kept"),
    [
        ("COPY app.py .\n", "()"),
        ("COPY . .\n", "'pip'"),
        ("COPY release.sh .\n", "'pip'"),
        ("COPY --from=tools /scripts /scripts\n", "'pip'"),
        ("COPY --from=tools /opt/tools /opt/tools\n", "()"),
        ("ARG FILE\nCOPY $FILE .\n", "'pip'"),
        ("RUN --mount=type=bind,target=/src cp /src/*.sh /bin\n", "'pip'"),
    ],
)
def test_only_files_that_go_into_the_image_use_the_tools(
    tmp_path: Path, copies: str, kept: str
) -> None:
    tools = (
        "FROM python:3.12-slim AS tools\nCOPY release.sh /scripts/\nRUN python -m venv /opt/tools\n"
    )
    given = tools + text().replace("COPY . .\n", copies)
    files = {"app.py": "", "release.sh": "#!/bin/sh\npip install build\n"}

    result = run(given, tmp_path, NAMES, files).text

    line = [line for line in result.splitlines() if line.startswith("KEEP = ")][-1]
    assert kept in line


def test_a_compose_file_counts_wherever_it_goes(tmp_path: Path) -> None:
    files = {"app.py": "", "compose.yml": "services:\n  a:\n    command: pip install x\n"}
    result = run(text().replace("COPY . .", "COPY app.py ."), tmp_path, NAMES, files).text

    assert "KEEP = ('pip',)" in result


def test_without_context_the_tools_stay() -> None:
    result = run(text(), None, NAMES).text

    line = next(line for line in result.splitlines() if line.startswith("KEEP = "))
    assert all(tool in line for tool in ("pip", "setuptools", "wheel"))


@pytest.mark.parametrize(
    ("change", "assume", "why"),
    [
        (("", ""), ("legacy-builder",), "here-documents"),
        (
            (
                "FROM python:3.12-slim AS",
                "# syntax=docker/dockerfile:1.2\nFROM python:3.12-slim AS",
            ),
            (),
            "here-documents",
        ),
        (("install flask\n", "install flask\nUSER app\n"), (), "USER"),
        (("python:3.12", "python:3.6"), (), "for Python 3.7 and later, not 3.6"),
    ],
)
def test_declines(
    tmp_path: Path, change: tuple[str, str], assume: tuple[str, ...], why: str
) -> None:
    result = run(text().replace(*change), tmp_path, NAMES, {"a.py": ""}, assume=assume)

    assert not result.changed
    assert why in reasons(result)


def test_what_is_not_an_environment_is_left_alone(tmp_path: Path) -> None:
    assert not run(text("/srv"), tmp_path, NAMES, {"a.py": ""}).changed


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        ("Add what you need:\n\n    FROM example/app\n    RUN pip3 install plugin\n", "'pip'"),
        ("    docker compose exec app pip install plugin\n", "'pip'"),
        ("Without an image: pip install app\n", "()"),
    ],
)
def test_pip_stays_where_a_document_installs_more_into_the_image(
    tmp_path: Path, document: str, kept: str
) -> None:
    files = {"a.py": "import flask\n", "docs/image.rst": document}

    result = run(text(), tmp_path, NAMES, files).text

    line = next(line for line in result.splitlines() if line.startswith("KEEP = "))
    assert kept in line


LOCK = 'version = 1\n[[package]]\nname = "flask"\n[[package]]\nname = "setuptools"\n'
PROJECT = '[project]\nname = "a"\ndependencies = ["flask", "pip>=24"]\n'


@pytest.mark.parametrize(
    ("end", "files", "kept"),
    [
        (
            'CMD ["uv", "run", "a.py"]\n',
            {"uv.lock": LOCK, "pyproject.toml": PROJECT},
            "('setuptools',)",
        ),
        ('CMD ["uv", "run", "a.py"]\n', {"pyproject.toml": PROJECT}, "('pip',)"),
        ("RUN uv sync --frozen --all-extras\n", {"uv.lock": LOCK}, "('pip', 'setuptools',)"),
        ('CMD ["uv", "run", "a.py"]\n', {}, "()"),
        ('CMD ["python", "a.py"]\n', {"uv.lock": LOCK}, "()"),
    ],
)
def test_what_uv_would_install_again_stays(
    tmp_path: Path, end: str, files: dict[str, str], kept: str
) -> None:
    """A container without a network would not start otherwise."""
    result = run(text() + end, tmp_path, NAMES, {"a.py": "import flask\n", **files}).text

    assert (
        next(line for line in result.splitlines() if line.startswith("KEEP = ")) == f"KEEP = {kept}"
    )


def test_line_ends_of_windows_are_named(tmp_path: Path) -> None:
    result = run(text().replace("\n", "\r\n"), tmp_path, NAMES, {"a.py": ""})

    assert not result.changed
    assert "CRLF line ends" in reasons(result)
