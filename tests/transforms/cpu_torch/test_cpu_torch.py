"""Edges of `cpu-torch`: what brings torch, where the CPU build can take its place, and where not."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run

NAME = ("cpu-torch",)
BASE = "FROM python:3.12-slim\n"
INSTALL = BASE + "COPY requirements.txt .\nRUN pip install -r requirements.txt\n"
PIP = " --extra-index-url https://download.pytorch.org/whl/cpu"


def assumed(text: str, folder: Path | None = None, **files: str) -> str:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return run(text, folder, NAME, named, assume=("no-gpu",)).text


def declined(text: str, folder: Path | None, files: dict[str, str]) -> str:
    result = run(text, folder, NAME, files, assume=("no-gpu",))
    assert result.text == text
    return reasons(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pip install torch", f"pip install{PIP} torch"),
        ("pip3 install 'torch>=2,<3' numpy", f"pip3 install{PIP} 'torch>=2,<3' numpy"),
        ("python -m pip install torch==2.6.0", f"python -m pip install{PIP} torch==2.6.0"),
        ("pip install torchvision", f"pip install{PIP} torchvision"),
        ("pip install sentence-transformers", f"pip install{PIP} sentence-transformers"),
        ("uv pip install --system torch", "uv pip install --torch-backend cpu --system torch"),
        ("true && pip install torch && rm -f x", f"true && pip install{PIP} torch && rm -f x"),
    ],
)
def test_the_cpu_build_is_chosen(before: str, after: str) -> None:
    assert assumed(f"{BASE}RUN {before}\n") == f"{BASE}RUN {after}\n"


@pytest.mark.parametrize(
    "command",
    [
        "pip install flask",
        "pip install torch --index-url https://download.pytorch.org/whl/cpu",
        "pip install torch --extra-index-url=https://download.pytorch.org/whl/cpu",
        "uv pip install --torch-backend=cpu torch",
        "pip install pytorch-lightning-nothing",
    ],
)
def test_what_is_no_cuda_build_stays(command: str) -> None:
    text = f"{BASE}RUN {command}\n"
    assert assumed(text) == text


def test_requirements_files_and_projects_are_read(tmp_path: Path) -> None:
    text = assumed(INSTALL, tmp_path, requirements_txt="-r more.txt\n", more_txt="Torch == 2.6.0\n")
    assert f"pip install{PIP} -r requirements.txt" in text


def test_a_builder_counts_when_its_environment_is_shipped() -> None:
    text = (
        "FROM python:3.12 AS builder\nRUN python -m venv /v\n"
        "RUN /v/bin/pip install torch\nFROM python:3.12-slim\nCOPY --from=builder /v /v\n"
    )
    assert f"/v/bin/pip install{PIP} torch" in assumed(text)


def test_a_stage_that_is_not_shipped_does_not_count() -> None:
    text = (
        "FROM python:3.12 AS lab\nRUN pip install torch\n"
        "FROM python:3.12-slim AS other\nRUN pip install flask\n"
        "FROM lab AS checks\nRUN python -c 'import torch' > /log\n"
        "FROM other\nCOPY --from=checks /log /log\n"
    )
    # What is copied from is asked, too: here that is a stage upon the one that installs.
    assert PIP in assumed(text)


def test_without_the_assumption_it_is_advice_with_its_flag(tmp_path: Path) -> None:
    result = run(INSTALL, tmp_path, NAME, {"requirements.txt": "torch\n"})
    assert result.text == INSTALL
    (entry,) = result.not_applied
    assert entry.flag == "--assume no-gpu"
    assert entry.record.saves.count is not None
    assert entry.record.saves.count > 500_000_000


@pytest.mark.parametrize(
    ("command", "brings"),
    [
        ("pip install .", False),
        ("pip install .[dev]", False),
        ("pip install .[ml]", True),
        ("pip install -e '.[all]'", True),
        ("pip install .$EXTRAS", True),
        ("pip install -r requirements.txt", True),
    ],
)
def test_only_extras_that_are_asked_for_count(tmp_path: Path, command: str, brings: bool) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "kiln"\nversion = "1"\ndependencies = ["flask"]\n'
        '[project.optional-dependencies]\ndev = ["pytest"]\nml = ["torch"]\nall = ["kiln[ml]"]\n',
        "requirements.txt": ".[ml]\n",
    }
    result = run(f"{BASE}COPY . .\nRUN {command}\n", tmp_path, NAME, files)
    assert [entry.record.transform for entry in result.not_applied] == list(NAME) * brings


def test_a_lock_tells_the_bytes_of_the_libraries(tmp_path: Path) -> None:
    lock = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\ndependencies = [{needs}]\n'
        f'wheels = [{{ url = "https://f.example/{name.replace("-", "_")}-1-py3-none-any.whl", size = {size} }}]\n'
        for name, needs, size in [
            ("torch", '{ name = "nvidia-cudnn-cu12" }, { name = "sympy" }', 9),
            ("nvidia-cudnn-cu12", '{ name = "nvidia-cublas-cu12" }', 700),
            ("nvidia-cublas-cu12", "", 400),
            ("sympy", "", 50),
        ]
    )
    files = {"requirements.txt": "torch\n", "uv.lock": lock}
    (entry,) = run(INSTALL, tmp_path, NAME, files).not_applied
    assert entry.record.saves.count == 1100
    assert "uv.lock" in entry.record.saves.basis


@pytest.mark.parametrize(
    ("text", "files", "reason"),
    [
        (
            INSTALL,
            {"requirements.txt": "torch==2.6.0 --hash=sha256:00\n"},
            "requirements.txt:1 gives hashes of torch",
        ),
        (INSTALL, {"requirements.txt": "torch==2.6.0+cu124\n"}, "asks for torch==2.6.0+cu124"),
        (INSTALL, {"requirements.txt": "torch===2.6.0\n"}, "asks for torch===2.6.0"),
        (
            INSTALL,
            {"requirements.txt": "torch @ https://f.example/torch-2.6.0-cp312-none-any.whl\n"},
            "names torch by URL",
        ),
        (
            INSTALL,
            {"requirements.txt": "torch\nnvidia-cudnn-cu12==9\nnvidia-nccl-cu12\n"},
            "requirements.txt:2 asks for nvidia-cudnn-cu12 and 1 more like it",
        ),
        (
            INSTALL,
            {
                "requirements.txt": "--extra-index-url https://download.pytorch.org/whl/cu124\ntorch\n"
            },
            "cu124 builds of PyTorch are asked for by name",
        ),
        (INSTALL, {"requirements.txt": "--no-index\ntorch\n"}, "--no-index"),
        (
            INSTALL.replace("install", "install -c pins.txt"),
            {"requirements.txt": "torch\n", "pins.txt": "torch==2.6.0+cu124\n"},
            "pins.txt:1 asks for torch==2.6.0+cu124",
        ),
        (
            "FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04\nRUN pip install torch\n",
            {},
            "the base image nvidia/cuda is made for GPUs",
        ),
        (
            BASE + "ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cu121\n"
            "RUN pip install torch\n",
            {},
            "cu121 builds",
        ),
        (
            BASE + "RUN pip install uv==0.5.1\nRUN uv pip install --system torch\n",
            {},
            "uv 0.5.1 does not know --torch-backend",
        ),
        (BASE + "RUN pip install --require-hashes torch\n", {}, "hashes are required"),
    ],
)
def test_where_it_cannot_be_it_says_why(
    text: str, files: dict[str, str], reason: str, tmp_path: Path
) -> None:
    assert reason in declined(text, tmp_path, files)


def test_the_version_of_the_cpu_build_is_preferred_and_satisfies_the_same_requirements() -> None:
    """What the change rests on, as PEP 440 has it; pip and uv use these rules."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    plain, cpu = Version("2.6.0"), Version("2.6.0+cpu")
    assert max(plain, cpu) == cpu
    assert cpu < Version("2.6.1")
    for specifier in ("==2.6.0", ">=2", "~=2.6.0", "<=2.6.0", "==2.6.*"):
        assert cpu in SpecifierSet(specifier)


EXTRAS = """\
[project]
name = "kiln"
version = "1"
dependencies = ["flask"]

[project.optional-dependencies]
ml = ["torch>=2"]
all = ["kiln[docs, ml]"]
docs = ["sphinx"]
"""


@pytest.mark.parametrize(
    ("spec", "brings"),
    [(".", False), (".[docs]", False), (".[ml]", True), (".[all]", True), ("-e .[docs,ml]", True)],
)
def test_only_the_extras_that_are_asked_for_bring_it(
    tmp_path: Path, spec: str, brings: bool
) -> None:
    text = f"{BASE}WORKDIR /app\nCOPY . .\nRUN pip install {spec}\n"

    assert (PIP in assumed(text, tmp_path, pyproject_toml=EXTRAS)) == brings


def test_a_variable_may_name_any_extra(tmp_path: Path) -> None:
    text = f'{BASE}ARG EXTRAS\nWORKDIR /app\nCOPY . .\nRUN pip install ".[$EXTRAS]"\n'

    assert PIP in assumed(text, tmp_path, pyproject_toml=EXTRAS)
