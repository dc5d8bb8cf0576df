"""The rules of .dockerignore, against the cases in Docker's documentation and in moby's own tests.

https://docs.docker.com/build/concepts/context/#syntax and
https://github.com/moby/patternmatcher/blob/main/patternmatcher_test.go (the facts, not the text).
"""

import pytest

from dockopt.facts.dockerignore import IgnoreRules, PatternError


def ignored(text: str, path: str) -> bool:
    return IgnoreRules.parse(text).ignores(path)


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        # one folder below the root, two folders below, and names with one more character
        ("*/temp*", "somedir/temporary.txt", True),
        ("*/temp*", "somedir/temp", True),
        ("*/temp*", "temp.txt", False),
        ("*/temp*", "a/b/temp.txt", False),
        ("*/*/temp*", "somedir/subdir/temporary.txt", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("temp?", "a/tempb", False),
        # a name is about the root alone, and takes what is below with it
        ("build", "build/out.bin", True),
        ("build", "src/build", False),
        ("build/", "build/out.bin", True),
        ("/build", "build/out.bin", True),
        ("./build//", "build/out.bin", True),
        ("a/../build", "build/x", True),
        # ** is any number of folders
        ("**/*.go", "main.go", True),
        ("**/*.go", "a/b/main.go", True),
        ("**/node_modules", "web/node_modules/x.js", True),
        ("**", "a/b", True),
        ("dir/**", "dir/file", True),
        ("dir/**", "dir", False),
        ("dir/**", "directory/file", False),
        ("**/dir/**", "a/dir/b", True),
        ("**/dir2/*", "dir/dir2/file", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/bz", False),
        ("**.pyc", "a/b.pyc", True),
        ("**file", "dir/file", True),
        ("**file", "dir/other", False),
        ("**/foo", "foo", True),
        ("**/foo", "a/foo/b", True),
        ("**/foo", "afoo", False),
        ("**/*", "a", True),
        ("**/**", "a/b", True),
        ("foo/**/", "foo/x", True),
        ("a**b", "ab", True),
        ("a**b", "ax/b", True),
        ("a**b", "axb", False),
        ("***/x", "a/b/x", True),
        ("**a*", "xa", False),
        ("abc.def", "abcZdef", False),
        ("a(b)c/def", "a(b)c/def", True),
        ("a.|)$(}+{bc", "a.|)$(}+{bc", True),
        # classes, escapes
        ("a[b-d]e", "ace", True),
        ("a[b-d]e", "aae", False),
        ("a[^b-d]e", "aae", True),
        ("a[!b]c", "a!c", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        ("a[b\\-d]e", "a-e", True),
        # letter case matters; the root itself is always sent
        ("README.md", "readme.md", False),
        (".", "a", False),
    ],
)
def test_pattern(patterns: str, path: str, expected: bool) -> None:
    assert ignored(patterns, path) is expected


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README.md", "CHANGES.md", True),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("docs\n!docs/README.md", "docs/README.md", False),
        ("docs\n!docs/README.md", "docs/other", True),
        ("*\n!src\n!src/**\nsrc/*.log", "src/a.log", True),
        ("*\n!src", "src/a/b.py", False),
        ("*\n!src", "tests/a.py", True),
        ("!src\n*", "src/a.py", True),
        ("**\n! src ", "src/a.py", False),
        ("docs\n!docs/*.md\n!docs/api/**", "docs/a/b.md", True),
        ("*\n/!src", "src/a.py", False),
        ("*\n./!src", "src/a.py", False),
        ("*\n!!src", "!src", False),
        ("*\n!.", "a", True),
        # a pattern that changes nothing at a folder does not count for what is below it
        ("a*\n!ab/c\nab", "ab/c", False),
        ("a*\n!ab/c\nab", "ab/d", True),
        ("a*\n!ab/c\nab/c", "ab/c", True),
    ],
)
def test_last_match_wins(patterns: str, path: str, expected: bool) -> None:
    assert ignored(patterns, path) is expected


def test_comments_and_white_space() -> None:
    rules = IgnoreRules.parse("\ufeff# first\n\n  a  \n #b\nc # d\r\n\t\n")

    assert [pattern.text for pattern in rules.patterns] == ["a", "#b", "c # d"]
    assert rules.ignores("#b/x")


def test_the_pattern_that_decides_is_known() -> None:
    found = IgnoreRules.parse("x\n\n**/*.log").deciding("a/b.log")

    assert found is not None
    assert (found.text, found.line) == ("**/*.log", 3)


def test_white_space_is_that_of_go() -> None:
    rules = IgnoreRules.parse("\u00a0a\u3000\nb\x1c\n\x1fc\n")

    assert [pattern.text for pattern in rules.patterns] == ["a", "b\x1c", "\x1fc"]


@pytest.mark.parametrize(
    "text",
    [
        *("!", "a\n!  ", "/!", "a[", "a[]", "a[b", "[a-]x", "[-a]x", "[^]x", "[z-a]", "x\\"),
        "a" * 70_000,
    ],
)
def test_a_pattern_that_docker_refuses(text: str) -> None:
    with pytest.raises(PatternError):
        IgnoreRules.parse(text)


@pytest.mark.parametrize("text", ["a\\d", "[*]", "[?]x", "a[[:alpha:]]", "a\\\u00e9"])
def test_a_pattern_that_docker_takes_for_something_else(text: str) -> None:
    with pytest.raises(PatternError):
        IgnoreRules.parse(text)


def test_many_patterns_and_deep_paths_stay_fast() -> None:
    rules = IgnoreRules.parse("\n".join(f"**/{n}*?*x/**/y" for n in range(200)))

    assert not rules.ignores("/".join(["0123456789"] * 40))
