"""What the documentation says is what the program does: names, options, keys, links, commands."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dockopt import config
from dockopt.cli.program import program
from dockopt.policy import ASSUMPTIONS
from dockopt.reference import reference
from dockopt.registry import transforms
from dockopt.transform import Level, Phase

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/*/README.md")]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands() -> list[str]:
    return [block.strip() for _, block in FENCE.findall(page("README.md"))]


def documented_keys(text: str) -> set[str]:
    """The words in code of the first column of tables."""
    rows = re.findall(r"^\| (`[^|]+) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def section(name: str, title: str) -> str:
    match = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page(name), re.M | re.S)
    assert match, f"{name} has no section {title}"
    return match[1]


def test_page_of_transforms_is_current() -> None:
    assert page("docs/transforms.md") == reference(), "run `make docs`"


@pytest.mark.parametrize("name", transforms())
def test_transform_is_documented(name: str) -> None:
    registered = transforms()[name]
    lines = registered.documentation.splitlines()

    assert [line for line in lines if line.startswith("## ")] == [
        "## What it does",
        "## Why",
        "## Safety",
    ]
    assert lines[0].endswith("."), "the first line is the summary, a sentence"
    assert "TODO" not in registered.documentation
    assert f"`{name}`" in page("CHANGELOG.md")


def test_architecture_has_every_transform_in_its_phase() -> None:
    rows = re.findall(r"^\| `([A-Z]+)` \| (.+?) \|", page("docs/architecture.md"), re.MULTILINE)
    documented = {phase: set(re.findall(r"`([^`]+)`", names)) for phase, names in rows}

    assert list(documented) == [phase.name for phase in Phase]
    built_in = [r for r in transforms().values() if r.transform.module.startswith("dockopt_")]
    for phase in Phase:
        expected = {r.name for r in built_in if r.transform.phase is phase}
        assert documented[phase.name] == expected, phase.name


def test_readme_has_two_commands() -> None:
    assert len(commands()) == 2
    assert all(command.startswith("python3 -m venv .venv && ") for command in commands())


def test_first_command_shows_difference_and_changelog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    arguments = shlex.split(commands()[0].rpartition("&&")[2])
    assert arguments[0] == ".venv/bin/dockopt"

    result = CliRunner().invoke(program, [*arguments[1:], "--no-color"])

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("--- a/examples/")
    assert "largest waste: Own files at COPY" in result.stdout


def test_readme_has_every_option() -> None:
    command = program.get_command(click.Context(program), "rewrite")
    assert command is not None
    options = [o for o in command.params if isinstance(o, click.Option)]
    text = section("README.md", "Use")

    missing = [o.opts for o in options if not any(f"`{name}" in text for name in o.opts)]

    assert missing == []


def test_readme_has_no_option_that_does_not_exist() -> None:
    command = program.get_command(click.Context(program), "rewrite")
    assert command is not None
    known = {name for o in command.params for name in (*o.opts, *o.secondary_opts)}

    written = set(re.findall(r"`(--?[a-z][a-z-]*)", section("README.md", "Use")))

    assert written - known == set()


def test_every_command_of_the_readme_exists() -> None:
    written = set(re.findall(r"`dockopt ([a-z]+)", page("README.md")))

    assert written == set(program.list_commands(click.Context(program)))


@pytest.mark.parametrize("level", Level, ids=str)
def test_levels_are_documented(level: Level) -> None:
    assert f"| `{level}` |" in section("README.md", "Levels")
    assert f"`{level}`" in section("docs/safety.md", "What the levels claim")


def test_settings_are_documented() -> None:
    text = section("docs/configuration.md", "Settings")

    assert documented_keys(text) == set(config.KEYS)
    for key in config.KEYS:
        assert f"`DOCKOPT_{key.upper()}`" in text


def test_settings_in_the_example_are_read(tmp_path: Path) -> None:
    (example,) = [t for kind, t in FENCE.findall(page("docs/configuration.md")) if kind == "toml"]
    path = tmp_path / "pyproject.toml"
    path.write_text(example, encoding="utf-8")

    settings = config.load(path)

    assert (settings.level, settings.context) == ("standard", tmp_path)
    assert set(settings.ignore or ()) <= set(transforms())
    assert set(settings.assume or ()) <= set(ASSUMPTIONS)


def test_pragmas_in_the_example_are_read() -> None:
    (example,) = [
        t for kind, t in FENCE.findall(page("docs/configuration.md")) if kind == "dockerfile"
    ]

    result = CliRunner().invoke(program, ["rewrite", "-"], input=example)

    assert (result.exit_code, result.stdout) == (0, example), result.output


def test_assumptions_are_documented() -> None:
    text = section("docs/configuration.md", "Assumptions")

    assert documented_keys(text) == set(ASSUMPTIONS)


def test_keys_of_the_changelog_are_documented() -> None:
    """Against the golden changelog, which has each kind of entry."""
    text = page("docs/changelog-format.md").partition("\n## Requirements\n")[0]
    document = json.loads(page("snapshots/reports/changelog.json"))
    (file,) = document["files"]
    applied, left = file["applied"][0], file["not_applied"][0]

    keys = {*document, *file, *applied, *left, *file["files"][0]}
    assert documented_keys(text) == keys
    for inner in (file["expected_saving"], applied["saves"], applied["evidence"][0],
                  applied["before"][0], file["declined"][0], file["remarks"][0]):  # fmt: skip
        assert all(f"`{key}`" in text for key in inner)


def test_keys_of_the_requirements_are_documented(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nRUN pip install flask\n")
    arguments = ["requirements", str(tmp_path), "--format", "json"]
    document = json.loads(CliRunner().invoke(program, arguments).output)

    keys = {*document, *document["requirements"][0]} - {"schema"}
    text = section("docs/changelog-format.md", "Requirements")
    assert documented_keys(text) | {"run_line"} == keys
    assert all(f"`{key}`" in text for key in document["requirements"][0]["brings"][0])


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }

    prose = re.sub(r"(?ms)^(```+).*?^\1$", "", text)  # code may look like a link
    for target, anchor in LINK.findall(prose):
        assert not target or (path.parent / target).exists(), target
        assert target or anchor in headings, anchor


def test_make_targets_that_are_named_exist() -> None:
    written = {name for p in PAGES for name in re.findall(r"`make (\w+)`", p.read_text("utf-8"))}
    targets = set(re.findall(r"^(\w+):", page("Makefile"), re.MULTILINE))

    assert written
    assert written <= targets
