"""What a split must not lose, or must not try in a builder: accounts, removals, layout."""

from pathlib import Path

from tests.transforms.rewriting import APP, GCC, INSTALL, SPLIT, reasons, run, stage

START = f"FROM python:3.12-slim\n{GCC}"


def test_an_account_that_only_the_service_needs_is_not_made_in_the_builder(tmp_path: Path) -> None:
    text = f"{START}RUN useradd app && mkdir /data && chown app /data\n{INSTALL}COPY . .\n"

    result = run(text, tmp_path, SPLIT, APP).text

    assert "useradd" not in stage(result, "builder")
    assert "RUN useradd app && mkdir /data && chown app /data\n" in stage(result, "")


def test_an_account_is_made_in_the_builder_where_another_run_names_it(tmp_path: Path) -> None:
    text = (
        f"{START}RUN useradd app\nRUN echo 1 > /version && chown app /version\n{INSTALL}COPY . .\n"
    )

    builder = stage(run(text, tmp_path, SPLIT, APP).text, "builder")

    assert builder.index("useradd app") < builder.index("chown app /version")


def test_a_run_that_makes_an_account_and_installs_is_in_the_builder(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim\n"
        "RUN apt-get update && apt-get install -y gcc && useradd app\n"
        f"{INSTALL}COPY . .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert "apt-get install -y gcc && useradd app" in stage(result, "builder")
    assert "gcc" not in stage(result, "")
    assert "useradd app" in stage(result, "")


def test_a_key_that_the_install_removes_does_not_reach_the_runtime(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "COPY netrc /root/.netrc\n"
        "COPY requirements.txt /tmp/\n"
        "RUN pip install -r /tmp/requirements.txt && rm -f /root/.netrc && rm -rf /tmp/*\n"
        "COPY app.py .\n"
    )

    result = run(text, tmp_path, SPLIT, {**APP, "netrc": "machine example.org\n"}).text

    assert "COPY netrc /root/.netrc\nCOPY requirements.txt /tmp/\n" in stage(result, "builder")
    assert "netrc" not in stage(result, "")
    assert "/tmp" not in stage(result, "")


def test_wheels_that_the_install_removes_are_copied_to_the_builder_alone(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS wheels\n"
        "COPY requirements.txt .\n"
        "RUN pip wheel -w /wheels -r requirements.txt\n"
        f"{START}"
        "COPY --from=wheels /wheels /wheels\n"
        "RUN pip install /wheels/* && rm -rf /wheels\n"
        "COPY app.py .\n"
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert result.count("COPY --from=wheels /wheels /wheels") == 1
    assert "COPY --from=wheels /wheels /wheels" in stage(result, "builder")


def test_a_copied_file_that_another_run_reads_is_removed_in_the_runtime_too(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "COPY netrc /root/.netrc\n"
        "RUN curl -n https://example.org/model -o /model\n"
        "COPY requirements.txt .\n"
        "RUN pip install -r requirements.txt && rm -f /root/.netrc\n"
        "COPY app.py .\n"
    )

    result = run(text, tmp_path, SPLIT, {**APP, "netrc": "machine example.org\n"}).text

    assert "COPY netrc /root/.netrc\nRUN curl" in stage(result, "")
    assert "RUN rm -f /root/.netrc\n" in stage(result, "")


def test_a_folder_is_not_gone_when_a_part_of_it_is_removed(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "COPY conf /conf\n"
        "RUN pip install -r /conf/requirements.txt && rm -f /conf/requirements.txt\n"
    )

    files = {"conf/requirements.txt": "flask\n", "conf/app.ini": "", "app.py": ""}
    last = stage(run(text, tmp_path, SPLIT, files).text, "")

    assert "COPY conf /conf\n" in last


def test_a_cache_that_goes_leaves_no_run_behind(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "COPY requirements.txt .\n"
        "RUN pip install -r requirements.txt && rm -rf /root/.cache\n"
        "COPY app.py .\n"
    )

    assert "rm -rf /root/.cache" not in stage(run(text, tmp_path, SPLIT, APP).text, "")


def test_a_removal_that_would_fail_in_the_runtime_is_declined(tmp_path: Path) -> None:
    text = (
        f"{START}"
        "COPY requirements.txt /srv/\n"
        "RUN cd /srv && pip install -r requirements.txt && rm requirements.txt\n"
        "COPY app.py .\n"
    )

    result = run(text, tmp_path, SPLIT, APP)

    assert result.text == text
    assert "cannot be told apart" in reasons(result)


def test_an_installer_that_moves_leaves_one_blank_line(tmp_path: Path) -> None:
    text = (
        "FROM python:3.12-slim AS base\n"
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"
        "\n"
        "# The installer\n"
        "RUN curl -LsSf https://astral.sh/uv/install.sh | sh\n"
        'ENV PATH="/root/.local/bin:$PATH"\n'
        "\n"
        "FROM base AS deps\n"
        "RUN uv venv /opt/venv\n"
        "COPY requirements.txt .\n"
        "RUN uv pip install --python /opt/venv/bin/python -r requirements.txt\n"
        "\n"
        "FROM base\n"
        "COPY --from=deps /opt/venv /opt/venv\n"
        'CMD ["/opt/venv/bin/python", "app.py"]\n'
    )

    result = run(text, tmp_path, SPLIT, APP).text

    assert "FROM base AS base-build\n# The installer\nRUN curl" in result
    assert "\n\n\n" not in result


UV = (
    "FROM python:3.12\n"
    "COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/\n"
    "COPY requirements.txt .\n"
    "RUN uv pip install --system -r requirements.txt\n"
    "COPY . .\n"
)


def test_uv_that_was_copied_is_only_in_the_builder(tmp_path: Path) -> None:
    result = run(UV + 'CMD ["flask", "run"]\n', tmp_path, SPLIT, APP).text

    assert "astral-sh/uv" in stage(result, "builder")
    assert "astral-sh/uv" not in stage(result, "")


def test_uv_that_something_calls_stays(tmp_path: Path) -> None:
    for rest in ('CMD ["uv", "run", "app.py"]\n', "RUN uvx --version\n"):
        result = run(UV + rest, tmp_path, SPLIT, APP).text

        assert "astral-sh/uv" in stage(result, "")
