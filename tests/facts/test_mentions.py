"""Which names Python source and settings say."""

import pytest

from dockopt.facts.mentions import python_mentions, words


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("open('docs/index.md')", "docs", True),
        ("open('docs/index.md')", "index.md", True),
        ("Path(__file__).parent / 'docs'", "docs", True),
        ("app = FastAPI(docs_url='/docs')", "docs", False),
        ("url = f'{BASE}/docs/x'", "docs", True),
        ("url = BASE + '/docs'", "docs", True),
        ("open('/srv/app/docs/x')", "docs", True),
        ("open('/srv/other/docs/x')", "docs", False),
        ("run(['pytest', 'tests'])", "tests", True),
        ("run('pytest -q tests', shell=True)", "tests", True),
        ("log('Some tests did not pass.')", "tests", False),
        ("log('See docs/setup.rst for more.')", "docs", True),
        ("b'docs/x'", "docs", False),
        ("x = b'docs/x'", "docs", True),
        ("import_module('tests.fixtures')", "tests", True),
        ("'''docs'''", "docs", False),
        ("def f():\n    'docs'\n    return 1", "docs", False),
    ],
)
def test_strings(source: str, name: str, expected: bool) -> None:
    said, _ = python_mentions(source, "/srv/app")

    assert (name in said) is expected


def test_imports() -> None:
    _, modules = python_mentions(
        "import a.b, c\nfrom d.e import f\nfrom . import g\nfrom .h import i"
    )

    assert modules == {"a", "c", "d"}


def test_source_that_cannot_be_parsed_says_everything() -> None:
    said, modules = python_mentions("print 'see docs'\nimport tests\n")

    assert {"docs", "tests"} <= said & modules


def test_words_of_a_script() -> None:
    assert set(words("cd docs # tests\nsh ./run.sh a/b; python -m tools.seed")) == {
        *("cd", "docs", "sh", ".", "run.sh", "run", "a", "b", "python", "-m", "tools.seed", "tools")
    }
