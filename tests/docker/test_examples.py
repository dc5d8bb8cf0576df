"""Real builds of `examples/`: as written and as rewritten, with the same probe, and measured.

`DOCKOPT_REWRITTEN=FOLDER` puts `FOLDER/<example>.Dockerfile` in the place of dockopt's own
output, to try a rewrite made by hand.
"""

import os
from pathlib import Path

import pytest
from tests.docker.engine import Engine, Image
from tests.docker.examples import EXAMPLES, Example, Variant, all_examples
from tests.docker.layers import replaced_bytes
from tests.docker.probes import check_commands, check_contract, check_probe, programs_present
from tests.docker.report import Measurement

# A file or two may be replaced by a later layer; a copy of a whole environment is much more.
STORED_TWICE_BYTES = 1_000_000
FOUND = all_examples()
VARIANTS = [
    pytest.param(example, variant, id=f"{example}-{variant}")
    for example in FOUND
    for variant in example.variants
]


def original(example: Example) -> str:
    return example.dockerfile.read_bytes().decode()


def rewritten(example: Example) -> str:
    """Return dockopt's output for the example, checked to differ from the input."""
    folder = os.environ.get("DOCKOPT_REWRITTEN")
    if folder:
        return (Path(folder) / f"{example}.Dockerfile").read_bytes().decode()
    import dockopt

    text = dockopt.rewrite(original(example), context=example.context).text
    assert text != original(example), "nothing was rewritten"
    return text


def measure(
    engine: Engine, request: pytest.FixtureRequest, name: str, before: Image, after: Image
) -> Measurement:
    """Record the sizes for the table, and return them."""
    measurement = Measurement(
        name,
        engine.size_bytes(before),
        engine.size_bytes(after),
        before.build_seconds,
        after.build_seconds,
    )
    measurement.record(request.node)
    return measurement


def test_every_folder_is_an_example() -> None:
    """A folder without a description would go untested in silence."""
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == {example.name for example in FOUND}
    assert len(folders) >= 5


@pytest.mark.parametrize("example", FOUND, ids=str)
def test_description_says_what_to_check(example: Example) -> None:
    """Without a command to run and a program to miss, a broken or idle rewrite would pass."""
    assert example.dockerfile.is_file()
    assert example.context.is_dir()
    assert example.must_run
    assert example.removed or example.stored_once
    assert example.probe.expect


@pytest.mark.parametrize("example", FOUND, ids=str)
def test_works_as_written(example: Example, docker_engine: Engine) -> None:
    """The input is honest: it builds, answers, and ships what the rewrite has to remove."""
    image = docker_engine.build(
        example.context, original(example), example.target, example.build_args
    )
    check_probe(docker_engine, image, example.probe)
    check_commands(docker_engine, image, example.must_run)
    assert programs_present(docker_engine, image, example.removed) == set(example.removed)
    for folder in example.stored_once:
        assert replaced_bytes(docker_engine, image, folder) > STORED_TWICE_BYTES


@pytest.mark.parametrize("example", FOUND, ids=str)
def test_rewrite_works_and_is_smaller(
    example: Example, docker_engine: Engine, request: pytest.FixtureRequest
) -> None:
    """Same context, same probe, same commands; fewer bytes and no build tools."""
    build = (example.target, example.build_args)
    before = docker_engine.build(example.context, original(example), *build)
    after = docker_engine.build(example.context, rewritten(example), *build)
    sizes = measure(docker_engine, request, example.name, before, after)
    check_contract(docker_engine, before, after, example.wrapper)
    check_probe(docker_engine, after, example.probe)
    check_commands(docker_engine, after, example.must_run)
    unwanted = (*example.removed, *example.absent)
    assert programs_present(docker_engine, after, unwanted) == set()
    for folder in example.stored_once:
        assert replaced_bytes(docker_engine, after, folder) < STORED_TWICE_BYTES
    assert sizes.after_bytes < sizes.before_bytes


@pytest.mark.parametrize(("example", "variant"), VARIANTS)
def test_other_builds_survive_the_rewrite(
    example: Example, variant: Variant, docker_engine: Engine, request: pytest.FixtureRequest
) -> None:
    """Other targets and build arguments build after the rewrite, and hold what they held before."""
    target = variant.target or example.target
    arguments = {**example.build_args, **variant.build_args}
    before = docker_engine.build(example.context, original(example), target, arguments)
    check_commands(docker_engine, before, variant.must_run)
    after = docker_engine.build(example.context, rewritten(example), target, arguments)
    measure(docker_engine, request, f"{example} {variant}", before, after)
    check_commands(docker_engine, after, variant.must_run)
