"""`docker build` and its like in scripts, recipes and steps of continuous integration.

The texts are read line by line, not run: what a variable stands for is unknown.
"""

import re
import shlex
from collections.abc import Iterator

from dockopt.immutable import immutable

_BUILD = re.compile(
    r"(?:\b(?:docker|podman|nerdctl)\s+(?:--?[\w-]+(?:[= ][\w./:-]+)?\s+)*(?:image\s+)?(?:buildx\s+)?build"
    r"|\bbuildah\s+(?:bud|build)|\bdepot\s+build|/kaniko/executor)(?=\s)(?P<rest>[^\n]*)"
)
_END = re.compile(r"&&|\|\||;|\||\s#|\)\s*$|`")
_OPTIONS = """
    -f --file -t --tag --target --build-arg --build-context --cache-from --cache-to --label --network
    --output -o --platform --progress --secret --ssh --builder --iidfile --add-host --allow
    --annotation --attest --metadata-file --shm-size --ulimit --format --memory -m --isolation
    --context --dockerfile --destination --cpu-shares --cpuset-cpus --memory-swap --cgroup-parent
    --volume -v
"""
_WITH_VALUE = frozenset(_OPTIONS.split())
"""Options that take the next word as their value: https://docs.docker.com/reference/cli/docker/buildx/build/."""


@immutable(slots=True)
class BuildCommand:
    """One call that builds an image; a path is None where a variable is in it."""

    line: int
    file: str | None
    """What `-f` names, empty where it is left out."""
    context: str | None
    """The folder, empty where none is given."""
    target: str | None
    """What `--target` names, empty where it is left out."""
    named_contexts: tuple[str | None, ...] = ()
    """The folders of `--build-context`."""


def build_commands(text: str) -> Iterator[BuildCommand]:
    """The calls in a text, wherever they stand in it."""
    if "build" not in text and "kaniko" not in text and "bud" not in text:
        return
    for match in _BUILD.finditer(_joined(text)):
        rest = _END.split(match["rest"], maxsplit=1)[0]
        line = match.string.count("\n", 0, match.start()) + 1
        yield _command(line, _words(rest))


def _joined(text: str) -> str:
    """The text with continued lines on one, and as many lines as before."""
    parts: list[str] = []
    pending = 0
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        if bare.endswith("\\"):
            parts.append(bare[:-1] + " ")
            pending += 1
            continue
        parts.append(bare + "\n" * (pending + 1))
        pending = 0
    return "".join(parts)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _command(line: int, words: list[str]) -> BuildCommand:
    options: dict[str, str] = {}
    named: list[str | None] = []
    places: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = _option(word)
        if not word.startswith("-") or word == "-":
            places.append(word)
            continue
        if not equals:
            value = next(waiting, "") if name in _WITH_VALUE else ""
        options[name] = value
        if name == "--build-context" and "://" not in value:
            named.append(_known(value.partition("=")[2]))
    context = options.get("--context") or (places[0] if places else "")
    file = options.get("--file", options.get("-f", options.get("--dockerfile", "")))
    context = "$" if context == "-" else context  # what comes through a pipe is not known
    return BuildCommand(
        line, _known(file), _known(context), _known(options.get("--target", "")), tuple(named)
    )


def _option(word: str) -> tuple[str, str, str]:
    """The name of an option, what parts its value from it, and the value: `-qf` is `-f`."""
    if word.startswith("--") or len(word) < 3:
        return word.partition("=")
    if word[:2] in _WITH_VALUE:
        return word[:2], "=", word[2:].removeprefix("=")
    return "-" + word[-1], "", ""


def _known(text: str) -> str | None:
    """The text, None where a variable or a command is in it."""
    return None if re.search(r"[$`{}*%<>]|\(\(", text) else text
