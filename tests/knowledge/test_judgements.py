"""What is judged about distributions: development tools and smaller variants."""

import pytest
from packaging.utils import canonicalize_name

from dockopt.knowledge import development_contents, development_tools, distributions
from dockopt.knowledge.development_tools import Purpose, Sureness, development_tool
from dockopt.knowledge.smaller_variants import VARIANTS, variant_of
from dockopt.policy import ASSUMPTIONS


@pytest.mark.parametrize(
    ("name", "purpose", "sureness"),
    [
        ("pytest", Purpose.TESTING, Sureness.SURE),
        ("PyTest_Cov", Purpose.TESTING, Sureness.SURE),
        ("types-requests", Purpose.TYPING, Sureness.SURE),
        ("mypy-boto3-s3", Purpose.TYPING, Sureness.SURE),
        ("flake8-bugbear", Purpose.LINTING, Sureness.SURE),
        ("faker", Purpose.TESTING, Sureness.UNSURE),
        ("ipython", Purpose.INTERACTIVE, Sureness.UNSURE),
        ("debugpy", Purpose.DEBUGGING, Sureness.UNSURE),
        ("locust", Purpose.LOAD, Sureness.UNSURE),
    ],
)
def test_development_tools(name: str, purpose: Purpose, sureness: Sureness) -> None:
    assert development_tool(name) == (purpose, sureness)


@pytest.mark.parametrize(
    "name",
    ["flask", "pytestify", "types", "requests", "typing-extensions", "sphinxcontrib", "gunicorn", ""],
)  # fmt: skip
def test_what_is_no_development_tool(name: str) -> None:
    assert development_tool(name) is None


def test_no_development_tool_is_required_by_what_serves() -> None:
    """The distributions that most services consist of require none that is surely one."""
    serving = (
        *("fastapi", "flask", "django", "uvicorn", "gunicorn", "celery", "sqlalchemy", "requests"),
        *("pandas", "numpy", "scikit-learn", "pydantic", "aiohttp", "httpx", "starlette", "redis"),
    )
    seen: set[str] = set()
    waiting = list(serving)
    while waiting:
        name = waiting.pop()
        found = distributions.lookup(name)
        seen.add(name)
        waiting += [each for each in (found and found.requires) or () if each not in seen]
    tools = {name: development_tool(name) for name in seen}
    assert len(seen) > 60
    assert {name for name, found in tools.items() if found and found[1] is Sureness.SURE} == set()


def test_names_are_normalised_and_stand_once() -> None:
    tables = (development_tools._SURE, development_tools._UNSURE)
    names = [name for table in tables for group in table.values() for name in group]
    assert len(names) == len(set(names))
    assert all(name == canonicalize_name(name) for name in names)


def test_variants_are_well_formed() -> None:
    assert len({each.instead_of for each in VARIANTS}) == len(VARIANTS)
    for each in VARIANTS:
        assert each.source.startswith("https://")
        assert each.assumption in ("", *ASSUMPTIONS)
        assert each.name == canonicalize_name(each.name)
        assert (each.index, each.name) != ("", each.instead_of)


def test_variants_by_name_and_extra() -> None:
    torch = variant_of("torch")
    assert torch is not None
    assert torch.index.endswith("/whl/cpu")
    assert variant_of("jax") is None
    cuda = variant_of("jax", frozenset({"cuda12"}))
    assert cuda is not None
    assert cuda.name == "jax"
    assert variant_of("flask") is None


def test_the_headless_variant_is_smaller_and_brings_the_same_module() -> None:
    large, small = (
        distributions.lookup("opencv-python"),
        distributions.lookup("opencv-python-headless"),
    )
    assert large
    assert small
    assert large.modules == small.modules == ("cv2",)
    assert (small.installed_bytes or 0) < (large.installed_bytes or 0)


def test_what_tools_bring_is_told_once_and_of_tools() -> None:
    brought = {r for c in development_contents._TABLE.values() for r in c.requires}
    for name in development_contents._TABLE:
        assert name == canonicalize_name(name)
        assert development_tool(name) or name in brought or name.startswith("backports-")
        known = distributions.lookup(name)
        assert known is None or known.modules is None or known.requires is None


@pytest.mark.parametrize(
    ("name", "whoever_asks", "listed_for_development"),
    [
        ("pytest", True, True),
        ("coveralls", True, True),
        ("types-requests", True, True),
        ("mock", False, True),
        ("ipython", False, True),
        ("sphinx", False, True),
        ("robotframework", False, True),
        ("flask", False, False),
    ],
)
def test_tools_whoever_asks_for_them(
    name: str, whoever_asks: bool, listed_for_development: bool
) -> None:
    assert development_contents.only_for_developers(name) is whoever_asks
    assert development_contents.meant_for_development(name) is listed_for_development


def test_stubs_bring_nothing_that_is_imported() -> None:
    stubs = development_contents.contents("types-requests")
    assert stubs is not None
    assert (stubs.modules, stubs.requires) == ((), ("urllib3",))
