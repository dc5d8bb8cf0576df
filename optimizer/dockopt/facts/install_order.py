"""Installs behind a COPY of the code that could stand before it; `facts.install_moves` looks closer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockopt.facts.bases import is_windows
from dockopt.facts.container import Facts
from dockopt.model import Copy

if TYPE_CHECKING:
    from dockopt.facts.install_moves import LateInstall, NotMovable

_INSTALLERS = re.compile(r"\bpip|\buv\b|\bpoetry\b|\bpipenv\b|\bpdm\b")


def late_installs(facts: Facts) -> Iterator[LateInstall | NotMovable]:
    """The COPYs of code that installs stand behind; of those that have to stay, one for a stage."""
    for stage in facts.dockerfile.stages:
        candidates = [copy for copy in stage.copies if _is_of_folder(facts, copy)]
        if not candidates or not any(_INSTALLERS.search(run.logical.text) for run in stage.runs):
            continue
        if is_windows(stage) or stage.of("ONBUILD"):
            continue
        from dockopt.facts.install_moves import NotMovable, move_before

        found = [
            late for copy in candidates if (late := move_before(facts, stage, copy)) is not None
        ]
        declined = [late for late in found if isinstance(late, NotMovable)]
        yield from (late for late in found if late not in declined)
        yield from declined[:1]


def _is_of_folder(facts: Facts, copy: Copy) -> bool:
    """Whether a COPY brings one folder of the build context, and code in it."""
    if len(copy.sources) != 1 or copy.from_ is not None:
        return False
    if copy.sources[0] in (".", "./", "/"):
        return True
    if facts.context is None or not facts.context.is_dir(copy.sources[0]):
        return False
    return any(name.endswith(".py") for name in facts.context.files_under(copy.sources[0]))
