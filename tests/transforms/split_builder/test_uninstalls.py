"""What takes distributions out again goes where they are installed."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, GCC, INSTALL, SPLIT, reasons, run, stage

START = f"FROM python:3.12-slim\n{GCC}{INSTALL}"


def test_what_is_installed_again_is_not_taken_out_of_the_copied_environment(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "RUN pip3 uninstall bson --yes\n"
        "RUN pip uninstall -y pymongo && rm -rf /root/.cache\n"
        "RUN pip3 install pymongo --user\n"
        "COPY app.py .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    builder = stage(result, "builder")
    assert builder.index("-r requirements") < builder.index("uninstall bson")
    assert builder.index("uninstall -y pymongo") < builder.index("pip3 install pymongo\n")
    assert "uninstall" not in stage(result, "")


def test_what_is_taken_out_last_is_not_in_the_copied_environment(tmp_path: Path) -> None:
    text = f"{START}COPY app.py .\nRUN python -m pip uninstall -y -r unused.txt || true\n"

    result = run(text, tmp_path, SPLIT, APP).text

    assert "uninstall -y -r unused.txt || true\n" in stage(result, "builder")
    assert "uninstall" not in stage(result, "")
    assert stage(result, "").index("COPY --from=builder") < stage(result, "").index("COPY app.py")


def test_packages_that_the_same_run_installs_stay_in_the_runtime(tmp_path: Path) -> None:
    text = f"{START}RUN apt-get install -y git && pip uninstall -y six\nCOPY app.py .\n"

    result = run(text, tmp_path, SPLIT, APP).text

    assert "apt-get install -y git && pip uninstall -y six" in stage(result, "builder")
    assert "RUN apt-get install -y git\n" in stage(result, "")


@pytest.mark.parametrize(
    "step", ["pip uninstall -y six && date > /built", "yes | pip uninstall six"]
)
def test_a_run_that_does_other_things_besides_is_not_taken_apart(tmp_path: Path, step: str) -> None:
    result = run(f"{START}RUN {step}\nCOPY app.py .\n", tmp_path, SPLIT, APP)

    assert "builder" not in result.text
    assert "the RUN on line 5 does other things besides uninstalling" in reasons(result)


OWN = 'RUN python -m venv /venv\nENV PATH="/venv/bin:$PATH"\n'


def test_pip_is_taken_out_of_an_environment_of_the_file_in_the_builder(tmp_path: Path) -> None:
    step = "pip uninstall -y pip setuptools"
    text = f"FROM python:3.12-slim\n{GCC}{OWN}{INSTALL}RUN {step}\nCOPY app.py .\n"

    result = run(text, tmp_path, SPLIT, APP).text

    assert f"RUN {step}\n" in stage(result, "builder")
    assert step not in stage(result, "")


def test_what_another_python_has_is_taken_out_of_the_image(tmp_path: Path) -> None:
    step = "/usr/local/bin/pip uninstall -y six"
    text = f"FROM python:3.12-slim\n{GCC}{OWN}{INSTALL}RUN {step}\nCOPY app.py .\n"

    result = run(text, tmp_path, SPLIT, APP).text

    assert f"RUN {step}\n" in stage(result, "")
    assert step not in stage(result, "builder")


@pytest.mark.parametrize(
    "steps",
    [
        "pip install -r requirements.txt\nRUN pip uninstall -y setuptools",
        "pip install -r requirements.txt && python -m pip uninstall -y six setuptools",
    ],
)
def test_an_image_that_is_to_be_without_pip_keeps_its_place(tmp_path: Path, steps: str) -> None:
    text = f"FROM python:3.12-slim\n{GCC}COPY requirements.txt .\nRUN {steps}\nCOPY app.py .\n"

    result = run(text, tmp_path, SPLIT, APP)

    assert "builder" not in result.text
    assert "takes setuptools out of the image" in reasons(result)


def test_what_is_taken_out_before_anything_is_installed_stays(tmp_path: Path) -> None:
    text = f"FROM python:3.12-slim\n{GCC}RUN pip uninstall -y six\n{INSTALL}COPY app.py .\n"

    assert "RUN pip uninstall -y six\n" in stage(run(text, tmp_path, SPLIT, APP).text, "")


def test_a_run_with_several_installs_is_shown_once(tmp_path: Path) -> None:
    text = f"FROM python:3.12-slim\n{GCC}RUN pip install six && pip install flask\nCOPY app.py .\n"

    change = next(
        c for c in run(text, tmp_path, SPLIT, APP).applied if c.transform == "split-builder"
    )

    assert [e.text for e in change.evidence].count("installs distributions") == 1
