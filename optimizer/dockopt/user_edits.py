"""Edits that give a stage a user of its own, without storing any file twice."""

from collections.abc import Iterator

from dockopt.facts import Facts
from dockopt.facts.own_user import OwnUser
from dockopt.staging import with_newline
from dockopt.syntax import Instruction
from dockopt.text import Edit, Insert

_MAKE = "useradd --uid {number} --user-group --create-home --shell /usr/sbin/nologin {name}"
"""The group gets the same number: https://manpages.debian.org/bookworm/passwd/useradd.8.en.html"""


def own_user_edits(facts: Facts, plan: OwnUser) -> tuple[Edit, ...]:
    """Makes the user, lets it own what is copied and the folders, and switches to it."""
    return tuple(_edits(facts, plan))


def _edits(facts: Facts, plan: OwnUser) -> Iterator[Edit]:
    document = facts.document
    owner = f"{plan.name}:{plan.group}"
    for copy in plan.copies:
        linked = bool(copy.instruction.flags_named("link"))  # made apart: no user has a name there
        named = f"{plan.number}:{plan.number}" if linked else owner
        yield Insert(copy.instruction.keyword_span.end, f" --chown={named}")
    at = plan.switch.end
    folders = f"chown {owner} {' '.join((*plan.folders, *filter(None, [plan.home])))}"
    if plan.home:
        folders = f"mkdir -p {plan.home} && {folders}"
    lines = [f"RUN {folders}", f"USER {plan.number}"]
    if plan.maker is None:
        make = _MAKE.format(name=plan.name, number=plan.number)
        first = _first(plan)
        if first is None:
            lines = [
                _joined(document.escape, document.newline, make, folders),
                f"USER {plan.number}",
            ]
        elif len(plan.folders) == 1 and plan.has_folder_first:
            yield Insert(
                first, _joined(document.escape, document.newline, make, folders) + document.newline
            )
            lines = [f"USER {plan.number}"]
        else:
            yield Insert(first, f"RUN {make}{document.newline}")
    text = document.newline.join(lines) + document.newline
    yield Insert(at, with_newline(document, at, text), 1)


def _first(plan: OwnUser) -> int | None:
    """Where the user has to be known first, with the comments above; None for the end."""
    if not plan.copies:
        return None
    instruction: Instruction = plan.copies[0].instruction
    return plan.facts.document.attached_start(instruction)


def _joined(escape: str, newline: str, *steps: str) -> str:
    return f"RUN {f' {escape}{newline}    && '.join(steps)}"
