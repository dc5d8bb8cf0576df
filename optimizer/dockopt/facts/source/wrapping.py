"""What stands before a program in a command that starts a container: `tini --`, `poetry run`."""

from collections.abc import Sequence

from dockopt.facts.source.naming import names

Words = Sequence[str | None]
_SYSTEM = names("""exec command nohup nice ionice time timeout env sudo gosu su-exec tini dumb-init catatonic
    setpriv runuser s6-setuidgid chpst setuser xvfb-run stdbuf eatmydata wait-for-it wait-for-it.sh
    wait-for wait-for.sh dockerize chamber doppler envconsul aws-vault infisical op catchsegv su
    /init init docker-init start-stop-daemon numactl taskset""")
PYTHON_WRAPPERS = names("""poetry uv pipenv pdm hatch rye opentelemetry-instrument ddtrace-run newrelic-admin coverage
    debugpy watchmedo watchfiles scalene memray py-spy viztracer elastic-apm pipx honcho dotenv
    accelerate torchrun""")
_RUN_WORDS = frozenset({"run", "run-program", "exec", "auto-restart", "record", "launch"})
_WITH_VALUE = names("""-u --user -g --group -n -s --signal -k --kill-after -e --env -p --python --with --extra
    --group -d --directory --pattern -o --output --listen --project --env-file -c --cwd
    --package --frozen-with -a --append --rcfile --source --reuid --regid -wait --wait
    -timeout --timeout -t --service_name --traces_exporter -f --format""")
_TAKES_USER = frozenset({"gosu", "su-exec", "s6-setuidgid", "chpst", "setuser", "timeout", "su"})
_ALONE = frozenset(
    {
        "honcho",
        "uv",
        "pipx",
        "dotenv",
        "poetry",
        "pdm",
        "hatch",
        "rye",
        "pipenv",
        "watchmedo",
        "coverage",
        "newrelic-admin",
        "py-spy",
        "memray",
        "accelerate",
    }
)
"""These only wrap with a word such as `run` behind them."""
_WAITERS = frozenset(
    {
        "wait-for-it",
        "wait-for-it.sh",
        "wait-for",
        "wait-for.sh",
        "dockerize",
        "chamber",
        "doppler",
        "infisical",
        "op",
        "aws-vault",
    }
)
"""These say with `--` where the program begins."""


def unwrapped(words: Words) -> tuple[tuple[str, ...], Words]:
    """The wrappers that are Python programs, and the command behind all wrappers."""
    wrappers: list[str] = []
    rest = list(words)
    for _ in range(12):
        while rest and rest[0] is not None and _is_assignment(rest[0]):
            rest.pop(0)
        name = (rest[0] or "").rpartition("/")[2] if rest else ""
        if name not in _SYSTEM | PYTHON_WRAPPERS:
            break
        inner = _behind(name, rest[1:])
        if inner is None:
            break
        if name in PYTHON_WRAPPERS:
            wrappers.append(name)
        rest = inner
    return tuple(wrappers), rest


def _behind(name: str, rest: list[str | None]) -> list[str | None] | None:
    """The words behind a wrapper and its options; None where it wraps nothing."""
    if "--" in rest and name in _SYSTEM | {"watchmedo", "uv", "dotenv", "py-spy", "coverage"}:
        return rest[rest.index("--") + 1 :]
    if name in _WAITERS:
        return None
    if name in _ALONE:
        at = next((n for n, word in enumerate(rest) if word in _RUN_WORDS), None)
        if at is None:
            return None
        rest = rest[at + 1 :]
    rest = _behind_options(rest)
    return rest[1:] if name in _TAKES_USER and rest else rest


def _behind_options(rest: list[str | None]) -> list[str | None]:
    index = 0
    while index < len(rest):
        word = rest[index]
        if word is None or not word.startswith("-"):
            break
        if word == "-m" and index + 1 < len(rest):
            # `coverage run -m package` runs a module as Python does.
            return ["python", *rest[index:]]
        index += 2 if word in _WITH_VALUE else 1
    return rest[index:]


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.replace("_", "a").isalnum() and not name[:1].isdigit()
