"""The examples of every transform are tests: they document it, so they must be true."""

from pathlib import Path

import pytest

from dockopt import rewrite
from dockopt.registry import transforms
from dockopt.result import Rewrite
from dockopt.transform import Example, Level, Transform, Untouched

EXAMPLES = [
    pytest.param(r.transform, example, id=f"{name}-{number}")
    for name, r in transforms().items()
    for number, example in enumerate(r.transform.examples, 1)
    if isinstance(example, Example)
]
UNTOUCHED = [
    pytest.param(r.transform, example, id=f"{name}-{number}")
    for name, r in transforms().items()
    for number, example in enumerate(r.transform.examples, 1)
    if isinstance(example, Untouched)
]


def run(
    transform: Transform,
    text: str,
    context: tuple[tuple[str, str], ...],
    folder: Path,
    assume: tuple[str, ...] = (),
    together: tuple[str, ...] = (),
    variants: tuple[str, ...] = (),
) -> Rewrite:
    """Rewrites `text` with this transform and those it needs, at the level at which it acts."""
    for path, content in context:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    return rewrite(
        text,
        context=folder if context else None,
        level=str(min(max(transform.level, Level.STANDARD), Level.AGGRESSIVE)),
        select=[transform.name, *together],
        assume=assume,
        variants=variants,
    )


def assert_reads_as_buildkit(text: str) -> None:
    dockerfile = pytest.importorskip("dockerfile", reason="BuildKit's parser has no wheel here")
    assert dockerfile.parse_string(text)


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_example_becomes_what_it_says(
    transform: Transform, example: Example, tmp_path: Path
) -> None:
    result = run(
        transform,
        example.before,
        example.context,
        tmp_path,
        example.assume,
        example.together,
        example.variants,
    )

    assert result.text == example.result, [n.reason for n in result.not_applied]
    assert {record.transform for record in result.applied} == {transform.name, *example.together}
    assert tuple((file.path, file.after) for file in result.files) == example.writes
    assert_reads_as_buildkit(result.text)


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_example_is_done_after_one_run(
    transform: Transform, example: Example, tmp_path: Path
) -> None:
    files = tuple({**dict(example.context), **dict(example.writes)}.items())

    again = run(
        transform,
        example.result,
        files,
        tmp_path,
        example.assume,
        example.together,
        example.variants,
    )

    assert again.text == example.result
    assert again.files == ()


@pytest.mark.parametrize(("transform", "example"), UNTOUCHED)
def test_untouched_is_left_alone(transform: Transform, example: Untouched, tmp_path: Path) -> None:
    result = run(transform, example.text, example.context, tmp_path)

    assert result.text == example.text
    assert result.applied == ()
    assert result.not_applied == ()


@pytest.mark.parametrize(("transform", "example"), EXAMPLES)
def test_example_is_read_by_buildkit(
    transform: Transform, example: Example, tmp_path: Path
) -> None:
    assert_reads_as_buildkit(example.before)


def test_every_transform_has_examples() -> None:
    without = {name for name, r in transforms().items() if not r.transform.examples}

    assert without == set()
