"""Which stages are shipped."""

from pathlib import Path

from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.model import build
from dockopt.syntax import parse

TEXT = (
    "FROM a AS builder\nFROM a AS tool\nFROM a\nCOPY --from=builder /x /x\nCOPY --from=tool /y /y\n"
)


def shipped(folder: Path, compose: str) -> list[int]:
    (folder / "Dockerfile").write_text(TEXT)
    (folder / "compose.yml").write_text(compose)
    context = Context.open(folder, str(folder / "Dockerfile"))
    return [stage.index for stage in Facts(build(parse(TEXT)), context).shipped]


def test_what_only_serves_another_stage_is_not(tmp_path: Path) -> None:
    assert shipped(tmp_path, "") == [2]


def test_what_a_compose_file_builds_and_starts_is(tmp_path: Path) -> None:
    compose = "services:\n  a: {build: {context: ., target: builder}}\n"

    assert shipped(tmp_path, compose) == [0, 2]
