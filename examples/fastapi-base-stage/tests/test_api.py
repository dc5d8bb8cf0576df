"""The service over HTTP."""

from fastapi.testclient import TestClient

from app.main import app


def test_health_answers() -> None:
    """A fresh service is healthy."""
    with TestClient(app) as client:
        assert client.get("/health").json()["status"] == "ok"


def test_a_booking_is_kept() -> None:
    """What was booked is listed."""
    wanted = {"vessel": "Curlew", "berth": 12, "arrives": "2030-06-01"}
    with TestClient(app) as client:
        made = client.post("/bookings", json=wanted)
        assert made.status_code == 201
        assert made.json() in client.get("/bookings").json()
