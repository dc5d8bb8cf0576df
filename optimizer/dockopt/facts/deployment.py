"""Files that start an image rather than go into it: compose files, manifests, settings of hosts.

They count though `.dockerignore` leaves them out of the context, and compose files also where they
lie above it: what a health check or a command in them calls has to be in the image.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dockopt.facts.listing import read_regular

MAX_LEVELS = 4
"""Compose files are looked for in so many folders above the context, up to a repository's root."""
MAX_CHARACTERS = 262_144
_COMPOSE = re.compile(r"^[\w.-]*compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_SETTINGS = re.compile(
    r"(?:^|/)(?:Procfile[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml|fly(?:\.[\w-]+)?\.toml|"
    r"(?:render|heroku|app)\.ya?ml|railway\.(?:json|toml)|app\.json)$",
    re.IGNORECASE,
)
_MANIFEST = re.compile(
    r"^kind:\s*(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|CronJob|Rollout)\b",
    re.MULTILINE,
)
_COMMAND = re.compile(
    r"""(?:command|entrypoint|test|cmd)["']?\s*[:=]\s*[\["']*([\w.+-]+)|^\s*-\s+["']?([\w.+-]+)"""
)
_WORD = re.compile(r"[A-Za-z0-9_+][A-Za-z0-9_+.-]*")
_COMMENT = re.compile(r"""^(?:[^"'#]|"[^"]*"|'[^']*'|(?<!\s)#)*?(?=\s\#)""")
"""What stands before a comment: a `#` after white space and outside of quotes."""


def is_deployment(path: str) -> bool:
    """Whether a file starts containers, by its name."""
    return bool(_SETTINGS.search(path))


def is_manifest(text: str) -> bool:
    """Whether a text says what Kubernetes runs: https://kubernetes.io/docs/concepts/workloads/"""
    return bool(_MANIFEST.search(text))


def deployment_words(text: str, everyday: frozenset[str]) -> Iterator[str]:
    """The words that may name programs; `everyday` words only where a command begins with them."""
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        if " #" in line and (said := _COMMENT.match(line)):
            line = said[0]
        yield from (word for word in _WORD.findall(line) if word not in everyday)
        yield from (match[1] or match[2] for match in _COMMAND.finditer(line))


def compose_above(root: Path) -> tuple[tuple[str, str], ...]:
    """Compose files above `root`, each with its text; none where that is in no repository."""
    folder = root.absolute()
    found: list[tuple[str, str]] = []
    for level in range(MAX_LEVELS + 1):
        found += _compose_in(folder, "../" * level) if level else ()
        if (folder / ".git").exists():
            return tuple(found)
        folder = folder.parent
    return ()


def _compose_in(folder: Path, shown: str) -> Iterator[tuple[str, str]]:
    """The compose files of a folder that is shown as `shown`, with their texts."""
    try:
        names = sorted(path.name for path in folder.iterdir() if _COMPOSE.match(path.name))
    except OSError:
        return
    for name in names:
        text = read_regular(folder / name)
        if text is not None and len(text) <= MAX_CHARACTERS:
            yield shown + name, text
