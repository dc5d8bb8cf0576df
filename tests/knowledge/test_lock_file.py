"""Lock files of uv, Poetry and PDM, and pylock.toml: who requires whom, and the bytes of wheels."""

import pytest

from dockopt.knowledge.lock_file import SOME_EXTRA, Required, read_lock

UV = """\
version = 1

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "Torch", extra = ["opt"], marker = "sys_platform == 'linux'" },
]

[package.optional-dependencies]
ml = [{ name = "scikit_learn" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "torch"
version = "2.6.0"
source = { registry = "https://pypi.org/simple" }
wheels = [
    { url = "https://files.example/torch-2.6.0-cp311-cp311-manylinux1_x86_64.whl", size = 700 },
    { url = "https://files.example/torch-2.6.0-cp312-cp312-manylinux1_x86_64.whl", size = 701 },
    { url = "https://files.example/torch-2.6.0-cp312-none-macosx_11_0_arm64.whl", size = 60 },
    { url = "https://files.example/torch-2.6.0-cp312-cp312-manylinux_2_28_aarch64.whl", size = 90 },
]
"""
POETRY = """\
[[package]]
name = "Flask-Login"
version = "0.6.3"

[package.dependencies]
Flask = ">=1.0.4"
Werkzeug = {version = ">=1.0.1", markers = "python_version >= '3.8'", optional = true}
importlib-metadata = [
    {version = "*", markers = "python_version < '3.8'"},
    {version = ">=6", extras = ["perf"]},
]

[package.extras]
dev = ["pytest (>=7)", "mypy[faster-cache] ; python_version >= '3.9'"]
"""
PDM = """\
[[package]]
name = "httpx"
version = "0.27.0"
dependencies = ["anyio", "h2<5,>=3; extra == 'http2'", "not a requirement !!"]
"""
PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "six"
version = "1.16.0"
wheels = [{ name = "six-1.16.0-py2.py3-none-any.whl", size = 11053 }]
"""


def test_uv_tells_requirements_extras_groups_and_wheels() -> None:
    lock = read_lock("uv.lock", UV)
    assert lock is not None
    shop, torch = lock.packages["shop"], lock.packages["torch"]
    assert shop.local
    assert not torch.local
    assert shop.requires == (
        Required("torch", frozenset({"opt"}), "sys_platform == 'linux'"),
        Required("scikit-learn", of_extra="ml"),
    )
    assert shop.groups == (Required("pytest"),)
    assert lock.has_sizes


@pytest.mark.parametrize(
    ("minor", "machine", "count"),
    [(11, "x86_64", 700), (12, "x86_64", 701), (12, "aarch64", 90), (13, "x86_64", None)],
)
def test_the_wheel_fits_python_and_machine(minor: int, machine: str, count: int | None) -> None:
    lock = read_lock("uv.lock", UV)
    assert lock is not None
    assert lock.packages["torch"].wheel_bytes(minor, machine) == count


def test_a_wheel_for_every_python_fits_too() -> None:
    lock = read_lock("pylock.toml", PYLOCK)
    assert lock is not None
    assert lock.packages["six"].wheel_bytes(12) == 11053


@pytest.mark.parametrize(
    ("file", "minor", "fits"),
    [
        ("a-1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", 12, True),
        ("a-1-cp39-abi3-manylinux_2_17_x86_64.whl", 8, False),
        ("a-1-cp311-cp311-musllinux_1_1_x86_64.whl", 11, False),
        ("a-1-py3-none-linux_x86_64.whl", 11, True),
        ("a-1-cp312-cp312t-manylinux_2_17_x86_64.whl", 12, False),
        ("nonsense.whl", 12, False),
    ],
)
def test_wheel_tags(file: str, minor: int, fits: bool) -> None:
    text = f'[[package]]\nname = "a"\nwheels = [{{ url = "https://x.example/{file}", size = 5 }}]\n'
    lock = read_lock("uv.lock", text)
    assert lock is not None
    assert (lock.packages["a"].wheel_bytes(minor) is not None) is fits


def test_poetry_has_tables_and_alternatives() -> None:
    lock = read_lock("poetry.lock", POETRY)
    assert lock is not None
    assert not lock.has_sizes
    assert lock.packages["flask-login"].requires == (
        Required("flask"),
        Required("werkzeug", marker="python_version >= '3.8'", of_extra=SOME_EXTRA),
        Required("importlib-metadata", marker="python_version < '3.8'"),
        Required("importlib-metadata", frozenset({"perf"})),
        Required("pytest", of_extra="dev", chosen=False),
        Required("mypy", frozenset({"faster-cache"}), 'python_version >= "3.9"', "dev", False),
    )


def test_pdm_has_requirements_as_texts() -> None:
    lock = read_lock("pdm.lock", PDM)
    assert lock is not None
    assert [r.name for r in lock.packages["httpx"].requires] == ["anyio", "h2"]


@pytest.mark.parametrize(
    "text", ["", "not toml [", "package = 3", '[[package]]\nname = ["x"]\n', "[[package]]\n"]
)
def test_what_is_no_lock_gives_nothing(text: str) -> None:
    lock = read_lock("uv.lock", text)
    assert lock is None or not lock.packages


def test_pipenv_tells_names_and_what_is_for_development() -> None:
    text = (
        '{"_meta": {}, "default": {"Flask_Login": {"version": "==0.6.3"}, "six": {}},'
        ' "develop": {"pytest": {"version": "==8.0"}, "six": {"version": "==1"}}}'
    )
    lock = read_lock("app/Pipfile.lock", text)
    assert lock is not None
    told = {p.name: (p.version, p.development) for p in lock.all}
    assert told == {
        "flask-login": ("0.6.3", False),
        "six": ("", False),
        "pytest": ("8.0", True),
    }
    assert not lock.has_requirements
    assert not lock.has_sizes


@pytest.mark.parametrize("text", ["", "[]", '{"default": []}', "[" * 100_000])
def test_what_is_no_pipfile_lock_gives_nothing(text: str) -> None:
    assert read_lock("Pipfile.lock", text) is None


def test_of_several_versions_the_first_counts_and_all_are_kept() -> None:
    text = '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "A"\nversion = "2"\n'
    lock = read_lock("uv.lock", text)
    assert lock is not None
    assert lock.packages["a"].version == "1"
    assert [p.version for p in lock.all] == ["1", "2"]


def test_a_lock_without_requirements_says_so() -> None:
    lock = read_lock("pylock.toml", PYLOCK)
    assert lock is not None
    assert not lock.has_requirements
    assert lock.has_sizes
