"""What the calls of a module do: import by name, run programs, open files."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from dockopt.facts.source.literals import Text, dotted_name, joined, text_of
from dockopt.facts.source.module import Called, Dynamic, Opened
from dockopt.facts.source.naming import names

if TYPE_CHECKING:
    import libcst as cst

_IMPORTERS = names("""importlib.import_module __import__ builtins.__import__ importlib.__import__
    importlib.util.find_spec importlib.util.spec_from_file_location importlib.reload
    importlib.machinery.SourceFileLoader runpy.run_module runpy.run_path pydoc.locate
    pkgutil.resolve_name imp.load_source imp.load_module imp.find_module exec execfile
    django.utils.module_loading.import_string werkzeug.utils.import_string
    uvicorn.importer.import_from_string stevedore.DriverManager
    """)
_IMPORTER_ENDS = names(
    "import_module import_string import_from_string import_object load_object locate"
)
"""Functions of this name import what their first argument names, wherever they come from."""
_PYRAMID = frozenset({"include", "scan", "maybe_dotted", "resolve"})
"""https://docs.pylonsproject.org/projects/pyramid/en/latest/api/config.html"""
_LISTERS = frozenset({"pkgutil.iter_modules", "pkgutil.walk_packages"})
_PROGRAMS = names("""subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen
    subprocess.getoutput subprocess.getstatusoutput os.system os.popen shutil.which
    asyncio.create_subprocess_exec asyncio.create_subprocess_shell pexpect.spawn pexpect.run
    anyio.run_process trio.run_process plumbum.local.get distutils.spawn.find_executable
    invoke.run fabric.local
    """)
_PROGRAM_PATTERN = re.compile(r"^os\.(?:exec|spawn|posix_spawn)\w*$")
_LIBRARIES = names(
    "ctypes.util.find_library ctypes.CDLL ctypes.cdll.LoadLibrary ctypes.PyDLL ctypes.WinDLL"
)
_OPENERS = names("""open io.open codecs.open aiofiles.open gzip.open pathlib.Path pathlib.PurePath Path
    os.listdir os.scandir os.walk os.path.exists os.path.isfile os.path.isdir glob.glob glob.iglob
    flask.send_file flask.send_from_directory fastapi.staticfiles.StaticFiles
    starlette.staticfiles.StaticFiles fastapi.templating.Jinja2Templates
    starlette.templating.Jinja2Templates fastapi.responses.FileResponse
    starlette.responses.FileResponse jinja2.FileSystemLoader jinja2.PackageLoader
    shutil.copy shutil.copytree logging.config.fileConfig dotenv.load_dotenv
    numpy.load numpy.loadtxt pandas.read_csv pandas.read_json pandas.read_excel pandas.read_parquet
    joblib.load torch.load alembic.config.Config
    """)
_OPENER_ENDS = names("""read_text read_bytes joinpath open send_file send_from_directory StaticFiles Jinja2Templates
    FileResponse FileSystemLoader PackageLoader read_csv""")
_JOINERS = frozenset({"os.path.join", "posixpath.join"})
_PATH_ARGUMENTS = frozenset(
    {"directory", "path", "file", "filename", "template_folder", "static_folder"}
)


class CallReader:
    """Sorts calls; `names` says what the names of the module stand for."""

    def __init__(self, names: Mapping[str, str], constants: Mapping[str, Text]) -> None:
        self.names = names
        self.constants = constants
        self.dynamic: list[Dynamic] = []
        self.called: list[Called] = []
        self.opened: list[Opened] = []
        self.lists_modules = False

    def read(self, call: "cst.Call") -> None:
        """Takes in one call."""
        name, end = self._name(call)
        if name in _LISTERS:
            self.lists_modules = True
        elif name in _IMPORTERS or end in _IMPORTER_ENDS or self._is_pyramid(end):
            self._imports(call, name or end)
        elif name in _PROGRAMS | _LIBRARIES or _PROGRAM_PATTERN.match(name):
            self._runs(call, name)
        elif name in _JOINERS:
            self._joins(call)
        elif name in _OPENERS or end in _OPENER_ENDS:
            self._opens(call, name or end)
        else:
            self._opens_by_keyword(call, name or end)

    def _name(self, call: "cst.Call") -> tuple[str, str]:
        """The function with its module, as far as known, and its own name."""
        written = dotted_name(call.func)
        if written is None:
            attribute = getattr(call.func, "attr", None)
            return "", getattr(attribute, "value", "")
        first, dot, rest = written.partition(".")
        return self.names.get(first, first) + dot + rest, written.rpartition(".")[2]

    def _is_pyramid(self, end: str) -> bool:
        return end in _PYRAMID and any(v.startswith("pyramid") for v in self.names.values())

    def _argument(self, call: "cst.Call", index: int = 0) -> "cst.BaseExpression | None":
        plain = [a.value for a in call.args if a.keyword is None and not a.star]
        return plain[index] if index < len(plain) else None

    def _keyword(self, call: "cst.Call", *names: str) -> "cst.BaseExpression | None":
        found = (a.value for a in call.args if a.keyword is not None and a.keyword.value in names)
        return next(found, None)

    def _text(self, node: "cst.CSTNode | None") -> Text | None:
        """A text, also behind `str(…)`, `Path(…)`, `os.path.join(…)`."""
        if type(node).__name__ == "Call":
            call: cst.Call = node  # type: ignore[assignment]
            name, end = self._name(call)
            if name in _JOINERS:
                return joined([self._text(a.value) for a in call.args])
            if end in ("Path", "str", "PurePath", "PosixPath"):
                return self._text(self._argument(call))
            return None
        return text_of(node, self.constants)

    def _imports(self, call: "cst.Call", how: str) -> None:
        if how in ("exec", "execfile"):
            self.dynamic.append(Dynamic(None, False, how))
            return
        at = (
            1 if how.endswith(("spec_from_file_location", "SourceFileLoader", "load_source")) else 0
        )
        node = self._argument(call, at) or self._keyword(call, "name", "location", "path")
        if how.endswith("reload"):
            return
        text = self._text(node)
        if text is None or not text.value:
            self.dynamic.append(Dynamic(None, False, how))
        elif at or how.endswith("run_path"):
            self.dynamic.append(Dynamic(text.value, text.to_end, "file"))
        else:
            self.dynamic.append(Dynamic(text.value, text.to_end, how))

    def _runs(self, call: "cst.Call", how: str) -> None:
        at = 1 if re.match(r"os\.spawn", how) else 0
        node = self._argument(call, at) or self._keyword(call, "args", "cmd", "program")
        elements = getattr(node, "elements", None)
        if elements:
            node = elements[0].value
        text = self._text(node)
        first = (text.value.split() or [""])[0] if text else ""
        # `f"{tool} x"` and `"/opt/" + name` do not say which program it is.
        whole = text is not None and (text.to_end or len(text.value.split()) > 1)
        self.called.append(Called(first.rpartition("/")[2] or None if whole else None, how))

    def _joins(self, call: "cst.Call") -> None:
        text = self._text(call)
        if text is not None and text.value:
            self.opened.append(Opened(text.value, text.from_start, "os.path.join"))

    def _opens(self, call: "cst.Call", how: str) -> None:
        for argument in call.args[:2]:
            if argument.keyword is None or argument.keyword.value in _PATH_ARGUMENTS:
                text = self._text(argument.value)
                if text is not None and text.value and _is_path(text.value):
                    known = text.complete and how not in ("joinpath", "read_text")
                    self.opened.append(Opened(text.value, known, how))
        self._receiver(call, how)

    def _receiver(self, call: "cst.Call", how: str) -> None:
        """`Path("a").open()`: the path stands before the method."""
        value = getattr(call.func, "value", None)
        text = self._text(value) if type(value).__name__ in ("Call", "BinaryOperation") else None
        if text is not None and text.value:
            self.opened.append(Opened(text.value, text.from_start, how))

    def _opens_by_keyword(self, call: "cst.Call", how: str) -> None:
        for argument in call.args:
            if argument.keyword is not None and argument.keyword.value in _PATH_ARGUMENTS:
                text = self._text(argument.value)
                if text is not None and text.value and _is_path(text.value):
                    self.opened.append(Opened(text.value, text.complete, how))


_MODE = re.compile(r"[rwaxbtU+]{1,4}|utf-?8|latin-?1|ascii", re.IGNORECASE)


def _is_path(text: str) -> bool:
    return not _MODE.fullmatch(text) and "\n" not in text and len(text) < 300 and "://" not in text
