"""Whether a project that is installed in editable form needs nothing but its sources where they were.

With the standard interface (https://peps.python.org/pep-0660/) the environment holds the metadata and
a reference to the sources. Older ways leave metadata beside the code; some backends and hooks write
files there that only the install makes: compiled modules, version files.
"""

import re
from collections.abc import Iterator, Mapping

from dockopt.facts.context import Context
from dockopt.facts.toml_tables import toml_tables

_PURE = frozenset(
    {
        "flit_core.buildapi",
        "flit.buildapi",
        "hatchling.build",
        "pdm.backend",
        "pdm.pep517.api",
        "poetry.core.masonry.api",
        "poetry.masonry.api",
        "uv_build",
    }
)
"""Backends that compile nothing by themselves."""
_SETUPTOOLS = frozenset({"setuptools.build_meta", "setuptools.build_meta:__legacy__"})
_WRITES = (
    ("tool", "hatch", "build", "hooks"),
    ("tool", "hatch", "build", "targets", "wheel", "hooks"),
    ("tool", "poetry", "build"),
    ("tool", "poetry-dynamic-versioning"),
    ("tool", "pdm", "build", "run-setuptools"),
    ("tool", "pdm", "version", "write_to"),
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "setuptools", "ext-modules"),
    ("tool", "setuptools-rust"),
    ("tool", "cython"),
    ("tool", "mypyc"),
)
"""Settings that put files beside the sources when the project is built."""
_COMPILES = re.compile(
    r"ext_modules|Extension\s*\(|cythonize|cffi_modules|rust_extensions|cmdclass"
)
_OLD_SETUPTOOLS = re.compile(r"setuptools\s*(?:\[[^]]*\])?\s*(?:<|==|~=)")


def editable_obstacle(context: Context | None, manifest: str) -> str:
    """Why more than the sources may be needed; `manifest` is a `pyproject.toml` of the context."""
    text = context.read_text(manifest) if context and manifest else None
    if context is None or text is None:
        return "is installed in editable form, and no pyproject.toml says how"
    parsed = toml_tables(text)
    if parsed is None:
        return f"is installed in editable form, and {manifest} cannot be read"
    return next(_obstacles(context, manifest, parsed), "")


def _obstacles(context: Context, manifest: str, parsed: Mapping[str, object]) -> Iterator[str]:
    form = "is installed in editable form"
    system = parsed.get("build-system")
    backend = system.get("build-backend") if isinstance(system, dict) else None
    if not isinstance(backend, str) or not isinstance(system, dict):
        yield f"{form} without a build backend, which leaves metadata beside the code"
        return
    if "backend-path" in system or backend not in _PURE | _SETUPTOOLS:
        yield f"{form} by {backend}, which may put files beside the code"
    for path in _WRITES:
        if _at(parsed, path):
            yield f"{form}, and {'.'.join(path)} in {manifest} may put files beside the code"
    requires = system.get("requires", [])
    texts = [str(r) for r in requires] if isinstance(requires, list) else []
    if backend in _SETUPTOOLS and any(_OLD_SETUPTOOLS.match(r) for r in texts):
        yield f"{form} by a setuptools that may leave metadata beside the code"
    script = manifest.rpartition("/")[0] + "/setup.py"
    if _COMPILES.search(context.read_text(script.lstrip("/")) or ""):
        yield f"{form}, and {script.lstrip('/')} may put files beside the code"


def _at(value: object, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return bool(value)
