"""Which stages are shipped."""

from pathlib import Path

from dockopt.facts import Facts
from dockopt.facts.context import Context
from dockopt.facts.shipping import contributing_stages
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


def test_what_contributes_is_followed_through_copies_mounts_and_parents() -> None:
    text = (
        "FROM a AS tools\nFROM tools AS wheels\nFROM a AS other\nFROM a AS base\n"
        "FROM base\nRUN --mount=type=bind,from=wheels,target=/w true\n"
        "COPY --from=nginx /n /n\nCOPY --from=4 /x /x\n"
    )
    dockerfile = build(parse(text))
    found = contributing_stages(dockerfile, (dockerfile.target,))
    assert [stage.index for stage in found] == [0, 1, 3, 4]
