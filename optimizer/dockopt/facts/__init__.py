"""Facts about a Dockerfile and its build context: one file a question, answered once and kept."""

from dockopt.facts.container import Facts

__all__ = ["Facts"]
