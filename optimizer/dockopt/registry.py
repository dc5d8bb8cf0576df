"""Finds transforms: every module of every package that the entry point `dockopt.transforms` names."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from dockopt.immutable import immutable
from dockopt.plug_ins import named_packages
from dockopt.remembering import cached_property
from dockopt.transform import Propose, Transform

BUILT_IN = "dockopt_transforms"


@immutable()
class Registered:
    """A transform with its documentation and its function."""

    transform: Transform
    propose: Propose
    documentation: str

    @cached_property
    def name(self) -> str:
        """The name used in the command line, pragmas, the changelog and the documentation."""
        return self.transform.name

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.strip().splitlines()[0].rstrip(".")


@cache
def transforms() -> Mapping[str, Registered]:
    """All transforms by name, in the order in which they run.

    Raises ValueError when two of them have the same name.
    """
    found: dict[str, Registered] = {}
    for package in sorted({BUILT_IN, *named_packages()}):
        for registered in _of_package(importlib.import_module(package)):
            if registered.name in found:
                raise ValueError(f"two transforms are named {registered.name}")
            found[registered.name] = registered
    ordered = sorted(found.values(), key=lambda r: (r.transform.phase, r.name))
    return MappingProxyType({registered.name: registered for registered in ordered})


def _of_package(package: ModuleType) -> list[Registered]:
    found: list[Registered] = []
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if isinstance(getattr(module, "transform", None), Transform):
            found.append(Registered(module.transform, module.propose, module.__doc__ or ""))
    return found
