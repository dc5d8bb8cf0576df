"""A stage that makes an environment of its own on a slim image, where no compiler is installed."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import APP, reasons, run, stage

TEXT = (
    "FROM python:3.12-slim\n"
    "WORKDIR /srv\n"
    "RUN python -m venv /srv/env\n"
    "ENV PATH=/srv/env/bin:$PATH\n"
    "COPY requirements.txt .\n"
    "RUN pip install -r requirements.txt\n"
    "COPY app.py .\n"
    'CMD ["flask", "run"]\n'
)
NAMES = ("split-builder", "prune-venv")


def test_pip_is_left_behind_in_a_builder(tmp_path: Path) -> None:
    result = run(TEXT, tmp_path, NAMES, APP).text

    assert "RUN pip install -r requirements.txt\n" in stage(result, "builder")
    assert "prune-venv:" in stage(result, "builder")
    runtime = stage(result, "")
    assert "COPY --from=builder /srv/env /srv/env\nENV PATH=/srv/env/bin:$PATH\n" in runtime
    assert "RUN" not in runtime


def test_without_the_pruning_nothing_would_be_gained(tmp_path: Path) -> None:
    result = run(TEXT, tmp_path, ("split-builder",), APP)

    assert not result.changed
    assert "of use only with prune-venv" in reasons(result)


@pytest.mark.parametrize(
    ("text", "files", "why"),
    [
        (TEXT.replace("RUN python -m venv", "RUN uv venv"), {}, "is made without pip"),
        (
            TEXT.replace("COPY req", "RUN pip install pip-tools\nCOPY req"),
            {},
            "needs pip: line 5 installs pip-tools into it",
        ),
        (TEXT + "RUN pip check\n", {}, "has to keep pip: line 9 uses it"),
        (
            TEXT.replace("COPY app.py .", "COPY *.py ."),
            {"plugins.py": "import pip\n"},
            "has to keep pip: plugins.py uses it",
        ),
        (TEXT.replace("install -r", "install -e . -r"), {}, "installed in editable form"),
    ],
)
def test_declines(tmp_path: Path, text: str, files: dict[str, str], why: str) -> None:
    result = run(text, tmp_path, NAMES, {**APP, **files})

    assert not result.changed
    assert why in reasons(result)


UV = (
    "FROM python:3.12-slim\n"
    "RUN pip install uv\n"
    "RUN uv venv /opt/venv\n"
    "ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\n"
    "COPY requirements.txt .\n"
    "RUN uv pip install -r requirements.txt\n"
    "COPY app.py .\n"
)


def test_an_installer_beside_the_environment_is_left_behind(tmp_path: Path) -> None:
    result = run(UV + 'CMD ["flask", "run"]\n', tmp_path, ("split-builder",), APP).text

    assert "pip install uv" in stage(result, "builder")
    assert "uv pip" not in stage(result, "")
    assert "install uv" not in stage(result, "")


@pytest.mark.parametrize("rest", ['CMD ["uv", "run", "app.py"]\n', "RUN uv cache clean\n"])
def test_an_installer_that_is_called_later_stays(tmp_path: Path, rest: str) -> None:
    result = run(UV + rest, tmp_path, ("split-builder",), APP)

    assert not result.changed
    assert "calls uv, which line 2 installs" in reasons(result)


def test_the_price_of_one_layer_is_stated(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS build\n"
        "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
        "FROM python:3.12-slim\n"
        "COPY --from=build /opt/venv /opt/venv\n"
        "COPY . /srv\n"
        "RUN /opt/venv/bin/pip install --no-deps /srv\n"
    )

    result = run(text, tmp_path, ("split-builder",), APP)

    (record,) = result.applied
    assert any("a change of the code makes the layer" in e.text for e in record.evidence)


def test_a_builder_for_a_stage_without_a_name_gets_a_valid_one(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS builder\n"
        "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
        "FROM python:3.12-slim\n"
        "COPY --from=builder /opt/venv /opt/venv\n"
        "RUN /opt/venv/bin/pip install gunicorn\n"
    )

    assert "FROM builder AS python-builder\n" in run(text, tmp_path, ("split-builder",), APP).text
