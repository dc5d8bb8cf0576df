"""Reads one Python module with libcst, whatever Python dockopt itself runs on.

`ast` reads what the Python that runs it reads, and an application's may be newer. A visitor of
libcst's own spends most of its time on white space: the walk here passes that over, so that reading
is as fast as libcst parses, about 600 kB a second.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from dockopt.facts.source import calls
from dockopt.facts.source.literals import Text, dotted_name, text_of
from dockopt.facts.source.module import (
    ALWAYS,
    CONDITIONAL,
    LAZY,
    OPTIONAL,
    TYPING,
    Import,
    Module,
    Opened,
    Unreadable,
)
from dockopt.facts.source.nesting import too_deep
from dockopt.remembering import remembered_by_text

if TYPE_CHECKING:
    import libcst as cst

MAX_CHARACTERS = 500_000
"""Longer modules are generated, and not read: libcst needs a second for so much."""
_MAX_NODES = 2_000_000
_DOTTED = re.compile(
    r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\.?(?::[A-Za-z_][\w.]*)?|[A-Za-z_]\w*(?::[A-Za-z_]\w*|\.)"
)
"""`a.b`, `a.b:c`, `a:b`; and `a.` and `a.b.`, which something follows."""
_ONE_WORD = re.compile(r"[A-Za-z_][\w-]{0,60}")
_LONGEST = 200
_PASSED_OVER = re.compile(
    r"^(?:whitespace.*|leading_lines|lines_after_decorators|header|footer|semicolon|comma|equal|"
    r"trailing_whitespace|[lr](?:par|bracket|brace)|operator|asynchronous|empty_lines|newline)$"
)
_MODULE_USES = {
    "pkg_resources": "pkg_resources",
    "setuptools": "setuptools",
    "distutils": "setuptools",
    "importlib.metadata": "metadata",
    "importlib_metadata": "metadata",
    "importlib.resources": "resources",
    "importlib_resources": "resources",
    "pkgutil": "pkgutil",
    "cffi": "compiles",
    "pybind11": "compiles",
    "numba": "numba",
    "triton": "compiles",
    "pyximport": "compiles",
    "torch.utils.cpp_extension": "compiles",
}
_NAME_USES = {
    "inspect.getsource": "source",
    "inspect.getsourcelines": "source",
    "inspect.getsourcefile": "source",
    "torch.compile": "compiles",
    "torch.jit.script": "source",
    "importlib.metadata": "metadata",
    "importlib.resources": "resources",
}
USES = tuple(dict.fromkeys([*_MODULE_USES.values(), *_NAME_USES.values()]))
"""`metadata` reads `*.dist-info`, `source` the text of modules at run time, `compiles` needs a
compiler or headers, `resources` files inside packages."""
_NAME_ENDS = frozenset(name.rpartition(".")[2] for name in _NAME_USES)
_SWALLOWS = frozenset(
    {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "OSError", "RuntimeError"}
)


@remembered_by_text(12_000_000)
def _read(text: str, _: str) -> Module | Unreadable:
    if reason := too_deep(text):
        return Unreadable(reason)
    import libcst as cst

    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return Unreadable(f"line {error.raw_line} could not be read as Python 3")
    except (RecursionError, ValueError, cst.CSTValidationError):
        return Unreadable("it could not be read as Python 3")
    try:
        return _Reading().module(tree)
    except (RecursionError, ValueError) as error:
        return Unreadable(str(error) or "nested too deeply")


def read_module(text: str) -> Module | Unreadable:
    """What the module with this text says, or why it could not be read."""
    if len(text) > MAX_CHARACTERS:
        return Unreadable(f"it is longer than {MAX_CHARACTERS} characters")
    return _read(text, "")


class _Reading:
    """One walk over a tree."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.calls: list[cst.Call] = []
        self.joined: list[cst.BinaryOperation] = []
        self.attributes: list[str] = []
        self.dotted: set[str] = set()
        self.words: set[str] = set()
        self.apps: set[str] = set()
        self.names: dict[str, str] = {}
        self.constants: dict[str, Text | None] = {}
        self.lists_modules = False

    def module(self, tree: "cst.Module") -> Module:
        """What the tree says."""
        self._walk(tree)
        known = {name: text for name, text in self.constants.items() if text}
        reader = calls.CallReader(self.names, known)
        for call in self.calls:
            reader.read(call)
        opened = [*reader.opened, *self._joined_paths()]
        return Module(
            imports=tuple(self.imports),
            dynamic=tuple(reader.dynamic),
            calls=tuple(reader.called),
            opened=tuple(dict.fromkeys(opened)),
            dotted=frozenset(self.dotted),
            words=frozenset(self.words),
            apps=frozenset(self.apps),
            uses=self._uses(),
            lists_modules=self.lists_modules or reader.lists_modules,
        )

    def _walk(self, tree: "cst.CSTNode") -> None:
        import libcst as cst

        waiting: list[tuple[cst.CSTNode, str]] = [(tree, ALWAYS)]
        seen = 0
        while waiting:
            node, when = waiting.pop()
            seen += 1
            if seen > _MAX_NODES:
                raise ValueError("it has too many parts")
            take = _TAKERS.get(type(node).__name__)
            if take is not None:
                take(self, node, when)
            inner = [(child, _when(node, child, when)) for child in _children(node)]
            waiting.extend(reversed(inner))

    def take_import(self, node: "cst.Import", when: str) -> None:
        """`import a.b as c`."""
        for alias in node.names:
            module = dotted_name(alias.name) or ""
            self.imports.append(Import(module, (), 0, when))
            bound = _bound(alias)
            self.names[bound or module.partition(".")[0]] = (
                module if bound else module.partition(".")[0]
            )

    def take_from(self, node: "cst.ImportFrom", when: str) -> None:
        """`from .a import b as c`."""
        import libcst as cst

        module = (dotted_name(node.module) or "") if node.module else ""
        level = len(node.relative)
        if isinstance(node.names, cst.ImportStar):
            self.imports.append(Import(module, ("*",), level, when))
            return
        names = tuple(dotted_name(alias.name) or "" for alias in node.names)
        self.imports.append(Import(module, names, level, when))
        if not level:
            for alias, name in zip(node.names, names, strict=True):
                self.names[_bound(alias) or name] = f"{module}.{name}"

    def take_call(self, node: "cst.Call", _: str) -> None:
        """A call: read when all names are known."""
        self.calls.append(node)

    def take_string(self, node: "cst.SimpleString", _: str) -> None:
        """A string literal that may name something."""
        if len(node.value) > _LONGEST:
            return
        value = node.evaluated_value
        if isinstance(value, str):
            if _DOTTED.fullmatch(value):
                self.dotted.add(value)
            elif _ONE_WORD.fullmatch(value):
                self.words.add(value)

    def take_part(self, node: "cst.FormattedStringText", _: str) -> None:
        """The written part of `f"a.b.{name}"`."""
        if len(node.value) <= _LONGEST and _DOTTED.fullmatch(node.value):
            self.dotted.add(node.value)

    def take_assignment(self, node: "cst.Assign | cst.AnnAssign | cst.AugAssign", _: str) -> None:
        """Constants, and the applications of Django's settings."""
        for target in _targets(node):
            if target.endswith("APPS") and node.value is not None:
                self.apps.update(_strings_below(node.value))
            text = text_of(node.value, {}) if node.value is not None else None
            # A name that is assigned to twice says nothing.
            known = text is not None and target not in self.constants
            self.constants[target] = text if known else None

    def take_attribute(self, node: "cst.Attribute", _: str) -> None:
        """`inspect.getsource` and the like, which may be handed on without a call."""
        if node.attr.value == "__path__":
            self.lists_modules = True
        if node.attr.value in _NAME_ENDS and (name := dotted_name(node)):
            self.attributes.append(name)

    def take_operation(self, node: "cst.BinaryOperation", _: str) -> None:
        """`BASE / "a" / "b"`."""
        if type(node.operator).__name__ == "Divide":
            self.joined.append(node)

    def _joined_paths(self) -> Iterator[Opened]:
        for node in self.joined:
            text = text_of(node, {})
            if text is not None and text.value and not text.value.isspace():
                yield Opened(text.value, text.from_start, "/")

    def _uses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._all_names():
            for known, use in _MODULE_USES.items():
                if name == known or name.startswith(known + "."):
                    found.setdefault(use, name)
            if use := _NAME_USES.get(name, ""):
                found.setdefault(use, name)
        return found

    def _all_names(self) -> Iterator[str]:
        for statement in self.imports:
            if not statement.level:
                yield statement.module
                yield from (f"{statement.module}.{name}" for name in statement.names)
        for name in self.attributes:
            first, dot, rest = name.partition(".")
            yield self.names.get(first, first) + dot + rest


_TAKERS: dict[str, Callable[..., None]] = {
    "Import": _Reading.take_import,
    "ImportFrom": _Reading.take_from,
    "Call": _Reading.take_call,
    "SimpleString": _Reading.take_string,
    "FormattedStringText": _Reading.take_part,
    "Assign": _Reading.take_assignment,
    "AnnAssign": _Reading.take_assignment,
    "AugAssign": _Reading.take_assignment,
    "Attribute": _Reading.take_attribute,
    "BinaryOperation": _Reading.take_operation,
}


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if not _PASSED_OVER.match(f.name))


def _children(node: "cst.CSTNode") -> Iterator["cst.CSTNode"]:
    """The nodes right below, white space and punctuation aside."""
    for name in _field_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, (tuple, list)):
            yield from value
        elif value is not None and not isinstance(value, (str, bool, int)) and _is_node(value):
            yield value


def _is_node(value: object) -> bool:
    return hasattr(value, "deep_clone")


def _when(parent: "cst.CSTNode", child: "cst.CSTNode", when: str) -> str:
    """When the code of `child` runs."""
    kind = type(parent).__name__
    if when in (TYPING, LAZY):
        return when
    if kind in ("FunctionDef", "Lambda"):
        return LAZY
    if kind == "If":
        if getattr(parent, "body", None) is child and _is_for_typing(parent):
            return TYPING
        return when if when == OPTIONAL else CONDITIONAL
    if kind in ("Try", "TryStar"):
        swallowed = getattr(parent, "body", None) is child and _swallows_import_errors(parent)
        return OPTIONAL if swallowed else CONDITIONAL if when == ALWAYS else when
    return when


def _is_for_typing(node: "cst.CSTNode") -> bool:
    name = dotted_name(getattr(node, "test", None)) or ""
    return name.rpartition(".")[2] == "TYPE_CHECKING"


def _swallows_import_errors(node: "cst.CSTNode") -> bool:
    for handler in getattr(node, "handlers", ()):
        if handler.type is None:
            return True
        parts = [handler.type, *(e.value for e in getattr(handler.type, "elements", ()))]
        if any((dotted_name(part) or "").rpartition(".")[2] in _SWALLOWS for part in parts):
            return True
    return False


def _bound(alias: "cst.ImportAlias") -> str:
    return alias.evaluated_alias or ""


def _targets(node: "cst.Assign | cst.AnnAssign | cst.AugAssign") -> Iterator[str]:
    targets = getattr(node, "targets", None)
    for target in [t.target for t in targets] if targets else [getattr(node, "target", None)]:
        if name := dotted_name(target):
            yield name


def _strings_below(node: "cst.CSTNode") -> Iterator[str]:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if type(found).__name__ == "SimpleString":
            value = getattr(found, "evaluated_value", None)
            if isinstance(value, str):
                yield value
        waiting.extend(_children(found))
