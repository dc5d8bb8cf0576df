"""Edits of a RUN that make it install the project with other extras and dependency groups."""

from collections.abc import Iterable, Iterator

from dockopt.editing import RunEditor
from dockopt.facts.extra_choices import CHOOSING, Choice, NotChosen, excluded, requirement_parts
from dockopt.facts.project_groups import ProjectGroups
from dockopt.facts.variant import Variant, normalised
from dockopt.model import Run
from dockopt.remarks import left_alone, without
from dockopt.syntax import Document
from dockopt.text import Edit


def chosen_edits(
    document: Document,
    run: Run,
    found: Iterable[Choice],
    variant: Variant,
    groups: ProjectGroups,
) -> tuple[Edit, ...]:
    """The edits with which `run` installs what `variant` has, none where it does already.

    What a condition adds to all that is chosen otherwise, it still adds. Raises NotChosen where an
    installer cannot choose that.
    """
    choices = list(found)
    base = _always_chosen([choice for choice in choices if choice.conditional], run)
    editor = RunEditor(document, run)
    for choice in choices:
        kept = choice.selected - base if choice.conditional else frozenset[str]()
        names = {normalised(name): name for name in variant.extras}
        wanted = [*names.values(), *sorted(kept - names.keys())]
        if choice.known and choice.selected == {normalised(name) for name in wanted}:
            continue
        if choice.tool == "pip":
            _requirement(editor, choice, wanted, groups)
        else:
            _options(editor, choice, wanted, groups)
    edits = editor.edits()
    return (*edits, *without(left_alone(document, run, edits)))


def _always_chosen(conditional: list[Choice], run: Run) -> frozenset[str]:
    """What every branch chooses; one branch has to choose just that, for the others to add to."""
    if not conditional:
        return frozenset()
    sets = [choice.selected for choice in conditional]
    base = frozenset.intersection(*sets)
    if base not in sets or not all(choice.known for choice in conditional):
        raise NotChosen(
            f"line {run.instruction.line} chooses the extras by a condition, and none of its branches "
            "is the one that the others add to"
        )
    return base


def _requirement(
    editor: RunEditor, choice: Choice, wanted: list[str], groups: ProjectGroups
) -> None:
    """`.[a]` with other extras; brackets are quoted, for they are a pattern of file names."""
    if strange := [name for name in wanted if normalised(name) not in groups.extras]:
        raise NotChosen(
            f"{strange[0]} is a dependency group, which pip does not install with a project"
        )
    start, end, quoted = requirement_parts(choice.word)
    extras = f"[{','.join(wanted)}]" if wanted else ""
    if quoted or not extras:
        editor.replace(start, end, extras)
        return
    path = choice.word.start + (len("-e") if choice.word.text.startswith("-e") else 0)
    editor.insert_before(path, '"')
    editor.replace(start, end, f'{extras}"')


def _options(editor: RunEditor, choice: Choice, wanted: list[str], groups: ProjectGroups) -> None:
    tool = choice.tool.partition(" ")[0]
    values = {name: _parts(choice, name) for name, _, _ in choice.options}
    if choice.tool == "uv pip" and any(normalised(n) not in groups.extras for n in wanted):
        raise NotChosen("`uv pip install` takes dependency groups by other means")
    gone = {*CHOOSING[tool]} - {"--dev"} if tool == "uv" else {*CHOOSING[tool]}
    editor.remove_words(w for name, _, words in choice.options if name in gone for w in words)
    added = list(_CHOOSE[tool](wanted, groups))
    if tool == "poetry" and "--only" in values:
        added = list(_poetry_only(editor, choice, wanted, groups))
    elif choice.tool != "uv pip":
        left = groups.default - excluded(values, groups) - {normalised(name) for name in wanted}
        added += _leave_out(tool, sorted(left), wanted, groups)
    if added:
        editor.insert_after(choice.word.end, " " + " ".join(added))


def _parts(choice: Choice, wanted: str) -> frozenset[str]:
    values = (value for name, value, _ in choice.options if name == wanted)
    return frozenset(normalised(part) for value in values for part in value.split(",") if part)


def _is_group(name: str, groups: ProjectGroups) -> bool:
    return normalised(name) not in groups.extras


def _for_uv(wanted: list[str], groups: ProjectGroups) -> Iterator[str]:
    for name in wanted:
        yield f"--group {name}" if _is_group(name, groups) else f"--extra {name}"


def _for_poetry(wanted: list[str], groups: ProjectGroups) -> Iterator[str]:
    yield from (f"--extras {name}" for name in wanted if not _is_group(name, groups))
    named = [name for name in wanted if _is_group(name, groups)]
    if named:
        yield f"--with {','.join(named)}"


def _for_pdm(wanted: list[str], _: ProjectGroups) -> Iterator[str]:
    yield from (f"-G {name}" for name in wanted)


_CHOOSE = {"uv": _for_uv, "poetry": _for_poetry, "pdm": _for_pdm}


def _poetry_only(
    editor: RunEditor, choice: Choice, wanted: list[str], groups: ProjectGroups
) -> Iterator[str]:
    """Behind `--only`, groups are named there: `--with` would be ignored.

    https://python-poetry.org/docs/managing-dependencies/#installing-group-dependencies
    """
    named = [name for name in wanted if _is_group(name, groups)]
    for name, value, words in choice.options:
        if name == "--only" and {*value.split(",")} - {"main"} - {*named}:
            raise NotChosen(f"`poetry install --only {value}` chooses groups of its own")
        if name == "--only":
            editor.remove_words(words)
    yield f"--only {','.join(['main', *named])}"
    yield from (f"--extras {name}" for name in wanted if not _is_group(name, groups))


def _leave_out(
    tool: str, left: list[str], wanted: list[str], groups: ProjectGroups
) -> Iterator[str]:
    """The options that keep out groups which are installed unless told otherwise."""
    if not left:
        return
    if tool == "uv":
        yield from ("--no-dev" if name == "dev" else f"--no-group {name}" for name in left)
    elif tool == "poetry":
        yield f"--without {','.join(left)}"
    elif any(_is_group(name, groups) for name in wanted):
        raise NotChosen("PDM leaves out all development groups or none")
    else:
        yield "--prod"
