"""The Dockerfile as BuildKit understands it: stages, typed instructions, images and variables."""

from dockopt.model.copying import Copy
from dockopt.model.dockerfile import Dockerfile, build
from dockopt.model.images import ImageReference, PythonTag
from dockopt.model.running import Mount, Run, shell_script
from dockopt.model.stages import Stage
from dockopt.model.variables import Scope, Unknown, expand

__all__ = [
    "Copy",
    "Dockerfile",
    "ImageReference",
    "Mount",
    "PythonTag",
    "Run",
    "Scope",
    "Stage",
    "Unknown",
    "build",
    "expand",
    "shell_script",
]
