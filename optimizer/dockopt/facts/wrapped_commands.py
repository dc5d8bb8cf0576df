"""Commands behind `poetry run`, `uv run` and the like, and what is left of them without the wrapper.

Within an environment that is in PATH the program behind the wrapper is found by its name:
https://python-poetry.org/docs/cli/#run, https://docs.astral.sh/uv/concepts/projects/run/,
https://pipenv.pypa.io/en/latest/cli.html#run, https://pdm-project.org/latest/usage/scripts/
"""

import json
import re
from collections.abc import Iterator

from dockopt.facts.installer_commands import InstallerCommand, installer_command
from dockopt.facts.installer_options import GRAMMARS
from dockopt.facts.option_words import OptionReader
from dockopt.facts.pip import UV_GRAMMAR
from dockopt.facts.toml_tables import table, toml_tables
from dockopt.immutable import immutable
from dockopt.model import Run
from dockopt.shell import Command, Script, Word
from dockopt.shell import parse as parse_shell
from dockopt.syntax import Instruction

WRAPPERS = ("uv", "poetry", "pipenv", "pdm")
MENTIONED = re.compile(r"\b(?:uv|poetry|pipenv|pdm)\b")
_NO_MATTER = frozenset(
    {
        "--frozen",
        "--locked",
        "--no-sync",
        "--no-dev",
        "--offline",
        "--no-cache",
        "--no-progress",
        "--quiet",
        "--verbose",
        "--no-interaction",
        "--no-ansi",
        "--ansi",
    }
)
"""Options of wrappers that do not change which program runs, nor in which environment."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class NotPlain(Exception):  # noqa: N818
    """The wrapper does something else than to run the program; the message says what."""


@immutable(slots=True)
class Cut:
    """Text that goes from the logical text of an instruction, and what comes in its place."""

    start: int
    end: int
    text: str = ""


@immutable(eq=False)
class Unwrapped:
    """What goes from an instruction, so that a program runs without its wrapper."""

    instruction: Instruction
    run: Run | None
    """The RUN, or the CMD or ENTRYPOINT in shell form as if it were one; None for exec form."""
    cuts: tuple[Cut, ...]
    whole: bool = False
    """Whether all of it goes: an ENTRYPOINT that is nothing but a wrapper."""


def cuts_of_run(run: Run, manifest: str | None) -> tuple[Cut, ...]:
    """What has to go from a RUN, or a command in shell form. Raises NotPlain."""
    if not MENTIONED.search(run.logical.text) or not isinstance(run.script, Script):
        return ()
    return tuple(_cuts_of_script(run.script, manifest))


def cuts_of_exec(instruction: Instruction, manifest: str | None) -> tuple[Cut, ...]:
    """What has to go from a CMD or ENTRYPOINT in exec form. Raises NotPlain."""
    text = instruction.body.text
    strings = [Word(m[0], _string(m[0]), m.start(), m.end()) for m in _STRING.finditer(text)]
    if not strings or not MENTIONED.search(text):
        return ()
    if (strings[0].value or "").rpartition("/")[2] in ("sh", "bash", "dash", "ash"):
        return tuple(_cuts_in_strings(strings[1:], manifest))
    command = Command(tuple(strings), (), (), strings[0].start, strings[-1].end, 0, False)
    found = installer_command(command)
    if found is None or found.tool not in WRAPPERS:
        return ()
    behind = _behind(found, manifest)
    program = json.dumps([*behind.lead])[1:-1] + ", " if behind.lead else ""
    return (_cut(strings[0].start, strings[-1].end, program, behind),)


def is_bare(instruction: Instruction) -> bool:
    """Whether an ENTRYPOINT is nothing but a wrapper, which runs what CMD says."""
    return any(instruction.value == (tool, "run") for tool in WRAPPERS)


def _string(text: str) -> str | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _cuts_in_strings(strings: list[Word], manifest: str | None) -> Iterator[Cut]:
    for word in strings:
        if not MENTIONED.search(word.text):
            continue
        if "\\" in word.text:
            raise NotPlain("a string with escapes may call it")
        script = parse_shell(word.text[1:-1])
        if not isinstance(script, Script):
            raise NotPlain(f"a string of shell could not be read: {script.reason}")
        for cut in _cuts_of_script(script, manifest):
            yield Cut(word.start + 1 + cut.start, word.start + 1 + cut.end, cut.text)


def _cuts_of_script(script: Script, manifest: str | None) -> Iterator[Cut]:
    for command in script.commands:
        found = installer_command(command)
        if found is None or found.tool not in WRAPPERS or not found.runs:
            continue
        behind = _behind(found, manifest)
        lead = " ".join(behind.lead) + " " if behind.lead else ""
        yield _cut(found.program[0].start, command.end, lead, behind)


def _cut(start: int, end: int, lead: str, behind: "_Behind") -> Cut:
    """The first word behind the wrapper is written anew: so the line that changes has an author."""
    first = behind.rest[0] if behind.rest else None
    return Cut(start, first.end, lead + first.text) if first else Cut(start, end, lead.rstrip())


@immutable(slots=True)
class _Behind:
    lead: tuple[str, ...]
    """Words to put before: `python` for a script, `python -m` for a module."""
    rest: tuple[Word, ...]


def _behind(found: InstallerCommand, manifest: str | None) -> _Behind:
    """The program behind a wrapper."""
    tool = found.tool
    if not found.runs:
        raise NotPlain(f"it calls {tool} {found.action}")
    rest, options = _program_words(found)
    allowed = _NO_MATTER | ({"-m"} if tool == "uv" else set())
    if strange := sorted(set(options) - allowed):
        raise NotPlain(f"{tool} run has the option {strange[0]}")
    if not rest:
        return _Behind((), ())
    name = rest[0].value
    if name is None:
        raise NotPlain(f"which program {tool} run starts is not known")
    if name in _named_scripts(tool, manifest):
        raise NotPlain(f"{name} is a script that only {tool} knows")
    if tool == "uv" and "-m" in options:
        return _Behind(("python", "-m"), rest)
    if tool == "uv" and name.endswith(".py"):
        return _Behind(("python",), rest)
    return _Behind((), rest)


def _program_words(found: InstallerCommand) -> tuple[tuple[Word, ...], list[str]]:
    """The words of the program, and the wrapper's options; those may stand behind `run`."""
    grammar = UV_GRAMMAR if found.tool == "uv" else GRAMMARS[found.tool]
    options = [option.name for option in found.options]
    for index, word in enumerate(found.rest):
        if not (word.value or "").startswith("-"):
            return found.rest[index:], options
        reader = OptionReader(grammar)
        reader.take(word)
        options += [option.name for option in reader.options] or ["-"]
    return (), options


def _named_scripts(tool: str, manifest: str | None) -> frozenset[str]:
    """Names that the tool itself gives a meaning: tables of its own, not console scripts."""
    if manifest is None or tool not in ("pipenv", "pdm"):
        return frozenset()
    path = ("scripts",) if tool == "pipenv" else ("tool", "pdm", "scripts")
    return frozenset(table(toml_tables(manifest), *path))


def console_scripts(manifest: str | None) -> frozenset[str]:
    """The console scripts that the project itself brings once it is installed."""
    tables = toml_tables(manifest)
    own = table(tables, "project", "scripts"), table(tables, "tool", "poetry", "scripts")
    return frozenset(name for scripts in own for name in scripts)


def started_programs(instruction: Instruction | Run) -> frozenset[str]:
    """The programs that wrappers start in an instruction."""
    if isinstance(instruction, Run):
        commands = instruction.script.commands if isinstance(instruction.script, Script) else ()
    else:
        text = instruction.body.text
        words = [Word(m[0], _string(m[0]), m.start(), m.end()) for m in _STRING.finditer(text)]
        commands = (Command(tuple(words), (), (), 0, len(text), 0, False),) if words else ()
    found: set[str] = set()
    for command in commands:
        said = installer_command(command)
        if said is not None and said.tool in WRAPPERS and said.runs:
            rest, _ = _program_words(said)
            found.update(word.value or "" for word in rest[:1])
    return frozenset(found)
