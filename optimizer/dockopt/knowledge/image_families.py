"""Families of base images: what installs their packages, and whether they bring an interpreter.

An image that is not known here may be anything; recognising one says no more than is written here.
"""

import re
from functools import lru_cache

from dockopt.immutable import immutable
from dockopt.knowledge.base_images import official_name

__all__ = ["Family", "family"]


@immutable(slots=True)
class Family:
    """What images of one kind have in common."""

    name: str
    packages: str
    """What installs their packages: `apt`, `apk`, `dnf`, `conda`, or empty for none."""
    has_python: bool
    """Whether an interpreter that is not the distribution's own comes with it."""
    smaller: str = ""
    """The same interpreter or libraries in a smaller image, in words; empty where none is known."""
    source: str = ""


_FAMILIES: tuple[tuple[re.Pattern[str], Family], ...] = tuple(
    (re.compile(pattern), found)
    for pattern, found in (
        (
            r"(?:docker\.io/)?continuumio/(?:mini|ana)conda3?",
            Family("conda on Debian", "conda", True, source="https://hub.docker.com/u/continuumio"),
        ),
        (
            r"(?:quay\.io/)?condaforge/(?:miniforge3|mambaforge)(?:-pypy3)?",
            Family("conda on Ubuntu", "conda", True, source="https://github.com/conda-forge/miniforge-images"),
        ),
        (
            r"mambaorg/micromamba",
            Family(
                "micromamba on Debian", "conda", False,
                source="https://micromamba-docker.readthedocs.io/",
            ),
        ),
        (
            r"ghcr\.io/astral-sh/uv",
            Family(
                "uv upon the official Python image", "apt", True,
                "uv is needed for installing alone: the official slim image runs what it installed",
                "https://docs.astral.sh/uv/guides/integration/docker/",
            ),
        ),
        (
            r"(?:nvcr\.io/)?nvidia/cuda",
            Family(
                "CUDA upon Ubuntu or Red Hat", "apt", False,
                "`devel` has the compiler, `runtime` the libraries, `base` the driver interface alone",
                "https://gitlab.com/nvidia/container-images/cuda/blob/master/doc/README.md",
            ),
        ),
        (
            r"tiangolo/(?:uvicorn-gunicorn(?:-fastapi|-starlette)?|meinheld-gunicorn(?:-flask)?"
            r"|uwsgi-nginx(?:-flask)?)",
            Family(
                "a web server upon the official Python image", "apt", True,
                "its maker advises to start from the official Python image instead",
                "https://github.com/tiangolo/uvicorn-gunicorn-fastapi-docker",
            ),
        ),
        (
            r"(?:public\.ecr\.aws/)?bitnami(?:legacy)?/python",
            Family("Bitnami's Python on Debian", "apt", True, source="https://hub.docker.com/r/bitnami/python"),
        ),
        (
            r"(?:public\.ecr\.aws/lambda/python|amazon/aws-lambda-python)",
            Family(
                "AWS Lambda's Python on Amazon Linux", "dnf", True,
                source="https://docs.aws.amazon.com/lambda/latest/dg/python-image.html",
            ),
        ),
        (
            r"gcr\.io/distroless/python3?(?:-debian\d+)?",
            Family(
                "Debian's Python without a shell", "", False,
                source="https://github.com/GoogleContainerTools/distroless",
            ),
        ),
        (
            r"cgr\.dev/chainguard/python",
            Family("Chainguard's Python on Wolfi", "apk", True, source="https://images.chainguard.dev/"),
        ),
        (
            r"registry\.(?:access\.)?redhat\.(?:com|io)/ubi\d+(?:-minimal)?(?:/python-\d+(?:-minimal)?)?",
            Family("Red Hat's universal base image", "dnf", False, source="https://catalog.redhat.com/"),
        ),
        (
            r"mcr\.microsoft\.com/azure-functions/python",
            Family(
                "Azure Functions' host and Python on Debian", "apt", True,
                source="https://github.com/Azure/azure-functions-docker",
            ),
        ),
        (
            r"mcr\.microsoft\.com/(?:vscode/)?devcontainers/python",
            Family("a development container", "apt", True, source="https://containers.dev/"),
        ),
        (
            r"pytorch/pytorch",
            Family(
                "PyTorch with CUDA on Ubuntu", "apt", True,
                "`devel` has the compiler, `runtime` the libraries alone",
                "https://hub.docker.com/r/pytorch/pytorch",
            ),
        ),
        (
            r"tensorflow/tensorflow",
            Family("TensorFlow on Ubuntu", "apt", False, source="https://www.tensorflow.org/install/docker"),
        ),
        (
            r"(?:quay\.io/)?jupyter/[a-z]+-notebook",
            Family("Jupyter with conda on Ubuntu", "conda", True, source="https://jupyter-docker-stacks.readthedocs.io/"),
        ),
        (r"apache/airflow", Family("Airflow on Debian", "apt", True, source="https://hub.docker.com/r/apache/airflow")),
        (r"(?:amazonlinux|public\.ecr\.aws/amazonlinux/amazonlinux)", Family("Amazon Linux", "dnf", False)),
    )
)  # fmt: skip
_OFFICIAL: dict[str, Family] = {
    "python": Family(
        "the official Python image", "apt", True, "the variant `slim` of the same tag",
        "https://hub.docker.com/_/python",
    ),
    "pypy": Family(
        "the official PyPy image", "apt", True, "the variant `slim` of the same tag",
        "https://hub.docker.com/_/pypy",
    ),
    "debian": Family(
        "Debian", "apt", False, "the variant `slim` of the same tag", "https://hub.docker.com/_/debian"
    ),
    "ubuntu": Family("Ubuntu", "apt", False, source="https://hub.docker.com/_/ubuntu"),
    "buildpack-deps": Family(
        "Debian with compilers", "apt", False, source="https://hub.docker.com/_/buildpack-deps"
    ),
    "alpine": Family("Alpine", "apk", False, source="https://hub.docker.com/_/alpine"),
    "amazonlinux": Family("Amazon Linux", "dnf", False, source="https://hub.docker.com/_/amazonlinux"),
    "fedora": Family("Fedora", "dnf", False, source="https://hub.docker.com/_/fedora"),
    "rockylinux": Family("Rocky Linux", "dnf", False, source="https://hub.docker.com/_/rockylinux"),
    "almalinux": Family("AlmaLinux", "dnf", False, source="https://hub.docker.com/_/almalinux"),
    "centos": Family("CentOS", "dnf", False, source="https://hub.docker.com/_/centos"),
}  # fmt: skip


@lru_cache(maxsize=1024)
def family(registry: str, repository: str, tag: str = "") -> Family | None:
    """The family of an image, None for one that is not known here.

    A tag that names Alpine makes it a family whose packages apk installs.
    """
    name = official_name(registry, repository)
    found = _OFFICIAL.get(name) if name else None
    if found is None:
        full = f"{registry}/{repository}" if registry else repository
        found = next((each for pattern, each in _FAMILIES if pattern.fullmatch(full)), None)
    if found and found.packages == "apt" and "alpine" in tag:
        return Family(f"{found.name}, on Alpine", "apk", found.has_python, "", found.source)
    return found
