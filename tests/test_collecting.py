import gc

import pytest

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
