"""Edges of `variants`: how each installer chooses extras, which stages are copied, what is declined."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.engine.properties import violations
from tests.transforms.rewriting import reasons, stage

from dockopt import rewrite
from dockopt.errors import ConfigurationError
from dockopt.result import Rewrite

PROJECT = """\
[project]
name = "kiln"
version = "1"

[project.optional-dependencies]
ml = ["numpy"]
gpu_tools = ["cupy"]
dev = ["pytest"]

[dependency-groups]
docs = ["sphinx"]
lint = ["ruff"]

[tool.uv]
default-groups = ["lint"]
"""
POETRY = """\
[tool.poetry]
name = "kiln"

[tool.poetry.extras]
ml = ["numpy"]

[tool.poetry.group.dev.dependencies]
pytest = "*"

[tool.poetry.group.docs]
optional = true

[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""
PDM = """\
[project]
name = "kiln"

[project.optional-dependencies]
ml = ["numpy"]

[tool.pdm.dev-dependencies]
lint = ["ruff"]
"""
RUNTIME = "FROM python:3.12-slim AS app\nCOPY --from=builder /opt/venv /opt/venv\n"


def asked(
    text: str, folder: Path, variants: Sequence[str], project: str = PROJECT, **settings: object
) -> Rewrite:
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    given = {"context": folder, "select": ["variants"], "variants": variants, **settings}
    result = rewrite(text, **given)  # type: ignore[arg-type]
    assert list(violations(result, **given)) == []
    return result


def built_with(run: str, folder: Path, variant: str, project: str = PROJECT) -> str:
    """What becomes of a RUN in the builder of a variant."""
    text = f"FROM python:3.12-slim AS builder\nCOPY . .\n{run}\n{RUNTIME}"
    result = asked(text, folder, [variant], project)
    assert result.applied, reasons(result)
    assert f"FROM python:3.12-slim AS builder\nCOPY . .\n{run}\n" in result.text
    assert result.text.endswith(RUNTIME)
    name = variant.partition("=")[0]
    assert f"COPY --from={name}-builder /opt/venv /opt/venv\n" in stage(result.text, name)
    copied = stage(result.text, f"{name}-builder")
    return copied.partition("COPY . .\n")[2].partition("\n\n# ")[0].rstrip("\n")


@pytest.mark.parametrize(
    ("before", "variant", "after"),
    [
        ("RUN pip install .[ml]", "core=", "RUN pip install ."),
        ("RUN pip install '.[ml,dev]' -c c.txt", "core=", "RUN pip install '.' -c c.txt"),
        ("RUN pip install .", "ml=ml", 'RUN pip install ".[ml]"'),
        ("RUN pip install .[ml]", "x=dev,ml", 'RUN pip install ".[dev,ml]"'),
        ('RUN pip install -e ".[ml]"', "dev=dev", 'RUN pip install -e ".[dev]"'),
        ("RUN pip install --editable=.[ml]", "core=", "RUN pip install --editable=."),
        ("RUN pip install /src[ml]", "core=", "RUN pip install /src"),
        ("RUN pip install ./", "ml=ml", 'RUN pip install "./[ml]"'),
        ("ARG EXTRAS=ml\nRUN pip install .[$EXTRAS]", "core=", "ARG EXTRAS=ml\nRUN pip install ."),
        ("RUN uv pip install --system '.[ml]'", "core=", "RUN uv pip install --system '.'"),
        ("RUN pip install .[gpu-tools,ml]", "x=GPU.tools", 'RUN pip install ".[GPU.tools]"'),
        (
            "RUN uv pip install -r pyproject.toml --extra ml",
            "dev=dev",
            "RUN uv pip install --extra dev -r pyproject.toml",
        ),
        (
            "RUN pip install --no-deps . && pip install .[ml]",
            "core=",
            "RUN pip install --no-deps . && pip install .",
        ),
        (
            'RUN if [ "$D" ]; then E=.[ml,dev]; else E=.[ml]; fi; pip install "$E"',
            "core=",
            'RUN if [ "$D" ]; then E=".[dev]"; else E=.; fi; pip install "$E"',
        ),
        (
            'RUN if [ "$D" ]; then pip install ".[ml,dev]"; else pip install .[ml]; fi',
            "gpu=gpu_tools",
            'RUN if [ "$D" ]; then pip install ".[gpu_tools,dev]"; else pip install ".[gpu_tools]"; fi',
        ),
        ("RUN uv sync --extra ml", "core=", "RUN uv sync --no-group lint"),
        (
            "RUN uv sync --frozen --all-extras",
            "ml=ml",
            "RUN uv sync --extra ml --no-group lint --frozen",
        ),
        (
            "RUN uv sync --no-default-groups --extra=ml --extra dev",
            "dev=dev",
            "RUN uv sync --extra dev --no-default-groups",
        ),
        ("RUN uv sync --no-group lint", "d=docs", "RUN uv sync --group docs --no-group lint"),
        ("RUN uv sync --group docs", "x=lint,ml", "RUN uv sync --group lint --extra ml"),
        (
            "RUN uv export --extra ml -o r.txt && pip install -r r.txt",
            "core=",
            "RUN uv export --no-group lint -o r.txt && pip install -r r.txt",
        ),
    ],
)
def test_each_installer_in_its_own_way(
    tmp_path: Path, before: str, variant: str, after: str
) -> None:
    assert built_with(before, tmp_path, variant) == after


@pytest.mark.parametrize(
    ("before", "variant", "after"),
    [
        ("poetry install -E ml", "core=", "poetry install --without dev"),
        ("poetry install --without dev --all-extras", "core=", "poetry install --without dev"),
        ("poetry install --only main", "ml=ml", "poetry install --only main --extras ml"),
        ("poetry install --only=main -Eml", "d=docs", "poetry install --only main,docs"),
        (
            'poetry install --no-root --without dev --extras "ml"',
            "d=docs",
            "poetry install --with docs --no-root --without dev",
        ),
        ("python -m poetry install --no-dev -E ml", "core=", "python -m poetry install --no-dev"),
    ],
)
def test_poetry(tmp_path: Path, before: str, variant: str, after: str) -> None:
    assert built_with(f"RUN {before}", tmp_path, variant, POETRY) == f"RUN {after}"


@pytest.mark.parametrize(
    ("before", "variant", "after"),
    [
        ("pdm install --prod -G ml", "core=", "pdm install --prod"),
        ("pdm sync --prod", "ml=ml", "pdm sync -G ml --prod"),
        ("pdm install -G:all --no-lock", "core=", "pdm install --prod --no-lock"),
    ],
)
def test_pdm(tmp_path: Path, before: str, variant: str, after: str) -> None:
    assert built_with(f"RUN {before}", tmp_path, variant, PDM) == f"RUN {after}"


def test_stages_between_are_copied_and_others_shared(tmp_path: Path) -> None:
    text = """\
FROM node:22 AS assets
RUN npm run build

FROM python:3.12 AS base
RUN apt-get update

FROM base AS deps
RUN uv sync --no-default-groups --extra ml

# hadolint ignore=DL3059
FROM deps AS Slimmed
RUN rm -rf /root/.cache

# What is shipped
FROM base
COPY --from=assets /dist /dist
COPY --link --from=Slimmed /app/.venv /app/.venv
RUN --mount=type=bind,from=deps,target=/deps,ro ls /deps
RUN --mount=from=assets,target=/a ls /a
"""
    result = asked(text, tmp_path, ["core=", "docs=docs"])
    assert len(result.applied) == 2
    names = [line for line in result.text.splitlines() if line.startswith("FROM ")]
    assert names == [
        "FROM node:22 AS assets",
        "FROM python:3.12 AS base",
        "FROM base AS deps",
        "FROM deps AS Slimmed",
        "FROM base AS core-deps",
        "FROM core-deps AS core-slimmed",
        "FROM base AS core",
        "FROM base AS docs-deps",
        "FROM docs-deps AS docs-slimmed",
        "FROM base AS docs",
        "FROM base",
    ]
    core = stage(result.text, "core")
    assert "COPY --from=assets /dist /dist\n" in core
    assert "COPY --link --from=core-slimmed /app/.venv /app/.venv\n" in core
    assert "RUN --mount=type=bind,from=core-deps,target=/deps,ro ls /deps\n" in core
    assert "RUN --mount=from=assets,target=/a ls /a\n" in core
    assert "RUN uv sync --no-default-groups\n" in stage(result.text, "core-deps")
    assert "# hadolint ignore=DL3059\nFROM core-deps AS core-slimmed\n" in result.text
    assert "# What is shipped\nFROM base\nCOPY --from=assets" in result.text


def test_a_single_stage_has_a_variant_too(tmp_path: Path) -> None:
    result = asked(
        'FROM python:3.12-slim\nRUN pip install .[ml]\nCMD ["kiln"]', tmp_path, ["core="]
    )

    assert result.text == (
        "# Variant of the last stage, without extras\n"
        'FROM python:3.12-slim AS core\nRUN pip install .\nCMD ["kiln"]\n\n'
        'FROM python:3.12-slim\nRUN pip install .[ml]\nCMD ["kiln"]'
    )


def test_another_target_has_variants_before_it(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim AS app\nRUN pip install .[ml]\nFROM app AS tests\nRUN pytest\n"
    result = asked(text, tmp_path, ["core="], target="app")

    assert result.text.index("AS core\n") < result.text.index("AS app\n")
    assert result.text.endswith(text)


def test_line_endings_stay(tmp_path: Path) -> None:
    text = f"FROM python:3.12-slim AS builder\nRUN pip install .[ml]\n{RUNTIME}"
    result = asked(text.replace("\n", "\r\n"), tmp_path, ["core="])

    assert result.applied
    assert result.text.count("\n") == result.text.count("\r\n")


def test_a_stage_of_that_name_is_the_variant(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim AS Core\nRUN pip install .\nFROM python:3.12\nRUN pip install .[ml]\n"

    assert not asked(text, tmp_path, ["core="]).changed


@pytest.mark.parametrize(
    ("text", "variant", "reason"),
    [
        ("RUN pip install -r requirements.txt\n", "core=", "no command installs the project"),
        ("RUN pip install .\n", "core=", "installs just these extras already"),
        ("RUN pip install $SPEC\n", "core=", "the variable SPEC"),
        ("RUN pip install .[ml] ((\n", "core=", "is not read"),
        ("RUN pip install .[ml]\n", "d=docs", "pip does not install with a project"),
        ("RUN uv sync --package other\n", "core=", "--package"),
        ("RUN uv sync --only-group docs\n", "core=", "--only-group"),
        ("RUN uv sync --extra $E\n", "core=", "from a variable"),
        (
            "RUN if [ $D ]; then pip install .[ml]; else pip install .[dev]; fi\n",
            "core=",
            "condition",
        ),
        ("RUN pip install .[ml]\nCOPY --from=core / /x\n", "core=", "an image core"),
    ],
)
def test_what_cannot_be_chosen_is_declined(
    tmp_path: Path, text: str, variant: str, reason: str
) -> None:
    result = asked("FROM python:3.12-slim\n" + text, tmp_path, [variant])

    assert not result.changed
    assert reason in reasons(result)


def test_the_name_of_an_image_is_no_name_of_a_variant(tmp_path: Path) -> None:
    text = "FROM python\nRUN pip install .[ml]\n"

    assert "name of an image" in reasons(asked(text, tmp_path, ["python="]))


def test_requirement_files_are_in_every_variant(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nRUN pip install -r base.txt\nRUN pip install .[ml]\n"
    (record,) = asked(text, tmp_path, ["core="]).applied

    assert "line 2 installs from a file" in record.because


def test_without_a_context_the_extras_are_not_known() -> None:
    result = rewrite("FROM python:3.12\nRUN pip install .[ml]\n", variants=["core="])

    assert "without the build context" in reasons(result)


def test_without_a_project_there_are_no_extras(tmp_path: Path) -> None:
    result = rewrite("FROM python:3.12\nRUN pip install .[ml]\n", context=tmp_path, variants=["c="])

    assert "no pyproject.toml" in reasons(result)


@pytest.mark.parametrize(
    ("variants", "message"),
    [
        (
            ["x=none"],
            "declares no extra or dependency group 'none'; it declares dev, docs, gpu-tools",
        ),
        (["core"], "write NAME=EXTRA,EXTRA"),
        (["=ml"], "write NAME=EXTRA,EXTRA"),
        (["Core="], "small letters"),
        (["scratch="], "no stage can be named"),
        (["core=a;b"], "cannot be the name of an extra"),
        (["core=", "core=ml"], "two variants"),
    ],
)
def test_what_makes_no_sense_is_an_error(tmp_path: Path, variants: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        asked("FROM python:3.12\n", tmp_path, variants)

    assert "\n" not in str(caught.value)


def test_extras_of_setup_py_are_not_known(tmp_path: Path) -> None:
    project = '[project]\nname = "a"\ndynamic = ["optional-dependencies"]\n'
    result = asked("FROM python:3.12\nRUN pip install .[ml]\n", tmp_path, ["x=ml"], project)

    assert "declares no extra or group ml" in reasons(result)


def test_what_is_left_out_and_imported_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "kiln.py").write_text("import cupy\nimport numpy\n")
    text = (
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install .[ml,gpu_tools]\n"
        'CMD ["python", "kiln.py"]\n'
    )

    def told(variant: str) -> list[str]:
        found = rewrite(text, context=tmp_path, variants=[variant], select=["variants"])
        return [e.text for e in found.applied[0].evidence if "leaves" in e.text]

    numpy = "leaves numpy out, but kiln.py imports numpy: try whether it starts"
    cupy = "leaves cupy out, but kiln.py imports cupy: try whether it starts"
    assert told("core=") == [numpy, cupy]
    assert told("gpu=GPU.tools") == [numpy]
