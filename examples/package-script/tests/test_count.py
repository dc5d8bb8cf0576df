"""The counter in C."""

from loglens._count import by_status


def test_every_class_has_its_place() -> None:
    """Lines without a status are not counted."""
    log = b'a "GET /" 200 1\nb "GET /" 404 1\nnothing here\nc "GET /" 201 1\n'
    assert by_status(log) == (0, 2, 0, 1, 0)
