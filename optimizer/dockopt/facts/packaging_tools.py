"""Whether the application itself uses pip, setuptools or wheel."""

import re

from dockopt.facts.installs import installs
from dockopt.facts.runtime import RuntimeTexts
from dockopt.model import Dockerfile, Stage

_TOOLS = {
    "pip": re.compile(r"(?:^\s*(?:from|import)\s+pip\b|\bpip3?\s+(?:install|download|list|freeze|show)\b|-m[\"', ]+pip\b|\bspacy[\"', ]+download\b)", re.MULTILINE),
    "setuptools": re.compile(
        r"^\s*(?:from|import)\s+(?:setuptools|pkg_resources|distutils)\b|setup\.py", re.MULTILINE
    ),
    "wheel": re.compile(r"^\s*(?:from|import)\s+wheel\b|bdist_wheel", re.MULTILINE),
}
EVERYTHING = tuple(_TOOLS)


def used_tools(dockerfile: Dockerfile, stage: Stage, runtime: RuntimeTexts) -> dict[str, str]:
    """The tools that the application uses, each with the reason; all where that cannot be known."""
    if runtime.files is None:
        return dict.fromkeys(EVERYTHING, "it is not known what the application uses")
    used: dict[str, str] = {}
    for name, pattern in _TOOLS.items():
        if place := runtime.mentions(pattern):
            used[name] = f"{place} uses it"
        for link in stage.chain:
            for run in link.runs:
                if pattern.search(run.logical.text):
                    used.setdefault(name, f"line {run.instruction.line} uses it")
    for receiver in (s for s in dockerfile.stages if stage in s.chain):
        if installs(receiver, frozenset()):
            used.setdefault("pip", f"stage {receiver.reference} installs with it")
    return used
