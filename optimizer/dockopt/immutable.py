"""Dataclasses that nobody changes, at the price of ordinary ones, and cheap to define."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

__all__ = ["immutable"]

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
def immutable(
    *, eq: bool = True, order: bool = False, slots: bool = False
) -> Callable[[type[Kind]], type[Kind]]:
    """`dataclass(frozen=True)` for nodes that are made by the thousand.

    That nothing is assigned to is what the type checker sees to. Python's own way costs a call for
    each field of each object, which took a fifth of the time of a rewrite; and it compiles each of
    its methods for each class, which took a fifth of the start. Only `__init__` is worth that.
    """
    if order:
        return dataclass(order=True, slots=slots, unsafe_hash=True)
    plain = dataclass(eq=False, repr=False, slots=slots)

    def decorate(cls: type[Kind]) -> type[Kind]:
        made = plain(cls)
        methods = {"__repr__": _repr, **(_comparing(made) if eq else {})}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(made, name, method)
        return made

    return decorate


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _comparing(cls: Any) -> dict[str, Callable[..., Any]]:
    """Equality and hash of a class, by the fields that count."""
    names = [f.name for f in fields(cls) if f.compare]
    key: Callable[[Any], object] = attrgetter(*names) if names else lambda self: ()  # noqa: ARG005

    def equal(self: Any, other: object) -> Any:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    def digest(self: Any) -> int:
        return hash(key(self))

    return {"__eq__": equal, "__hash__": digest}
