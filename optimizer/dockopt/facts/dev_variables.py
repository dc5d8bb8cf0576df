"""Variables of an image that turn on what only developers need."""

from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.dev_use import DevUse
from dockopt.facts.runtime import texts_of
from dockopt.knowledge.dev_servers import DEVELOPMENT_VALUES, SWITCHES, TRUTHS
from dockopt.model import Dockerfile, Stage
from dockopt.syntax import Instruction
from dockopt.syntax.words import words as split_words
from dockopt.text import Span


def dev_variables(
    dockerfile: Dockerfile, stage: Stage, context: Context | None
) -> Iterator[DevUse]:
    """The variables of a stage that turn development on, with their edits where these are exact."""
    environment = stage.final_environment
    for name, switch in SWITCHES.items():
        value = environment.get(name)
        if isinstance(value, str) and value in TRUTHS:
            instead = switch.instead or f"set it to {TRUTHS[value]}, or leave it out"
            off = TRUTHS[value] if switch.exact else ""
            yield from _of_variable(dockerfile, stage, name, value, off, switch.costs, instead)
    for name, (value, default, costs) in DEVELOPMENT_VALUES.items():
        if environment.get(name) == value:
            off = default if not _may_be_read(name, context) else ""
            instead = f"set it to {default}, or leave it out" if default else "leave it out"
            yield from _of_variable(dockerfile, stage, name, value, off, costs, instead)


def _may_be_read(name: str, context: Context | None) -> bool:
    """Whether a source of the project may decide by the variable too."""
    files = texts_of(context).files if context is not None else None
    return files is None or any(name in text for path, text in files if path.endswith(".py"))


def _of_variable(
    dockerfile: Dockerfile, stage: Stage, name: str, value: str, off: str, costs: str, instead: str
) -> Iterator[DevUse]:
    holder = next((i for link in stage.chain for i in reversed(link.of("ENV")) if name in i.value[::2]),
                  None)  # fmt: skip
    if holder is None:
        return
    source = dockerfile.document.source
    own = dockerfile.stage_of(holder) is stage and not dockerfile.children(stage)
    own = own and f"${name}" not in source and f"${{{name}" not in source
    span = _value_span(holder, name, value, dockerfile.document.escape) if own and off else None
    yield DevUse(
        stage, holder, f"{name}={value}", costs, instead,
        value=(span, off) if span else None, variable=name,
    )  # fmt: skip


def _value_span(instruction: Instruction, name: str, value: str, escape: str) -> Span | None:
    """Where the value of a variable stands in an ENV; None where it is not written as it is."""
    body = instruction.body
    found = split_words(body.text, escape)
    if found and "=" not in found[0].text:
        places = [(found[1].text, found[1].start)] if len(found) == 2 else []
    else:
        places = [
            (word.text.partition("=")[2], word.start + len(name) + 1)
            for word in found
            if word.text.partition("=")[0] == name
        ]
    if not places:
        return None
    text, start = places[-1]
    bare = text.strip("\"'")
    start += text.find(bare)
    return body.span(start, start + len(bare)) if bare == value else None
