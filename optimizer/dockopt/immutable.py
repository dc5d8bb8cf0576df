"""Dataclasses that nobody changes, at the price of ordinary ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

__all__ = ["immutable"]

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
def immutable(
    *, eq: bool = True, order: bool = False, slots: bool = False
) -> Callable[[type[Kind]], type[Kind]]:
    """`dataclass(frozen=True)` for nodes that are made by the thousand.

    That nothing is assigned to is what the type checker sees to. Python's own way costs a call for
    each field of each object, which took a fifth of the time of a rewrite.
    """
    return dataclass(eq=eq, order=order, slots=slots, unsafe_hash=eq)
