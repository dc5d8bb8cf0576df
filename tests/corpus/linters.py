"""hadolint and tally over many Dockerfiles at once: what each of them reports, by file."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

Findings = dict[str, list[tuple[str, int]]]
"""By the name of the file: the rule and the line of every finding; -1 stands for the whole file."""
_BATCH = 40


def find(name: str) -> str | None:
    """The program, beside this Python or on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def hadolint(program: str, folder: Path, names: Sequence[str]) -> Findings:
    """What hadolint reports of these files."""
    found: Findings = {name: [] for name in names}
    for batch in _batches(names):
        command = [program, "--no-fail", "--format", "json", *batch]
        for entry in json.loads(_output(command, folder)):
            found[entry["file"]].append((entry["code"], entry["line"]))
    return found


def tally(program: str, folder: Path, names: Sequence[str]) -> Findings:
    """What tally reports of these files; nothing is asked of a registry.

    It leaves out what is milder than an error on the same line. Files with errors are therefore read
    once more without the rules that report these, so that no finding comes and goes with an error.
    """
    found: Findings = {name: [] for name in names}
    severe: dict[str, set[str]] = {}
    for name, rule, line, severity in _violations(program, folder, names, []):
        found[name].append((rule, line))
        if severity == "error":
            severe.setdefault(name, set()).add(rule)
    rules = sorted(set().union(*severe.values()))
    for name, reported in severe.items():
        found[name] = [(rule, line) for rule, line in found[name] if rule in reported]
    for name, rule, line, _ in _violations(program, folder, sorted(severe), rules):
        found[name].append((rule, line))
    return found


def _violations(
    program: str, folder: Path, names: Sequence[str], ignored: Sequence[str]
) -> Iterator[tuple[str, str, int, str]]:
    """File, rule, line and severity of all that tally reports, but for the rules `ignored`."""
    options = ["--format", "json", "--slow-checks", "off", "--no-config", "--fail-level", "none"]
    options += [word for rule in ignored for word in ("--ignore", rule)]
    for batch in _batches(names):
        report = json.loads(_output([program, "lint", *options, *batch], folder))
        for file in report["files"]:
            for v in file["violations"]:
                line = v["location"]["start"]["line"]
                yield Path(file["file"]).name, v["rule"], line, v["severity"]


def _batches(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[at : at + _BATCH] for at in range(0, len(names), _BATCH)]


def _output(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise RuntimeError(f"{command[0]} said nothing: {done.stderr[-500:]}")
    return done.stdout
