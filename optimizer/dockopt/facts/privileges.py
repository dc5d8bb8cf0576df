"""Why what starts in a container may need root, as far as commands, scripts and sources tell."""

import re
from collections.abc import Iterator

from dockopt.facts.compose_services import services, unread
from dockopt.facts.context import Context
from dockopt.facts.context_origins import located
from dockopt.facts.footprint import within
from dockopt.facts.pip import PYTHON
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.scripts import unseen_script
from dockopt.facts.start_commands import StartCommand, start_commands, start_files
from dockopt.model import Stage

LAST_PRIVILEGED = 1023
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_PROGRAMS = re.compile(
    r"(?<![\w./-])(?:/usr/s?bin/|/s?bin/|/usr/local/s?bin/)?(?P<name>chown|chgrp|gosu|su-exec|sudo|su|apt-get|apt|apk|"
    r"useradd|usermod|adduser|groupadd|addgroup|nginx|crond?|supervisord|service|systemctl|sshd|"
    r"mount|umount|iptables|sysctl|setcap|ldconfig|update-ca-certificates|runuser|setpriv|"
    r"start-stop-daemon|apache2(?:ctl)?|httpd|rsyslogd|chroot|dockerd|tailscaled?|s6-svscan|"
    r"/init)(?![\w.-])"
)
_INSTALLS = re.compile(
    r"\b(?:pip[\d.]*\s+install|uv\s+(?:run|sync|pip)|uvx|poetry|pipenv|conda|mamba|npm|playwright\s+install)\b"
)
_KNOWN = frozenset(
    {
        "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "celery",
        "flask", "quart", "fastapi", "django-admin", "manage.py", "sanic", "litestar", "pserve", "streamlit",
        "alembic", "dramatiq", "rq", "huey_consumer.py", "huey_consumer", "aerich", "arq", "taskiq", "faststream",
        "chainlit", "gradio", "panel", "bokeh", "voila", "scrapy", "locust", "prefect", "mkdocs",
    }
)  # fmt: skip
"""Programs of Python that need no more than the application does."""
_AROUND = frozenset(
    {
        "sh", "bash", "dash", "ash", "env", "exec", "tini", "dumb-init", "catatonit", "nice", "time", "command",
        "newrelic-admin", "ddtrace-run", "opentelemetry-instrument", "run-program", "eval",
    }
)  # fmt: skip
"""Programs that start the one behind them."""
_SMALL = frozenset(
    {
        "set", "cd", "echo", "printf", "export", "sleep", "true", "false", ":", "[", "test", "mkdir", "cat", "wait",
        "trap", "exit", "date", "ls", "nc", "curl", "wget", "pg_isready", "grep", "sed", "cp", "rm", "touch",
        "source", ".", "kill", "ulimit", "umask", "shift", "read", "id", "whoami", "uname", "head", "tail", "cut",
        "tr", "sort", "wc", "basename", "dirname", "local", "unset", "return", "break", "continue", "type", "which",
        "mv", "xargs", "find", "envsubst", "jq", "openssl", "seq", "expr", "let",
    }
)  # fmt: skip
"""Programs that wait, print or move files, and work as any user in folders of the user's own."""
_DROPS = re.compile(r"(?:^|\s)--(?:user|group|uid|gid)(?:[=\s]|$)|\b(?:uid|gid)\s*=")
_PORT = re.compile(
    r"(?:(?<=:)|--?(?:http-)?port[= ]|(?<=\s-p )|\bPORT[:=-]+)(?P<port>\d{1,5})(?![\d.:])"
)
_PLACE = re.compile(
    r"(?<![\w.:$}/])(?P<path>/(?:var|run|mnt|opt|srv|root|home|data|logs?|storage)(?:/[\w.-]+)*)"
)
_SOURCE_NEEDS = re.compile(
    r"\bos\.(?:set[e]?[ug]id|l?chown|initgroups|chroot)\b|\bgete?uid\(\)\s*[!=]=\s*0|\bshutil\.chown\b|docker\.sock|"
    r"\bdocker\.from_env\b|SOCK_RAW|\bscapy\b|\bserial\.Serial\b|/dev/(?!null|shm|stdout|stderr|u?random)|"
    r"\bpwd\.getpwnam\b|\bsubprocess\b[^\n]*\bsudo\b"
)
_SOURCE_PLACE = re.compile(
    r"""["'](?:sqlite(?:\+\w+)?:///)?(?P<path>/(?:var|run|mnt|opt|srv|root|home)/[\w./-]+)["']|"""
    r"""(?:open|Path|join|makedirs|mkdir|connect|Handler|Directory)\(\s*[fr]?["'](?P<named>/[\w.-]+[\w./-]*)["']|"""
    r"""sqlite(?:\+\w+)?:///(?P<database>/[\w./-]+)"""
)
_LOW_PORT = "which not every runtime lets a user open"
_WRITTEN = "which the user may have to write to"
READ_ONLY = ("/etc", "/usr", "/proc", "/sys", "/dev", "/bin", "/lib", "/tmp", "/var/tmp", "/run/secrets",  # noqa: S108
             "/var/run/secrets", "/opt/venv")  # fmt: skip
"""Folders that programs read, or that everybody may write to."""
_MANIFEST_MOUNTS = re.compile(r"^\s*-?\s*mountPath:|^\[\[?mounts\]?\]|^\s*disk:", re.MULTILINE)


def needs_root(stage: Stage, runtime: RuntimeTexts, file: str, free: tuple[str, ...]) -> str:
    """Why a container of `stage` may need root, empty where nothing tells of a need.

    `free` are the folders that the user may write to; `file` is the name of the Dockerfile.
    """
    context = runtime.context
    if context is None:
        return "without the build context it is not known what the program writes"
    if runtime.files is None:
        return "the build context has too many sources to look through"
    reasons = (
        *_of_commands(stage, context, free),
        *_of_programs(stage, context),
        unseen_script(stage, runtime),
        *_of_ports(stage),
        *_of_files(runtime, free),
        *_of_compose(context, file),
    )
    return next((reason for reason in reasons if reason), "")


def _of_commands(stage: Stage, context: Context, free: tuple[str, ...]) -> Iterator[str]:
    for place, text in _texts(stage, context):
        if found := _PROGRAMS.search(text):
            yield f"{place} calls {found['name']}, which works as root"
        if found := _INSTALLS.search(text):
            yield f"{place} installs or updates something when the container starts: {found[0]}"
        if _DROPS.search(text):
            yield f"{place} changes the user itself"
        for found in _PORT.finditer(text):
            if 0 < int(found["port"]) <= LAST_PRIVILEGED:
                yield f"{place} listens on port {found['port']}, {_LOW_PORT}"
        for found in _PLACE.finditer(text):
            if not _is_free(found["path"], free):
                yield f"{place} names {found['path']}, {_WRITTEN}"
    health = stage.last("HEALTHCHECK")
    if health is not None and (found := _PROGRAMS.search(" ".join(health.value))):
        yield f"line {health.line} calls {found['name']}, which works as root"


def _of_programs(stage: Stage, context: Context) -> Iterator[str]:
    """Programs of which it is not known what they do, and sources that are not there."""
    for command in start_commands(stage, context):
        words = [word for word in command.words if not _ASSIGNMENT.match(word.text)]
        while words and (words[0].name in _AROUND or words[0].text.startswith("-")):
            words.pop(0)
        first = words[0].text if words else ""
        name = first.rpartition("/")[2]
        if PYTHON.match(name):
            script = next((w.text for w in words[1:] if not w.text.startswith("-")), "")
            if (
                script.endswith(".py")
                and "-m" not in (w.text for w in words)
                and not located(context, script)
            ):
                yield f"{command.place} starts {script}, which is not in the build context"
        elif (
            first
            and "$" not in first
            and name not in _KNOWN | _SMALL
            and not located(context, first)
        ):
            yield f"{command.place} starts {first}, and what that needs is not known"


def _texts(stage: Stage, context: Context) -> Iterator[tuple[str, str]]:
    """The commands that start the stage, and the scripts that they run without their comments."""
    for command in start_commands(stage, context):
        if not command.file:
            yield command.place, _text(command)
    for keyword in ("ENTRYPOINT", "CMD"):
        if (instruction := stage.last(keyword)) is not None:
            yield f"line {instruction.line}", " ".join(instruction.value)
    for path in start_files(stage, context):
        lines = (context.read_text(path) or "").splitlines()
        yield path, "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _text(command: StartCommand) -> str:
    return " ".join(word.text for word in command.words)


def _of_ports(stage: Stage) -> Iterator[str]:
    for link in stage.chain:
        for instruction in link.of("EXPOSE"):
            for port in instruction.value:
                number = port.partition("/")[0]
                if number.isdecimal() and 0 < int(number) <= LAST_PRIVILEGED:
                    yield f"line {instruction.line} exposes port {number}, {_LOW_PORT}"


def _of_files(runtime: RuntimeTexts, free: tuple[str, ...]) -> Iterator[str]:
    for path, text in runtime.files or ():
        if not path.endswith(".py"):
            if _MANIFEST_MOUNTS.search(text):
                yield f"{path} mounts a volume, whose files may belong to root"
            continue
        if found := _SOURCE_NEEDS.search(text):
            yield f"{path} has {found[0]}, which may need root"
        for match in _SOURCE_PLACE.finditer(text):
            named = match["path"] or match["named"] or match["database"]
            if not _is_free(named, free):
                yield f"{path} names {named}, {_WRITTEN}"


def _of_compose(context: Context, file: str) -> Iterator[str]:
    if place := unread(context):
        yield f"{place} cannot be read, and may say how the container runs"
    for service in services(context, file):
        if service.user:
            yield f"{service.file} says which user it runs as"
        if service.powers:
            yield f"{service.file} gives it {service.powers}"
        for target in service.mounts:
            yield f"{service.file} mounts {target}, whose files may belong to root"


def _is_free(path: str, free: tuple[str, ...]) -> bool:
    return any(within(path, folder) for folder in (*READ_ONLY, *free))
