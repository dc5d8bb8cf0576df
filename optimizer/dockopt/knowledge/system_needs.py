"""What requirements need of the system, with all that they require in turn."""

from collections.abc import Iterable

from packaging.utils import canonicalize_name

from dockopt.knowledge import distributions
from dockopt.knowledge.system_libraries import NEEDS, SystemNeed

__all__ = ["compiles_at_run_time", "named_with", "need_of", "with_required"]

_COMPILES: dict[str, str] = {
    "aesara": "https://aesara.readthedocs.io/en/latest/install.html",
    "brian2": "https://brian2.readthedocs.io/en/stable/user/computation.html",
    "cmdstanpy": "https://mc-stan.org/cmdstanpy/installation.html",
    "cppyy": "https://cppyy.readthedocs.io/en/latest/installation.html",
    "deepspeed": "https://www.deepspeed.ai/tutorials/advanced-install/",
    "devito": "https://www.devitoproject.org/download.html",
    "httpstan": "https://httpstan.readthedocs.io/en/latest/installation.html",
    "pystan": "https://pystan.readthedocs.io/en/latest/installation.html",
    "pytensor": "https://pytensor.readthedocs.io/en/latest/install.html",
    "pythran": "https://pythran.readthedocs.io/en/latest/",
    "theano": "https://theano-pymc.readthedocs.io/en/latest/requirements.html",
    "theano-pymc": "https://theano-pymc.readthedocs.io/en/latest/requirements.html",
    "triton": "https://github.com/triton-lang/triton/blob/main/python/triton/runtime/build.py",
}
"""Distributions that call a C compiler when they run, and where that is said."""
_MANAGES_WITHOUT: dict[tuple[str, str], str] = {
    (
        "mlflow",
        "gitpython",
    ): "https://github.com/mlflow/mlflow/blob/master/mlflow/utils/git_utils.py",
    (
        "mlflow-skinny",
        "gitpython",
    ): "https://github.com/mlflow/mlflow/blob/master/mlflow/utils/git_utils.py",
    ("openai-whisper", "triton"): "https://github.com/openai/whisper/blob/main/whisper/timing.py",
    ("prophet", "cmdstanpy"): "https://facebook.github.io/prophet/docs/installation.html",
    (
        "streamlit",
        "gitpython",
    ): "https://github.com/streamlit/streamlit/blob/develop/lib/streamlit/git_util.py",
    ("torch", "triton"): "https://docs.pytorch.org/docs/stable/torch.compiler_faq.html",
}
"""(distribution, what it requires): it goes on where the other one finds no program or compiler.
mlflow and streamlit catch the failing import, whisper computes what triton would, prophet ships its
model compiled, torch compiles for `torch.compile` alone, which is for the sources to tell."""
MAX_REQUIRED = 2_000
"""Distributions that are followed at most."""


def need_of(name: str) -> SystemNeed | None:
    """What a distribution needs of the system; None: nothing is known of it."""
    return NEEDS.get(canonicalize_name(name))


def compiles_at_run_time(names: Iterable[str]) -> str:
    """The first of these requirements that calls a compiler when it runs; empty for none."""
    for name, bringing in with_required(names).items():
        if name in _COMPILES:
            return named_with(name, bringing)
    return ""


def with_required(names: Iterable[str]) -> dict[str, str]:
    """These requirements and all that they are known to require, each with the one that brings it.

    Empty for those that were asked for themselves. By the newest versions that are known, without
    extras: what another version requires may be missing, so that this adds needs and rules none out.
    """
    asked: set[str] = {canonicalize_name(name) for name in names}
    found = dict.fromkeys(sorted(asked), "")
    waiting = list(found)
    while waiting and len(found) < MAX_REQUIRED:
        name = waiting.pop(0)
        known = distributions.lookup(name)
        for required in (known.requires if known else None) or ():
            if required not in found and (name, required) not in _MANAGES_WITHOUT:
                found[required] = found[name] or name
                waiting.append(required)
    return found


def named_with(name: str, bringing: str) -> str:
    """A distribution as a reason names it: with the requirement that brings it, if another one."""
    return f"{name}, which {bringing} requires," if bringing else name
