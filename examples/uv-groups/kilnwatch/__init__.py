"""Kilnwatch: scores the firing curve of a pottery kiln."""

__version__ = "0.4.0"
