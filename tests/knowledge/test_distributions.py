"""Facts about distributions: the packaged data."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dockopt.knowledge import distributions
from dockopt.knowledge.distributions import Distribution, line_of, lookup, names, providers
from dockopt.knowledge.imported_as import IMPORTED

FOLDER = Path(distributions.__file__).parent


def known(name: str) -> Distribution:
    found = lookup(name)
    assert found is not None
    return found


def test_data_are_small_and_say_where_they_come_from() -> None:
    assert (FOLDER / distributions.DATA_FILE).stat().st_size <= 600_000
    assert distributions.header()["date"].startswith("20")
    assert distributions.header()["source"]


def test_every_distribution_can_be_found_again() -> None:
    found = list(names())
    assert found == sorted(found)
    assert len(found) >= 800
    for name in found:
        each = known(name)
        assert each.name == name
        assert each.wheel_bytes is None or each.wheel_bytes > 0
        assert not (each.sdist_only and each.wheel_bytes)


def test_lines_say_all_there_is() -> None:
    assert all(distributions.read_line(line_of(each)) == each for each in distributions.packaged())


def test_import_names_where_no_wheel_told() -> None:
    assert known("djangorestframework").modules == ("rest_framework",)
    assert providers("rest_framework.views") == ("djangorestframework",)
    assert providers("google.cloud.storage.blob") == ("google-cloud-storage",)
    assert providers("psycopg2.extras") == ("psycopg2", "psycopg2-binary")
    told = {each.name for each in distributions.packaged() if each.modules is not None}
    assert told.isdisjoint(IMPORTED)
    assert list(IMPORTED) == sorted(IMPORTED)


@pytest.mark.parametrize("spelling", ["PyYAML", "pyyaml", "Pyyaml"])
def test_names_are_normalised(spelling: str) -> None:
    assert known(spelling).modules == ("_yaml", "yaml")


def test_names_with_other_separators() -> None:
    assert lookup("typing_extensions") == lookup("Typing.Extensions") == lookup("typing-extensions")


@pytest.mark.parametrize(
    "name", ["", "no-such-distribution", "=yaml", "pyyam", "a\tb", "pyyaml\t6"]
)
def test_what_is_not_known(name: str) -> None:
    assert lookup(name) is None
    assert providers(name) == ()


def test_what_a_wheel_holds() -> None:
    uvicorn = known("uvicorn")
    assert uvicorn.scripts == ("uvicorn",)
    assert uvicorn.requires is not None
    assert {"click", "h11"} <= set(uvicorn.requires)
    assert "httptools" not in uvicorn.requires  # of the extra `standard` alone
    assert (uvicorn.has_extensions, uvicorn.bundles_libraries) == (False, False)


def test_bundled_libraries_and_extensions() -> None:
    assert (known("numpy").bundles_libraries, known("numpy").has_extensions) == (True, True)
    assert (known("markupsafe").bundles_libraries, known("markupsafe").has_extensions) == (
        False,
        True,
    )


def test_what_only_other_systems_need_is_not_required() -> None:
    requires = known("click").requires
    assert requires is not None
    assert "colorama" not in requires


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("yaml", ("pyyaml",)),
        ("PIL", ("pillow",)),
        ("PIL.Image", ("pillow",)),
        ("cv2", ("opencv-python", "opencv-python-headless")),
        ("_cffi_backend", ("cffi",)),
        ("tests", ()),
    ],
)
def test_providers(module: str, expected: tuple[str, ...]) -> None:
    found = providers(module)
    assert set(expected) <= set(found)
    assert bool(found) == bool(expected)


def test_a_namespace_package_alone_has_no_provider() -> None:
    assert providers("google") == ()
    assert "protobuf" in providers("google.protobuf.message")


def test_loading_takes_at_most_thirty_milliseconds() -> None:
    def once() -> float:
        distributions._content.cache_clear()
        start = time.process_time()
        assert lookup("requests")
        return time.process_time() - start

    assert min(once() for _ in range(5)) <= 0.030


def test_importing_reads_nothing() -> None:
    code = (
        "import sys; import dockopt.knowledge.distributions as d; "
        "assert d._content.cache_info().currsize == 0; assert 'gzip' not in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
