"""Installs of distributions when the container starts: they may need what building needs."""

import re
from pathlib import PurePosixPath

from dockopt.facts.runtime import Place, RuntimeTexts

_IN_SHELL = re.compile(
    r"\bpip[\d.]*\s+(?:install|wheel)\b|\buv\s+(?:sync|pip\s+install)\b"
    r"|\buv\s+run\s+(?!--no-sync)|\b(?:poetry|pipenv|pdm)\s+(?:install|sync|update)\b"
    r"|\bsetup\.py\s+(?:build|install|develop|bdist)"
)
_IN_PYTHON = re.compile(r"""["']-m["'],\s*["']pip["'],\s*["'](?:install|wheel)\b""")
"""Not `pip install x` in a string: that is what messages say."""


def installs_at_run_time(runtime: RuntimeTexts) -> Place | None:
    """Where the commands of an image, or the files that they name, install distributions."""
    named: set[str] = set()
    for instruction in runtime.commands:
        text = " ".join(instruction.value)
        if _IN_SHELL.search(text):
            return Place(instruction.keyword, instruction.start)
        named.update(PurePosixPath(word).name for word in re.findall(r"[\w./-]+", text))
    for path, text in runtime.files or ():
        pattern = _IN_PYTHON if path.endswith(".py") else _IN_SHELL
        if PurePosixPath(path).name in named and pattern.search(text):
            return Place(path, file=path)
    return None
