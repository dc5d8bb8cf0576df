"""CPU seconds, those of finished child processes included."""

import resource
from collections.abc import Callable


def cpu_seconds(work: Callable[[], object]) -> float:
    """User and system seconds that `work` takes, in this process and its children."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total
