"""Installs that bring a CUDA build of PyTorch, and whether its CPU build can take the place.

On PyPI the Linux wheels of torch for x86-64 are CUDA builds that require NVIDIA's libraries. The CPU builds
stand on an index of their own, with the same version and `+cpu` behind it, which installers prefer over the
plain version: https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers
and https://docs.pytorch.org/get-started/locally/.
"""

import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.context_origins import origin
from dockopt.facts.installs import Install
from dockopt.facts.lock_files import lock_of
from dockopt.facts.pip import spec_text
from dockopt.facts.requirement import INDEX, Requirement, requirement
from dockopt.facts.requirement_costs import Graph, Member
from dockopt.facts.requirement_files import RequirementsFile, read_requirements
from dockopt.facts.requirements import required
from dockopt.immutable import immutable
from dockopt.knowledge.lock_file import Required
from dockopt.knowledge.smaller_variants import is_cuda_library
from dockopt.model import ImageReference, Stage

FAMILY = frozenset({"torch", "torchaudio", "torchvision"})
"""Distributions with a CUDA and a CPU build that have to fit each other."""
_GPU_IMAGE = re.compile(r"(?:^|/)(?:cuda|pytorch|rocm[\w-]*|l4t[\w-]*)$|gpu|cuda")
_BUILD_INDEX = re.compile(r"download\.pytorch\.org/whl/(?:nightly/)?(\w+)")
_INDEX_VARIABLES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
)
_LOCKED = "the lock names the wheels; give torch an index of its own there"
_UV_VERSION = re.compile(r"(?:\buv==|astral-sh/uv:)(\d+\.\d+(?:\.\d+)?)")
TORCH_BACKEND_SINCE = (0, 7, 14)
"""No preview from here on: https://github.com/astral-sh/uv/pull/14119"""
DEFAULT_MINOR = 12
"""The Python 3 for which requirements are read where the image does not tell its own."""


@immutable(eq=False)
class CudaInstall:
    """A command that brings torch."""

    install: Install
    brought_by: tuple[str, ...]
    """The requirements that bring torch; `torch` itself where it is asked for."""
    libraries: tuple[Member, ...]
    """NVIDIA's libraries and triton, which only the CUDA build requires."""
    basis: str
    """Where the sizes come from."""
    obstacle: str = ""
    """Why it cannot take the CPU build; empty where it can."""

    @property
    def bytes(self) -> int | None:
        """The bytes of the libraries; None where not one is known."""
        known = [member.bytes for member in self.libraries if member.bytes is not None]
        return sum(known) if known else None


def cuda_install(context: Context | None, install: Install) -> CudaInstall | None:
    """What an install brings of torch, None where nothing, a CPU build, or where it is not known."""
    builds = tuple(_builds_named(context, install))
    if "cpu" in builds:
        return None
    found = _asked(context, install)
    roots = {one.name: Required(one.name, one.extras, one.marker) for one in found if one.name}
    graph = Graph(lock_of(context) if context else None, minor_of(install.stage))
    alone = install.pip.has("--no-deps")
    reached = frozenset(roots) if alone else graph.reached(roots.values())
    if "torch" not in reached:
        return None
    by = tuple(n for n, root in roots.items() if n == "torch" or "torch" in graph.reached([root]))
    names = sorted(name for name in reached if is_cuda_library(name))
    libraries = tuple(Member(name, graph.bytes_of(name)) for name in names)
    obstacle = next(_obstacles(context, install, found, builds), "")
    return CudaInstall(install, by, libraries, graph.basis, obstacle)


def minor_of(stage: Stage) -> int:
    """The minor version of Python 3 in a stage, `DEFAULT_MINOR` where the image does not tell."""
    image = stage.root.image
    tag = image.python_tag if isinstance(image, ImageReference) else None
    return tag.minor[1] if tag and tag.minor else DEFAULT_MINOR


def _asked(context: Context | None, install: Install) -> tuple[Requirement, ...]:
    """The requirements of a command, as far as they are known."""
    if context is not None:
        found = required(context, (install,))
        if not isinstance(found, str):
            # `--no-deps .` brings the project, and nothing that it requires.
            alone = install.pip.has("--no-deps")
            return tuple(r for r in found if not r.optional and not (r.group and alone))
    texts = (spec_text(word) for word in install.pip.specs)
    return tuple(one for text in texts if text and (one := requirement(text)) is not None)


def _obstacles(
    context: Context | None,
    install: Install,
    found: tuple[Requirement, ...],
    builds: tuple[str, ...],
) -> Iterator[str]:
    """What stands against the CPU build, the weightiest first."""
    image = install.stage.root.image
    name = image.repository if isinstance(image, ImageReference) else ""
    if _GPU_IMAGE.search(name):
        yield f"the base image {name} is made for GPUs"
    if builds:
        yield f"{builds[0]} builds of PyTorch are asked for by name"
    if install.project is not None or (install.pip.tool == "uv" and install.pip.group != "pip"):
        yield _LOCKED
    if install.pip.tool == "uv" and (old := _old_uv(install)):
        yield f"uv {old} does not know --torch-backend, or as a preview only"
    options = [o.name for file in _listed(context, install) for o in file.options]
    if install.pip.has("--no-index") or "--no-index" in options:
        yield "the install takes nothing from an index (--no-index)"
    if install.pip.has("--require-hashes") or "--require-hashes" in options:
        yield "hashes are required, and those of the CPU builds are others"
    yield from _of_requirements((*found, *_constraints(context, install)))
    yield from _of_libraries(found)


def _builds_named(context: Context | None, install: Install) -> Iterator[str]:
    """The builds (`cpu`, `cu121`) that options, variables or requirements files choose."""
    scope = install.stage.scope_at(install.run.instruction).values
    texts = [word.text for word in install.pip.command.words]
    texts += [value for name in _INDEX_VARIABLES if isinstance(value := scope.get(name), str)]
    texts += [option.value for file in _listed(context, install) for option in file.options]
    for text in texts:
        yield from _BUILD_INDEX.findall(text)
    backend = install.pip.option("--torch-backend")
    chosen = backend.value if backend else scope.get("UV_TORCH_BACKEND")
    if chosen:
        yield chosen if isinstance(chosen, str) else "other"


def _old_uv(install: Install) -> str:
    """The version of uv that the stage names, where that is older than the option."""
    texts = [run.logical.text for link in install.stage.chain for run in link.runs]
    texts += [copy.from_ or "" for link in install.stage.chain for copy in link.copies]
    for version in (version for text in texts for version in _UV_VERSION.findall(text)):
        if tuple(map(int, version.split("."))) < TORCH_BACKEND_SINCE:
            return str(version)
    return ""


def _listed(context: Context | None, install: Install) -> tuple[RequirementsFile, ...]:
    return _files(context, install, install.pip.requirement_files)


def _files(
    context: Context | None, install: Install, names: tuple[str | None, ...]
) -> tuple[RequirementsFile, ...]:
    """Requirements or constraints files that a command names, as far as they are in the context."""
    if context is None:
        return ()
    stage, before = install.stage, install.run.instruction
    paths = (origin(context, stage, before, name) for name in names if name)
    return tuple(read_requirements(context, path) for path in paths if path)


def _constraints(context: Context | None, install: Install) -> tuple[Requirement, ...]:
    named = _files(context, install, install.pip.constraint_files)
    listed = [one for file in named for one in file.requirements]
    return (*listed, *(o for file in _listed(context, install) for o in file.constraints))


def _of_requirements(found: tuple[Requirement, ...]) -> Iterator[str]:
    for one in found:
        where = f"{one.file}:{one.line} " if one.file else ""
        if one.name not in FAMILY:
            continue
        if one.kind != INDEX:
            yield f"{where}names {one.name} by {one.kind}: {one.target}"
        if one.hashed:
            yield f"{where}gives hashes of {one.name}, and those of the CPU builds are others"
        if "===" in one.specifier or "+" in one.specifier:
            yield f"{where}asks for {one.text}, which no CPU build is"


def _of_libraries(found: tuple[Requirement, ...]) -> Iterator[str]:
    listed = [one for one in found if is_cuda_library(one.name)]
    if listed:
        first = listed[0]
        where = f"{first.file}:{first.line} " if first.file else "the command "
        more = f" and {len(listed) - 1} more like it" if len(listed) > 1 else ""
        yield f"{where}asks for {first.name}{more}, which only CUDA builds need: take them out first"
