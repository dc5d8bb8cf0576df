"""Figures that tests measured, by title; printed when the test run ends."""

FIGURES: dict[str, list[str]] = {}


def report(title: str, lines: list[str]) -> None:
    """Has `lines` printed under `title` at the end of the run."""
    FIGURES[title] = lines
