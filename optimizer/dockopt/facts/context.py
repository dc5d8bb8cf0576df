"""The build context: which files there are, and what they say. Read only, bounded, no link followed."""

from pathlib import Path


class Context:
    """A folder that is sent to the builder."""

    def __init__(self, root: Path, dockerfile: str) -> None:
        self.root = root
        self.dockerfile = dockerfile

    @classmethod
    def open(cls, root: Path, dockerfile: str = "Dockerfile") -> "Context":
        """Opens the folder `root`."""
        return cls(root, dockerfile)
