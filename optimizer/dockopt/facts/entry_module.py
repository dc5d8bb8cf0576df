"""What the module that a command starts says itself of reloading and debugging."""

import ast
import re
import warnings
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.context_origins import located
from dockopt.facts.start_commands import StartCommand
from dockopt.immutable import immutable

MAX_CHARACTERS = 400_000
_MENTIONS = re.compile(r"\b(?:reload|debug|use_reloader|use_debugger|debugpy)\b")
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*$")
_SWITCHES = {
    "run": frozenset({"reload", "debug", "use_reloader", "use_debugger", "auto_reload"}),
    "run_server": frozenset({"debug"}),
    "run_simple": frozenset({"use_reloader", "use_debugger"}),
    "serve": frozenset({"reload"}),
}
"""Calls that serve, with the arguments that developers want."""


@immutable(slots=True)
class SourceSwitch:
    """An argument of a call that turns reloading or debugging on."""

    file: str
    line: int
    text: str
    """`app.run(debug=True)`."""
    name: str
    """The argument, or `listen` of debugpy."""


def entry_file(command: StartCommand, context: Context) -> str:
    """The file of the context that `python FILE` or `python -m MODULE` starts, else empty."""
    words = [word.text for word in command.words]
    start = next((n for n, text in enumerate(words) if _PYTHON.search(text)), None)
    behind = words[start + 1 :] if start is not None else words
    for index, text in enumerate(behind):
        if text == "-m" and start is not None and index + 1 < len(behind):
            path = behind[index + 1].replace(".", "/")
            return located(context, f"{path}.py") or located(context, f"{path}/__main__.py") or ""
        if text == "-c" and start is not None:
            return ""
        if text.endswith(".py"):
            return located(context, text) or ""
        if start is not None and not text.startswith("-"):
            return ""
    return ""


def switches(context: Context, file: str) -> Iterator[SourceSwitch]:
    """The calls at the top of a module that turn reloading or debugging on, come what may."""
    text = context.read_text(file) or ""
    if len(text) > MAX_CHARACTERS or not _MENTIONS.search(text):
        return
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for call in _calls(body):
        yield from _of_call(call, file)


def _calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """The calls that are statements, also below `if __name__ == "__main__"` and in `main`."""
    functions = {s.name: s for s in body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef)}
    waiting, entered = list(body), set[str]()
    while waiting:
        statement = waiting.pop(0)
        if (isinstance(statement, ast.If) and _is_main(statement.test)) or isinstance(
            statement, ast.With | ast.Try
        ):
            waiting += statement.body
        elif isinstance(statement, ast.Expr | ast.Assign):
            for node in ast.walk(statement.value):
                if not isinstance(node, ast.Call):
                    continue
                yield node
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                if name in functions and name not in entered:
                    entered.add(name)
                    waiting += functions[name].body


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and "__name__" in ast.unparse(test)


def _of_call(call: ast.Call, file: str) -> Iterator[SourceSwitch]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    shown = ast.unparse(function)
    if name == "listen" and shown == "debugpy.listen":
        yield SourceSwitch(file, call.lineno, ast.unparse(call), "listen")
        return
    for keyword in call.keywords:
        value = keyword.value
        if keyword.arg in _SWITCHES.get(name, ()) and _is_true(value):
            text = f"{shown}({keyword.arg}={ast.unparse(value)})"
            yield SourceSwitch(file, call.lineno, text, keyword.arg or "")


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True
