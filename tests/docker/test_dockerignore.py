"""What an ignore file leaves out, as the engine itself does it and as dockopt reads it."""

import random
from pathlib import Path

import pytest
from tests.docker.engine import Engine, EngineError

from dockopt import rewrite
from dockopt.facts.context import Context

FILES = (
    ".dockerignore",
    ".env",
    ".git/HEAD",
    "!odd",
    "#hash",
    "Dockerfile",
    "README.md",
    "CHANGES.md",
    "a b.txt",
    "a*b",
    "ab",
    "axb",
    "foo",
    "foobar",
    "src/a.py",
    "src/foo/a.py",
    "src/foo/b/c.pyc",
    "src/README.md",
    "src/x/y/foo",
    "docs/README.md",
    "docs/api/README.md",
    "docs/api/foo.md",
    "tests/foo/bar",
    "trail /x",
)
CASES = {
    "any-depth": "**/foo",
    "below-a-folder": "src/foo/**",
    "between": "src/**/foo",
    "glued": "**.pyc\n**bar",
    "all-but-one-folder": "*\n!src",
    "all-but-two-files": "**\n!src/a.py\n!docs/**/README.md",
    "out-of-an-excluded-folder": "docs\n!docs/api",
    "wild-exception": "docs\n!**/README.md",
    "last-match": "*.md\n!README.md\nREAD*",
    "exception-first": "!README.md\n*.md",
    "slashes": "/src/\n./docs//\ntests/../foo",
    "white-space": "  *.md  \n\t.env\t\r\na b.txt\n\ntrail ",
    "comment-and-mark": "\ufeff#hash\n #hash\n\\!odd",
    "mark-after-a-slash": "*\n/!src",
    "escape": "a\\*b",
    "star": "a*b",
    "class": "a[a-x]b\n[A-C]*.md",
    "negated-class": "a[^a-w]b",
    "bang-in-class": "[!x]odd",
    "question": "a?b\n???bar",
    "dockerfile-itself": "Dockerfile\n.dockerignore\n.git",
    "dot": ".",
    "parent": "../src\n!../docs",
    "skipped-at-the-folder": "s*\n!src/a.py\nsrc",
    "case": "readme.MD",
    "everything": "**",
}
_WORDS = ("*", "**", "?", "src", "docs", "foo", "a*", "*.md", "README.md", "[a-f]*", "**.py", "api")


def made_up(number: int) -> str:
    """A few patterns of the usual parts."""
    chance = random.Random(number)  # noqa: S311 - the same ones each time
    lines = (
        chance.choice(("", "", "!", "/"))
        + "/".join(chance.choices(_WORDS, k=chance.choice((1, 1, 2, 3))))
        for _ in range(chance.randint(1, 6))
    )
    return "\n".join(lines)


def fill(folder: Path, rules: str, name: str = ".dockerignore") -> Path:
    for path in FILES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    (folder / name).write_text(rules, encoding="utf-8", newline="")
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text("FROM scratch\nCOPY . /\n")
    return dockerfile


@pytest.mark.parametrize(
    "rules", [*CASES.values(), *map(made_up, range(40))], ids=[*CASES, *map(str, range(40))]
)
def test_the_same_files_arrive(docker_engine: Engine, tmp_path: Path, rules: str) -> None:
    dockerfile = fill(tmp_path, rules)

    expected = Context.open(tmp_path, str(dockerfile)).sent_files("")

    assert docker_engine.files_sent(tmp_path, dockerfile) == frozenset(expected)


def test_the_ignore_file_beside_the_dockerfile(docker_engine: Engine, tmp_path: Path) -> None:
    dockerfile = fill(tmp_path, "src\n", "Dockerfile.dockerignore")
    (tmp_path / ".dockerignore").write_text("docs\n")

    expected = Context.open(tmp_path, str(dockerfile)).sent_files("")

    assert docker_engine.files_sent(tmp_path, dockerfile) == frozenset(expected)
    assert "docs/README.md" in expected and "src/a.py" not in expected


@pytest.mark.parametrize("rules", ["!", "a[", "[a-]x", "[^]x", "x\\", "[z-a]"])
def test_patterns_that_are_refused(docker_engine: Engine, tmp_path: Path, rules: str) -> None:
    dockerfile = fill(tmp_path, rules)

    assert Context.open(tmp_path, str(dockerfile)).problem
    with pytest.raises(EngineError):
        docker_engine.files_sent(tmp_path, dockerfile)


def test_a_rewrite_leaves_out_what_it_says_and_no_more(
    docker_engine: Engine, tmp_path: Path
) -> None:
    text = "FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD python src/a.py\n"
    dockerfile = fill(tmp_path, "*.md\n!README.md\n")
    (tmp_path / ".git" / "pack").write_text("x" * 60_000)
    before = docker_engine.files_sent(tmp_path, dockerfile)

    result = rewrite(text, context=tmp_path, file=str(dockerfile), select=["dockerignore"])
    (written,) = result.files
    (tmp_path / written.path).write_text(written.after)

    gone = before - docker_engine.files_sent(tmp_path, dockerfile)
    said = {e.file for record in result.applied for e in record.evidence}
    assert {path.partition("/")[0] for path in gone} == said
    assert {".git/HEAD", ".env", "tests/foo/bar"} <= gone and "README.md" not in gone
