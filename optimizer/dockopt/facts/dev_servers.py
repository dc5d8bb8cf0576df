"""What starts a container as only developers need it: reloaders, debuggers, servers for development."""

import re
from collections.abc import Iterator

from dockopt.facts.audience import for_development
from dockopt.facts.context import Context
from dockopt.facts.dev_use import DevUse
from dockopt.facts.dev_variables import dev_variables
from dockopt.facts.entry_module import SourceSwitch, entry_file, switches
from dockopt.facts.shipping import shipped_leaves
from dockopt.facts.start_commands import StartCommand, StartWord, start_commands
from dockopt.knowledge.dev_servers import (
    DEBUGGERS,
    DEVELOPMENT_SERVERS,
    NEEDS_COMMAND,
    SERVERS,
    WATCHER_COSTS,
    WATCHERS,
)
from dockopt.model import Dockerfile, Stage
from dockopt.syntax import Instruction

_MENTIONED = (
    "reload",
    "debug",
    "runserver",
    "flask",
    "quart",
    "fastapi",
    "sanic",
    "litestar",
    "http.server",
    "httpserver",
    "watchmedo",
    "watchfiles",
    "nodemon",
    "hupper",
    "jurigged",
    "ptvsd",
    "pydevd",
    "--dev",
    "--spew",
    "adev",
    "pythondevmode",
)
"""A stage without any of these in what starts it has nothing for developers in the Dockerfile."""
_DJANGO = frozenset({"manage.py", "django-admin", "django-admin.py"})
_OTHERS = frozenset({"http.server", "SimpleHTTPServer", "adev"})
_OF_PYTHON = re.compile(r"\.py$|^(?:python|pypy)[\d.]*$")


def dev_uses(dockerfile: Dockerfile, file: str, context: Context | None) -> tuple[DevUse, ...]:
    """What is for developers in the stages that are shipped, and not for development by name."""
    found: list[DevUse] = []
    for stage in shipped_leaves(dockerfile):
        if context is None and not _is_mentioned(stage):
            continue
        if not for_development(dockerfile, stage, file, context):
            found += _of_stage(dockerfile, stage, context)
    return tuple(found)


def _is_mentioned(stage: Stage) -> bool:
    """Whether something that is for developers is named in the Dockerfile itself; a quick look."""
    found = [
        stage.last("CMD"),
        stage.last("ENTRYPOINT"),
        *(i for s in stage.chain for i in s.of("ENV")),
    ]
    text = "\n".join(i.logical.text for i in found if i is not None).lower()
    return any(word in text for word in _MENTIONED)


def _of_stage(dockerfile: Dockerfile, stage: Stage, context: Context | None) -> Iterator[DevUse]:
    for command in start_commands(stage, context):
        yield from (_anchored(dockerfile, use) for use in _of_command(stage, command, context))
        if context is not None and (path := entry_file(command, context)):
            yield from (_of_source(stage, command, switch) for switch in switches(context, path))
    yield from dev_variables(dockerfile, stage, context)


def _anchored(dockerfile: Dockerfile, use: DevUse) -> DevUse:
    """The use without its edit, where the words are not the stage's own, or stand in two places."""
    words = (*use.cut, *(word for word, _ in use.written))
    holders = {word.instruction.start for word in words if word.instruction is not None}
    placed = all(w.instruction is not None and w.start >= 0 and w.previous != -1 for w in words)
    holder = next((w.instruction for w in words if w.instruction is not None), None)
    own = holder is not None and dockerfile.stage_of(holder) is use.stage
    own = own and not dockerfile.children(use.stage)
    if placed and own and len(holders) == 1 and holder is not None and not holder.heredocs:
        return _with(use, holder, use.cut, use.written)
    return _with(use, use.at, (), ())


def _with(
    use: DevUse,
    at: Instruction,
    cut: tuple[StartWord, ...],
    written: tuple[tuple[StartWord, str], ...],
) -> DevUse:
    return DevUse(use.stage, at, use.what, use.costs, use.instead, use.file, use.line, cut, written)


def _of_command(stage: Stage, command: StartCommand, context: Context | None) -> Iterator[DevUse]:
    words = command.words
    for index, word in enumerate(words):
        rest = words[index + 1 :]
        if word.name in WATCHERS:
            yield from _watcher(stage, command, index)
        elif word.name in DEBUGGERS:
            yield from _debugger(stage, command, index)
        elif word.name in SERVERS or word.name in _DJANGO or word.name in _OTHERS:
            yield from _options(stage, command, word.name, rest)
            yield from _server(stage, command, word.name, rest, context)
            return


def _use(
    stage: Stage, command: StartCommand, what: str, costs: str, instead: str, *cut: StartWord
) -> DevUse:
    return DevUse(stage, command.at, what, costs, instead, command.file, command.line, cut)


def _options(
    stage: Stage, command: StartCommand, name: str, rest: tuple[StartWord, ...]
) -> Iterator[DevUse]:
    server, texts = SERVERS.get(name), [word.text for word in rest]
    if server is None or not NEEDS_COMMAND.get(name, frozenset(texts) or {""}) & set(
        texts or ("",)
    ):
        return
    cut: list[StartWord] = []
    shown: list[str] = []
    for index, word in enumerate(rest):
        option, equals, _ = word.text.partition("=")
        if option in server.options:
            takes_next = server.options[option] and not equals
            cut += rest[index : index + 2] if takes_next else (word,)
            shown.append(option)
    if name == "fastapi" and texts[:1] == ["dev"]:
        yield _fastapi(stage, command, rest, tuple(cut))
    elif shown:
        listed = " ".join(dict.fromkeys(shown))
        instead = f"leave `{listed}` out{server.aftermath}"
        yield _use(stage, command, f"{name} {listed}", server.costs, instead, *cut)


def _fastapi(
    stage: Stage, command: StartCommand, rest: tuple[StartWord, ...], cut: tuple[StartWord, ...]
) -> DevUse:
    """`fastapi run` listens on all addresses, `fastapi dev` on 127.0.0.1 where none is given."""
    addressed = any(word.text.partition("=")[0] == "--host" for word in rest)
    costs = SERVERS["fastapi"].costs
    written: tuple[tuple[StartWord, str], ...] = ()
    if addressed:
        instead, written = "write `fastapi run`", ((rest[0], "run"),)
    else:
        costs += "; and it listens on 127.0.0.1 alone"
        instead, cut = "write `fastapi run`, which listens on all addresses", ()
    use = _use(stage, command, "fastapi dev", costs, instead)
    return _with(use, use.at, cut, written)


def _server(
    stage: Stage,
    command: StartCommand,
    name: str,
    rest: tuple[StartWord, ...],
    context: Context | None,
) -> Iterator[DevUse]:
    program = "manage.py" if name in _DJANGO else name
    action = next((word.text for word in rest if not word.text.startswith("-")), "")
    known = DEVELOPMENT_SERVERS
    texts = {word.text for word in rest}
    wanted = [(p, a) for p, a in known if p == program and (not a or a == action or a in texts)]
    if program == "manage.py":
        wanted = [(program, action)] if (program, action) in known else []
    for key in wanted:
        costs, instead = known[key]
        shown = f"{program} {key[1]}".rstrip()
        instead = instead.format(wsgi=_wsgi(context))
        yield _use(stage, command, shown, costs, f"start {instead} instead")


def _wsgi(context: Context | None) -> str:
    """How the WSGI or ASGI application of a Django project is served, by the file that makes it."""
    found = [
        path.removesuffix(".py").replace("/", ".")
        for path in (context.files_under("") if context else ())
        if path.endswith("/wsgi.py") and context is not None and context.sent(path)
    ]
    module = found[0].removeprefix("src.") if len(found) == 1 else "PROJECT.wsgi"
    return f"a WSGI server, such as `gunicorn --bind 0.0.0.0:8000 {module}`,"


def _watcher(stage: Stage, command: StartCommand, index: int) -> Iterator[DevUse]:
    """`watchmedo auto-restart … -- COMMAND` and the like."""
    name = command.words[index].name
    action = WATCHERS[name]
    texts = [word.text for word in command.words]
    if action and action not in texts:
        return
    if name == "nodemon" and not any(_OF_PYTHON.search(part) for t in texts for part in t.split()):
        return
    behind = texts.index("--", index) if name == "watchmedo" and "--" in texts[index:] else 0
    cut = command.words[index : behind + 1] if behind and index else ()
    what = f"{name} {action}".rstrip()
    yield _use(stage, command, what, WATCHER_COSTS, "start the program itself", *cut)


def _debugger(stage: Stage, command: StartCommand, index: int) -> Iterator[DevUse]:
    """`python -m debugpy --listen ADDRESS [--wait-for-client] -m MODULE | FILE`."""
    words = command.words
    name, rest = words[index].name, words[index + 1 :]
    if not any(word.text.partition("=")[0] in ("--listen", "--connect") for word in rest):
        if name != "debugpy":
            yield _use(stage, command, name, DEBUGGERS[name], "start the program itself")
        return
    cut: list[StartWord] = []
    if index and words[index - 1].text == "-m":
        cut = [words[index - 1], words[index]]
        waiting = False
        for word in rest:
            if waiting or word.text == "--wait-for-client":
                waiting = False
            elif word.text in ("--listen", "--connect"):
                waiting = True
            elif not word.text.startswith(("--listen=", "--connect=")):
                break
            cut.append(word)
        behind = words[index - 1 + len(cut) :]
        if not behind or not (behind[0].text == "-m" or behind[0].text.endswith(".py")):
            cut = []  # what is left would not be a command of Python
    use = _use(stage, command, f"{name} --listen", DEBUGGERS[name], "start the program itself")
    yield _with(use, use.at, tuple(cut), ())


def _of_source(stage: Stage, command: StartCommand, switch: SourceSwitch) -> DevUse:
    debugs = switch.name != "reload" and "uvicorn" not in switch.text
    costs = SERVERS["flask"].costs if debugs else SERVERS["uvicorn"].costs
    if switch.name == "listen":
        costs = DEBUGGERS["debugpy"]
    instead = (
        f"let a setting decide, or start a server that takes no `{switch.name}` from the source"
    )
    return DevUse(stage, command.at, switch.text, costs, instead, switch.file, switch.line)
