"""All transforms together, on our own Dockerfiles: stable, deterministic, in any order."""

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from tests.engine.properties import violations
from tests.syntax.texts import ACCEPTED

from dockopt import rewrite
from dockopt.engine import Job, run
from dockopt.facts.context import Context
from dockopt.policy import Policy
from dockopt.registry import Registered, transforms
from dockopt.syntax import parse
from dockopt.transform import Example, Level, Phase

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(ROOT.glob("examples/*/Dockerfile"))
BEFORE = {
    f"{name}-{number}": example.before
    for name, registered in transforms().items()
    for number, example in enumerate(registered.transform.examples)
    if isinstance(example, Example)
}
BUILDABLE = {name: text for name, text in ACCEPTED.items() if text.lstrip("\ufeff#").strip()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("level", ["safe", "standard", "aggressive"])
def test_the_examples_keep_every_property(path: Path, level: str) -> None:
    text = path.read_bytes().decode()
    assert list(violations(rewrite(text, level=level), level=level)) == []


@pytest.mark.parametrize("text", BEFORE.values(), ids=BEFORE)
def test_the_examples_of_the_transforms_keep_every_property(text: str) -> None:
    assert list(violations(rewrite(text))) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_line_ends_and_a_missing_final_newline_are_kept(path: Path, newline: str) -> None:
    text = path.read_bytes().decode()
    other = "\ufeff" + text.rstrip("\n").replace("\n", newline)
    result = rewrite(other)
    assert result.text.startswith("\ufeff")
    assert result.text.count("\n") == result.text.count(newline)
    assert "\r" not in result.text.replace("\r\n", "")
    assert list(violations(result)) == []


PROGRAM = """
import json, sys
from pathlib import Path
from dockopt import rewrite
texts = [Path(name).read_bytes().decode() for name in sys.argv[1:]]
results = [rewrite(text, level="aggressive") for text in texts]
told = [[r.text, repr(r.applied), repr(r.not_applied), repr(r.declined)] for r in results]
print(json.dumps(told))
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    roots = os.pathsep.join(str(ROOT / name) for name in ("optimizer", "transforms", "templates"))
    outputs = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": roots}
        command = [sys.executable, "-c", PROGRAM, *(str(path) for path in EXAMPLES)]
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        outputs.add(done.stdout)
    (output,) = outputs
    assert len(json.loads(output)) == len(EXAMPLES) > 0


def in_order(text: str, found: list[Registered], folder: Path | None) -> str:
    """The text after these transforms, registered in this order."""
    context = Context.open(folder) if folder else None
    job = Job(
        text, "Dockerfile", context, None, Policy(Level.AGGRESSIVE), {t.name: t for t in found}
    )
    return run(job).text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_order_of_the_registry_does_not_matter(path: Path) -> None:
    text, everything = path.read_bytes().decode(), list(transforms().values())
    forward = in_order(text, everything, path.parent)
    backward = in_order(text, everything[::-1], path.parent)
    assert meaning(backward) == meaning(forward)


def meaning(text: str) -> list[tuple[str, str]]:
    """The instructions without their layout: where a line is broken depends on its length then."""
    instructions = parse(text).instructions
    return [(i.keyword, " ".join(i.logical.text.split())) for i in instructions]


def pairs() -> list[tuple[Registered, Registered]]:
    """The transforms that share a phase, two by two."""
    found = transforms().values()
    return [
        pair
        for phase in Phase
        for pair in combinations([t for t in found if t.transform.phase is phase], 2)
    ]


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair[0].name}+{pair[1].name}")
def test_two_transforms_of_one_phase_commute(pair: tuple[Registered, Registered]) -> None:
    texts = [path.read_bytes().decode() for path in EXAMPLES] + list(BEFORE.values())
    for text in texts:
        first, second = pair
        assert in_order(text, [first, second], None) == in_order(text, [second, first], None)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_leaving_out_one_change_leaves_out_that_change_alone(path: Path) -> None:
    text = path.read_bytes().decode()
    for record in rewrite(text, context=path.parent).applied:
        rest = rewrite(text, context=path.parent, exclude=[record.id])
        assert record.id not in {r.id for r in rest.applied}
        settings = {"context": path.parent, "exclude": [record.id]}
        found = violations(rest, **settings)
        assert [v for v in found if not v.startswith("a second run")] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_pragma_for_the_file_keeps_everything_off(path: Path) -> None:
    text = path.read_bytes().decode()
    names = ",".join(transforms())
    marked = text.rstrip("\n") + f"\n# dockopt: ignore-file={names}\n"
    result = rewrite(marked, context=path.parent)
    assert result.text == marked
    assert {n.kind for n in result.not_applied} <= {"pragma"}


@pytest.mark.parametrize("text", BUILDABLE.values(), ids=BUILDABLE)
def test_odd_dockerfiles_keep_every_property(text: str) -> None:
    from dockopt.errors import ParseError

    try:
        result = rewrite(text, level="aggressive")
    except ParseError as error:
        assert "\n" not in str(error)
        return
    assert list(violations(result, level="aggressive")) == []


def test_what_is_saved_in_another_image_is_not_in_the_sum() -> None:
    """A stage for development is an image of its own; what the target copies from counts."""
    install = "RUN apt-get update && apt-get install -y --no-install-recommends jq\n"
    shared = "FROM python:3.12-slim AS base\n" + install
    other = "FROM python:3.12-slim AS dev\n" + install
    last = "FROM base\nCOPY app.py .\n"

    alone, both = rewrite(shared + last), rewrite(shared + other + last)

    assert alone.saves_bytes == both.saves_bytes > 0
    assert [record.other_stage for record in both.applied] == ["", "dev"]
    assert rewrite(shared + other + last, target="dev").applied[0].other_stage == "base"
