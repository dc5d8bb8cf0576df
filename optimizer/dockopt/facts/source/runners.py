"""Servers, workers and other programs that load an application: each has its own way to name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dockopt.facts.source.naming import names
from dockopt.facts.source.start import (
    FILE,
    FOLDER,
    MODULE,
    NAMED,
    PROJECT,
    ROOT,
    SETTINGS,
    UNKNOWN,
    Start,
    Variables,
    Words,
)
from dockopt.immutable import immutable

_TARGET = re.compile(r"^[A-Za-z_][\w.]*(?::[\w.()\"'=, ]*)?$")
FILE_EXTENSION = re.compile(r"\.(?:py|pyc|pyz)$")


def settings_option(rest: Words) -> Iterator[Start]:
    """`manage.py … --settings a.b`."""
    for index, word in enumerate(rest):
        name, equals, value = (word or "").partition("=")
        if name == "--settings":
            following = rest[index + 1] if index + 1 < len(rest) else None
            found = value if equals else following
            yield Start(MODULE, found) if found else Start(UNKNOWN, "a variable names the settings")


@immutable(slots=True)
class Line:
    """The words behind the name of a program."""

    program: str
    words: Words
    variables: Variables

    def option(self, *names: str) -> str | None:
        """The value of the last option with one of these names, empty for one that is not known."""
        found: str | None = None
        for index, word in enumerate(self.words):
            name, equals, value = (word or "").partition("=")
            if word in names:
                following = self.words[index + 1] if index + 1 < len(self.words) else None
                found = following or ""
            elif equals and name in names:
                found = value
            elif word and any(len(n) == 2 and word.startswith(n) and len(word) > 2 for n in names):
                found = word[2:]
        return found

    def plain(self, flags: frozenset[str] = frozenset()) -> Iterator[str | None]:
        """The words that are no options, nor the values of options but `flags`.

        Where an option's value cannot be told from an argument both are given.
        """
        for index, word in enumerate(self.words):
            if word is not None and word.startswith("-") and len(word) > 1:
                continue
            before = self.words[index - 1] if index else None
            takes = (
                (before or "-")[0] == "-" and len(before or "") > 1 and "=" not in (before or "")
            )
            if takes and before not in flags:
                continue
            yield word


_SERVER_FLAGS = names("""--reload --proxy-headers --factory --preload --debug --daemon --access-log --no-access-log
    --use-colors --no-use-colors --no-server-header --workers-log --ws --http2 --no-reload -R
    --enable-stdio-inheritance --statsd --no-proxy-headers --server-header -q --quiet -v --spew
    --check-config --print-config --no-sendfile --reuse-port --no-date-header""")


def _server(line: Line) -> Iterator[Start]:
    """`uvicorn package.module:application`; hypercorn, daphne, granian and others alike."""
    chdir = line.option("--app-dir", "--chdir", "--working-dir")
    if chdir:
        yield Start(ROOT, chdir)
    config = line.option("-c", "--config") if line.program in ("gunicorn", "hypercorn") else None
    if config:
        python, _, module = config.partition("python:")
        yield Start(MODULE, module) if module else Start(FILE, python.removeprefix("file:"))
    elif line.program == "gunicorn":
        yield Start(FILE, "gunicorn.conf.py", "if it is there")
    for option in ("-k", "--worker-class", "--logger-class", "--loop", "--http", "--ws"):
        value = line.option(option)
        if value and re.fullmatch(r"[\w.:]+", value):
            yield Start(NAMED, value)
    targets = [w for w in line.plain(_SERVER_FLAGS) if w is None or _is_target(w)]
    known = [t for t in targets if t]
    yield from (_target(t) for t in (known[-1:] if line.program != "gunicorn" else known))
    if not known:
        reason = "a variable" if None in targets else "nothing that could be read"
        yield Start(UNKNOWN, f"{reason} tells {line.program} which application to load")


def _is_target(word: str) -> bool:
    return bool(_TARGET.match(word) or FILE_EXTENSION.search(word.partition(":")[0]))


def _target(text: str) -> Start:
    path, _, attribute = text.partition(":")
    if path.endswith(".py") or "/" in path:
        return Start(FILE, path if path.endswith(".py") else path + ".py", attribute)
    return Start(MODULE, path, attribute.partition("(")[0])


def _celery(line: Line) -> Iterator[Start]:
    """`celery -A project worker`: the module, or `celery` in the package."""
    app = line.option("-A", "--app") or line.variables("CELERY_APP")
    if not app:
        yield Start(UNKNOWN, "it is not said which application celery loads")
        return
    name, _, attribute = app.partition(":")
    yield Start(MODULE, name, attribute)
    yield Start(MODULE, f"{name}.celery", "if it is there")
    config = line.option("--config")
    if config:
        yield Start(MODULE, config)


def _flask(line: Line) -> Iterator[Start]:
    """`flask --app NAME run`, else FLASK_APP, else `wsgi.py` and `app.py`."""
    app = line.option("-A", "--app") or line.variables("FLASK_APP")
    if app:
        yield _target(app)
    else:
        yield Start(FILE, "wsgi.py", "if it is there")
        yield Start(FILE, "app.py", "one of these")
    if "db" in line.words:
        yield Start(FOLDER, "migrations")


_FASTAPI_FILES = (
    "main.py",
    "app.py",
    "api.py",
    "app/main.py",
    "app/app.py",
    "app/api.py",
)  # https://fastapi.tiangolo.com/fastapi-cli/


def _fastapi(line: Line) -> Iterator[Start]:
    entry = line.option("-e", "--entrypoint")
    if entry:
        yield _target(entry)
    found = [w for w in line.plain(_SERVER_FLAGS) if w not in ("run", "dev")]
    if None in found and len(found) == 1:
        yield Start(UNKNOWN, "a variable tells fastapi which file to run")
    elif found and found[-1]:
        path = found[-1]
        yield Start(FILE, path) if path.endswith(".py") else Start(MODULE, path.replace("/", "."))
    elif not entry:
        yield from (Start(FILE, path, "one of these") for path in _FASTAPI_FILES)


def _file_argument(line: Line) -> Iterator[Start]:
    """`streamlit run file.py`: every argument that is a Python file."""
    words = [w for w in line.words if w is None or FILE_EXTENSION.search(w)]
    files = [w for w in words if w]
    yield from (Start(FILE, f) for f in files)
    if not files:
        yield Start(UNKNOWN, f"it is not said which file {line.program} runs")


def _locust(line: Line) -> Iterator[Start]:
    file = line.option("-f", "--locustfile")
    yield Start(FILE, file) if file else Start(FILE, "locustfile.py", "if it is there")


def _alembic(line: Line) -> Iterator[Start]:
    yield Start(SETTINGS, line.option("-c", "--config") or "alembic.ini")


def _django(line: Line) -> Iterator[Start]:
    found = list(settings_option(line.words))
    settings = line.variables("DJANGO_SETTINGS_MODULE")
    if not found and settings:
        found = [Start(MODULE, settings)]
    yield from found or [Start(UNKNOWN, "it is not said which settings django-admin loads")]


def _targets(line: Line) -> Iterator[Start]:
    """`dramatiq a.b c.d`, `arq a.b.Settings`, `taskiq worker a:broker`, `huey_consumer a.huey`."""
    found = [w for w in line.plain() if w is None or (_TARGET.match(w) and w not in _ACTIONS)]
    yield from (_target(w) for w in found if w)
    if not [w for w in found if w]:
        yield Start(UNKNOWN, f"it is not said what {line.program} loads")


_ACTIONS = frozenset({"worker", "scheduler", "run", "serve", "start", "dev", "info", "beat"})


def _app_option(line: Line) -> Iterator[Start]:
    """`faust -A app worker`, `procrastinate --app=a.b worker`."""
    app = line.option("-A", "--app", "-a", "-m", "--module-name", "-f", "--python-file")
    yield _target(app) if app else Start(UNKNOWN, f"it is not said what {line.program} loads")


def _by_name(line: Line) -> Iterator[Start]:
    """rq: the functions to call are named in its queue."""
    yield Start(PROJECT, f"{line.program} calls functions that its queue names")


def _settings_file(line: Line) -> Iterator[Start]:
    """`supervisord -c FILE`, `honcho start`: the commands are in a file."""
    named = line.option("-c", "--configuration", "-f", "--procfile", "--ini", "--yaml", "--json")
    plain = [w for w in line.plain() if w and w.endswith((".conf", ".ini", ".cfg"))]
    if named or plain:
        yield Start(SETTINGS, named or str(plain[-1]))
    elif line.program == "supervisord":
        for path in (
            "supervisord.conf",
            "/etc/supervisord.conf",
            "/etc/supervisor/supervisord.conf",
            "/etc/supervisor/conf.d",
        ):
            yield Start(SETTINGS, path, "if it is there")
    else:
        yield Start(SETTINGS, "Procfile")


def _uwsgi(line: Line) -> Iterator[Start]:
    """uwsgi: `--module`, `--wsgi-file`, or a settings file; options have one dash or two."""
    loud = Line(line.program, [_two_dashes(w) for w in line.words], line.variables)
    found: list[Start] = []
    for option in ("--module", "-w", "--mount"):
        if value := loud.option(option):
            found.append(_target(value.rpartition("=")[2] if option == "--mount" else value))
    for option in ("--wsgi-file", "--file", "--pyrun", "--py-autoreload-run"):
        if value := loud.option(option):
            found.append(Start(FILE, value))
    for option in ("--ini", "--xml", "--yaml", "--json"):
        if value := loud.option(option):
            found.append(Start(SETTINGS, value))
    if chdir := loud.option("--chdir", "--pythonpath", "--pp"):
        yield Start(ROOT, chdir)
    found += [
        Start(SETTINGS, w)
        for w in line.words
        if w and w.endswith((".ini", ".yaml", ".xml")) and not w.startswith("-")
    ]
    environment = {"UWSGI_MODULE": MODULE, "UWSGI_WSGI_FILE": FILE, "UWSGI_INI": SETTINGS}
    for variable, kind in environment.items():
        if value := line.variables(variable):
            found.append(_target(value) if kind == MODULE else Start(kind, value))
    yield from dict.fromkeys(found)
    if not found:
        yield Start(UNKNOWN, "it is not said which application uwsgi loads")


def _two_dashes(word: str | None) -> str | None:
    if word and re.match(r"-[a-z][a-z-]+", word):
        return "-" + word
    return word


def _tests(_: Line) -> Iterator[Start]:
    yield Start(FOLDER, ".")


def _nothing(_: Line) -> Iterator[Start]:
    return iter(())


_SERVERS = "uvicorn gunicorn hypercorn daphne granian waitress-serve bjoern meinheld nicegui robyn"
RUNNERS: dict[str, Callable[[Line], Iterator[Start]]] = {
    **dict.fromkeys(names(_SERVERS), _server),
    "celery": _celery,
    "flask": _flask,
    "fastapi": _fastapi,
    **dict.fromkeys(
        names("streamlit chainlit gradio bokeh panel voila solara marimo"), _file_argument
    ),
    "locust": _locust,
    "alembic": _alembic,
    "django-admin": _django,
    "django-admin.py": _django,
    **dict.fromkeys(names("dramatiq arq taskiq huey_consumer huey_consumer.py"), _targets),
    **dict.fromkeys(names("faust procrastinate"), _app_option),
    **dict.fromkeys(
        names("rq rqworker rqscheduler airflow prefect dagster dbt scrapy superset"), _by_name
    ),
    **dict.fromkeys(names("supervisord honcho foreman circusd forego hivemind"), _settings_file),
    "uwsgi": _uwsgi,
    **dict.fromkeys(names("pytest py.test nose2 tox nox"), _tests),
    "pybabel": _nothing,
}
