"""Requirements files that an installer exports from a lock file in the build."""

from pathlib import Path

import pytest
from tests.facts.source.asking import facts

POETRY = '[[package]]\nname = "Flask"\nversion = "3.1.0"\n[[package]]\nname = "psycopg2"\nversion = "2"\n'
FILES = {
    "pyproject.toml": '[tool.poetry]\nname = "shop"\n',
    "poetry.lock": POETRY,
    "uv.lock": POETRY,
    "pdm.lock": POETRY,
    "Pipfile": "",
    "Pipfile.lock": '{"default": {"flask": {}}, "develop": {"psycopg2": {}}}',
}
LOCKED = frozenset({"flask", "psycopg2"})
START = "FROM python:3.12 AS exporting\nWORKDIR /tmp\nCOPY pyproject.toml *.lock Pipfile ./\n"
END = (
    "FROM python:3.12\nWORKDIR /srv\nCOPY --from=exporting /tmp/requirements.txt ./\n"
    "RUN pip install gunicorn -r requirements.txt\n"
)


def names(folder: Path, text: str, files: dict[str, str] | None = None) -> frozenset[str] | str:
    known = facts(folder, files or FILES, text, "")
    return known.required_names(known.installs(known.dockerfile.target))


@pytest.mark.parametrize(
    "step",
    [
        "poetry export -f requirements.txt --output requirements.txt --without-hashes",
        "pip install poetry && poetry export --output=requirements.txt && rm -f requirements.txt~",
        "poetry export > requirements.txt",
        "uv export --frozen -o requirements.txt",
        "pdm export -o /tmp/requirements.txt",
        "pipenv requirements > requirements.txt",
        "pipenv lock -r > requirements.txt",
    ],
)
def test_the_lock_file_tells_what_is_exported(tmp_path: Path, step: str) -> None:
    assert names(tmp_path, f"{START}RUN {step}\n{END}") == LOCKED | {"gunicorn"}


def test_one_stage_exports_and_installs(tmp_path: Path) -> None:
    text = f"{START}RUN poetry export -o r.txt && pip install -r r.txt && rm r.txt\n"

    assert names(tmp_path, text) == LOCKED


@pytest.mark.parametrize(
    "steps",
    [
        "RUN poetry export -o requirements.txt\nRUN echo lxml >> requirements.txt\n",
        "RUN poetry export -o requirements.txt && sed -i /torch/d requirements.txt\n",
        "RUN pip freeze > requirements.txt\n",
        "RUN poetry export | grep -v torch > requirements.txt\n",
        "RUN poetry export -o other.txt\n",
        "RUN poetry lock\n",
    ],
)
def test_what_other_commands_may_write_is_not_known(tmp_path: Path, steps: str) -> None:
    assert "not in the build context" in str(names(tmp_path, START + steps + END))


def test_an_export_in_a_stage_that_is_not_copied_from_is_another_file(tmp_path: Path) -> None:
    text = f"{START}RUN poetry export -o requirements.txt\n{END}".replace(
        "=exporting", "=other/image"
    )

    assert "not in the build context" in str(names(tmp_path, text))


def test_without_lock_file_and_manifest_it_is_not_known(tmp_path: Path) -> None:
    text = f"{START}RUN poetry export -o requirements.txt\n{END}"

    found = names(tmp_path, text, {"main.py": ""})

    assert "not in the build context" in str(found)


def test_a_file_of_the_context_by_that_name_counts_as_well(tmp_path: Path) -> None:
    files = {**FILES, "requirements.txt": "lxml\n"}

    found = names(tmp_path, f"{START}RUN poetry export -o requirements.txt\n{END}", files)

    assert found == LOCKED | {"gunicorn", "lxml"}
