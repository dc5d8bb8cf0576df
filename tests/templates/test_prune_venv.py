"""The `prune-venv` fragment: what it removes from a virtual environment, and what it leaves."""

import ast
import csv
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from dockopt.knowledge import prune
from dockopt_templates import fragment

BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))


def body(text: str) -> str:
    """The script between the heredoc's first line and its delimiter."""
    lines = text.split("\n")
    start = next(at for at, line in enumerate(lines) if line.endswith("<<'PRUNE'"))
    return "\n".join(lines[start + 1 : lines.index("PRUNE")]) + "\n"


class Venv:
    """A virtual environment that holds made-up distributions."""

    def __init__(self, root: Path) -> None:
        self.root = root
        venv.create(root, symlinks=True)
        self.python = root / "bin" / "python"
        self.site = next(root.glob("lib/python*/site-packages"))

    def install(
        self, name: str, files: dict[str, str], *requires: str, entry_points: str = ""
    ) -> None:
        """Writes a distribution as an installer does: files, metadata, and a RECORD of them all."""
        info = f"{name.replace('-', '_')}-1.0.dist-info"
        needs = "".join(f"Requires-Dist: {line}\n" for line in requires)
        every = {
            **files,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\n{needs}\npip\n",
            f"{info}/entry_points.txt": entry_points,
            f"{info}/RECORD": "",
        }
        for path, text in every.items():
            self.write(path, text)
        with (self.site / info / "RECORD").open("w", newline="") as record:
            csv.writer(record).writerows((path, "", "") for path in every)

    def write(self, path: str, text: str) -> None:
        target = Path(os.path.normpath(self.site / path))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def has(self, path: str) -> bool:
        return os.path.lexists(self.site / path)

    def prune(
        self,
        *,
        keep: tuple[str, ...] = (),
        passive: tuple[str, ...] = (),
        python: str = "",
        status: int = 0,
    ) -> str:
        """Runs the rendered script as the Dockerfile does; returns all that it printed."""
        text = fragment(
            "prune-venv", python=self.python, venv=str(self.root), keep=keep, passive=passive
        )
        done = subprocess.run(
            [python or str(self.python), "-I", "-"],
            input=body(text),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def env(tmp_path: Path) -> Venv:
    return Venv(tmp_path / "venv")


SUITE = {"a/__init__.py": "", "a/tests/__init__.py": "", "a/tests/test_it.py": "import a\n"}
PIP = {
    "pip/__init__.py": "",
    "pip/_internal/x.py": "import setuptools\n",
    "../../../bin/pip3": "#!x",
}
SETUPTOOLS = {
    "setuptools/__init__.py": "import _distutils_hack\n",
    "pkg_resources/__init__.py": "",
    "pkg_resources/tests/data/source/setup.py": "from setuptools import setup\n",
    "_distutils_hack/__init__.py": "",
    "distutils-precedence.pth": "import _distutils_hack\n",
}


def test_unused_suite_goes_and_its_package_stays(env: Venv) -> None:
    env.install("a", {**SUITE, "a/core.py": "", "a/fast.c": "", "a/fast.h": ""})
    env.write("a/tests/__pycache__/test_it.cpython-399.pyc", "compiled")
    output = env.prune()
    assert not env.has("a/tests")
    for path in (
        "a/__init__.py",
        "a/core.py",
        "a/fast.c",
        "a/fast.h",
        "a-1.0.dist-info/RECORD",
    ):
        assert env.has(path), path
    assert output.startswith("prune-venv: 0.0 MB freed, *.tests 0.0 MB\n")
    assert "kept, as installed code names them: none" in output


@pytest.mark.parametrize(
    "code",
    [
        "from a.tests import test_it\n",
        "from a.tests.test_it import *\n",
        "import os, a.tests.test_it as t\n",
        "from a import tests\n",
        "from a import other, \\\n    tests\n",
        "from .tests import test_it\n",
        "from . import (\n    other,  # (not this one)\n    tests,\n)\n",
        "def f():\n    if True: from . import tests\n",
        "try: import a.tests\nexcept ImportError: pass\n",
        "import importlib\nimportlib.import_module('a.tests.test_it')\n",
        "import importlib\nimportlib.import_module('.tests', __package__)\n",
        "name = f'{__name__}.tests'\n",
        "exec('from a.tests import test_it')\n",
        "name = '%s.tests' % __name__\n",
        "import os\npath = os.path.join(os.path.dirname(__file__), 'tests', 'data')\n",
        "path = 'tests/data.json'\n",
        "path = HERE + '/tests/' + name\n",
        "__all__ = ['core', \"tests\"]\n",
    ],
)
def test_suite_that_its_package_names_stays(env: Venv, code: str) -> None:
    env.install("a", {**SUITE, "a/core.py": code})
    output = env.prune()
    assert env.has("a/tests/test_it.py")
    assert "kept, as installed code names them: a.tests\n" in output


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("b/sub/deep.py", "from a.tests import test_it\n"),
        ("single.py", "import a.tests\n"),
        ("hook.pth", "import a.tests\n"),
        ("../../../bin/run-a", "#!/opt/venv/bin/python\nfrom a.tests import test_it\n"),
    ],
)
def test_suite_that_other_code_names_stays(env: Venv, path: str, code: str) -> None:
    env.install("a", SUITE)
    env.install("b", {path: code})
    env.prune()
    assert env.has("a/tests/test_it.py")


def test_suite_with_an_entry_point_stays(env: Venv) -> None:
    env.install("a", SUITE, entry_points="[a.plugins]\nloop = a.tests.test_it:main\n")
    env.prune()
    assert env.has("a/tests/test_it.py")


@pytest.mark.parametrize(
    "code",
    [
        "# the tests of this module\n",
        '"""Run the tests with pytest."""\n',
        "tests = 1\nself.tests()\n",
        "from a.testing import check\n",
        "from other.tests import thing\n",
        "from ..tests_of_speed import thing\n",
    ],
)
def test_words_that_name_no_suite_keep_nothing(env: Venv, code: str) -> None:
    env.install("a", {**SUITE, "a/sub/core.py": code})
    env.prune()
    assert not env.has("a/tests")


def test_suite_that_a_kept_suite_uses_stays(env: Venv) -> None:
    used = {"a/__init__.py": "from a.tests import base\n", "a/tests/base.py": "import b.tests\n"}
    env.install("a", {**SUITE, **used})
    env.install("b", {"b/__init__.py": "", "b/tests/test_b.py": "from c.tests import test_c\n"})
    env.install("c", {"c/__init__.py": "", "c/tests/test_c.py": ""})
    env.install("d", {"d/__init__.py": "", "d/tests/test_d.py": "import a.tests\n"})
    env.prune()
    assert [env.has(f"{name}/tests") for name in "abcd"] == [True, True, True, False]


def test_only_one_of_two_suites_of_a_distribution_stays(env: Venv) -> None:
    more = {"a/x/__init__.py": "", "a/x/tests/test_x.py": "", "a/x/y.py": "from a.x import tests\n"}
    env.install("a", {**SUITE, **more})
    env.prune()
    assert env.has("a/x/tests/test_x.py")
    assert not env.has("a/tests")


@pytest.mark.parametrize(
    "files",
    [
        {"a/__init__.py": "", "a/test/__init__.py": "", "a/test/client.py": ""},
        {"a/__init__.py": "", "a/test/images.bin": "", "a/train/images.bin": ""},
        {"tests/__init__.py": "", "tests/test_it.py": ""},
        {"a/__init__.py": "", "a/template/{{name}}/tests/test_it.py": ""},
        {"a/__init__.py": "", "a/testing/test_it.py": "", "a/mytests/test_it.py": ""},
    ],
    ids=["library called test", "data", "top level", "project template", "other names"],
)
def test_folder_that_is_no_suite_stays(env: Venv, files: dict[str, str]) -> None:
    env.install("a", files)
    env.prune()
    assert all(env.has(path) for path in files)


def test_suite_with_a_file_that_nobody_installed_stays(env: Venv) -> None:
    env.install("a", SUITE)
    env.write("a/tests/mine.txt", "written by the project")
    env.prune()
    assert env.has("a/tests/mine.txt")
    assert env.has("a/tests/test_it.py")


def test_suite_of_a_project_installed_in_place_stays(env: Venv) -> None:
    for path, text in SUITE.items():
        env.write(path, text)
    env.install("a", {"__editable__.a.pth": "/app/src\n"})
    env.prune()
    assert env.has("a/tests/test_it.py")


def test_record_that_cannot_be_read_keeps_what_it_lists(env: Venv) -> None:
    env.install("a", SUITE)
    env.install("pip", PIP)
    (env.site / "a-1.0.dist-info" / "RECORD").write_bytes(b"\xff\xfe,,\n\x80 a/tests,\n")
    env.prune()
    assert env.has("a/tests/test_it.py")
    assert not env.has("pip")


def test_environment_that_is_reached_by_a_link(env: Venv, tmp_path: Path) -> None:
    env.install("a", SUITE)
    link = tmp_path / "link"
    link.symlink_to(env.root)
    env.prune(python=str(link / "bin" / "python"))
    assert not env.has("a/tests")


def test_names_with_spaces_and_apostrophes(env: Venv) -> None:
    odd = {"a/tests/it's a file, really.txt": "", 'a/tests/say "hi"/x y.dat': ""}
    env.install("a", {**SUITE, **odd, "a/it's tests.txt": ""})
    env.prune()
    assert not env.has("a/tests")
    assert env.has("a/it's tests.txt")


def test_linked_folder_stays_with_what_it_points_to(env: Venv, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "test_it.py").write_text("")
    env.install("a", {"a/__init__.py": ""})
    (env.site / "a" / "tests").symlink_to(outside)
    env.prune()
    assert (outside / "test_it.py").is_file()
    assert env.has("a/tests")


def test_installer_that_links_files_into_the_environment(env: Venv, tmp_path: Path) -> None:
    env.install("a", SUITE)
    cache = tmp_path / "cache.py"
    cache.write_text("")
    (env.site / "a/tests/test_it.py").unlink()
    (env.site / "a/tests/test_it.py").symlink_to(cache)
    env.prune()
    assert not env.has("a/tests")
    assert cache.is_file()


def test_second_run_removes_nothing(env: Venv) -> None:
    env.install("a", SUITE)
    env.prune()
    before = sorted(env.root.rglob("*"))
    assert env.prune().startswith("prune-venv: 0.0 MB freed\n")
    assert sorted(env.root.rglob("*")) == before


def test_pip_and_setuptools_go_whole_and_neighbours_stay(env: Venv) -> None:
    env.install("pip", PIP)
    env.install("setuptools", SETUPTOOLS)
    env.install("wheel", {"wheel/__init__.py": "import setuptools\n"})
    near = ["pip-tools", "pip-api", "setuptools-scm", "setuptools-rust", "wheel-filename"]
    for name in near:
        env.install(name, {f"{name.replace('-', '_')}/__init__.py": ""})
    env.write("pip/__pycache__/__init__.cpython-399.pyc", "compiled")
    output = env.prune()
    gone = ["pip", "pip-1.0.dist-info", "../../../bin/pip3", *SETUPTOOLS, "setuptools"]
    assert [
        path for path in [*gone, "pkg_resources", "_distutils_hack", "wheel"] if env.has(path)
    ] == []
    for name in near:
        assert env.has(f"{name.replace('-', '_')}/__init__.py")
        assert env.has(f"{name.replace('-', '_')}-1.0.dist-info/METADATA")
    assert "pip 0.0 MB" in output
    assert "setuptools 0.0 MB" in output


@pytest.mark.parametrize("line", ["pip", "pip>=22.2", "Pip (>=9)", 'pip ; python_version > "3"'])
def test_tool_that_a_distribution_requires_stays(env: Venv, line: str) -> None:
    env.install("pip", PIP)
    env.install("a", {"a/__init__.py": ""}, line)
    env.prune()
    assert env.has("pip/__init__.py")


@pytest.mark.parametrize("line", ['pip>=1 ; extra == "test"', "pip-tools", "pipx"])
def test_requirement_that_does_not_ask_for_the_tool(env: Venv, line: str) -> None:
    env.install("pip", PIP)
    env.install("a", {"a/__init__.py": ""}, line)
    env.prune()
    assert not env.has("pip")


def test_requirement_of_an_egg(env: Venv) -> None:
    env.install("pip", PIP)
    env.install("setuptools", SETUPTOOLS)
    env.write("a-1.0.egg-info/requires.txt", "setuptools>=40\n\n[dev]\npip-tools\n")
    env.prune()
    assert env.has("setuptools/__init__.py")
    assert not env.has("pip")


@pytest.mark.parametrize(
    ("code", "stays"),
    [
        ("import pip\n", "pip"),
        ("from pip._internal import main\n", "pip"),
        ("run([sys.executable, '-m', 'pip', 'install', name])\n", "pip"),
        ("try:\n    import pkg_resources\nexcept ImportError:\n    pass\n", "setuptools"),
        ("from setuptools import Extension\n", "setuptools"),
        ("from wheel.wheelfile import WheelFile\n", "wheel"),
    ],
)
def test_tool_that_a_module_uses_stays(env: Venv, code: str, stays: str) -> None:
    env.install("pip", {"pip/__init__.py": ""})
    env.install("setuptools", {"setuptools/__init__.py": "", "pkg_resources/__init__.py": ""})
    env.install("wheel", {"wheel/__init__.py": ""})
    env.install("a", {"a/core.py": code})
    env.prune()
    kept = [name for name in ("pip", "setuptools", "wheel") if env.has(name)]
    assert kept == [stays]


def test_distutils_needs_setuptools_since_python_3_12(env: Venv) -> None:
    env.install("setuptools", SETUPTOOLS)
    env.install("a", {"a/core.py": "from distutils.version import LooseVersion\n"})
    env.prune()
    assert env.has("setuptools") == (sys.version_info >= (3, 12))


def test_tool_that_a_kept_tool_uses_stays(env: Venv) -> None:
    env.install("pip", PIP)
    env.install("setuptools", SETUPTOOLS)
    env.install("a", {"a/__init__.py": ""}, "pip")
    env.prune()
    assert env.has("pip")
    assert env.has("setuptools")


def test_tool_that_only_a_removed_suite_uses_goes(env: Venv) -> None:
    env.install("setuptools", SETUPTOOLS)
    env.install("a", {**SUITE, "a/tests/test_it.py": "import setuptools\n"})
    env.prune()
    assert not env.has("setuptools")


def test_record_cannot_reach_out_of_the_environment(env: Venv, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    env.install("pip", {**PIP, "../../../../outside.txt": "theirs"})
    env.prune()
    assert not env.has("pip")
    assert outside.is_file()


def test_keep_names_tools_and_suites(env: Venv) -> None:
    env.install("pip", {"pip/__init__.py": "import c.tests\n"})
    for name in "abc":
        env.install(name, {path.replace("a/", f"{name}/"): text for path, text in SUITE.items()})
    env.prune(keep=("pip", "a.tests"))
    assert [env.has(path) for path in ("pip", "a/tests", "c/tests")] == [True, True, True]
    assert not env.has("b/tests")


def test_passive_modules_keep_nothing(env: Venv) -> None:
    files = {"a/info/versions.py": "names = 'pip', 'a.tests'\n", "a/infos.py": "import wheel\n"}
    env.install("a", {**SUITE, **files})
    env.install("pip", {"pip/__init__.py": ""})
    env.install("wheel", {"wheel/__init__.py": ""})
    env.prune(passive=("a.info.",))
    assert not env.has("a/tests")
    assert not env.has("pip")
    assert env.has("wheel")


@pytest.mark.parametrize(
    ("used", "stays"),
    [
        ("import pkg_resources\n", [False, True, False]),
        ("import pip\n", [True, False, False]),
        ("", [False, False, False]),
    ],
)
def test_tools_do_not_keep_each_other(env: Venv, used: str, stays: list[bool]) -> None:
    develop = "import wheel\nrun([sys.executable, '-m', 'pip', 'install', '-e', '.'])\n"
    env.install("pip", PIP)
    env.install("setuptools", {**SETUPTOOLS, "setuptools/command/develop.py": develop})
    env.install("wheel", {"wheel/__init__.py": "import setuptools\n"})
    env.install("a", {"a/core.py": used})
    env.prune(passive=prune.passive_modules())
    assert [env.has(name) for name in ("pip", "setuptools", "wheel")] == stays


def test_code_that_goes_on_without_a_tool_keeps_nothing(env: Venv) -> None:
    """The real modules, as far as they are about the tool."""
    env.install("pip", {"pip/__init__.py": ""})
    env.install("setuptools", SETUPTOOLS)
    optional = "try:\n    import pkg_resources\nexcept ImportError:\n    pkg_resources = None\n"
    env.install("werkzeug", {"werkzeug/testapp.py": optional})
    env.install("pytz", {"pytz/__init__.py": optional})
    env.install("httpie", {"httpie/internal/__build_channel__.py": "BUILD_CHANNEL = 'pip'\n"})
    env.install("faker", {"faker/decode/codes.py": 'codes = (\n    "pi",\n    "pip",\n)\n'})
    versions = 'deps = ["cobyqa", "numpy", "scipy", "setuptools", "pip"]\n'
    env.install("scipy", {"scipy/_external/cobyqa/utils/versions.py": versions})
    env.prune(passive=prune.passive_modules())
    assert not env.has("pip")
    assert not env.has("setuptools")


def test_static_libraries(env: Venv) -> None:
    files = {
        "a/lib/libfree.a": "",
        "a/lib/libused.a": "",
        "a/lib/libhere.a": "",
        "a/lib/other-1.2.a": "",
        "a/build.py": "# see libfree.a\nlink('libused.a', HERE + 'lib/libhere.a')\n",
        "nvidia/cuda/lib/libcudadevrt.a": "",
    }
    env.install("a", files)
    env.write("a/lib/libmine.a", "not installed by anything")
    env.prune()
    assert not env.has("a/lib/libfree.a")
    stays = {*files, "a/lib/libmine.a"} - {"a/lib/libfree.a"}
    assert [path for path in stays if not env.has(path)] == []


def test_text_that_python_cannot_read_is_no_obstacle(env: Venv) -> None:
    env.install("a", {**SUITE, "a/old.py": "print 'tests'\n", "a/template.py": "{{ x }} tests\n"})
    (env.site / "a/latin.py").write_bytes(b"name = '\xe9' # tests\n")
    (env.site / "a-1.0.dist-info/METADATA").write_bytes(b"Name: a\r\nAuthor: \xe9\r\n\r\npip\r\n")
    env.install("pip", {"pip/__init__.py": ""})
    env.prune()
    assert env.has("a/tests")  # old.py names it, even if for another Python
    assert not env.has("pip")


def test_modules_of_the_working_directory_are_not_imported(
    env: Venv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('shadowed')\n")
    monkeypatch.chdir(tmp_path)
    assert "freed" in env.prune()


def test_python_outside_the_environment_is_refused(env: Venv) -> None:
    env.install("a", SUITE)
    output = env.prune(python=BASE_PYTHON, status=1)
    assert "is not the Python of that virtual environment" in output
    assert env.has("a/tests")


def test_another_environment_is_refused(env: Venv, tmp_path: Path) -> None:
    env.install("a", SUITE)
    other = Venv(tmp_path / "other")
    other.prune(python=str(env.python), status=1)
    assert env.has("a/tests")


def test_installed_metadata_stays_readable(env: Venv) -> None:
    env.install("a", SUITE, "b>=0.5")
    env.install("b", {"b/__init__.py": ""}, entry_points="[console_scripts]\nb = b:main\n")
    env.install("pip", PIP)
    env.prune()
    code = (
        "import importlib.metadata as m\n"
        "print(sorted(d.metadata['Name'] for d in m.distributions()), m.requires('a'))\n"
        "print([str(f) for f in m.files('b')][0])"
    )
    done = subprocess.run([env.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['a', 'b'] ['b>=0.5']\nb/__init__.py\n"


def test_every_part_known_to_be_in_use_is_found_by_the_scan(env: Venv) -> None:
    """The shapes in which distributions use their suites at run time, without any `keep`."""
    env.install("x", {"user.py": "".join(f"import {m}\n" for f in prune.IN_USE for m in f.modules)})
    suites = {m for f in prune.IN_USE for m in f.modules if m.endswith(("tests", "test"))}
    for number, module in enumerate(sorted(suites)):
        folder = module.replace(".", "/")
        parent = folder.rpartition("/")[0]
        files = {
            f"{parent}/__init__.py": "",
            f"{folder}/__init__.py": "",
            f"{folder}/test_x.py": "",
        }
        env.install(f"made-up-{number}", files)
    env.prune()
    assert [module for module in suites if not env.has(module.replace(".", "/"))] == []


def test_facts_are_for_normalised_names_and_sorted() -> None:
    assert prune.keep_for(["Numba", "Jupyter_Lab", "JupyterLab"]) == (
        "jupyterlab.tests",
        "numba.tests",
        "setuptools",
    )
    assert prune.keep_for(["requests"]) == ()
    assert prune.passive_modules(["pandas", "Numba"]) == (
        "numba.misc.numba_sysinfo.",
        "pandas.util.",
    )
    assert set(prune.passive_modules()) > set(prune.passive_modules(["kombu"])) != set()
    assert all(name.endswith(".") for name in prune.passive_modules())


def rendered(**values: object) -> str:
    given = {"python": "/opt/venv/bin/python", "venv": "/opt/venv", "keep": ("pip",), **values}
    return fragment("prune-venv", **given)


def test_fragment_is_one_instruction_with_a_comment_and_a_quoted_heredoc() -> None:
    lines = rendered().split("\n")
    assert lines[0].startswith("# Removes what nothing in /opt/venv uses")
    assert lines[1] == "RUN /opt/venv/bin/python -I - <<'PRUNE'"
    assert lines[-2:] == ["PRUNE", ""]
    assert "KEEP = ('pip',)" in lines
    assert "PASSIVE = ()" in lines
    assert "dockopt" not in rendered()
    assert max(map(len, lines)) <= 100


def test_script_is_python_3_7() -> None:
    ast.parse(body(rendered()), feature_version=(3, 7))


def test_values_are_quoted_for_the_shell_and_for_python() -> None:
    text = rendered(python="/opt/it's mine/bin/python", venv="/opt/it's mine", keep=('a"b\nc',))
    assert "RUN '/opt/it'\"'\"'s mine/bin/python' -I - <<'PRUNE'\n" in text
    tree = ast.parse(body(text))
    values = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {"/opt/it's mine", 'a"b\nc'} <= values


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"python": "/opt/venv\nRUN x"}, ValueError),
        ({"venv": "/opt/ve\\nv"}, ValueError),
        ({"keep": ["pip"]}, ValueError),
        ({"keep": ("pip", 3)}, ValueError),
    ],
)
def test_values_that_cannot_stand_in_a_dockerfile_are_refused(
    values: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        rendered(**values)


def test_missing_value_and_unknown_fragment_are_errors() -> None:
    jinja2 = pytest.importorskip("jinja2")
    with pytest.raises(jinja2.UndefinedError):
        fragment("prune-venv", python="/opt/venv/bin/python", venv="/opt/venv")
    for name in ("no-such", "../prune-venv", "prune-venv.Dockerfile"):
        with pytest.raises(LookupError):
            fragment(name)


def test_jinja2_is_imported_only_when_something_is_rendered() -> None:
    code = "import sys, dockopt_templates; print('jinja2' in sys.modules)"
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "False\n"


def test_buildkit_reads_one_run_with_the_whole_script() -> None:
    dockerfile = pytest.importorskip("dockerfile")
    text = f"FROM python:3.12-slim AS builder\n{rendered()}FROM python:3.12-slim\n"
    commands = dockerfile.parse_string(text)
    assert [command.cmd.lower() for command in commands] == ["from", "run", "from"]
    assert commands[1].value == ("/opt/venv/bin/python -I - <<'PRUNE'",)


@pytest.fixture
def hadolint(tmp_path: Path) -> Callable[[str], str]:
    program = shutil.which("hadolint") or shutil.which("hadolint", path=Path(sys.executable).parent)
    if not program:
        pytest.skip("hadolint is not installed")

    def run(text: str) -> str:
        file = tmp_path / "Dockerfile"
        file.write_text(text)
        done = subprocess.run([program, file], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return run


def test_hadolint_has_nothing_to_say(hadolint: Callable[[str], str]) -> None:
    assert hadolint(f"FROM python:3.12-slim AS builder\n{rendered()}") == ""
