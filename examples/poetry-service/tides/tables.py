"""The tables of the harbour office: minutes after midnight, and the height in centimetres."""

from sortedcontainers import SortedDict

QUAYS = {
    "north": SortedDict({75: 412, 450: 96, 820: 398, 1195: 110}),
    "south": SortedDict({95: 377, 470: 88, 840: 365, 1215: 101}),
}


def next_turn(quay: str, minute: int) -> tuple[int, int]:
    """Return the next turn of the tide at or after `minute`: when, and how high the water is."""
    table = QUAYS[quay]
    at = table.bisect_left(minute) % len(table)
    return table.peekitem(at)
