"""Answers that are kept on the object which they are about.

The shell of a RUN is read once for as long as its text stays the same, through all phases and all
attempts; what follows from one of its commands alone need not be found again either.

Answers about texts are forgotten with the Dockerfile that they were found for. To keep them for the
next one saves a twentieth of the work, takes 120 MB after 2,000 Dockerfiles, and costs a quarter of the
time where Python's cycle collector is on, which looks at all of them over and over.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801
        """As in functools, but without the lock that Python 3.11 takes each time."""

        def __init__(self, function: Callable[[Any], Any]) -> None:
            self.function = function
            self.__doc__ = function.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.function(instance)
            return value


__all__ = ["cached_property", "forget_texts", "remembered", "remembered_by_text"]

About = TypeVar("About")
Answer = TypeVar("Answer")
_by_text: list[Callable[[], None]] = []
"""What forgets the answers of each function of texts."""


def forget_texts() -> None:
    """Forgets all answers about texts."""
    for forget in _by_text:
        forget()


def remembered(function: Callable[[About], Answer]) -> Callable[[About], Answer]:
    """Calls `function` once for each object, which has to be immutable and to have a `__dict__`."""
    key = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def answer(about: About) -> Answer:
        kept = about.__dict__
        try:
            found: Answer = kept[key]
        except KeyError:
            found = kept[key] = function(about)
        return found

    return answer


def remembered_by_text(
    most: int,
) -> Callable[[Callable[[str, str], Answer]], Callable[[str, str], Answer]]:
    """Keeps the answers of a function of two texts until the first ones are `most` characters.

    Then all are forgotten. A file that is read again after a change finds what it had before,
    however long it is; `lru_cache` with room for fewer entries than the file has would find nothing.
    """

    def decorate(function: Callable[[str, str], Answer]) -> Callable[[str, str], Answer]:
        kept: dict[tuple[str, str], Answer] = {}
        size = 0

        def forget() -> None:
            nonlocal size
            kept.clear()
            size = 0

        _by_text.append(forget)

        @wraps(function)
        def answer(text: str, more: str) -> Answer:
            nonlocal size
            try:
                return kept[text, more]
            except KeyError:
                found = function(text, more)
            size += len(text)
            if size > most:
                forget()
                size = len(text)
            kept[text, more] = found
            return found

        return answer

    return decorate
