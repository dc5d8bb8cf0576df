"""The Dockerfiles to measure with: from all over the corpus, or this repository's own."""

import os
from pathlib import Path

FOLDER = "DOCKOPT_CORPUS"
ROOT = Path(__file__).resolve().parents[1]


def dockerfiles(count: int) -> tuple[str, list[Path]]:
    """Where the files come from, and at most `count` of them, always the same ones."""
    folder = os.environ.get(FOLDER)
    if folder:
        found = sorted(Path(folder).rglob("*.Dockerfile"))
        origin = f"{len(found)} files in ${FOLDER}"
    else:
        found = sorted(
            [*ROOT.glob("examples/*/Dockerfile"), *ROOT.glob("snapshots/**/*Dockerfile")]
        )
        origin = f"this repository ({FOLDER} is not set)"
    if not found:
        raise SystemExit(f"no Dockerfiles: {origin}")
    count = min(count, len(found))
    return origin, [found[index * len(found) // count] for index in range(count)]


def text_of(path: Path) -> str:
    """The file as dockopt reads it."""
    return path.read_bytes().decode("utf-8", "surrogateescape")
