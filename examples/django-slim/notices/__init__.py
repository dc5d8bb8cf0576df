"""Notices with a picture."""
