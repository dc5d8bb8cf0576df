"""What file lists, metadata and locks tell."""

import io
import zipfile

import pytest
from packaging.tags import Tag

from dockopt.knowledge.locked import locked, newer
from dockopt.knowledge.wheel_tags import fitness
from dockopt.knowledge.wheels import console_scripts, described, importable, required


def wheel(**files: str) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, text in files.items():
            archive.writestr(path.replace("__SLASH__", "/"), text)
    held.seek(0)
    return held


def made(files: dict[str, str]) -> io.BytesIO:
    return wheel(**{path.replace("/", "__SLASH__"): text for path, text in files.items()})


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["yaml/__init__.py", "yaml/loader.py", "yaml/sub/__init__.py"], ("yaml",)),
        (["six.py"], ("six",)),
        (["a_b.cpython-312-x86_64-linux-gnu.so"], ("a_b",)),
        (["_cffi.abi3.so", "plain.so"], ("_cffi", "plain")),
        # A namespace package: the first level with an `__init__` is its own.
        (
            ["google/cloud/storage/__init__.py", "google/cloud/storage/x.py"],
            ("google.cloud.storage",),
        ),
        (["google/api/http_pb2.py"], ("google.api.http_pb2",)),
        (["ext/__init__.abi3.so", "ext/more.py"], ("ext",)),
        (["p.data/purelib/inner/__init__.py", "p.data/scripts/run.py"], ("inner",)),
        # What no import reaches.
        (["p-1.dist-info/METADATA", "p.libs/libx.so.1", "share/doc.txt"], ()),
        (["data/libz.so", "my-data/x.py", "include/head.h"], ()),
        (["pkg/__init__.py", "pkg/lib/libx.so.2"], ("pkg",)),
    ],
)
def test_importable(paths: list[str], expected: tuple[str, ...]) -> None:
    assert importable(paths) == expected


def test_described() -> None:
    held = made(
        {
            "pkg/__init__.py": "x" * 100,
            "pkg/_fast.cpython-312-x86_64-linux-gnu.so": "y" * 50,
            "pkg.libs/libfoo-1234.so.5.1": "z" * 10,
            "pkg-1.0.data/scripts/run-it": "",
            "pkg-1.0.dist-info/METADATA": "Name: pkg\nRequires-Dist: Other_Thing>=1\n\nRequires-Dist: not\n",
            "pkg-1.0.dist-info/entry_points.txt": "[console_scripts]\npkg = pkg:main\n[x]\na = b\n",
            "vendored-2.dist-info/entry_points.txt": "",
        }
    )
    found = described("Pkg", "1.0", held, 1234)
    assert (found.name, found.version) == ("pkg", "1.0")
    assert found.modules == ("pkg",)
    assert found.scripts == ("pkg", "run-it")
    assert (found.bundles_libraries, found.has_extensions) == (True, True)
    assert found.requires == ("other-thing",)
    assert found.wheel_bytes == 1234
    assert found.installed_bytes is not None
    assert found.installed_bytes > 160


def test_an_extension_named_like_a_library_is_none() -> None:
    found = described("p", "1", made({"lib2to4.cpython-312-x86_64-linux-gnu.so": ""}), 1)
    assert (found.bundles_libraries, found.has_extensions) == (False, True)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 10])
def test_what_is_no_wheel(content: bytes) -> None:
    with pytest.raises(ValueError, match="p 1"):
        described("p", "1", io.BytesIO(content), len(content))


def test_required() -> None:
    metadata = "\n".join(
        [
            "Requires-Dist: a",
            "Requires-Dist: b ; extra == 'x'",
            "Requires-Dist: c ; sys_platform == 'win32'",
            "Requires-Dist: d ; python_version < '3.10'",
            "Requires-Dist: e ; python_version < '3'",
            "Requires-Dist: f[x,y] (>=1)",
            "Requires-Dist: ??",
            "Requires-Dist: g ; platform_machine == 'x86_64' and implementation_name == 'cpython'",
        ]
    )
    assert required(metadata) == ("a", "d", "f", "g")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[console_scripts]\nA.b = x:y\n c = z\n", ["A.b"]),
        ("[gui_scripts]\ng=x\n", ["g"]),
        ("no section", []),
        ("[console_scripts]\na = x\na = y\n", ["a"]),
        ("", []),
    ],
)
def test_console_scripts(text: str, expected: list[str]) -> None:
    assert list(console_scripts(text)) == expected


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        (Tag("py3", "none", "any"), True),
        (Tag("cp312", "cp312", "manylinux_2_17_x86_64"), True),
        (Tag("cp38", "abi3", "manylinux2014_x86_64"), True),
        (Tag("cp312", "cp312", "linux_x86_64"), True),
        (Tag("cp312", "cp312", "musllinux_1_2_x86_64"), False),
        (Tag("cp312", "cp312", "manylinux_2_17_aarch64"), False),
        (Tag("cp312", "cp312", "win_amd64"), False),
        (Tag("cp312", "cp312", "macosx_11_0_x86_64"), False),
    ],
)
def test_which_wheels_fit(tag: Tag, fits: bool) -> None:
    assert (fitness([tag]) is not None) == fits


LOCK = """
version = 1

[[package]]
name = "app"
version = "0.1"
source = { virtual = "." }

[[package]]
name = "fast_one"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "plain" },
    { name = "winonly", marker = "sys_platform == 'win32'" },
]
sdist = { url = "https://files.example/fast_one-2.0.tar.gz", size = 10 }
wheels = [
    { url = "https://files.example/fast_one-2.0-cp312-cp312-win_amd64.whl", size = 1 },
    { url = "https://files.example/fast_one-2.0-cp312-cp312-manylinux_2_17_x86_64.whl", size = 2222 },
]

[[package]]
name = "source-one"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.example/source_one-1.0.tar.gz", size = 10 }
wheels = [{ url = "https://files.example/source_one-1.0-cp312-cp312-win_amd64.whl", size = 1 }]

[[package]]
name = "plain"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://files.example/plain-1.0-py3-none-any.whl", size = 5 }]

[[package]]
name = "torch"
version = "2.0+cpu"
source = { registry = "https://download.pytorch.org/whl/cpu" }
wheels = [{ url = "https://x/torch-2.0%2Bcpu-cp312-cp312-linux_x86_64.whl", size = 7 }]
"""


def test_locked() -> None:
    found = {each.name: each for each in locked(LOCK)}
    assert set(found) == {"fast-one", "source-one", "plain"}
    fast = found["fast-one"]
    assert (fast.wheel_bytes, fast.requires, fast.modules) == (2222, ("plain",), None)
    assert (fast.has_extensions, fast.bundles_libraries) == (True, None)
    assert found["source-one"].sdist_only
    assert found["source-one"].wheel_bytes is None
    assert (found["plain"].has_extensions, found["plain"].bundles_libraries) == (False, False)


def test_of_two_locked_versions_the_one_with_a_wheel_counts() -> None:
    found = {each.name: each for each in locked(LOCK)}
    wheel_less = next(locked(LOCK.replace("manylinux_2_17_x86_64", "win32").replace("2.0", "3.0")))
    assert wheel_less.sdist_only
    assert newer(wheel_less, found["fast-one"]) is found["fast-one"]
    assert newer(found["fast-one"], wheel_less) is found["fast-one"]


@pytest.mark.parametrize("text", ["package = 1", "not toml ["])
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(locked(text))
