"""The scaffold: what it writes, that it fails until filled in, and what it refuses."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from dockopt import rewrite, scaffold
from dockopt.errors import ConfigurationError, FileError, ParseError
from dockopt.facts import Facts
from dockopt.model import build
from dockopt.registry import transforms
from dockopt.syntax import parse
from dockopt.transform import Example

ROOT = Path(__file__).parents[1]
WRITTEN = {
    "transforms/dockopt_transforms/made_up_trial.py",
    "tests/transforms/made_up_trial/test_made_up_trial.py",
    "tests/transforms/made_up_trial/cases/first/Dockerfile",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as the scaffold looks at."""
    package = tmp_path / "transforms" / "dockopt_transforms"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "tests" / "transforms").mkdir(parents=True)
    return tmp_path


def written(root: Path) -> set[str]:
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return found - {"transforms/dockopt_transforms/__init__.py"}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"stub.{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_writes_a_module_a_test_and_a_case(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scaffold.main(["made-up-trial", str(checkout)]) == 0

    assert written(checkout) == WRITTEN
    output = capsys.readouterr()
    assert {Path(line).relative_to(checkout).as_posix() for line in output.out.split()} == WRITTEN


def test_this_checkout_is_one_from_anywhere_inside() -> None:
    assert scaffold.checkout(ROOT / "tests" / "transforms") == ROOT


def test_module_is_a_transform_whose_example_does_not_hold(checkout: Path) -> None:
    module = load(scaffold.create("made-up-trial", checkout)[0])

    assert module.transform.name == "made-up-trial"
    for section in ("## What it does", "## Why", "## Safety"):
        assert section in (module.__doc__ or "")
    example = module.transform.examples[0]
    assert isinstance(example, Example)
    assert list(module.propose(Facts(build(parse(example.before))))) == []
    assert example.before != example.result


def test_case_and_test_fail_as_they_are(checkout: Path) -> None:
    _, test, case = scaffold.create("made-up-trial", checkout)

    with pytest.raises(ParseError):
        rewrite(case.read_text(encoding="utf-8"))
    with pytest.raises(ConfigurationError, match="made-up-trial"):
        load(test).test_leaves_alone_what_it_does_not_know()


NO_NAMES = [
    *("", "Drop", "drop_manuals", "drop--manuals", "-drop", "drop-", "2drop", "dröp", "import"),
    *("../drop", "/drop", "drop/manuals", "drop manuals", "drop.x", "drop\n"),
    "a" * (scaffold.MAX_NAME + 1),
]


@pytest.mark.parametrize("name", NO_NAMES)
def test_refuses_a_name(checkout: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the name"):
        scaffold.create(name, checkout)

    assert written(checkout) == set()


def test_refuses_the_name_of_a_transform(checkout: Path) -> None:
    with pytest.raises(ConfigurationError, match="already"):
        scaffold.create(next(iter(transforms())), checkout)


@pytest.mark.parametrize("existing", sorted(WRITTEN))
def test_never_overwrites(checkout: Path, existing: str) -> None:
    (checkout / existing).parent.mkdir(parents=True, exist_ok=True)
    (checkout / existing).write_text("mine")

    with pytest.raises(FileError, match="exists already"):
        scaffold.create("made-up-trial", checkout)

    assert written(checkout) == {existing}
    assert (checkout / existing).read_text() == "mine"


def test_follows_no_link_out_of_the_checkout(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (checkout / "tests" / "transforms" / "made_up_trial").symlink_to(outside)

    with pytest.raises(FileError, match="outside"):
        scaffold.create("made-up-trial", checkout)

    assert list(outside.iterdir()) == []
    assert written(checkout) == set()


def test_refuses_outside_of_a_checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scaffold.main(["made-up-trial", str(tmp_path)]) == FileError.exit_code

    assert "not in a checkout" in capsys.readouterr().err
    assert written(tmp_path) == set()


def test_wrong_usage_is_one_of_clicks_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert scaffold.main([]) == 2

    assert "NAME" in capsys.readouterr().err
