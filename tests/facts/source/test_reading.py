"""What one Python module says."""

import pytest

from dockopt.facts.source.module import Module, Unreadable
from dockopt.facts.source.reading import MAX_CHARACTERS, read_module


def module(text: str) -> Module:
    found = read_module(text)
    assert isinstance(found, Module), found
    return found


@pytest.mark.parametrize(
    ("text", "name", "level", "when"),
    [
        ("import a.b as c", "a.b", 0, "always"),
        ("from a.b import c", "a.b", 0, "always"),
        ("from ..a import b", "a", 2, "always"),
        ("from . import b", "", 1, "always"),
        ("def f():\n    import a\n", "a", 0, "lazy"),
        ("class A:\n    import a\n", "a", 0, "always"),
        ("if X:\n    import a\n", "a", 0, "conditional"),
        ("try:\n    import a\nexcept ImportError:\n    pass\n", "a", 0, "optional"),
        ("try:\n    import a\nexcept (KeyError, ImportError):\n    pass\n", "a", 0, "optional"),
        ("try:\n    import a\nexcept KeyError:\n    pass\n", "a", 0, "conditional"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n", "a", 0, "typing"),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import a\n", "a", 0, "typing"),
    ],
)
def test_imports(text: str, name: str, level: int, when: str) -> None:
    found = module(text).imports[-1]

    assert (found.module, found.level, found.when) == (name, level, when)


def test_newer_syntax_than_the_running_python_has() -> None:
    """PEP 695 and PEP 701, which `ast` of Python 3.11 refuses."""
    found = module("import a\ntype X[T] = list[T]\ny = f'{x!r:>{width}} {'nested'}'\n")

    assert [i.module for i in found.imports] == ["a"]


@pytest.mark.parametrize(
    ("text", "name", "complete"),
    [
        ("import importlib\nimportlib.import_module('a.b')", "a.b", True),
        ("from importlib import import_module as load\nload('a.b')", "a.b", True),
        ("NAME = 'a.b'\nimport importlib\nimportlib.import_module(NAME)", "a.b", True),
        ("import importlib\nimportlib.import_module(f'a.{x}')", "a.", False),
        ("import importlib\nimportlib.import_module('a.' + x)", "a.", False),
        ("import importlib\nimportlib.import_module('a.%s' % x)", "a.", False),
        ("import importlib\nimportlib.import_module(x)", None, False),
        ("__import__('a')", "a", True),
        ("N = 'a'\nN = x()\n__import__(N)", None, False),
        (
            "from django.utils.module_loading import import_string\nimport_string('a.B')",
            "a.B",
            True,
        ),
    ],
)
def test_imports_by_name(text: str, name: str | None, complete: bool) -> None:
    (found,) = module(text).dynamic

    assert (found.name, found.complete) == (name, complete)


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("import subprocess\nsubprocess.run(['ffmpeg', '-i', x])", "ffmpeg"),
        ("import subprocess as sp\nsp.Popen('/usr/bin/convert a b', shell=True)", "convert"),
        ("from subprocess import check_output\ncheck_output(args=('git', 'log'))", "git"),
        ("import os\nos.system('gs -q ' + x)", "gs"),
        ("import os\nos.execvp('node', ['node'])", "node"),
        ("import shutil\nshutil.which('pdftotext')", "pdftotext"),
        ("import subprocess\nsubprocess.run(command)", None),
        ("import subprocess\nsubprocess.run(f'{tool} -v')", None),
        ("from ctypes.util import find_library\nfind_library('magic')", "magic"),
    ],
)
def test_programs(text: str, program: str | None) -> None:
    (found,) = module(text).calls

    assert found.program == program


@pytest.mark.parametrize(
    ("text", "path", "anchored"),
    [
        ("open('data/a.json')", "data/a.json", True),
        ("import os\nopen(os.path.join(HERE, 'data', 'a.json'))", "data/a.json", False),
        ("from pathlib import Path\nPath('data').joinpath('x')", "data", True),
        ("x = BASE_DIR / 'templates' / 'mail'", "templates/mail", False),
        ("(BASE / 'a.txt').read_text()", "a.txt", False),
        ("Jinja2Templates(directory='web/templates')", "web/templates", True),
        ("Flask(__name__, static_folder='assets')", "assets", True),
    ],
)
def test_opened_files(text: str, path: str, anchored: bool) -> None:
    found = {(o.path, o.anchored) for o in module(text).opened}

    assert (path, anchored) in found


def test_a_mode_is_no_path() -> None:
    assert [o.path for o in module("open('x.bin', 'rb')").opened] == ["x.bin"]


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("import pkg_resources", "pkg_resources"),
        ("from importlib import metadata", "metadata"),
        ("import importlib.metadata as m", "metadata"),
        ("import inspect\nf = inspect.getsource", "source"),
        ("from inspect import getsource", "source"),
        ("import torch\n@torch.compile\ndef f(): ...", "compiles"),
        ("from numba import njit", "numba"),
    ],
)
def test_what_forbids_prunings(text: str, use: str) -> None:
    assert use in module(text).uses


def test_the_word_compile_alone_forbids_nothing() -> None:
    assert not module("import re\nre.compile('x')").uses


@pytest.mark.parametrize("text", ["print 'x'", "def f(:\n", "x" * (MAX_CHARACTERS + 1)])
def test_what_cannot_be_read(text: str) -> None:
    assert isinstance(read_module(text), Unreadable)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 3_000 + ")" * 3_000,
        "x = " + "[" * 3_000,
        "x = " + "1 + " * 3_000 + "1",
        "x = a" + ".b" * 3_000,
        "x = a" + "()" * 3_000,
        "x = " + "not " * 3_000 + "a",
        "x = " + "'a' " * 3_000,
        "x = " + "1 if a else " * 3_000 + "1",
        "a = " * 3_000 + "1",
        "if a:\n  b\n" + "elif a:\n  b\n" * 3_000,
        "".join(" " * n + "if a:\n" for n in range(500)) + " " * 500 + "b\n",
    ],
)
def test_what_would_end_the_parser_or_hold_it_up(text: str) -> None:
    assert isinstance(read_module(text), Unreadable)


def test_long_tables_and_texts_are_read() -> None:
    text = "x = [" + "('a', 1),\n" * 2_000 + "]\ny = '''" + "(" * 5_000 + "'''\nimport a\n"

    assert [i.module for i in module(text).imports] == ["a"]
