"""Settings: where they are found, what they may say, and how errors point at them."""

from pathlib import Path

import pytest

from dockopt import config
from dockopt.config import Settings
from dockopt.errors import ConfigurationError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a service two folders down; a file above it must never count."""
    root = tmp_path / "repository"
    (root / "services" / "web").mkdir(parents=True)
    (root / ".git").mkdir()
    (tmp_path / ".dockopt.toml").write_text('level = "safe"\n')
    return root


def test_the_nearest_file_upward_counts(project: Path) -> None:
    web = project / "services" / "web"
    assert config.find(web) is None
    (project / "pyproject.toml").write_text("[tool.dockopt]\n")
    assert config.find(web) == project / "pyproject.toml"
    (project / ".dockopt.toml").write_text("")
    assert config.find(web) == project / ".dockopt.toml"
    (project / "services" / "pyproject.toml").write_text("[tool.dockopt]\n")
    assert config.find(web) == project / "services" / "pyproject.toml"


def test_a_project_that_does_not_speak_of_dockopt_is_passed_by(project: Path) -> None:
    (project / ".dockopt.toml").write_text("")
    (project / "services" / "pyproject.toml").write_text('[project]\nname = "dockopt-user"\n')
    (project / "services" / "web" / "pyproject.toml").write_text("[tool.other\n")
    assert config.find(project / "services" / "web") == project / ".dockopt.toml"


def test_outside_a_repository_the_search_goes_to_the_top(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".dockopt.toml").write_text("")
    assert config.find(tmp_path / "a" / "b") == tmp_path / ".dockopt.toml"


def test_all_keys_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[project]\nlevel = 1\n\n[tool.dockopt]\nlevel = "aggressive"\nselect = ["a"]\n'
        'ignore = ["b", "c"]\nassume = ["no-gpu"]\ncontext = "src"\ntarget = "web"\n[tool.x]\n'
    )
    settings = config.load(path)
    assert settings == Settings(
        "aggressive",
        ("a",),
        ("b", "c"),
        ("no-gpu",),
        tmp_path / "src",
        "web",
        origins=settings.origins,
    )
    assert settings.origins["level"] == f"{path}:5"
    assert settings.origins["target"] == f"{path}:10"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\nlvel = 'safe'\n", 2, "unknown key 'lvel'; known are level, select"),
        ("level = 'reckless'", 1, "level 'reckless' is not one of safe, standard, aggressive"),
        ("level = 3", 1, "level must be a text in quotes"),
        ("target = ''", 1, "target must be a text in quotes"),
        ("# x\nselect = 'a'", 2, 'select must be a list of names, like ["a", "b"]'),
        ("ignore = [1]", 1, "ignore must be a list"),
        ("assume = {a = 1}", 1, "assume must be a list"),
        ("a = 1\nb =\n", 2, "not TOML: Invalid value"),
        ("a = [\n", 2, "not TOML: "),
        ("[files]\nx = 1", None, "unknown key 'files'"),
    ],
)
def test_errors_name_the_file_and_the_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    path = tmp_path / ".dockopt.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        config.load(path)
    assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_project_file_that_is_named_must_have_the_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    for text in ("", "tool = 3\n", "[tool]\ndockopt = 3\n"):
        path.write_text(text)
        with pytest.raises(ConfigurationError, match=r"has no table \[tool\.dockopt\]; add one"):
            config.load(path)


def test_files_that_are_no_text_or_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".dockopt.toml"
    path.write_bytes(b"# ok\n# \xff\n")
    with pytest.raises(ConfigurationError, match=r":2: not UTF-8"):
        config.load(path)
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        config.load(tmp_path / "gone.toml")
    monkeypatch.setattr(config, "MAX_BYTES", 3)
    with pytest.raises(ConfigurationError, match="larger than 3 bytes"):
        config.load(path)
    monkeypatch.undo()
    path.write_text("a = " + "[" * 100_000)
    with pytest.raises(ConfigurationError):
        config.load(path)


def test_the_environment_is_read() -> None:
    settings = config.from_environment(
        {
            "DOCKOPT_LEVEL": "safe",
            "DOCKOPT_SELECT": " a, b,,c ",
            "DOCKOPT_IGNORE": "",
            "DOCKOPT_CONTEXT": "src",
            "DOCKOPT_CORPUS": "/x",
            "LEVEL": "standard",
        }
    )
    assert settings == Settings(
        level="safe", select=("a", "b", "c"), context=Path("src"), origins=settings.origins
    )
    assert settings.origins["select"] == "DOCKOPT_SELECT"
    with pytest.raises(ConfigurationError, match=r"^DOCKOPT_LEVEL: level 'x' is not one of"):
        config.from_environment({"DOCKOPT_LEVEL": "x"})


def test_the_stronger_wins_key_by_key() -> None:
    weak = Settings(level="safe", ignore=("a",), origins={"level": "file:1", "ignore": "file:2"})
    strong = Settings(level="standard", origins={"level": "--level", "ignore": "--ignore"})
    both = weak.under(strong)
    assert (both.level, both.ignore) == ("standard", ("a",))
    assert both.origins == {"level": "--level", "ignore": "file:2"}


def test_variants_are_parted_by_blanks_in_the_environment(tmp_path: Path) -> None:
    found = config.from_environment({"DOCKOPT_VARIANTS": "core= ml=ml,gpu"})
    path = tmp_path / ".dockopt.toml"
    path.write_text('variants = ["core=", "ml=ml,gpu"]\n')

    assert found.variants == config.load(path).variants == ("core=", "ml=ml,gpu")
    assert found.origins["variants"] == "DOCKOPT_VARIANTS"
