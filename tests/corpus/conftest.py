"""The folder of real Dockerfiles that the environment names; tests without one are skipped."""

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from tests.corpus.examining import Examined, examine

FOLDER = "DOCKOPT_CORPUS"
PROCESSES = 2


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    """All `*.Dockerfile` files below the folder, in order."""
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"{FOLDER} names no folder of Dockerfiles")
    files = sorted(Path(folder).rglob("*.Dockerfile"))
    if not files:
        pytest.fail(f"{FOLDER}={folder} holds no *.Dockerfile")
    return files


@pytest.fixture(scope="session")
def examined(corpus: list[Path]) -> list[Examined]:
    """Every file, read and rewritten once."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        return list(pool.map(examine, corpus, chunksize=20))
