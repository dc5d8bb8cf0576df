"""What development tools bring: modules, programs, requirements, sizes.

Which distributions are such tools `knowledge.development_tools` says. What `knowledge.distributions`
knows is not told here again; the rest is that of the newest wheels on PyPI, 27 November 2026.
"""

from dockopt.immutable import immutable
from dockopt.knowledge.development_tools import Sureness, development_tool
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
    flake8-bugbear|bugbear||flake8 attrs|208455
    flake8-comprehensions|flake8_comprehensions||flake8|30299
    flake8-docstrings|flake8_docstrings||flake8 pydocstyle|10184
    flake8-isort|flake8_isort||flake8 isort|48801
    interrogate|interrogate|interrogate|attrs click colorama py tabulate tomli|158833
    model-bakery|model_bakery||django|104992
    nose|nose|nosetests||507037
    nose2|nose2|nose2||591277
    pep8-naming|pep8ext_naming||flake8|30927
    pudb|pudb|pudb|jedi packaging pygments typing-extensions urwid-readline urwid|315134
    pydocstyle|pydocstyle|pydocstyle|importlib-metadata snowballstemmer|134144
    pylint-django|pylint_django||pylint pylint-plugin-utils|122092
    pylint-plugin-utils|pylint_plugin_utils||pylint|27506
    pytest-django|pytest_django||pytest|83174
    pytest-env|pytest_env||pytest python-dotenv|26234
    pytest-factoryboy|pytest_factoryboy||factory-boy inflection packaging pytest typing-extensions|45648
    pytest-html|pytest_html||jinja2 pytest-metadata pytest|69189
    pytest-httpx|pytest_httpx||httpx pytest|76407
    pytest-randomly|pytest_randomly||pytest|20112
    pytest-sugar|pytest_sugar||pytest termcolor|34145
    pyupgrade|pyupgrade|pyupgrade|tokenize-rt|216494
    radon|radon|radon|mando colorama|173391
    requests-mock|requests_mock||requests|75627
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
_STUBS = "types-"
"""How the names of stubs begin that typeshed publishes: https://github.com/python/typeshed."""
_BACKPORTS = frozenset(
    "typing-extensions tomli exceptiongroup importlib-metadata importlib-resources zipp async-timeout".split()  # noqa: SIM905
)
"""Most that require one of these do so for old Pythons alone."""
_ALWAYS_TYPING = frozenset("pydantic pydantic-core fastapi sqlalchemy alembic torch openai".split())  # noqa: SIM905
"""These require typing-extensions whatever the Python."""


def only_for_developers(name: str) -> bool:
    """Whether a distribution is a tool of developers whoever asks for it, and it is known what it brings."""
    judged = development_tool(name)
    return judged is not None and judged[1] is Sureness.SURE and contents(name) is not None


def meant_for_development(name: str) -> bool:
    """Whether a distribution is a tool where a project lists it for development."""
    return development_tool(name) is not None


def contents(name: str) -> Contents | None:
    """What the distribution with this normalised name brings; None where that is not known."""
    known = lookup(name)
    if known is not None and known.requires is not None and name.startswith(_STUBS):
        # Nothing imports stubs, whatever modules they are about.
        return Contents((), (), known.requires, known.installed_bytes)
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
