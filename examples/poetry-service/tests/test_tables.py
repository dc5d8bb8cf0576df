from tides.tables import next_turn


def test_next_turn_is_the_first_one_after_the_minute() -> None:
    assert next_turn("north", 76) == (450, 96)
