"""What distributions need of the operating system."""

import pytest
from packaging.utils import canonicalize_name

from dockopt.knowledge import debian, distributions
from dockopt.knowledge.system_libraries import NEEDS
from dockopt.knowledge.system_needs import (
    _COMPILES,
    _MANAGES_WITHOUT,
    compiles_at_run_time,
    named_with,
    need_of,
    with_required,
)


def test_entries_are_well_formed() -> None:
    for name, need in NEEDS.items():
        assert name == need.name == canonicalize_name(name)
        assert bool(need.source) != bool(need.unknown)
        assert not need.unknown or not (need.build or need.loads or need.packages)


@pytest.mark.parametrize("of", debian.Release)
def test_every_package_is_one_of_debian(of: debian.Release) -> None:
    index = debian.load(of)
    gone = {"wkhtmltopdf"} if of is debian.Release.TRIXIE else set()
    for need in NEEDS.values():
        for package in {*need.build, *need.loads, *need.packages} - gone:
            assert index.resolve(package), (need.name, package)
        for development in need.loads:
            assert index.runtime_packages(development), (need.name, development)


def test_what_opens_no_library_needs_none() -> None:
    for name in ("psycopg2-binary", "psycopg-binary", "lxml", "pillow", "opencv-python-headless"):
        assert need_of(name) is None


def test_source_only_distributions_say_what_they_are_built_with() -> None:
    for name in ("psycopg2", "mysqlclient"):
        found, need = distributions.lookup(name), need_of(name)
        assert found
        assert need
        assert found.sdist_only
        assert need.build
        assert need.loads


def test_requirements_are_followed() -> None:
    found = with_required({"Unstructured"})
    assert found["unstructured"] == ""
    assert found["python-magic"] == "unstructured"
    assert named_with("python-magic", found["python-magic"]) == (
        "python-magic, which unstructured requires,"
    )
    assert with_required({"no-such-thing"}) == {"no-such-thing": ""}
    assert with_required(()) == {}


def test_who_manages_without_is_not_followed() -> None:
    assert "gitpython" not in with_required({"streamlit"})
    assert "gitpython" in with_required({"streamlit", "gitpython"})
    for (name, required), source in _MANAGES_WITHOUT.items():
        assert source.startswith("https://")
        assert required in NEEDS or required in _COMPILES, name


def test_compilers_at_run_time() -> None:
    assert compiles_at_run_time({"pytensor", "flask"}) == "pytensor"
    assert compiles_at_run_time({"vllm"}).startswith("triton, which vllm requires")
    assert compiles_at_run_time({"torch", "numpy", "openai-whisper"}) == ""
