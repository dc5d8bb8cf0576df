"""Edges of `heavy-requirements`: what is advised against, and what is kept silent about."""

from pathlib import Path

from tests.transforms.rewriting import run

from dockopt.result import NotApplied

NAME = ("heavy-requirements",)
TEXT = (
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
    'CMD ["python", "main.py"]\n'
)


def advice(folder: Path | None, files: dict[str, str], text: str = TEXT) -> tuple[NotApplied, ...]:
    result = run(text, folder, NAME, files)
    assert result.text == text
    return result.not_applied


def test_a_large_requirement_that_nothing_imports_is_named(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "# web\nflask\nsentence-transformers\n",
        "main.py": "import flask\n",
    }
    (entry,) = advice(tmp_path, files)
    assert "sentence-transformers" in entry.record.title
    assert "requirements.txt:3" in entry.reason
    assert entry.record.saves.count is not None
    assert entry.record.saves.count > 1_000_000_000
    texts = [evidence.text for evidence in entry.record.evidence]
    assert any(text.startswith("sentence-transformers → torch → ") for text in texts)


def test_unused_ones_that_bring_each_other_are_weighed_together(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "torch\nflask\nsentence-transformers\nmatplotlib\n",
        "main.py": "import flask\n",
    }
    (both, other) = advice(tmp_path, files)
    assert both.record.title.startswith("Nothing imports sentence-transformers or torch: ")
    assert "requirements.txt:3, requirements.txt:1" in both.reason
    assert (both.record.saves.count or 0) > 1_000_000_000
    assert other.record.title.startswith("Nothing imports matplotlib: ")


def test_one_that_a_used_one_brings_is_not_named(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "torch\nsentence-transformers\n",
        "main.py": "import sentence_transformers\n",
    }
    assert advice(tmp_path, files) == ()


def test_what_is_imported_is_not_named(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "sentence-transformers\n",
        "main.py": "def late():\n    from sentence_transformers import util\n    return util\n",
    }
    assert advice(tmp_path, files) == ()


def test_what_is_small_is_not_named(tmp_path: Path) -> None:
    files = {"requirements.txt": "six\nflask\n", "main.py": "import flask\n"}
    assert advice(tmp_path, files) == ()


def test_a_far_smaller_variant_is_named(tmp_path: Path) -> None:
    files = {"requirements.txt": "opencv-python\n", "main.py": "import cv2\n"}
    (entry,) = advice(tmp_path, files)
    assert "opencv-python-headless" in entry.record.title


def test_without_a_context_nothing_is_said() -> None:
    assert advice(None, {}) == ()


def test_requirements_that_are_not_all_known_are_not_judged(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r missing.txt\ntorch\n", "main.py": "print()\n"}
    assert advice(tmp_path, files) == ()
