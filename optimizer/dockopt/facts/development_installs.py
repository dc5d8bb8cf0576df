"""Development dependencies that a stage installs: by which words, and what can stand instead.

https://python-poetry.org/docs/managing-dependencies/#installing-group-dependencies,
https://docs.astral.sh/uv/concepts/projects/dependencies/#development-dependencies,
https://pipenv.pypa.io/en/latest/commands.html, https://pdm-project.org/latest/usage/dependency/
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from dockopt.facts.context import Context
from dockopt.facts.context_origins import origin, project_folder
from dockopt.facts.declared import EXTRA, declared
from dockopt.facts.installs import Install
from dockopt.facts.pip import spec_text
from dockopt.facts.requirement import PATH, Requirement, requirement
from dockopt.facts.requirement_files import RequirementsFile, read_requirements
from dockopt.immutable import immutable
from dockopt.knowledge.development_contents import only_for_developers
from dockopt.model import Run, Stage
from dockopt.shell import Command, Word

DEVELOPMENT = re.compile(
    r"(?:^|[-_./])(?:dev|devel|develop|development|tests?|testing|ci|local|lint|linting|qa|style|typing)"
    r"(?:$|[-_.])",
    re.IGNORECASE,
)
"""Names of files, extras and groups with what only developers need."""


@immutable(eq=False)
class DevelopmentInstall:
    """A command that installs development dependencies."""

    stage: Stage
    run: Run
    command: Command
    what: str
    """What asks for them: `requirements-dev.txt`, `the extra dev`, `the command line`."""
    requirements: tuple[Requirement, ...]
    """What is asked for there and nowhere else in the command."""
    cut: tuple[Word, ...] = ()
    """The words that ask for them."""
    put: tuple[tuple[Word, str], ...] = ()
    """Words with what comes in their place."""
    options: str = ""
    """Options that come after the action instead."""
    obstacle: str = ""
    """Why it cannot be written; empty where it can."""
    partial: bool = False
    """Whether other groups of the project are installed that may be of use."""
    locked: frozenset[str] | None = None
    """What a lock file needs without them, normalised; None where none tells."""

    @property
    def names(self) -> frozenset[str]:
        """The distributions, normalised."""
        return frozenset(r.name for r in self.requirements)


def of_pip(context: Context | None, install: Install) -> Iterator[DevelopmentInstall]:
    """What a pip or `uv pip` command installs for developers."""
    pip, command = install.pip, install.pip.command
    if command.depth or command.conditional or pip.action != "install":
        return
    base = DevelopmentInstall(install.stage, install.run, command, "the command line", ())
    tools = [w for w in pip.specs if (r := _named(w)) is not None and only_for_developers(r.name)]
    if tools:
        named = tuple(r for w in tools if (r := _named(w)) is not None)
        yield replace(base, requirements=named, cut=tuple(tools))
    if context is not None:
        yield from _of_files(context, install, base)
        yield from _of_extras(context, install, base)
        return
    for name in pip.requirement_files:
        if name and DEVELOPMENT.search(name):
            why = f"without the build context it is not known what {name} asks for"
            yield replace(base, what=name, obstacle=why)


def _named(word: Word) -> Requirement | None:
    text = spec_text(word)
    return requirement(text) if text is not None else None


def _of_files(
    context: Context, install: Install, base: DevelopmentInstall
) -> Iterator[DevelopmentInstall]:
    options = [o for o in install.pip.options if o.name == "--requirement"]
    stage, before = install.stage, install.run.instruction
    files = {id(o): origin(context, stage, before, o.value) for o in options if o.value}
    for option in options:
        path = files.get(id(option))
        if path is None or not DEVELOPMENT.search(path):
            continue
        others = [p for key, p in files.items() if p and key != id(option)]
        file = read_requirements(context, path)
        own = tuple(r for r in file.requirements if r.file == path)
        found = replace(base, what=path, requirements=own)
        if not own:
            continue
        if problem := next(iter(file.problems), "") or _pins(context, file, own, others):
            yield replace(found, obstacle=problem)
        elif len(file.files) == 1:
            yield replace(found, cut=option.words)
        else:
            yield _of_including(context, install, found, option.value or "", file, others)


def _of_including(
    context: Context,
    install: Install,
    found: DevelopmentInstall,
    path: str,
    file: RequirementsFile,
    others: list[str],
) -> DevelopmentInstall:
    """A file that includes others: what it includes is installed without it."""
    option = next(o for o in install.pip.options if o.name == "--requirement" and o.value == path)
    word = option.value_word
    direct = _included(context, file.path)
    if direct is None or word is None or word.value is None:
        return replace(found, obstacle=f"{file.path} includes more than one file")
    folder = path.rpartition("/")[0]
    inside = f"{folder}/{direct}" if folder else direct
    where = origin(context, install.stage, install.run.instruction, inside)
    if where is None or ".." in direct or where not in file.files:
        return replace(found, obstacle=f"what {file.path} includes is not found in the image")
    if where in others:
        return replace(found, cut=option.words)
    if word.text != word.value and word is option.word:
        return replace(found, obstacle="the option is quoted")
    text = word.text.replace(path, inside)
    return replace(found, put=((word, text),))


def _included(context: Context, path: str) -> str | None:
    """The one file that a requirements file includes with `-r`; None for none, several, or `-c`."""
    text = context.read_text(path) or ""
    found = re.findall(r"(?m)^\s*(-r|--requirement|-c|--constraint)[ =]*(\S+)", text)
    return found[0][1] if len(found) == 1 and found[0][0] in ("-r", "--requirement") else None


def _pins(
    context: Context, file: RequirementsFile, own: tuple[Requirement, ...], others: list[str]
) -> str:
    """Whether a file has a say in the versions of what stays."""
    if file.constraints:
        return f"{file.path} has constraints"
    if any(o.file == file.path and o.name.startswith("--") for o in file.options):
        return f"{file.path} says from where to install"
    kept = {r.name for other in others for r in read_requirements(context, other).requirements}
    kept |= {r.name for r in file.requirements if r.file != file.path}
    both = sorted(kept & {r.name for r in own})
    return f"{file.path} has a say in the version of {both[0]}" if both else ""


def _of_extras(
    context: Context, install: Install, base: DevelopmentInstall
) -> Iterator[DevelopmentInstall]:
    """`.[dev]`: extras of the project."""
    pip = install.pip
    editable = [o.value_word for o in pip.options if o.name == "--editable" and o.value_word]
    for word in (*pip.specs, *editable):
        one = _named(word)
        if one is None or one.kind != PATH or not one.extras or word.text.startswith("-"):
            continue
        stage, before = install.stage, install.run.instruction
        groups = declared(context, project_folder(context, stage, before, one.target)).groups
        for group in groups:
            if group.kind != EXTRA or group.name not in one.extras:
                continue
            if not DEVELOPMENT.search(group.name):
                continue
            left = sorted(one.extras - {group.name})
            text = one.target + (f"[{','.join(left)}]" if left else "")
            text = f'"{text}"' if left else text
            what = f"the extra {group.name} of {group.file}"
            yield replace(base, what=what, requirements=group.requirements, put=((word, text),))
