"""Distributions that serve development alone: testing, linting, typing, documentation, debugging.

That a distribution is named here says what it is made for. Whether a service uses it nevertheless is
for its sources to tell: an import outside tests, a program that a command calls, or a plug-in that
another distribution looks up outweighs this. Sources: the trove classifiers and the first lines of
each project's own page on PyPI, read in November 2026.
"""

import re
from enum import Enum

from packaging.utils import canonicalize_name

__all__ = ["Purpose", "Sureness", "development_tool"]


class Sureness(Enum):
    """How much its being a development tool says about a service that requires it."""

    SURE = "sure"
    """Nothing that serves requests has a use for it."""
    UNSURE = "unsure"
    """Some applications use it when they run: for seeds, notebooks, plug-ins, dashboards."""


class Purpose(Enum):
    """What a development tool is for."""

    TESTING = "testing"
    LINTING = "linting or formatting"
    TYPING = "type checking"
    DOCUMENTATION = "documentation"
    DEBUGGING = "debugging or profiling"
    PACKAGING = "building or publishing packages"
    INTERACTIVE = "interactive use"
    LOAD = "load testing"


_SURE: dict[Purpose, tuple[str, ...]] = {
    Purpose.TESTING: (
        *(
            "pytest",
            "coverage",
            "coveralls",
            "codecov",
            "covdefaults",
            "diff-cover",
            "nose",
            "nose2",
        ),
        *("tox", "tox-uv", "nox", "hypothesis", "mutmut", "cosmic-ray", "syrupy", "snapshottest"),
        *("requests-mock", "respx", "vcrpy", "betamax", "httpretty", "pook"),
        *("time-machine", "aioresponses", "fakeredis", "mongomock", "testcontainers"),
        *("pytest-django", "model-bakery", "django-test-plus", "django-coverage-plugin"),
        *("factory-boy", "pytest-factoryboy", "doublex", "sure", "assertpy", "testfixtures"),
        *("unittest-xml-reporting", "xmlrunner", "allure-pytest", "allure-behave", "behave"),
        *("behave-django", "lettuce", "robotframework", "flaky", "ward", "green", "schemathesis"),
        *(
            "parameterized",
            "ddt",
            "django-nose",
            "flask-testing",
            "inline-snapshot",
            "dirty-equals",
        ),
    ),
    Purpose.LINTING: (
        *("black", "ruff", "flake8", "pylint", "isort", "autopep8", "yapf", "autoflake"),
        *("pycodestyle", "pydocstyle", "pyflakes", "pylama", "prospector", "bandit", "vulture"),
        *("pyupgrade", "docformatter", "darker", "blue", "radon", "xenon", "mccabe", "pep8"),
        *("pep8-naming", "pre-commit", "pre-commit-uv", "djlint", "curlylint", "codespell"),
        *("interrogate", "eradicate", "dlint", "wemake-python-styleguide", "import-linter"),
        *("ruff-lsp", "django-upgrade", "djhtml", "sqlfluff", "yamllint", "pip-audit", "deptry"),
        *(
            "commitizen",
            "gitlint",
            "detect-secrets",
            "reorder-python-imports",
            "add-trailing-comma",
        ),
        *("pylint-django", "pylint-celery", "pylint-plugin-utils", "black-macchiato", "perflint"),
    ),
    Purpose.TYPING: (
        *("mypy", "pyright", "basedpyright", "pytype", "pyre-check", "django-stubs"),
        *("djangorestframework-stubs", "sqlalchemy-stubs", "sqlalchemy2-stubs", "pandas-stubs"),
        *("boto3-stubs", "botocore-stubs", "celery-types", "data-science-types", "monkeytype"),
        *("lxml-stubs", "asyncpg-stubs", "django-types", "scipy-stubs", "typeguard-stubs"),
    ),
    Purpose.DOCUMENTATION: (
        *("sphinx-rtd-theme", "sphinx-autobuild", "sphinx-autodoc-typehints", "furo"),
        *("sphinx-copybutton", "sphinx-design", "myst-parser", "numpydoc", "pdoc"),
        *("mkdocs-material", "mkdocstrings", "mkdocstrings-python", "mkdocs-gen-files", "pdoc3"),
        *("mkdocs-awesome-pages-plugin", "pydoc-markdown", "sphinx-argparse", "doc8", "mike"),
    ),
    Purpose.DEBUGGING: (
        *("ipdb", "pudb", "pdbpp", "pdbp", "remote-pdb", "web-pdb", "line-profiler", "snakeviz"),
        *("memory-profiler", "scalene", "gprof2dot", "icecream", "birdseye", "viztracer"),
    ),
    Purpose.PACKAGING: (
        *("twine", "build", "bump2version", "bumpversion", "bump-my-version", "check-manifest"),
        *("towncrier", "pip-tools", "pipdeptree", "pip-licenses", "cibuildwheel", "auditwheel"),
        *("zest-releaser", "python-semantic-release", "hatch", "flit", "readme-renderer"),
    ),
    Purpose.INTERACTIVE: ("bpython", "ptpython", "jupyter-contrib-nbextensions", "nbstripout"),
}
_UNSURE: dict[Purpose, tuple[str, ...]] = {
    # `faker` fills databases, the others are imported by code that ships: for sandboxes, demonstrations.
    Purpose.TESTING: (
        *("freezegun", "responses"),
        *("faker", "mimesis", "mock", "moto", "localstack", "webtest", "mixer", "pyfakefs"),
        *("selenium", "playwright", "splinter"),
        *("testtools", "fixtures", "django-webtest", "pytest-runner"),
    ),
    # Some services render documents, lint or format for their users.
    Purpose.DOCUMENTATION: ("sphinx", "mkdocs"),
    Purpose.LINTING: ("jedi", "rope", "python-lsp-server", "safety", "semgrep"),
    # Started by hand, or by a flag that an environment variable sets.
    Purpose.DEBUGGING: (
        *("debugpy", "pydevd", "pydevd-pycharm", "ptvsd", "django-debug-toolbar", "py-spy"),
        *("django-silk", "flask-debugtoolbar", "fastapi-debug-toolbar", "pyinstrument", "memray"),
        *("django-extensions", "nplusone", "django-browser-reload"),
    ),
    Purpose.PACKAGING: ("poetry", "pipenv", "pdm", "hatchling", "setuptools-scm", "invoke"),
    # `manage.py shell_plus`, and services that run notebooks.
    Purpose.INTERACTIVE: (
        *("ipython", "ipykernel", "jupyter", "jupyterlab", "notebook", "nbconvert", "nbformat"),
        *("jupyter-client", "ipywidgets", "jupyter-console", "papermill"),
    ),
    Purpose.LOAD: ("locust", "locustio"),
}
_PATTERNS: tuple[tuple[re.Pattern[str], Purpose], ...] = (
    (re.compile(r"pytest-.+"), Purpose.TESTING),
    (re.compile(r"flake8-.+"), Purpose.LINTING),
    (re.compile(r"types-.+"), Purpose.TYPING),
    (re.compile(r"mypy-boto3(?:-.+)?"), Purpose.TYPING),
    (re.compile(r"sphinxcontrib-.+|mkdocs-.+-plugin"), Purpose.DOCUMENTATION),
)
"""Names by the form that plug-ins and stub packages have: typeshed's are `types-…`
(https://github.com/python/typeshed), plug-ins of pytest `pytest-…`
(https://docs.pytest.org/en/stable/how-to/writing_plugins.html)."""
_BY_NAME = {
    name: (purpose, sureness)
    for table, sureness in ((_SURE, Sureness.SURE), (_UNSURE, Sureness.UNSURE))
    for purpose, names in table.items()
    for name in names
}


def development_tool(name: str) -> tuple[Purpose, Sureness] | None:
    """What a distribution is for, where that is development; None: it is not known to be."""
    normal = canonicalize_name(name)
    if normal in _BY_NAME:
        return _BY_NAME[normal]
    purposes = (purpose for pattern, purpose in _PATTERNS if pattern.fullmatch(normal))
    return next(((purpose, Sureness.SURE) for purpose in purposes), None)
