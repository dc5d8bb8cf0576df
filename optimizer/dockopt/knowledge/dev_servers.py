"""What web servers and launchers have for developers: options, what they cost, what to write instead."""

from collections.abc import Mapping

from dockopt.immutable import immutable

_WATCHES = "a second process watches every source file, for changes that an image never sees"
_DEBUGS = (
    "Werkzeug's debugger lets whoever sees its error page run code in the container "
    "(https://werkzeug.palletsprojects.com/en/stable/debug/)"
)
_DEVELOPMENT_SERVER = "it is a server for development: not made to be secure, stable or fast"
_SIGTERM = "; without its reloader the server stops on SIGTERM only under an init (`--init`)"
"""Werkzeug handles the signal in its reloader alone, and process 1 has no default for it:
https://github.com/pallets/werkzeug/blob/main/src/werkzeug/_reloader.py"""


@immutable()
class Server:
    """A program that starts a service, and those of its options that only developers want."""

    options: Mapping[str, bool]
    """Each with whether the next word is its value."""
    costs: str
    aftermath: str = ""
    """What changes beside, when the options go."""


SERVERS: Mapping[str, Server] = {
    # https://www.uvicorn.org/settings/#development
    "uvicorn": Server(
        {
            "--reload": False,
            "--reload-dir": True,
            "--reload-include": True,
            "--reload-exclude": True,
            "--reload-delay": True,
        },
        f"{_WATCHES}, and `--workers` is ignored",
    ),
    # https://docs.gunicorn.org/en/stable/settings.html#debugging
    "gunicorn": Server(
        {"--reload": False, "--reload-engine": True, "--reload-extra-file": True, "--spew": False},
        "a thread in every worker watches the sources, for changes that an image never sees",
    ),
    # https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html
    "hypercorn": Server({"--reload": False, "--debug": False}, _WATCHES),
    # https://fastapi.tiangolo.com/fastapi-cli/
    "fastapi": Server({"--reload": False, "--reload-dir": True}, _WATCHES),
    # https://flask.palletsprojects.com/en/stable/cli/#debug-mode
    "flask": Server(
        {"--debug": False, "--debugger": False, "--reload": False, "--extra-files": True},
        f"{_DEBUGS}, and {_WATCHES}",
        _SIGTERM,
    ),
    # https://docs.pylonsproject.org/projects/pyramid/en/latest/pscripts/pserve.html
    "pserve": Server({"--reload": False, "--reload-interval": True}, _WATCHES),
    "quart": Server({"--debug": False, "--reload": False}, _WATCHES),
    # https://sanic.dev/en/guide/running/running.html
    "sanic": Server(
        {
            "--dev": False,
            "-d": False,
            "--debug": False,
            "--reload": False,
            "--auto-reload": False,
            "-r": False,
            "--reload-dir": True,
            "-R": True,
        },
        f"{_WATCHES}, and debug mode shows errors with their sources",
    ),
    # https://docs.litestar.dev/latest/usage/cli.html
    "litestar": Server(
        {
            "--reload": False,
            "-r": False,
            "--debug": False,
            "-d": False,
            "--pdb": False,
            "--reload-dir": True,
            "--reload-include": True,
            "--reload-exclude": True,
        },
        f"{_WATCHES}, and debug mode shows errors with their sources",
    ),
    # https://github.com/emmett-framework/granian#options
    "granian": Server(
        {
            "--reload": False,
            "--reload-paths": True,
            "--reload-tick": True,
            "--reload-ignore-dirs": True,
            "--reload-ignore-patterns": True,
            "--reload-ignore-paths": True,
        },
        _WATCHES,
    ),
}
NEEDS_COMMAND: Mapping[str, frozenset[str]] = {
    "flask": frozenset({"run"}),
    "quart": frozenset({"run"}),
    "fastapi": frozenset({"dev", "run"}),
    "litestar": frozenset({"run"}),
}
"""Programs that also do other things: which of their commands serve."""
WATCHERS: Mapping[str, str] = {
    "watchmedo": "auto-restart",
    "watchfiles": "",
    "nodemon": "",
    "hupper": "",
    "jurigged": "",
}
"""Launchers that start a program anew when a file changes, with the command that does."""
WATCHER_COSTS = _WATCHES
DEBUGGERS: Mapping[str, str] = {
    "debugpy": "whoever reaches its port runs code in the container "
    "(https://github.com/microsoft/debugpy#readme)",
    "ptvsd": "whoever reaches its port runs code in the container",
    "pydevd": "it stops the program, and hands it to whoever listens",
}
DEVELOPMENT_SERVERS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("manage.py", "runserver"): (
        f"{_DEVELOPMENT_SERVER} (https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver)"
        ", and a second process watches the sources",
        "{wsgi}",
    ),
    ("manage.py", "runserver_plus"): (_DEBUGS, "{wsgi}"),
    ("flask", "run"): (
        f"{_DEVELOPMENT_SERVER} (https://flask.palletsprojects.com/en/stable/deploying/)",
        "a WSGI server, such as `gunicorn --bind 0.0.0.0:5000 MODULE:app`",
    ),
    ("quart", "run"): (_DEVELOPMENT_SERVER, "`hypercorn --bind 0.0.0.0:5000 MODULE:app`"),
    ("http.server", ""): (
        "it implements only basic security checks (https://docs.python.org/3/library/http.server.html)",
        "a web server, or the storage that serves the site's files",
    ),
    ("SimpleHTTPServer", ""): (
        "it implements only basic security checks (https://docs.python.org/2.7/library/simplehttpserver.html)",
        "a web server, or the storage that serves the site's files",
    ),
    ("adev", "runserver"): (_DEVELOPMENT_SERVER, "`gunicorn -k aiohttp.GunicornWebWorker`"),
}
"""Servers that are for development as such: what it costs, and what to start instead."""
TRUTHS: Mapping[str, str] = {
    "1": "0",
    "true": "false",
    "True": "False",
    "TRUE": "FALSE",
    "yes": "no",
    "on": "0",
    "t": "f",
    "y": "n",
}
"""Values that turn something on, with the one of the same kind that turns it off.
Flask takes `off` for on: https://github.com/pallets/flask/blob/main/src/flask/helpers.py"""


@immutable()
class Switch:
    """A variable that turns development on."""

    costs: str
    exact: bool
    """Whether only the framework reads it, so that turning it off has the known effect alone."""
    instead: str = ""


SWITCHES: Mapping[str, Switch] = {
    "FLASK_DEBUG": Switch(f"{_DEBUGS}, and {_WATCHES}", True),
    "UVICORN_RELOAD": Switch(f"{_WATCHES}, and `--workers` is ignored", True),
    "PYTHONDEVMODE": Switch(
        "the interpreter checks at every step what only developers want to know "
        "(https://docs.python.org/3/library/devmode.html)",
        False,
        "leave it out; any value turns it on",
    ),
    "PYTHONASYNCIODEBUG": Switch(
        "asyncio keeps a stack trace of every task and times every callback "
        "(https://docs.python.org/3/library/asyncio-dev.html)",
        False,
        "leave it out; any value turns it on",
    ),
    "DEBUG": Switch(
        "in Django and others debug mode shows errors with settings and sources, and keeps every query",
        False,
        "leave it off in the image, and set it where you develop",
    ),
    "DJANGO_DEBUG": Switch(
        "debug mode shows errors with settings and sources, and keeps every query "
        "(https://docs.djangoproject.com/en/stable/ref/settings/#debug)",
        False,
        "leave it off in the image, and set it where you develop",
    ),
}
DEVELOPMENT_VALUES: Mapping[str, tuple[str, str, str]] = {
    "FLASK_ENV": (
        "development",
        "production",
        f"before Flask 2.3 it turns debug mode on: {_DEBUGS}, and {_WATCHES}",
    ),
    "WERKZEUG_DEBUG_PIN": (
        "off",
        "",
        f"{_DEBUGS}, and without the PIN nothing stands before it",
    ),
}
"""Variables with the value that is for development, what is the default, and what it costs."""
