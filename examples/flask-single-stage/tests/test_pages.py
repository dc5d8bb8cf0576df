"""The pages, without a database."""

from parcels import create_app


def test_health_names_the_depot() -> None:
    """The default depot is the southern one."""
    assert create_app().test_client().get("/health").json["depot"] == "south"


def test_an_unknown_parcel_has_a_page() -> None:
    """Without a server every place is unknown."""
    assert b"unknown" in create_app().test_client().get("/parcels/42").data
