"""What stands against moving what uv, Poetry, Pipenv or PDM install to a builder stage."""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.context import Context
from dockopt.facts.editable import editable_obstacle
from dockopt.facts.environments import HIDDEN, SYSTEM, absolute
from dockopt.facts.installer_commands import installer_commands
from dockopt.facts.installer_runs import brought_tools
from dockopt.facts.installer_settings import is_true, variable
from dockopt.facts.installs import ELSEWHERE, Install, requirement_name
from dockopt.facts.lock_files import locked_names
from dockopt.facts.manifests import manifests
from dockopt.facts.pip import pip_commands, spec_text
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.venv_plan import other_user
from dockopt.model import ImageReference, Stage, Unknown

FOLLOWED = frozenset({"install", "sync"})
_PIP_TOOLS = re.compile(r"\bpip-tools==(\d+\.\d+)")
PYTHON_EXECUTABLE_SINCE = (6, 2)
"""The version of pip-tools whose pip-sync knows --python-executable:
https://github.com/jazzband/pip-tools/blob/main/CHANGELOG.md"""
_CHOOSES_PYTHON = {"env", "python", "venv"}
_OWN_MODULES = {
    "poetry": "anyio attr:attrs backports:backports-zstd cachecontrol certifi cffi charset_normalizer "
    "cleo crashtest cryptography distlib dulwich fastjsonschema filelock findpython h11 html5lib "
    "httpcore httpx idna importlib_metadata:importlib-metadata jaraco:jaraco-classes jeepney "
    "jsonschema keyring lockfile more_itertools msgpack packaging pbs_installer pexpect pkginfo "
    "platformdirs ptyprocess pycparser pyrsistent rapidfuzz requests requests_toolbelt secretstorage "
    "shellingham six sniffio tomlkit trove_classifiers typing_extensions urllib3 virtualenv "
    "webencodings xattr zipp",
    "pipenv": "certifi distlib filelock packaging pkg_resources:setuptools platformdirs setuptools "
    "virtualenv clonevirtualenv:virtualenv-clone",
}
"""Modules that have come with an installer's releases of the last years, with the distributions that
they are of where these have other names."""


def project_hazard(install: Install, runtime: RuntimeTexts) -> str:
    """The first reason against it for one install, empty where there is none."""
    return next(_reasons(install, runtime), "")


def _of_pip_sync(install: Install) -> Iterator[str]:
    """It installs where it is installed itself, unless told otherwise, which old ones cannot be."""
    line = install.run.instruction.line
    if install.pip.path != "pip-sync":
        yield f"line {line} calls pip-sync through {install.pip.path}, which would be another one"
    texts = (run.logical.text for link in install.stage.chain for run in link.runs)
    for version in (found for text in texts for found in _PIP_TOOLS.findall(text)):
        if tuple(map(int, version.split("."))) < PYTHON_EXECUTABLE_SINCE:
            yield f"line {line} calls pip-sync of pip-tools {version}, which knows one place alone"


def _reasons(install: Install, runtime: RuntimeTexts) -> Iterator[str]:
    project, line = install.project, install.run.instruction.line
    if project is None:
        return
    command, context = project.command, runtime.context
    if install.environment == ELSEWHERE and isinstance(project.environment, Unknown):
        yield f"line {line} installs with {command.tool}: {project.environment.reason}"
    if command.action not in FOLLOWED:
        yield f"line {line} calls {command.tool} {command.action}, which changes the lock file"
    if command.tool == "pip-tools" and install.environment == SYSTEM:
        yield from _of_pip_sync(install)
    if user := other_user(install.stage, install.run.instruction):
        yield f"line {line} installs as the user of line {user.line}, who is not root"
    if project.folder and any(
        m.kind == "cache" and ".venv" in m.target for m in install.run.mounts
    ):
        yield f"line {line} keeps the environment in a cache mount"
    yield from _of_stage(install.stage)
    if install.environment == HIDDEN:
        yield from _named_places(install.stage, runtime)
    yield from _other_python(install, context)
    own = posixpath.join(posixpath.dirname(manifest_of(install, context)), ".venv")
    if command.tool != "pip-tools" and context and context.exists(own) and context.sent(own):
        yield f"{own} is in the build context, and would be in the image again"
    if reason := _editable(install, context):
        yield f"line {line} {reason}"
    if install.environment == SYSTEM:
        yield from _undeclared(install, runtime)


def _of_stage(stage: Stage) -> Iterator[str]:
    for link in stage.chain:
        for run in link.runs:
            text, line = run.logical.text, run.instruction.line
            if "system-site-packages" in text:
                yield f"line {line} makes an environment that sees the system's packages"
            for command in installer_commands(run):
                if command.group in _CHOOSES_PYTHON and command.tool != "conda":
                    yield f"line {line} chooses an environment with {command.tool} {command.group}"
                if command.tool == "pdm" and command.action == "use":
                    yield f"line {line} chooses an environment with pdm use"


_HIDDEN_PLACES = re.compile(
    r"pypoetry/virtualenvs|share/virtualenvs|WORKON_HOME|(?<![\w/])\.venv/bin"
)


def _named_places(stage: Stage, runtime: RuntimeTexts) -> Iterator[str]:
    """Who names the folder of an environment that a tool keeps for itself."""
    for user in runtime.dockerfile.built_upon(stage):
        for instruction in user.instructions:
            if _HIDDEN_PLACES.search(instruction.body.text):
                yield f"line {instruction.line} names the environment's own folder"
    for path, text in runtime.files or ():
        if _HIDDEN_PLACES.search(text):
            yield f"{path} names the environment's own folder"


def _other_python(install: Install, context: Context | None) -> Iterator[str]:
    """Why the environment may have another Python than the image's own.

    uv downloads one where none fits: https://docs.astral.sh/uv/concepts/python-versions/.
    """
    project, line = install.project, install.run.instruction.line
    if project is None:
        return
    command = project.command
    wanted = [o.value for o in (command.option("--python"), command.option("-p")) if o]
    if command.tool in ("pipenv", "poetry") and wanted:
        yield f"line {line} chooses a Python for the environment"
    if command.tool != "uv":
        return
    value = variable(install.stage, install.run, command, "UV_PYTHON")
    wanted += [value if isinstance(value, str) else None] if value is not None else []
    folders = {m.folder for m in project.manifests}
    for found in manifests(install.stage, install.run, ".python-version", context) or ():
        text = context.read_text(found.source) if context and not found.assumed else None
        if found.folder in folders and text is not None:
            wanted.append(text.strip())
    if any(not _is_image_python(install.stage, version) for version in wanted):
        yield f"line {line} may bring a Python of its own, which a runtime would lack"
    if _managed_only(install):
        yield f"line {line} uses a Python that uv manages, which a runtime would lack"
    text = manifest_text(install, context)
    if text is not None and not _fits(install.stage, text):
        yield f"line {line}: the project requires another Python than the image certainly has"


def _managed_only(install: Install) -> bool:
    project = install.project
    if project is None:
        return False
    names = ("UV_MANAGED_PYTHON", "UV_PYTHON_PREFERENCE")
    managed, preference = (
        variable(install.stage, install.run, project.command, name) for name in names
    )
    return (
        is_true(managed) is True
        or isinstance(managed, Unknown)
        or preference == "only-managed"
        or project.command.has("--managed-python")
    )


def _minor(stage: Stage) -> str:
    image = stage.root.image
    tag = image.python_tag if isinstance(image, ImageReference) else None
    return f"{tag.minor[0]}.{tag.minor[1]}" if tag and tag.minor else ""


def _is_image_python(stage: Stage, version: str | None) -> bool:
    """Whether a request for a Python certainly means the one of the image."""
    minor = _minor(stage)
    paths = ("/usr/local/bin/python", "/usr/local/bin/python3", "python", "python3", "3")
    return version in paths or (
        bool(minor) and version in (minor, f"python{minor}", f"/usr/local/bin/python{minor}")
    )


def _fits(stage: Stage, manifest: str) -> bool:
    """Whether `requires-python` takes the newest patch release of the image's Python."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    found = re.search(r"""(?m)^requires-python\s*=\s*["']([^"']*)["']""", manifest)
    if found is None:
        return True
    try:
        return bool(_minor(stage)) and SpecifierSet(found[1]).contains(f"{_minor(stage)}.99")
    except InvalidSpecifier:
        return False


_LOCAL_SOURCES = re.compile(r"\bpath\s*=|\bworkspace\b|file:|\beditable\s*=")


def _editable(install: Install, context: Context | None) -> str:
    """Why what is installed in editable form may need more than its sources."""
    project = install.project
    if project is None or not project.editable or project.command.tool in ("pipenv", "pip-tools"):
        return _local_pipfile(install, context) if project else ""
    path, text = manifest_of(install, context), manifest_text(install, context)
    whole = project.project is False or (text is not None and _no_package(install, context))
    reason = "" if whole else editable_obstacle(context, path)
    if reason or text is None or context is None or not _LOCAL_SOURCES.search(text):
        return reason
    # Members of a workspace and other local projects are installed in editable form as well.
    others = manifests(install.stage, install.run, "pyproject.toml", context) or ()
    sources = [m.source for m in others if m.source and m.source != path]
    built = [s for s in sources if "build-system" in (context.read_text(s) or "")]
    return next((why for s in built if (why := editable_obstacle(context, s))), "")


def _local_pipfile(install: Install, context: Context | None) -> str:
    """A Pipfile that names local projects: their metadata may be beside the code."""
    text = manifest_text(install, context) if install.pip.tool == "pipenv" else None
    if text and _LOCAL_SOURCES.search(text):
        return "installs a local project that its Pipfile names"
    return ""


_FIRST_WITH_STANDARD = (3, 11)
"""Images from this Python on had a pip (22.3) that installs in editable form the standard way.
https://pip.pypa.io/en/stable/news/#v21-3"""


def editable_hazard(install: Install, context: Context | None) -> str:
    """Why `pip install -e` may need more than the sources, empty where it does not."""
    editables = install.pip.editables
    if not editables:
        return ""
    image = install.stage.root.image
    tag = image.python_tag if isinstance(image, ImageReference) else None
    if tag is None or (install.pip.tool == "pip" and tag.is_before(_FIRST_WITH_STANDARD)):
        return "installs in editable form, which leaves metadata beside the code"
    workdir = install.stage.workdir_at(install.run.instruction)
    if "cd " in install.run.logical.text or not isinstance(workdir, str):
        return "installs in editable form in a folder that is not known"
    for text in editables:
        path = (text or "?").partition("[")[0]
        folder = absolute(install.stage, install.run.instruction, path)
        if folder is None or "://" in path:
            return "installs in editable form what is not known"
        found = manifests(install.stage, install.run, "pyproject.toml", context) or ()
        sources = [m.source for m in found if m.folder == folder]
        if reason := editable_obstacle(context, sources[-1] if sources else ""):
            return reason
    return ""


def manifest_of(install: Install, context: Context | None) -> str:
    """The path in the context of the manifest that an install reads."""
    project = install.project
    if project is None or not isinstance(project.folder, str):
        return ""
    name = "Pipfile" if project.command.tool == "pipenv" else "pyproject.toml"
    found = manifests(install.stage, install.run, name, context) or ()
    known = {m.folder for m in project.manifests}
    near = [m for m in found if m.folder in known and m.source]
    return max(near, key=lambda m: len(m.folder)).source if near else ""


def manifest_text(install: Install, context: Context | None) -> str | None:
    """The text of the manifest that an install reads; None where it is not known."""
    path = manifest_of(install, context)
    return context.read_text(path) if context and path else None


def installs_project(install: Install, context: Context | None) -> bool | None:
    """Whether the project itself is installed, as far as command and manifest tell."""
    project = install.project
    if project is None or project.project is not None:
        return project.project if project else None
    return False if _no_package(install, context) else None


def _no_package(install: Install, context: Context | None) -> bool:
    from dockopt.facts.project_installs import is_package

    project, text = install.project, manifest_text(install, context)
    return project is not None and is_package(project.command.tool, text) is False


def _undeclared(install: Install, runtime: RuntimeTexts) -> Iterator[str]:
    """Modules that the application may have from the installer, not from its own requirements."""
    project, context = install.project, runtime.context
    tool = project.command.tool if project else ""
    modules = dict(_module(text) for text in _OWN_MODULES.get(tool, "").split())
    if not modules or context is None or not _is_beside(install, tool):
        return
    names = locked_names(context, tool, manifest_of(install, context))
    missing = sorted(m for m, distribution in modules.items() if distribution not in (names or ()))
    if not missing:
        return
    pattern = re.compile(rf"^\s*(?:from|import)\s+({'|'.join(missing)})\b", re.MULTILINE)
    for path, text in runtime.files or ():
        match = pattern.search(text) if path.endswith(".py") else None
        if match and not _is_own(context, match[1]):
            yield f"{path} imports {match[1]}, which may be there only because {tool} needs it"


def _module(text: str) -> tuple[str, str]:
    module, _, distribution = text.partition(":")
    return module, distribution or requirement_name(module)


def _is_beside(install: Install, tool: str) -> bool:
    """Whether the installer itself may be among Python's own packages: its own script keeps it apart."""
    runs = [run for link in install.stage.chain for run in link.runs]
    apart = any(tool in brought_tools(run) for run in runs)
    return not apart or any(
        requirement_name(spec_text(word) or "") == tool
        for run in runs
        for pip in pip_commands(run)
        for word in pip.specs
    )


def _is_own(context: Context, module: str) -> bool:
    """Whether a module of that name is the project's own."""
    return any(
        context.exists(f"{folder}{module}{end}") for folder in ("", "src/") for end in ("", ".py")
    )
