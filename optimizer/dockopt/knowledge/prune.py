"""What is known about the parts of a virtual environment that pruning may take: who needs them.

The measurements: nine virtual environments with about 400 distributions (web, AWS, Airflow, Django,
cloud, data science, TensorFlow, torch), CPython 3.11, Debian bookworm, x86-64, November 2026. Every
importable submodule and every entry point was loaded in a fresh process before and after one part
was removed.

None of this replaces the scan that the `prune-venv` instruction makes in the builder: it reads the
code that is really installed, and keeps what that names. These facts come on top of it.
"""

from collections.abc import Iterable

from packaging.utils import canonicalize_name

from dockopt.immutable import immutable

__all__ = ["IN_USE", "PASSIVE", "TOOL_BYTES", "Fact", "keep_for", "passive_modules"]


@immutable(slots=True)
class Fact:
    """What one distribution has to do with parts that pruning may take."""

    distribution: str
    """Normalised: https://packaging.python.org/en/latest/specifications/name-normalization/."""
    modules: tuple[str, ...]
    """Dotted names: parts it needs (`IN_USE`), or its modules that only name one (`PASSIVE`)."""
    because: str
    """What was measured, or read in the distribution's source."""


_TENSORFLOW_TEST = ("tensorflow._api.v2.__internal__.test",)
_TENSORFLOW_WHY = "370 of 1897 modules fail, and 690 of keras's 734: its package imports it"

IN_USE: tuple[Fact, ...] = (
    Fact("ansible-core", ("ansible.plugins.test",), "155 of 753 modules fail without its plugins"),
    Fact("astropy", ("astropy.tests",), "511 of 551 modules fail: its package imports it"),
    Fact("bottleneck", ("bottleneck.tests",), "15 of 20 modules fail: its package imports it"),
    Fact(
        "django",
        ("django.test",),
        "24 of 746 modules fail, and with them modules of channels, django-allauth, "
        "django-debug-toolbar, django-extensions, djangorestframework, drf-spectacular and "
        "graphene-django",
    ),
    Fact("grpcio-tools", ("setuptools",), "grpc_tools.command imports it"),
    Fact("jupyterlab", ("jupyterlab.tests",), "jupyterlab.browser_check imports it"),
    Fact("networkx", ("networkx.classes.tests",), "its entry point nx_loopback is in there"),
    Fact("numba", ("numba.tests", "setuptools"), "numba.testing and numba.pycc import them"),
    Fact("onnx", ("onnx.backend.test",), "onnx.defs.gen_doc and a console script import it"),
    Fact("pytensor", ("setuptools",), "pytensor.link.c imports it to compile at run time"),
    Fact("scipy", ("scipy.special.tests",), "scipy.special._precompute.hyp2f1_data imports it"),
    Fact("tables", ("tables.tests",), "14 of 53 modules fail: its package imports it"),
    Fact("tensorflow", _TENSORFLOW_TEST, _TENSORFLOW_WHY),
    Fact("tensorflow-cpu", _TENSORFLOW_TEST, _TENSORFLOW_WHY),
    Fact("torch", ("setuptools",), "22 of 2220 modules fail, all of which compile at run time"),
)
"""Parts that a distribution needs at run time, by the measurement above."""

PASSIVE: tuple[Fact, ...] = (
    Fact("babel", ("babel.messages.checkers",), "without pkg_resources it uses its own checkers"),
    Fact("cffi", ("cffi",), "setuptools is for compiling with cffi, which needs a compiler too"),
    Fact("click-plugins", ("click_plugins",), "pkg_resources stands in its documentation alone"),
    Fact("ddtrace", ("ddtrace.internal.debug",), "prints the version of pip, if it is there"),
    Fact("detect-installer", ("detect_installer",), "tells which installer made a folder, by name"),
    Fact("django-compressor", ("compressor.test_settings",), "settings for its own tests"),
    Fact("faker", ("faker.decode.codes",), "`pip` is a syllable in its table of characters"),
    Fact("gevent", ("gevent.testing",), "runs its test suite"),
    Fact(
        "httpie", ("httpie.internal",), "`pip` is the channel in which new versions are announced"
    ),
    Fact("incremental", ("incremental",), "only its plug-in for setuptools imports setuptools"),
    Fact("jsonschema", ("jsonschema.benchmarks",), "its test suite is what the benchmark measures"),
    Fact("kinto", ("kinto.__main__",), "calls `uv pip`, which is no pip"),
    Fact("kombu", ("kombu.transport.etcd",), "asks pip for a version, and goes on without it"),
    Fact("matplotlib", ("matplotlib._api",), "`tests` is a name to leave out of warnings"),
    Fact("numba", ("numba.misc.numba_sysinfo",), "prints what is installed"),
    Fact(
        "numpy",
        ("numpy.__init__", "numpy._pyinstaller"),
        "`tests` is no name to complete; tells PyInstaller what to leave out",
    ),
    Fact("pandas", ("pandas.util",), "prints versions, and runs its test suite with pytest"),
    Fact("passlib", ("passlib.utils.handlers",), "tells its own modules from others by name"),
    Fact("pip", ("pip",), "works without setuptools and wheel, as `venv` of Python 3.12 shows"),
    Fact("pytz", ("pytz",), "without pkg_resources it looks for a time zone in files alone"),
    Fact(
        "scikit-learn",
        ("sklearn.metrics._scorer", "sklearn.utils.discovery", "sklearn.utils._show_versions"),
        "tells its modules from those of tests, by name; prints versions",
    ),
    Fact(
        "scipy",
        (
            "scipy._lib._testutils",
            "scipy._external.cobyqa.utils.versions",
            "scipy._lib.cobyqa.utils.versions",  # where it was in earlier versions
            "scipy.io.matlab._mio",
        ),
        "runs its test suite with pytest; prints versions; `tests` stands in documentation",
    ),
    Fact("sentry-sdk", ("sentry_sdk.utils",), "pkg_resources is for Python before 3.8"),
    Fact("setuptools", ("setuptools",), "names pip, wheel and its own tests for building alone"),
    Fact("sympy", ("sympy.testing",), "runs its test suite"),
    Fact("tornado", ("tornado.template",), "`test.html` stands in its documentation"),
    Fact("werkzeug", ("werkzeug.testapp",), "lists what is installed, if pkg_resources is there"),
)
"""Modules that name a test suite or a tool in an import or a string, yet work without it.

Read in the source of each, in its version of November 2026; with the parts removed that these
modules name, no module failed to import.
"""

TOOL_BYTES: dict[str, int] = {"pip": 14_210_000, "setuptools": 8_030_000, "wheel": 230_000}
"""Bytes that a tool takes with its bytecode: pip 23.2.1 and setuptools 65.5.0 as `python -m venv`
of CPython 3.11.7 installs them, wheel 0.48.0. From Python 3.12 on, `venv` installs pip alone
(https://docs.python.org/3/whatsnew/3.12.html#ensurepip)."""


def keep_for(distributions: Iterable[str]) -> tuple[str, ...]:
    """The parts that these distributions need, sorted: for the `keep` of the fragment."""
    return _modules(IN_USE, distributions)


def passive_modules(distributions: Iterable[str] | None = None) -> tuple[str, ...]:
    """Prefixes of modules that only name a part: for the `passive` of the fragment; all when None.

    Each ends in a dot, so that `pandas.util.` is the prefix of that package or module alone.
    """
    known = (fact.distribution for fact in PASSIVE) if distributions is None else distributions
    return tuple(f"{module}." for module in _modules(PASSIVE, known))


def _modules(facts: tuple[Fact, ...], distributions: Iterable[str]) -> tuple[str, ...]:
    """The modules of the facts about these distributions, sorted, each once."""
    wanted = {canonicalize_name(name) for name in distributions}
    return tuple(sorted({m for fact in facts if fact.distribution in wanted for m in fact.modules}))
