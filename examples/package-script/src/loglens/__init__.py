"""Loglens: counts what is in an access log."""
