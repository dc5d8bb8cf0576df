"""Tides: high and low water at the quays."""
