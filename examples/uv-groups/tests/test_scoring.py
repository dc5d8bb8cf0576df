"""Scoring and its HTTP side."""

import pytest
from fastapi.testclient import TestClient

from kilnwatch.curves import REFERENCE
from kilnwatch.main import app
from kilnwatch.scoring import classify


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_a_slightly_cooler_reference_is_recognised(name: str) -> None:
    """Ten degrees do not make another firing."""
    assert classify([degrees - 10 for degrees in REFERENCE[name]]) == name


def test_a_short_curve_is_refused() -> None:
    """The answer says how many temperatures are wanted."""
    answer = TestClient(app).post("/firings/kind", json=[20.0])
    assert answer.status_code == 422
    assert "10 temperatures" in answer.text
