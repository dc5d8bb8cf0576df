"""A target that installs upon a base stage which other stages share."""

from pathlib import Path

import pytest
from tests.transforms.rewriting import SPLIT, reasons, run, stage

APP = {
    "app.py": "import flask\n",
    "requirements.txt": "flask==3.1.0\n",
    "requirements-dev.txt": "pytest\n",
}
APT = "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*\n"
BASE = "FROM python:3.12-slim AS base\n" + APT.format("gcc libpq-dev curl") + "WORKDIR /srv\n"
DEVELOPMENT = (
    "FROM base AS development\n"
    "COPY requirements-dev.txt .\n"
    "RUN pip install -r requirements-dev.txt\n"
)
PRODUCTION = (
    "FROM base AS production\n"
    "COPY requirements.txt .\n"
    "RUN pip install -r requirements.txt\n"
    "COPY . .\n"
    "HEALTHCHECK CMD curl -f http://localhost/\n"
    'CMD ["gunicorn", "app:app"]\n'
)


def test_the_target_starts_from_the_base_without_compilers(tmp_path: Path) -> None:
    result = run(BASE + DEVELOPMENT + PRODUCTION, tmp_path, SPLIT, APP).text

    assert "gcc" not in stage(result, "base")
    assert "libpq5" in stage(result, "base")
    assert "curl" in stage(result, "base")
    assert "gcc" in stage(result, "base-build")
    assert "libpq-dev" in stage(result, "base-build")
    assert "FROM base-build AS builder\n" in result
    assert "RUN pip install -r requirements.txt\n" in stage(result, "builder")
    production = stage(result, "production")
    assert production.startswith("FROM base AS production\n")
    assert "COPY --from=builder /opt/venv /opt/venv\n" in production
    assert "pip" not in production


def test_what_stays_of_the_compilers_is_told(tmp_path: Path) -> None:
    records = run(BASE + DEVELOPMENT + PRODUCTION, tmp_path, SPLIT, APP).applied

    told = [e.text for record in records for e in record.evidence]
    assert "kept for what was built with gcc: libatomic1, libgomp1" in told
    assert "kept for what was built with libpq-dev: libpq5" in told


def test_what_else_starts_from_the_base_keeps_all_of_it(tmp_path: Path) -> None:
    result = run(BASE + DEVELOPMENT + PRODUCTION, tmp_path, SPLIT, APP).text

    development = DEVELOPMENT.replace("FROM base ", "FROM base-build ")
    assert stage(result, "development").startswith(development)


def test_an_installer_in_the_base_goes_with_the_compilers(tmp_path: Path) -> None:
    text = BASE + "RUN pip install poetry\n" + DEVELOPMENT + PRODUCTION

    result = run(text, tmp_path, SPLIT, APP).text

    assert "poetry" not in stage(result, "base")
    assert "RUN pip install poetry\n" in stage(result, "base-build")


def test_stages_between_the_compilers_and_the_target_are_passed_over(tmp_path: Path) -> None:
    between = "FROM base AS common\nENV LANG=C.UTF-8\n"

    result = run(
        BASE + between + PRODUCTION.replace("FROM base", "FROM common"), tmp_path, SPLIT, APP
    ).text

    assert "gcc" not in stage(result, "base")
    assert "FROM common AS common-build\n" in result
    assert "gcc" in stage(result, "common-build")
    assert "FROM common-build AS builder\n" in result
    assert "FROM common AS production\n" in result


def test_stages_that_build_at_two_places_of_the_chain_keep_their_compilers(tmp_path: Path) -> None:
    text = (
        BASE + DEVELOPMENT + "FROM base AS common\n"
        "FROM common AS test\nRUN pip install psycopg2\n"
        "FROM common\nCOPY app.py .\n"
    )

    result = run(text, tmp_path, ("split-builder",), APP)

    assert not result.changed
    assert "some stages that build start from base and others from common" in reasons(result)


def test_setuptools_of_the_base_is_in_the_environment_too(tmp_path: Path) -> None:
    text = BASE + "RUN pip install --upgrade pip setuptools\n" + PRODUCTION

    builder = stage(run(text, tmp_path, SPLIT, APP).text, "builder")

    environment = builder.index('ENV PATH="/opt/venv/bin:$PATH"\n')
    assert environment < builder.index("RUN pip install --upgrade pip setuptools\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BASE + "USER app\n" + PRODUCTION, "stage base switches USER on line 4"),
        (
            BASE + PRODUCTION + "FROM production AS test\nRUN pip install pytest\n",
            "stage test starts from it and builds",
        ),
        (
            BASE + "RUN pip install setuptools && touch /x\n" + PRODUCTION,
            "line 4 updates setuptools or wheel together with other things",
        ),
        (
            BASE + "RUN python -m venv /opt/venv\n" + PRODUCTION,
            "it has a virtual environment, and installs beside it",
        ),
    ],
)
def test_declines(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, SPLIT, APP, target="production")

    assert not result.changed
    assert why in reasons(result)


def test_a_stage_that_is_named_by_its_number_keeps_it(tmp_path: Path) -> None:
    text = (
        BASE + "FROM base\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2\n"
        "FROM base\nCOPY --from=1 /opt/venv /opt/venv\nCOPY app.py .\n"
    )

    result = run(text, tmp_path, ("split-builder",), APP)

    assert not result.changed
    assert "line 7 names a stage by its number" in reasons(result)


FULL = "FROM python:3.12-bookworm AS base\n" + APT.format("gcc libgeos-dev") + "WORKDIR /srv\n"
FULL_PRODUCTION = PRODUCTION.replace("HEALTHCHECK CMD curl -f http://localhost/\n", "")


def test_of_a_full_image_the_stages_that_build_get_a_copy(tmp_path: Path) -> None:
    result = run(FULL + DEVELOPMENT + FULL_PRODUCTION, tmp_path, SPLIT, APP).text

    assert stage(result, "base-build").strip() == (
        FULL.replace("AS base", "AS base-build").strip()
    ), "development is what it was"
    assert "FROM base-build AS development\n" in result
    assert "FROM base-build AS builder\n" in result
    base = stage(result, "base")
    assert base.startswith("FROM python:3.12-slim-bookworm AS base\n")
    assert "gcc" not in base
    assert "libgeos-c1v5" in base
    assert "FROM base AS production\n" in result


def test_of_a_full_image_an_installer_stays_with_those_who_build(tmp_path: Path) -> None:
    text = FULL + "RUN pip install poetry\n" + DEVELOPMENT + FULL_PRODUCTION

    result = run(text, tmp_path, SPLIT, APP).text

    assert "poetry" not in stage(result, "base")
    assert "RUN pip install poetry\n" in stage(result, "base-build")


def test_no_copy_is_made_where_the_runtime_cannot_be_slim(tmp_path: Path) -> None:
    unknown = {**APP, "requirements.txt": "-r missing.txt\n"}

    result = run(FULL + DEVELOPMENT + FULL_PRODUCTION, tmp_path, SPLIT, unknown).text

    assert "FROM python:3.12-bookworm AS base\n" in result
    assert result.count("FROM python:3.12-bookworm") == 1


def test_a_package_that_the_target_removes_stays_in_the_base(tmp_path: Path) -> None:
    """apt fails to remove what it has never heard of."""
    target = (
        "FROM base\nRUN apt-get purge -y gcc\nCOPY --from=builder /opt/venv /opt/venv\nCOPY . .\n"
    )
    builder = "FROM base AS builder\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install a\n"
    result = run(BASE + builder + target, tmp_path, SPLIT, APP)

    assert "gcc" in stage(result.text, "base")
    assert "libpq-dev" not in stage(result.text, "base")
    assert "gcc stays: line 7 removes it" in reasons(result)


def test_a_base_that_a_workflow_builds_by_itself_keeps_its_compilers(tmp_path: Path) -> None:
    workflow = "jobs: {a: {steps: [{run: docker build --target base .}]}}\n"

    result = run(
        BASE + DEVELOPMENT + PRODUCTION,
        tmp_path,
        SPLIT,
        APP | {".github/workflows/ci.yml": workflow},
    )

    assert "gcc" in stage(result.text, "base")
    assert ".github/workflows/ci.yml:1 is built as far as the base stage" in reasons(result)


def test_a_stage_that_is_built_by_its_number_keeps_it(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y gcc\n"
        "COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"
        'CMD ["gunicorn", "app:app"]\n'
    )
    script = "docker build --target 0 .\n"

    assert run(text, tmp_path, SPLIT, APP).changed
    result = run(text, tmp_path, SPLIT, APP | {"build.sh": script})

    assert result.text.startswith("FROM python:3.12-slim\n")
    assert "of stage 0 would change" in reasons(result)
