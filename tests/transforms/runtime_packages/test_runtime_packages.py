from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run, stage

BUILDER = (
    "FROM python:3.12-slim-bookworm AS builder\n"
    "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
    "FROM python:3.12-slim-bookworm\n"
)
COPY = "COPY --from=builder /opt/venv /opt/venv\nCOPY . .\n"
NAME = ("runtime-packages",)


def runtime(tmp_path: Path, install: str, rest: str = "", **files: str) -> str:
    sources = {name.replace("__", "."): text for name, text in files.items()}
    return stage(
        run(BUILDER + install + COPY + rest, tmp_path, NAME, {"a.py": "", **sources}).text, ""
    )


def test_a_run_with_nothing_left_goes(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y cmake make && rm -rf /var/lib/apt/lists/*\n"

    assert "apt-get" not in runtime(tmp_path, install)


def test_development_packages_become_libraries(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y libpq-dev libxml2-dev tesseract-ocr\n"

    assert "install -y libpq5 libxml2 tesseract-ocr\n" in runtime(tmp_path, install)


@pytest.mark.parametrize(
    ("rest", "files"),
    [
        ("HEALTHCHECK CMD make check\n", {}),
        ('ENTRYPOINT ["make", "serve"]\n', {}),
        ('ENTRYPOINT ["/start.sh"]\n', {"start__sh": "#!/bin/sh\nexec make serve\n"}),
        ("", {"b__py": "import subprocess\nsubprocess.run(['make', 'x'])\n"}),
        ("", {"b__py": "import os\nos.system('make x')\n"}),
        ("", {"b__py": "from shutil import which\nwhich('make')\n"}),
    ],
)
def test_what_is_called_at_run_time_stays(tmp_path: Path, rest: str, files: dict[str, str]) -> None:
    install = "RUN apt-get update && apt-get install -y make\n"

    assert "install -y make\n" in runtime(tmp_path, install, rest, **files)


def test_everyday_words_are_no_calls(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y make\n"
    source = "import subprocess\nHELP = 'make it so'\nsubprocess.run(['ls'])\n"

    assert "make" not in runtime(tmp_path, install, "", b__py=source)


def test_a_stage_that_compiles_keeps_its_compiler(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y gcc libc6-dev\nRUN pip install cffi\n"
    result = run(BUILDER + install + COPY, tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "installs distributions" in reasons(result)


def test_code_that_compiles_at_run_time_keeps_the_compiler(tmp_path: Path) -> None:
    install = "RUN apt-get update && apt-get install -y gcc libc6-dev\n"

    assert "gcc" in runtime(tmp_path, install, "", b__py="model = torch.compile(model)\n")


def test_a_library_with_another_name_in_each_release_stays(tmp_path: Path) -> None:
    text = BUILDER + "RUN apt-get update && apt-get install -y libicu-dev\n" + COPY
    result = run(text.replace("-bookworm", ""), tmp_path, NAME, {"a.py": ""})

    assert not result.changed
    assert "libicu-dev stays" in reasons(result)


def test_comments_between_packages_are_kept(tmp_path: Path) -> None:
    install = (
        "RUN apt-get update && apt-get install -y \\\n"
        "    # for wheels\n"
        "    gcc \\\n"
        "    libpq-dev \\\n"
        "    # for the health check\n"
        "    curl \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
    )

    result = runtime(tmp_path, install)

    assert "    # for wheels\n" in result
    assert "    # for the health check\n    curl \\\n" in result
    assert "gcc" not in result


@pytest.mark.parametrize("image", ["python:3.10-slim-bullseye", "python:3.9.5-slim"])
def test_a_library_of_a_release_that_is_not_known_stays(tmp_path: Path, image: str) -> None:
    text = BUILDER.replace("python:3.12-slim-bookworm", image)
    text += f"RUN apt-get update && apt-get install -y gcc libffi-dev\n{COPY}"

    result = run(text, tmp_path, NAME, {"a.py": ""})

    assert "install -y libatomic1 libgomp1 libffi-dev\n" in stage(result.text, "")
    assert "libffi-dev stays: its runtime library is not known" in reasons(result)


def test_what_is_installed_under_a_condition_is_not_counted(tmp_path: Path) -> None:
    install = 'RUN if [ "$ARCH" = arm64 ]; then apt-get update && apt-get install -y gcc; fi\n'

    (change,) = run(BUILDER + install + COPY, tmp_path, NAME, {"a.py": ""}).applied

    assert change.saves.count is None
    assert "where the condition does not hold" in change.saves.basis
