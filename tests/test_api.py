"""What transforms may import: the names that type checkers see are those that there are."""

import ast
import importlib
from pathlib import Path

import pytest

from dockopt import api

SOURCE = Path(api.__file__).read_text(encoding="utf-8")


def imported() -> dict[str, tuple[str, str]]:
    """Every name that the file imports from elsewhere, for type checkers alone or for all."""
    statements = [n for n in ast.walk(ast.parse(SOURCE)) if isinstance(n, ast.ImportFrom)]
    return {
        alias.asname or alias.name: (str(statement.module), alias.name)
        for statement in statements
        for alias in statement.names
        if str(statement.module).startswith("dockopt")
    }


def test_every_name_is_that_of_its_module() -> None:
    assert sorted(imported()) == sorted(api.__all__)
    for name, (module, original) in imported().items():
        assert getattr(api, name) is getattr(importlib.import_module(module), original), name


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        getattr(api, "frobnicate")  # noqa: B009 - a type checker would refuse it otherwise
