"""Settings of Poetry, PDM and Pipenv: variables, `poetry config` commands, `poetry.toml`.

https://python-poetry.org/docs/configuration/: a variable goes before the project's own file, and that
one before what `poetry config` wrote for the user. PDM and Pipenv read variables first as well.
"""

from dockopt.facts.context import Context
from dockopt.facts.installer_commands import InstallerCommand, installer_commands
from dockopt.facts.toml_tables import toml_tables
from dockopt.model import Run, Stage, Unknown
from dockopt.shell import Script

TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})


def variable(stage: Stage, run: Run, command: InstallerCommand, name: str) -> str | Unknown | None:
    """The variable that a command sees, None where nothing in the Dockerfile sets it.

    It may be set for the command alone, by the script before it, or by ENV or ARG.
    """
    alone = dict(command.environment)
    if name in alone:
        return Unknown(f"{name} is not known") if alone[name] is None else alone[name]
    if name in run.logical.text and (found := _in_script(run, command, name)):
        return found
    value = stage.scope_at(run.instruction).values.get(name)
    return value if value is None or isinstance(value, Unknown) else value or None


def _in_script(run: Run, command: InstallerCommand, name: str) -> str | Unknown | None:
    """What an `export` or an assignment before the command makes of it."""
    found: str | Unknown | None = None
    for other in run.script.commands if isinstance(run.script, Script) else ():
        if other.start >= command.command.start:
            break
        if other.name == "unset" and name in other.values:
            found = ""
        elif not other.words or other.name in ("export", "declare"):
            for variable_name, word in other.assignments:
                if variable_name == name:
                    known = word.value if word else ""
                    found = Unknown(f"{name} is not known") if known is None else known
    return found


def is_true(value: str | Unknown | None) -> bool | None:
    """What a variable means as a truth value, None where it is not set or not known."""
    if value is None or isinstance(value, Unknown):
        return None
    return value.strip().lower() in TRUE


def setting(
    stage: Stage,
    run: Run,
    command: InstallerCommand,
    key: str,
    context: Context | None,
    folders: tuple[str, ...] = (),
) -> str | Unknown | None:
    """A setting such as `virtualenvs.create`, None where it has its default.

    `folders` are those of the build context in which the project's manifest is.
    """
    name = f"{command.tool}_{key}".upper().replace(".", "_").replace("-", "_")
    found = variable(stage, run, command, name)
    if found is not None:
        return found
    written = _configured(stage, run, command, key)
    local = _local(context, folders, key) if command.tool == "poetry" else None
    if local is not None and written is not None and local != written:
        return Unknown(f"{key} is set in poetry.toml and by poetry config")
    return local if local is not None else written


def _configured(
    stage: Stage, run: Run, command: InstallerCommand, key: str
) -> str | Unknown | None:
    """What the last `poetry config KEY VALUE` before the command wrote."""
    found: str | Unknown | None = None
    for link in reversed(stage.chain):
        for other in link.runs:
            if link is stage and other.instruction.start > run.instruction.start:
                break
            for said in installer_commands(other):
                same = other is run and said.command.start >= command.command.start
                if same or said.tool != command.tool or said.action != "config" or not said.rest:
                    continue
                if said.rest[0].value == key and len(said.rest) > 1:
                    value = said.rest[1].value
                    found = Unknown(f"{key} is not known") if value is None else value
                elif said.rest[0].value == key and said.has("--unset"):
                    found = None
    return found


def _local(context: Context | None, folders: tuple[str, ...], key: str) -> str | Unknown | None:
    if context is None:
        return None
    for folder in folders:
        path = f"{folder}/poetry.toml" if folder else "poetry.toml"
        text = context.read_text(path) if context.exists(path) and context.sent(path) else None
        if text is None:
            continue
        found: object = toml_tables(text)
        if found is None:
            return Unknown(f"{path} cannot be read")
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if found is not None:
            return str(found).lower()
    return None
