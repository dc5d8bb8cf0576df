"""Dockerfiles for the made-up transforms of these tests."""

from collections.abc import Callable

from click.testing import Result

Dockopt = Callable[..., Result]

MENDABLE = "FROM python:3.12-slim\nRUN mend AAA\n"
MENDED = "FROM python:3.12-slim\nRUN mend BBB\n"
FINE = "FROM python:3.12-slim\nRUN true\n"
BROKEN = "FROM python:3.12-slim\nWALK away\n"
