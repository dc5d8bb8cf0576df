"""pip-sync of pip-tools: it stays where it is, and installs into the environment that is copied."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, SPLIT, reasons, run, stage

HEAD = "FROM python:3.12\nWORKDIR /srv\nRUN pip install {}\nCOPY requirements.txt .\n"
REST = 'COPY app.py .\nCMD ["python", "app.py"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "pip-sync requirements.txt",
            "pip-sync --python-executable /opt/venv/bin/python requirements.txt",
        ),
        ("pip-sync", "pip-sync --python-executable /opt/venv/bin/python"),
    ],
)
def test_it_is_told_where_to_install(tmp_path: Path, before: str, after: str) -> None:
    text = HEAD.format("pip-tools") + f"RUN {before}\n" + REST
    result = run(text, tmp_path, SPLIT, APP).text
    builder = stage(result, "builder")
    assert f"RUN {after}\n" in builder
    assert builder.index("RUN pip install pip-tools") < builder.index("RUN python -m venv")
    assert "pip" not in stage(result, "").replace("pipe", "")
    assert "COPY --from=builder /opt/venv /opt/venv" in stage(result, "")


def test_the_module_of_a_python_that_changes_is_declined(tmp_path: Path) -> None:
    text = HEAD.format("pip-tools") + "RUN python -m piptools sync\n" + REST
    result = run(text, tmp_path, SPLIT, APP)
    assert result.text == text
    assert "through python, which would be another one" in reasons(result)


def test_an_old_one_cannot_be_told(tmp_path: Path) -> None:
    text = HEAD.format("pip-tools==5.5.0") + "RUN pip-sync requirements.txt\n" + REST
    result = run(text, tmp_path, SPLIT, APP)
    assert result.text == text
    assert "pip-sync of pip-tools 5.5, which knows one place alone" in reasons(result)


def test_another_environment_is_left_to_the_one_who_chose_it(tmp_path: Path) -> None:
    command = "RUN pip-sync --python-executable /elsewhere/bin/python requirements.txt\n"
    text = HEAD.format("pip-tools") + command + REST
    assert run(text, tmp_path, SPLIT, APP).text == text
