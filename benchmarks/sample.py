"""The Dockerfiles that are measured."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_FILES = 400


def files() -> tuple[list[Path], str]:
    """A sample spread evenly over the corpus, or the project's own Dockerfiles; and what it is."""
    corpus = os.environ.get("DOCKOPT_CORPUS")
    if not corpus:
        own = sorted([*ROOT.glob("examples/*/Dockerfile"), *ROOT.glob("tests/**/cases/*/Dockerfile")])
        return own, f"{len(own)} Dockerfiles of this project; DOCKOPT_CORPUS is not set"
    found = sorted(Path(corpus).rglob("*.Dockerfile"))
    wanted = int(os.environ.get("DOCKOPT_BENCHMARK_FILES", DEFAULT_FILES))
    step = max(1, len(found) // wanted)
    sample = found[::step]
    return sample, f"{len(sample)} of the {len(found)} Dockerfiles in DOCKOPT_CORPUS"


def text_of(path: Path) -> str:
    """The text of a Dockerfile, its bytes preserved."""
    return path.read_bytes().decode("utf-8", "surrogateescape")
