"""A HEALTHCHECK that asks for one page: what curl or wget makes of the answer, and the same in Python.

Exit codes, measured with curl 7.88 and wget 1.21 of Debian bookworm against a server that answers 200, 204,
301, 302, 404, 500, late, short of its length, or not at all: `curl` fails where there is no whole answer, with
`--fail` also from status 400 on; wget from 400 on, and it follows redirects, which curl does with `--location`.
https://curl.se/docs/manpage.html, https://www.gnu.org/software/wget/manual/wget.html
"""

import re
from collections.abc import Iterator, Sequence

from dockopt.facts.environments import path_entries
from dockopt.immutable import immutable
from dockopt.model import ImageReference, Stage
from dockopt.model.stages import DEFAULT_SHELL
from dockopt.shell import Command, Script
from dockopt.shell import parse as parse_shell
from dockopt.syntax import Instruction

_VARIABLE = r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::-\d+)?\})"
_URL = re.compile(
    rf"(?:http://)?(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?P<port>:(?:\d{{1,5}}|{_VARIABLE}))?"
    r"(?P<path>/[\w./?=&%+,@:~-]*)?"
)
_FLAGS = {
    "curl": {
        **dict.fromkeys(("-f", "--fail", "--fail-with-body"), "fail"),
        **dict.fromkeys(("-L", "--location"), "follow"),
        **dict.fromkeys(("-I", "--head"), "head"),
        **dict.fromkeys(("-s", "--silent", "-S", "--show-error", "-v", "--verbose"), ""),
        **dict.fromkeys(("-i", "--include", "-#", "--progress-bar", "-4", "--ipv4", "-q"), ""),
        "--no-progress-meter": "",
    },
    "wget": {
        "--spider": "head",
        **dict.fromkeys(("-q", "--quiet", "-nv", "--no-verbose", "-v", "--verbose"), ""),
        **dict.fromkeys(("-S", "--server-response", "-4", "--inet4-only"), ""),
    },
}
"""Flags that are understood, and what they do; any other is a reason to decline."""
_VALUED = {
    "curl": {
        **dict.fromkeys(("-o", "--output"), "output"),
        **dict.fromkeys(("-m", "--max-time"), "timeout"),
        "--connect-timeout": "",
    },
    "wget": {
        **dict.fromkeys(("-O", "--output-document"), "output"),
        **dict.fromkeys(("-T", "--timeout"), "timeout"),
        **dict.fromkeys(("-t", "--tries"), ""),
    },
}
_SECONDS = re.compile(r"\d{1,4}(?:\.\d+)?")
_UNHEALTHY = (("exit", ("1",)), ("exit", ()), ("false", ()))


@immutable()
class HttpProbe:
    """One request, and which answers count as healthy."""

    program: str
    """`curl` or `wget`."""
    address: str
    """Host and port; in shell form the port may be a variable."""
    path: str
    method: str
    fails: bool
    """Whether an answer from status 400 on is unhealthy."""
    follows: bool
    """Whether redirects are followed."""
    timeout: str
    """Seconds; empty for none but that of HEALTHCHECK."""

    @property
    def code(self) -> str:
        """The same request in Python, without double quotes and line feeds.

        An exception, such as a refused connection, is exit code 1.
        """
        return self._following if self.follows else self._plain

    @property
    def _following(self) -> str:
        url = f"'http://{self.address}{self.path}'"
        asked = url if self.method == "GET" else f"urllib.request.Request({url}, method='HEAD')"
        late = f", timeout={self.timeout}" if self.timeout else ""
        return f"import urllib.request; urllib.request.urlopen({asked}{late}).read()"

    @property
    def _plain(self) -> str:
        late = f", timeout={self.timeout}" if self.timeout else ""
        needs = "http.client, sys" if self.fails else "http.client"
        lines = [
            f"import {needs}",
            f"c = http.client.HTTPConnection('{self.address}'{late})",
            f"c.request('{self.method}', '{self.path}')",
            "r = c.getresponse()",
            "r.read()",
        ]
        return "; ".join([*lines, "sys.exit(r.status >= 400)"] if self.fails else lines)


def calls_python(stage: Stage) -> bool:
    """Whether `python` is a Python of 3.4 or later that the base image has: then `-I` is known."""
    image = stage.root.image
    if not isinstance(image, ImageReference) or None not in path_entries(stage):
        return False
    tag = image.python_tag
    if image.is_official_python and tag is not None:
        return tag.variant != "windows" and not tag.is_before((3, 4)) and tag.version[:1] != "2"
    return (
        image.registry == "ghcr.io" and image.repository == "astral-sh/uv" and "python" in image.tag
    )


def probe_of(stage: Stage, instruction: Instruction) -> HttpProbe | str | None:
    """The request of a HEALTHCHECK; why it cannot be told; None where it calls neither program."""
    if instruction.value[:1] != ("CMD",) or not re.search(
        r"\b(?:curl|wget)\b", instruction.body.text
    ):
        return None
    if instruction.is_json:
        return _probe(list(instruction.value[1:]), is_shell=False)
    if stage.final_shell != DEFAULT_SHELL or any(link.of("SHELL") for link in stage.chain):
        return "a SHELL instruction says how the command is read"
    command = _only_command(" ".join(instruction.value[1:]))
    return command if isinstance(command, str) else _probe(_texts(command), is_shell=True)


def _only_command(text: str) -> Command | str:
    """The command of a script that is nothing else but an exit where it fails."""
    script = parse_shell(text)
    if not isinstance(script, Script):
        return script.reason
    steps = script.steps
    if not steps or steps[0].command is None or script.background:
        return "it is more than one command"
    if len(steps) == 2 and steps[1].operator == "||" and steps[1].command is not None:
        last = steps[1].command
        if (last.name, last.values) not in _UNHEALTHY or last.redirects:
            return "what it does when the request fails is more than to say so"
    elif len(steps) > 1:
        return "it is more than one command"
    command = steps[0].command
    if any(r.target is None or r.target.value not in ("/dev/null", "1") for r in command.redirects):
        return "it writes the answer somewhere"
    return "it sets variables for the request" if command.assignments else command


def _texts(command: Command) -> list[str]:
    """The words; of one with a variable as it is written, for the shell still expands it."""
    known = (None if "$" in (w.value or "") else w.value for w in command.words)
    texts = [w.text.strip('"') for w in command.words]
    return [text if value is None else value for value, text in zip(known, texts, strict=True)]


def _probe(words: Sequence[str], *, is_shell: bool) -> HttpProbe | str:
    program = words[0].rpartition("/")[2] if words else ""
    if program not in _FLAGS:
        return "it calls curl or wget among other things"
    found = dict(_options(program, words[1:]))
    if unknown := found.get("unknown"):
        return f"what {unknown} does cannot be said in one line"
    url = found.get("url", "")
    match = _URL.fullmatch(url)
    if not match or ("$" in url and not is_shell):
        return f"{url or 'its address'} is no plain HTTP on this host"
    if "timeout" in found and not _SECONDS.fullmatch(found["timeout"]):
        return f"the timeout {found['timeout']} is not known"
    if found.get("output", "-") not in ("-", "/dev/null", "/dev/stdout"):
        return "it writes the answer to a file"
    if program == "wget" and not {"output", "head"} & set(found):
        return "wget writes the answer to a file"
    follows = program == "wget" or "follow" in found
    fails = program == "wget" or "fail" in found
    if follows and not fails:
        return "curl --location without --fail is content with any answer"
    return HttpProbe(
        program,
        match["host"] + (match["port"] or ""),
        match["path"] or "/",
        "HEAD" if "head" in found else "GET",
        fails,
        follows,
        found.get("timeout", ""),
    )


def _options(program: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What the words say, by name: `url`, `fail`, `timeout`, …; `unknown` for what is not understood."""
    rest, urls = list(words), 0
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            urls += 1
            yield ("url" if urls == 1 else "unknown"), word
            continue
        name, equals, value = word.partition("=")
        if word in _FLAGS[program]:
            yield _FLAGS[program][word], word
        elif word in _VALUED[program]:
            yield _VALUED[program][word], rest.pop(0) if rest else "?"
        elif equals and program == "wget" and name in _VALUED[program] and name.startswith("--"):
            yield _VALUED[program][name], value
        elif word.startswith("--"):
            yield "unknown", word
        else:
            yield from _cluster(program, word, rest)


def _cluster(program: str, word: str, rest: list[str]) -> Iterator[tuple[str, str]]:
    """`-fsS`, `-qO-`, `-T5`."""
    for index, letter in enumerate(word[1:], 1):
        option = f"-{letter}"
        if option in _FLAGS[program]:
            yield _FLAGS[program][option], option
        elif option in _VALUED[program]:
            value = word[index + 1 :]
            yield _VALUED[program][option], value or (rest.pop(0) if rest else "?")
            return
        else:
            yield "unknown", word
            return
