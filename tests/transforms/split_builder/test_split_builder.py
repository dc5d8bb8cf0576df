from pathlib import Path

from tests.transforms.rewriting import APP, GCC, INSTALL, SPLIT, reasons, run, stage


def test_what_the_install_needs_is_in_the_builder(tmp_path: Path) -> None:
    text = (
        "ARG VERSION=3.12\n"
        "FROM python:${VERSION}-slim\n"
        "ARG INDEX=https://example.org/simple\n"
        "ENV PIP_INDEX_URL=$INDEX\n"
        "WORKDIR /srv\n"
        f"{GCC}"
        "COPY requirements.txt .\n"
        "RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\n"
        "EXPOSE 80\n"
        "COPY . .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    builder, runtime = stage(result, "builder"), stage(result, "")
    for line in ("ARG INDEX=", "ENV PIP_INDEX_URL=", "WORKDIR /srv", "COPY requirements.txt ."):
        assert line in builder
        assert line in runtime
    assert "FROM python:${VERSION}-slim AS builder\n" in result
    assert "--mount=type=cache,target=/root/.cache/pip pip install" in builder
    assert "EXPOSE" not in builder
    assert "COPY . ." not in builder
    assert "pip install" not in runtime


def test_comments_move_with_what_they_are_about(tmp_path: Path) -> None:
    text = (
        "# The service\n"
        f"FROM python:3.12-slim\n{GCC}"
        "COPY requirements.txt .\n"
        "# pinned, see the handbook\n"
        "RUN pip install -r requirements.txt\n"
        "COPY . .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert result.startswith("# The service\n")
    assert "# pinned, see the handbook\nRUN pip install" in stage(result, "builder")


def test_a_pragma_above_from_stays_there(tmp_path: Path) -> None:
    text = f"# hadolint ignore=DL3006\nFROM python:3.12-slim\n{GCC}{INSTALL}COPY . .\n"

    assert (
        "# hadolint ignore=DL3006\nFROM python:3.12-slim\n" in run(text, tmp_path, SPLIT, APP).text
    )


def test_install_and_apt_in_one_run_are_told_apart(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim-bookworm\n"
        "COPY requirements.txt .\n"
        "RUN apt-get update \\\n"
        "    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev curl \\\n"
        "    && pip install -r requirements.txt \\\n"
        "    && apt-get purge -y gcc libc6-dev \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
        "COPY . .\n"
        "HEALTHCHECK CMD curl -f http://localhost/\n"
    )

    result = run(text, tmp_path, SPLIT, APP)

    runtime = stage(result.text, "")
    assert "pip install" in stage(result.text, "builder")
    assert "curl" in runtime
    assert "libpq5" in runtime
    assert "gcc" not in runtime
    assert "pip install" not in runtime


def test_a_run_that_also_does_something_else_is_declined(tmp_path: Path) -> None:
    text = (
        f"FROM python:3.12-slim\n{GCC}"
        "COPY . .\n"
        "RUN pip install -r requirements.txt && ./configure.sh > /etc/app.conf\n"
    )

    result = run(text, tmp_path, SPLIT, APP)

    assert not result.changed
    assert "cannot be told apart" in reasons(result)


def test_nothing_is_split_without_something_to_leave_behind(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n"

    assert not run(text, tmp_path, SPLIT, APP).changed


def test_owner_of_a_copy_is_not_needed_in_the_builder(tmp_path: Path) -> None:
    text = (
        f"FROM python:3.12-slim\n{GCC}"
        "RUN useradd app\n"
        "COPY --chown=app:app requirements.txt .\n"
        "RUN pip install -r requirements.txt\n"
        "COPY --chown=app:app . .\n"
        "USER app\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert "COPY requirements.txt .\n" in stage(result, "builder")
    assert "useradd" not in stage(result, "builder")
    assert "COPY --chown=app:app requirements.txt .\n" in stage(result, "")


def test_names_of_stages_do_not_collide(tmp_path: Path) -> None:
    text = (
        "FROM node:20 AS builder\nRUN npm ci\n"
        f"FROM python:3.12-slim\n{GCC}{INSTALL}"
        "COPY --from=builder /dist /dist\n"
        "COPY . .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert "FROM python:3.12-slim AS python-builder\n" in result
    assert "COPY --from=python-builder /opt/venv /opt/venv\n" in result


def test_a_shared_base_gives_its_compilers_to_those_who_build(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS base\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends gcc curl libpq-dev\n"
        "FROM base AS development\n"
        f"{INSTALL}"
        "FROM base AS builder\n"
        "RUN python -m venv /opt/venv\n"
        "RUN /opt/venv/bin/pip install psycopg2\n"
        "FROM base AS production\n"
        "COPY --from=builder /opt/venv /opt/venv\n"
        "HEALTHCHECK CMD curl -f http://localhost/\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert "gcc" not in stage(result, "base")
    assert "curl" in stage(result, "base")
    assert "libpq5" in stage(result, "base")
    assert "FROM base-build AS development\n" in result
    assert "FROM base-build AS builder\n" in result
    assert "FROM base AS production\n" in result
    assert "gcc" in stage(result, "base-build")


def test_a_called_compiler_stays(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS base\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends gcc\n"
        "FROM base AS builder\n"
        "RUN python -m venv /opt/venv && /opt/venv/bin/pip install cython\n"
        "FROM base\n"
        "COPY --from=builder /opt/venv /opt/venv\n"
        "COPY . .\n"
    )
    source = {"app.py": "import subprocess\nsubprocess.run(['gcc', '-o', 'x', 'x.c'])\n"}

    assert not run(text, tmp_path, SPLIT, source).changed


def test_comments_about_compilers_follow_them(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim-bookworm AS base\n# Packages\n# gcc: for wheels\n"
        "RUN apt-get update && apt-get install -y \\\n    # tools\n    gcc \\\n    # probe\n"
        "    curl\n"
        "FROM base AS builder\nRUN python -m venv /opt/venv && /opt/venv/bin/pip install a\n"
        "FROM base\nCOPY --from=builder /opt/venv /opt/venv\nHEALTHCHECK CMD curl -f localhost\n"
    )
    result = run(text, tmp_path, ("split-builder",), {"a.py": ""}).text

    assert stage(result, "base").startswith(
        "FROM python:3.12-slim-bookworm AS base\n# Packages\n"
        "RUN apt-get update && apt-get install -y \\\n"
        "    # Libraries that compiled code may load\n    libatomic1 \\\n    libgomp1 \\\n"
        "    # probe\n    curl\n"
    )
    assert "# gcc: for wheels\n# tools\nRUN apt-get update" in stage(result, "base-build")
