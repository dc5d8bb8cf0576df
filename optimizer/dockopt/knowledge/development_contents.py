"""Distributions that are only ever tools of developers: test runners, linters, formatters, type checkers.

What a program could import by accident (`faker` for sample data, `ipython` for a shell) is not among
them. Modules, programs and requirements are those of the newest wheels on PyPI, 27 November 2026; where
`knowledge.distributions` has an entry, that counts.
"""

from dockopt.immutable import immutable
from dockopt.knowledge.distributions import lookup


@immutable(slots=True)
class Contents:
    """What a distribution brings, as its newest known wheel shows it."""

    modules: tuple[str, ...]
    scripts: tuple[str, ...]
    requires: tuple[str, ...]
    """Normalised names."""
    bytes: int | None
    """Of its files."""


_KNOWN_ELSEWHERE = """
    pytest pytest-cov pytest-asyncio pytest-xdist pytest-mock black flake8 mypy pylint isort ruff
    coverage tox nox pre-commit ipdb pycodestyle pyflakes pyright hypothesis
"""
_OWN = """
    autoflake|autoflake|autoflake|pyflakes tomli|61095
    autopep8|autopep8|autopep8|pycodestyle tomli|179972
    backports-asyncio-runner|backports.asyncio|||10000
    bandit|bandit|bandit|pyyaml stevedore rich colorama|410492
    bump2version|bumpversion|bump2version bumpversion||66259
    codespell|codespell_lib|codespell||1631121
    coveralls|coveralls|coveralls|coverage requests typer|40389
    django-coverage-plugin|django_coverage_plugin||coverage django|37540
    docformatter|docformatter|docformatter|charset-normalizer|168193
    factory-boy|factory||faker|121070
    flake8-bugbear|bugbear||flake8 attrs|208455
    flake8-comprehensions|flake8_comprehensions||flake8|30299
    flake8-docstrings|flake8_docstrings||flake8 pydocstyle|10184
    flake8-isort|flake8_isort||flake8 isort|48801
    interrogate|interrogate|interrogate|attrs click colorama py tabulate tomli|158833
    mock|mock|||121509
    model-bakery|model_bakery||django|104992
    nose|nose|nosetests||507037
    nose2|nose2|nose2||591277
    pep8-naming|pep8ext_naming||flake8|30927
    pudb|pudb|pudb|jedi packaging pygments typing-extensions urwid-readline urwid|315134
    pydocstyle|pydocstyle|pydocstyle|importlib-metadata snowballstemmer|134144
    pylint-django|pylint_django||pylint pylint-plugin-utils|122092
    pylint-plugin-utils|pylint_plugin_utils||pylint|27506
    pytest-benchmark|pytest_benchmark||py-cpuinfo pytest|159073
    pytest-django|pytest_django||pytest|83174
    pytest-env|pytest_env||pytest python-dotenv|26234
    pytest-factoryboy|pytest_factoryboy||factory-boy inflection packaging pytest typing-extensions|45648
    pytest-html|pytest_html||jinja2 pytest-metadata pytest|69189
    pytest-httpx|pytest_httpx||httpx pytest|76407
    pytest-randomly|pytest_randomly||pytest|20112
    pytest-sugar|pytest_sugar||pytest termcolor|34145
    pytest-timeout|pytest_timeout||pytest|41229
    pyupgrade|pyupgrade|pyupgrade|tokenize-rt|216494
    radon|radon|radon|mando colorama|173391
    requests-mock|requests_mock||requests|75627
    respx|respx||httpx|88467
    twine|twine|twine|readme-renderer requests requests-toolbelt urllib3 keyring rfc3986 rich packaging id|116660
    vulture|vulture|vulture|tomli|67746
    yapf|yapf|yapf yapf-diff|platformdirs tomli|1034372
"""


def _table() -> dict[str, Contents]:
    found = {}
    for row in _OWN.strip().splitlines():
        name, modules, scripts, requires, size = row.strip().split("|")
        texts = modules.split(), scripts.split(), requires.split()
        found[name] = Contents(tuple(texts[0]), tuple(texts[1]), tuple(texts[2]), int(size))
    return found


_TABLE = _table()
TOOLS = frozenset(_KNOWN_ELSEWHERE.split()) | _TABLE.keys()
"""Normalised names."""
_OFTEN = """
    ipython ipykernel jupyter jupyterlab notebook debugpy faker freezegun responses sphinx mkdocs
"""
_STUBS = frozenset(
    """
    types-pyyaml types-python-dateutil types-pytz types-toml types-six types-simplejson types-ujson
    types-markdown types-tabulate types-cachetools types-mock types-psycopg2 types-requests
    types-setuptools types-docutils types-aiofiles types-passlib types-beautifulsoup4
    """.split()  # noqa: SIM905 - a list of so many strings is not readable
)
"""Stubs from https://github.com/python/typeshed: files for type checkers, which nothing imports."""
TOOLS |= _STUBS
MEANT_FOR_DEVELOPMENT = TOOLS | frozenset(_OFTEN.split())
"""With those that a program may use all the same: tools where a project lists them for development."""
_BACKPORTS = frozenset(
    "typing-extensions tomli exceptiongroup importlib-metadata importlib-resources zipp async-timeout".split()  # noqa: SIM905
)
"""Most that require one of these do so for old Pythons alone."""
_ALWAYS_TYPING = frozenset("pydantic pydantic-core fastapi sqlalchemy alembic torch openai".split())  # noqa: SIM905
"""These require typing-extensions whatever the Python."""


def contents(name: str) -> Contents | None:
    """What the distribution with this normalised name brings; None where that is not known."""
    if name in _STUBS:
        return Contents((), (), ("urllib3",) if name == "types-requests" else (), None)
    known = lookup(name)
    if known is None or known.modules is None or known.requires is None:
        return _TABLE.get(name)
    return Contents(known.modules, known.scripts or (), known.requires, known.installed_bytes)


def closure(names: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """All that these distributions require, themselves included; and those that nothing is known of."""
    todo, found, unknown = set(names), set[str](), set[str]()
    while todo:
        name = todo.pop()
        found.add(name)
        known = contents(name)
        if known is None:
            unknown.add(name)
        else:
            todo |= set(known.requires) - found
    return frozenset(found), frozenset(unknown)


_FORMERLY = """
    pytest: attr attrs py six toml more_itertools wcwidth atomicwrites importlib_metadata
    black: toml appdirs attr regex typed_ast aiohttp
    pylint: wrapt lazy_object_proxy toml six typed_ast
    mypy: typed_ast toml
    tox: six toml py importlib_metadata
    nox: py
    isort: toml requirementslib pipreqs
    flake8: entrypoints importlib_metadata
    pytest-xdist: pytest_forked six
    pytest-cov: toml
    coverage: toml
    pre-commit: toml six aspy importlib_metadata
    hypothesis: attr attrs enum34
    ipdb: toml
    ipython: decorator pickleshare backcall simplegeneric
    pytest-html: ansi2html py
    autopep8: toml
    bandit: git six
    pydocstyle: six
    twine: tqdm pkginfo colorama
    mock: six pbr
    freezegun: six dateutil
    faker: six dateutil text_unidecode
    responses: six cookies toml
    requests-mock: six
    factory-boy: six
    pytest-django: six
    coveralls: docopt
    radon: colorama future
    sphinx: pkg_resources sphinx_rtd_theme typing
"""
"""By tool, the modules of what it required in earlier versions."""


def formerly_brought(names: frozenset[str]) -> frozenset[str]:
    """Modules that older versions of these tools brought with what they required then."""
    rows = (row.partition(":") for row in _FORMERLY.strip().splitlines())
    return frozenset(
        module for name, _, modules in rows if name.strip() in names for module in modules.split()
    )


def surely_kept(names: frozenset[str]) -> frozenset[str]:
    """All that these distributions require whatever the version of Python, themselves included."""
    found = closure(names)[0]
    typing = frozenset({"typing-extensions"} if found & _ALWAYS_TYPING else ())
    return (found - _BACKPORTS) | typing | names
