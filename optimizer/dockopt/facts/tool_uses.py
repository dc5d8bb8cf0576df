"""Whether the program of an image, or who runs it, uses a distribution that only developers need."""

import re
from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context
from dockopt.facts.runtime import RuntimeTexts, texts_of
from dockopt.immutable import immutable
from dockopt.knowledge.development_contents import closure, contents, formerly_brought
from dockopt.remembering import remembered

_TEST_FILE = re.compile(
    r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests|conftest|noxfile|fabfile)\.py$|^tasks\.py$|(?:^|/)testing/"
)
"""Files that only a test run reads."""
_BUILD_FILE = re.compile(r"(?:^|/)setup\.py$")
_RUNNERS = re.compile(
    r"^(?:GNU)?[Mm]akefile$|^\.?[Jj]ustfile$|\.mk$|^Taskfile\.ya?ml$|^tox\.ini$|^tasks\.py$|^noxfile\.py$|"
    r"^\.github/workflows/|^\.gitlab-ci\.ya?ml$|^\.circleci/|^Jenkinsfile|^\.travis\.yml$|"
    r"^azure-pipelines|^bitbucket-pipelines\.yml$|^\.drone\.ya?ml$|^cloudbuild[\w.-]*\.ya?ml$|"
    r"^buildspec[\w.-]*\.ya?ml$|^package\.json$|^(?:scripts?|bin|ci|\.ci|tools|dev)/|[^/]*\.sh$|"
    r"^(?:README|CONTRIBUTING|DEVELOPMENT|HACKING|INSTALL)[^/]*$|^docs?/[^/]*\.(?:md|rst)$|"
    r"^\.devcontainer/|^[\w.-]*compose[\w.-]*\.ya?ml$"
)
"""Files that say how the image is built, tested and started."""
MAX_RUNNERS = 400
MAX_LINE = 1_000
"""Characters of a line that are looked at."""
_STARTS = re.compile(
    r"(?:docker|podman|nerdctl|compose|COMPOSE\)?|DOCKER\)?|kubectl|oc|heroku|fly)\b[^\n#]{0,200}?"
    r"\b(?:run|exec|ssh)\b"
)
_COMPOSE = re.compile(r"(?:^|/)[\w.-]*compose[\w.-]*\.ya?ml$")
_COMMAND = re.compile(r"^\s*(?:command|entrypoint)\s*:")
_TESTING = re.compile(r"(?:tests?|lint|lints|linting|format|coverage|testing)(?:\.sh|\.py)?")
_DEVELOPING = re.compile(r"--reload\b|\brunserver(?:_plus)?\b|\bdebugpy\b|\bwatchmedo\b")
_OWN_IMAGE = re.compile(
    r"CI_REGISTRY_IMAGE|docker\.(?:image|build)\(|dockerfile\s*\{|^\s*container:", re.M
)
_CONTINUED = re.compile(r"\\\r?\n\s*")
_INSTALLS = re.compile(r"\b(?:pip3?|uv|poetry|pipenv|pdm|apt-get|apt)\s+(?:install|add|sync)\b")


@immutable(slots=True)
class Evidence:
    """What leaves an image with a set of distributions, and whether anything uses it."""

    gone: frozenset[str]
    """The distributions that only they bring."""
    bytes: int | None
    """Of the files of all that is gone; None where some are not known."""
    use: str
    """Where one is used; empty where none is."""
    doubt: str
    """Why that cannot be told for all; empty where it can."""


def evidence(
    context: Context, runtime: RuntimeTexts, names: frozenset[str], kept: frozenset[str]
) -> Evidence:
    """What goes with `names` where `kept` stay; and whether it is used."""
    going, unknown = closure(names)
    gone = going - kept
    missing = sorted(unknown & gone)
    found = {name: contents(name) for name in sorted(gone)}
    sizes = [known.bytes if known else None for known in found.values()]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    modules = frozenset(m for known in found.values() if known for m in known.modules)
    scripts = frozenset(s for name in names if (known := contents(name)) for s in known.scripts)
    use = imported(context, modules) or called(runtime, scripts)
    use = use or tested_in_image(context, scripts)
    doubt = f"what {missing[0]} brings is not known" if missing else ""
    doubt = doubt or (_formerly(context, going, kept, modules) if not use else "")
    return Evidence(gone, total, use, doubt)


def _formerly(
    context: Context, going: frozenset[str], kept: frozenset[str], modules: frozenset[str]
) -> str:
    """Why older versions of the tools may have brought what a source imports; empty for none."""
    stays = {module for name in kept for module in _modules_of(name)}
    found = imported(context, formerly_brought(going) - modules - stays)
    return f"{found}, which older versions of the tools brought" if found else ""


def _modules_of(name: str) -> frozenset[str]:
    known = contents(name)
    return frozenset({name.replace("-", "_"), *(known.modules if known else ())})


def imported(context: Context, modules: frozenset[str]) -> str:
    """Where a source outside of tests imports or names one of the modules; empty for nowhere."""
    if texts_of(context).files is None:
        return "there are too many sources to look through"
    if not modules:
        return ""
    names = "|".join(map(re.escape, sorted(modules)))
    statement = (
        rf"^[ \t]*(?:from[ \t]+(?:{names})\b|import[ \t]+(?:[^\n#]{{0,300}},[ \t]*)?(?:{names})\b)"
        rf"|(?<![\w.])-m[\"', \t]+(?:{names})\b"
    )
    pattern = re.compile(rf"{statement}|[\"'](?:{names})(?:\.\w[\w.]*|:\w+)?[\"']", re.MULTILINE)
    plain = re.compile(statement, re.MULTILINE)
    for file in texts_of(context).mentioning(pattern):
        if _TEST_FILE.search(file):
            continue
        if not _BUILD_FILE.search(file) or plain.search(context.read_text(file) or ""):
            found = pattern.search(dict(texts_of(context).files or ())[file])
            shown = found[0].strip() if found else "it"
            return f"{file} {'has' if ' ' in shown else 'names'} `{shown}`"
    return ""


def called(runtime: RuntimeTexts, programs: Iterable[str]) -> str:
    """Where a command or script that may run in the image calls a program; empty for nowhere."""
    for program in sorted(programs):
        place = runtime.calls(program)
        if place is not None and not (place.file and _TEST_FILE.search(place.file)):
            return f"{place} calls {program}"
    return ""


def tested_in_image(context: Context, programs: frozenset[str]) -> str:
    """Where it is written that tests or tools run in a container of the image; empty for nowhere."""
    names = "|".join(map(re.escape, sorted(programs, key=len, reverse=True))) or "pytest"
    word = re.compile(rf"(?<![\w./-])(?:{names})(?![\w=.-])")
    for file, text in runner_texts(context):
        if file.startswith(".devcontainer/"):
            return f"{file} makes the image a place to develop in"
        if _OWN_IMAGE.search(text) and word.search(text):
            return f"{file} may run tools in the image"
        for number, line in enumerate(text.splitlines(), 1):
            if _runs_tools(file, line[:MAX_LINE], programs):
                return f"{file} runs tests or tools in a container, near line {number}"
            if _COMPOSE.search(file) and (found := _DEVELOPING.search(line[:MAX_LINE])):
                return f"{file} starts a container for development: {found[0]}"
    return ""


def _runs_tools(file: str, line: str, programs: frozenset[str]) -> bool:
    started = _STARTS.search(line) or (_COMPOSE.search(file) and _COMMAND.match(line))
    if not started or _INSTALLS.search(line):
        return False
    words = re.findall(r"[\w./-]+", line[started.end() :])
    names = (word.rpartition("/")[2] for word in words)
    return any(name in programs or _TESTING.fullmatch(name) for name in names)


@remembered
def runner_texts(context: Context) -> tuple[tuple[str, str], ...]:
    """The files that say how the image is built, tested and started, with continued lines joined."""
    return tuple(_runner_texts(context))


def _runner_texts(context: Context) -> Iterator[tuple[str, str]]:
    files = [file for file in context.files_under("") if _RUNNERS.search(file)]
    for file in files[:MAX_RUNNERS]:
        text = context.read_text(file)
        if text:
            yield file, _CONTINUED.sub(" ", text)
    yield from ((f, t) for f, t in texts_of(context).files or () if f.startswith("../"))
