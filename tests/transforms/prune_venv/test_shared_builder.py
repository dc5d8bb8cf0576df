"""A builder that other stages need whole: the passes get a stage of their own."""

from itertools import permutations
from pathlib import Path

import pytest
from tests.transforms.rewriting import reasons, run, stage

BUILDER = (
    "FROM python:3.12-slim AS builder\n"
    "RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask\n"
)
RUNTIME = "FROM python:3.12-slim\nCOPY --from=builder /opt/venv /opt/venv\nCOPY . .\n"
CHILD = "FROM builder AS development\nRUN /opt/venv/bin/pip install pytest\n"
COPYING = (
    "FROM python:3.12-slim AS test\n"
    "COPY --from=builder /opt/venv /opt/venv\n"
    "RUN /opt/venv/bin/pip install pytest\n"
)
NAMES = ("prune-venv", "strip-binaries")
APP = {"app.py": "import flask\n"}


@pytest.mark.parametrize("other", [CHILD, COPYING])
def test_what_others_need_whole_is_shrunk_in_a_stage_upon_it(tmp_path: Path, other: str) -> None:
    result = run(BUILDER + other + RUNTIME, tmp_path, NAMES, APP).text

    assert stage(result, "builder").startswith(BUILDER)
    assert "prune-venv:" not in stage(result, "builder")
    assert other in result
    slimmed = result[result.index("FROM builder AS builder-slimmed\n") : result.index(other)]
    assert slimmed.index("prune-venv:") < slimmed.index("binutils") < slimmed.index("strip-bin")
    assert "COPY --from=builder-slimmed /opt/venv /opt/venv\n" in stage(result, "")


@pytest.mark.parametrize("names", list(permutations(NAMES)))
def test_one_pass_at_a_time_comes_to_the_same(tmp_path: Path, names: tuple[str, str]) -> None:
    text = BUILDER + CHILD + RUNTIME
    for name in names:
        text = run(text, tmp_path, (name,), APP).text

    assert text == run(BUILDER + CHILD + RUNTIME, tmp_path, NAMES, APP).text


def test_a_copy_that_needs_no_more_than_the_shipped_one_shares_it(tmp_path: Path) -> None:
    worker = COPYING.replace("RUN /opt/venv/bin/pip install pytest\n", 'CMD ["rq"]\n')

    result = run(BUILDER + worker + RUNTIME, tmp_path, NAMES, APP).text

    assert "slimmed" not in result
    assert "prune-venv:" in stage(result, "builder")


def test_other_folders_of_the_builder_are_copied_from_there(tmp_path: Path) -> None:
    runtime = RUNTIME.replace("COPY . .", "COPY --from=builder /etc/motd /etc/motd")

    last = stage(run(BUILDER + CHILD + runtime, tmp_path, NAMES, APP).text, "")

    assert "COPY --from=builder-slimmed /opt/venv /opt/venv\n" in last
    assert "COPY --from=builder /etc/motd /etc/motd\n" in last


def test_a_mount_of_the_builder_sees_the_whole_environment(tmp_path: Path) -> None:
    test = "FROM python:3.12-slim AS test\nRUN --mount=from=builder,target=/b /b/opt/venv/bin/pip list\n"

    assert "builder-slimmed" in run(BUILDER + test + RUNTIME, tmp_path, NAMES, APP).text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            BUILDER.replace(" AS builder", "")
            + COPYING.replace("=builder", "=0")
            + RUNTIME.replace("=builder", "=0"),
            "stage test needs what would be removed from a stage without a name",
        ),
        (
            BUILDER + CHILD + "FROM alpine\nRUN touch /x\n" + RUNTIME + "COPY --from=2 /x /x\n",
            "names a stage by its number",
        ),
        (
            BUILDER + "FROM builder\nCOPY --from=builder /opt/venv /opt/venv\n",
            "holds all of it anyway",
        ),
    ],
)
def test_declines(tmp_path: Path, text: str, why: str) -> None:
    result = run(text, tmp_path, NAMES, APP)

    assert not result.changed
    assert why in reasons(result)


def test_a_builder_that_a_compose_file_builds_keeps_the_environment(tmp_path: Path) -> None:
    compose = "services:\n  dev:\n    build: {context: ., target: builder}\n"
    files = APP | {"compose.yml": compose}

    result = run(BUILDER + RUNTIME, tmp_path, NAMES, files).text

    assert stage(result, "builder").startswith(BUILDER)
    assert "prune-venv:" not in stage(result, "builder")
    assert "COPY --from=builder-slimmed /opt/venv /opt/venv\n" in stage(result, "")
