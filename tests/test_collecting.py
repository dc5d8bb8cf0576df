import gc

import pytest

from dockopt import rewrite
from dockopt.collecting import without_collection


def test_the_collector_is_as_before_afterwards() -> None:
    assert gc.isenabled()

    with without_collection():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_an_error_turns_it_on_again() -> None:
    with pytest.raises(ValueError, match="stop"), without_collection():
        raise ValueError("stop")

    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with without_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_rewrite_leaves_no_cycles_to_collect() -> None:
    """What is not held in cycles is freed at once, collector or not."""
    text = "FROM python:3.12 AS a\nRUN apt-get update && apt-get install -y gcc\nFROM a\nRUN pip install x\n"
    rewrite(text)
    gc.collect()
    gc.disable()
    try:
        rewrite(text)
        assert gc.collect() == 0
    finally:
        gc.enable()
