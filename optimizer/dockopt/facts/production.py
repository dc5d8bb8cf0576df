"""Where an image that is shipped may hold development dependencies; `facts.surplus` looks closer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockopt.facts.bases import is_windows
from dockopt.facts.container import Facts
from dockopt.facts.shipping import contributing_stages
from dockopt.model import Run, Stage

if TYPE_CHECKING:
    from dockopt.facts.surplus import Surplus

_IN_PIP = re.compile(
    r"pytest|black|flake8|mypy|pylint|isort|ruff|coverage|\btox\b|\bnox\b|pre-commit|ipdb|pudb|bandit|nose"
    r"|mock|pep8|pycodestyle|pyflakes|autopep8|yapf|twine|dev|test|local\b|lint|\bci\b|qa|codespell|typing"
    r"|hypothesis|vulture|radon|respx|types-|docformatter|model-bakery|style|factory|autoflake|bump2"
)
MANAGERS = re.compile(r"\bpoetry\b|\buv\b|\bpipenv\b|\bpdm\b")


def surpluses(facts: Facts) -> Iterator[Surplus]:
    """What the stages of the target, and those that it copies from, install for developers."""
    for stage in stages_of_image(facts):
        runs = [run for run in stage.runs if _may_install_tools(facts, run)]
        if runs and not is_windows(stage):
            from dockopt.facts.surplus import surplus_of

            yield from (s for run in runs if (s := surplus_of(facts, stage, run)) is not None)


def stages_of_image(facts: Facts) -> tuple[Stage, ...]:
    """The stages of the target's chain, and those that it takes anything from."""
    return contributing_stages(facts.dockerfile, (facts.dockerfile.target,))


def _may_install_tools(facts: Facts, run: Run) -> bool:
    managed = facts.context is not None and MANAGERS.search(run.logical.text) is not None
    return managed or may_name_tools(facts, run)


def may_name_tools(facts: Facts, run: Run) -> bool:
    """Whether a pip command names anything that looks like a tool; the rest is slower to find."""
    text = run.logical.text
    return any(
        pip.action == "install" and _IN_PIP.search(text, pip.command.start, pip.command.end)
        for pip in facts.pip.get(run.instruction.span.start, ())
    )
