"""The folder of real Dockerfiles that the environment names; tests without one are skipped."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
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
    # The oracle has a Go runtime with threads in it, which does not survive a fork: it hangs.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(examine, corpus, chunksize=20))
