"""Which distributions are compiled although they may have wheels: `--no-binary`, in all its forms.

Compiled where they are installed, they link to the libraries of that image, which a wheel bundles.
https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-no-binary,
https://docs.astral.sh/uv/reference/environment/#uv_no_binary
"""

from collections.abc import Iterable, Iterator

from packaging.utils import canonicalize_name

from dockopt.facts.context import Context
from dockopt.facts.context_origins import origin
from dockopt.facts.installs import Install
from dockopt.facts.requirement_files import read_requirements
from dockopt.knowledge import distributions
from dockopt.knowledge.system_needs import need_of

ALL = ":all:"
NONE = ":none:"
_VARIABLES = ("PIP_NO_BINARY", "UV_NO_BINARY_PACKAGE")
_OFF = ("", "0", "false")


def built_from_source(context: Context, found: Iterable[Install]) -> frozenset[str]:
    """Normalised names, or `:all:`; what a variable decides counts as all."""
    names: set[str] = set()
    for install in found:
        values = [*_of_command(install), *_of_environment(install), *_of_files(context, install)]
        for value in values:
            names.update(part.strip() for part in (ALL if value is None else value).split(","))
    given = names - {"", NONE}
    return frozenset(name if name == ALL else canonicalize_name(name) for name in given)


def unknown_links(built: frozenset[str], required: Iterable[str]) -> str:
    """The first of the requirements that links to nobody knows what; empty for none.

    Pure Python links to nothing, and what is published as source only is always compiled.
    """
    for name in required:
        if ALL in built or name in built:
            known = distributions.lookup(name)
            is_pure = known is not None and known.has_extensions is False
            if not is_pure and not (known and known.sdist_only) and need_of(name) is None:
                return name
    return ""


def _of_command(install: Install) -> Iterator[str | None]:
    pip = install.pip
    yield from pip.values("--no-binary-package")
    if pip.tool == "uv" and pip.group != "pip":
        yield ALL if pip.has("--no-binary") else NONE
    else:
        yield from pip.values("--no-binary")


def _of_environment(install: Install) -> Iterator[str | None]:
    variables = dict(install.pip.environment)
    lasting = install.stage.scope_at(install.run.instruction).values
    for name in (*_VARIABLES, "UV_NO_BINARY"):
        value = variables[name] if name in variables else lasting.get(name, "")
        if not isinstance(value, str):
            yield ALL
        elif name == "UV_NO_BINARY":
            yield NONE if value.lower() in _OFF else ALL
        else:
            yield value.replace(" ", ",")


def _of_files(context: Context, install: Install) -> Iterator[str]:
    stage, before = install.stage, install.run.instruction
    for name in (name for name in install.pip.requirement_files if name):
        path = origin(context, stage, before, name)
        file = read_requirements(context, path) if path else None
        yield from (o.value for o in (file.options if file else ()) if o.name == "--no-binary")
