"""Whether a stage is for those who develop or test, rather than for production."""

import re
from pathlib import PurePosixPath

from dockopt.facts.compose_services import all_services
from dockopt.facts.context import Context
from dockopt.model import Dockerfile, Stage

DEVELOPMENT = frozenset(
    (
        "ci",
        "debug",
        "debugger",
        "dev",
        "devcontainer",
        "devel",
        "develop",
        "developer",
        "development",
        "docs",
        "e2e",
        "hot",
        "hotreload",
        "lint",
        "linter",
        "local",
        "localdev",
        "playground",
        "reload",
        "sandbox",
        "shell",
        "test",
        "tester",
        "testing",
        "tests",
        "unittest",
        "watch",
        "workspace",
    )
)
"""Words in the name of a stage or a file that say who it is for."""
_PART = re.compile(r"[^a-z0-9]+")


def for_development(
    dockerfile: Dockerfile, stage: Stage, file: str, context: Context | None
) -> bool:
    """Whether `stage` is for development: by its name, that of the Dockerfile, or compose files.

    Compose files decide where all that build the stage are for development by their own names;
    https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/ says that of `override`.
    """
    if _is_development(stage.name) or _of_dockerfile(file, context):
        return True
    return context is not None and _only_in_development(dockerfile, stage, file, context)


def _is_development(name: str) -> bool:
    return bool(DEVELOPMENT & set(_PART.split(name.lower())))


def _of_dockerfile(file: str, context: Context | None) -> bool:
    """By the name of the Dockerfile; folders count where they are known to be of the project."""
    path = PurePosixPath(file.replace("\\", "/"))
    if ".devcontainer" in path.parts or _is_development(path.name):
        return True
    within = context.dockerfile_path if context is not None else None
    folders = PurePosixPath(within).parts[:-1] if within else path.parts[:-1]
    return (bool(within) or not path.is_absolute()) and any(map(_is_development, folders))


def _only_in_development(dockerfile: Dockerfile, stage: Stage, file: str, context: Context) -> bool:
    name = PurePosixPath(file.replace("\\", "/")).name
    found = [
        _is_development(PurePosixPath(build.file).name) or "override" in build.file
        for build in all_services(context)
        if PurePosixPath(build.dockerfile).name == name
        and (build.target.lower() == stage.name.lower() or (not build.target and stage is dockerfile.stages[-1]))
    ]  # fmt: skip
    return bool(found) and all(found)
