"""Facts about a Dockerfile and its build context: one file a question, answered once and kept."""

from dockopt.facts.container import Facts
from dockopt.facts.context import Context

__all__ = ["Context", "Facts"]
