"""Measures the verdict "never imported" against labels: `python -m benchmarks.never_imported`.

The labels are those of "Bloat beneath Python's Scales" (FSE 2024), in the repository
gdrosos/bloat-study-artifact: what its call graphs and its authors found to be unused. The projects
themselves are read at the last commit before the study resolved their dependencies. Nothing of either
is kept but the figures, in `never_imported.json`.
"""

import argparse
import csv
import io
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dockopt.facts.context import Context
from dockopt.facts.declared import PROJECT, declared
from dockopt.facts.installs import requirement_name
from dockopt.facts.lock_files import locked_requirements
from dockopt.facts.requirement import INDEX, Requirement
from dockopt.facts.requirement_files import read_requirements
from dockopt.facts.source.evidence import Evidence
from dockopt.facts.source.layout import Layout, module_files
from dockopt.facts.source.uses import NEEDED, NEVER, Uses, by_name
from dockopt.knowledge.markers import may_apply

STATE = "2023-07-15"
"""The study resolved dependencies in June and July 2023: its newest releases are of these months."""
BLOATED, USED = "bloated", "used"
ONE_BY_ONE, WHOLE = "labelled one by one", "whole projects"
_READ = re.compile(
    r"\.(?:py|toml|cfg|txt|in|ini|conf|ya?ml|json|lock|sh|env)$|(?:^|/)(?:Pipfile|Procfile|Makefile)$"
)
_LABELS = (
    "One by one: rq2a.csv (direct dependencies; Bloated against Active and Inactive) and "
    "qualitative_results.json (all bloated). Whole projects: those of rq1b.csv whose direct "
    "dependencies are all used or all bloated; of these the ones that the study resolved. "
    "Some that it calls bloated are imported in so many words, so that no reader finds all. "
    "Precision and recall are those of the verdict `never imported`; in the second row of each kind "
    "`needed` (by another distribution, and by no code of the project) counts as well."
)


@dataclass
class Score:
    """Verdicts against labels."""

    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """By label and whether "never imported" was said."""
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    projects: set[str] = field(default_factory=set)
    said: frozenset[str] = frozenset({NEVER})
    """The verdicts that count as "not used"."""

    def add(self, project: str, name: str, label: str, verdict: str, because: str) -> None:
        """Takes in one verdict."""
        said = verdict in self.said
        self.counts[label, said] += 1
        self.verdicts[label, verdict] += 1
        self.projects.add(project)
        if label == USED and said:
            self.wrong.append(f"{project} {name}: {because}")
        if label == BLOATED and not said:
            self.missed.append(f"{project} {name}: {verdict}, {because}")

    @property
    def precision(self) -> float:
        """The share of "never imported" that is labelled unused."""
        hits = self.counts[BLOATED, True]
        return hits / max(1, hits + self.counts[USED, True])

    @property
    def recall(self) -> float:
        """The share of what is labelled unused that is found."""
        hits = self.counts[BLOATED, True]
        return hits / max(1, hits + self.counts[BLOATED, False])


def labels(artifact: Path) -> dict[str, dict[str, str]]:
    """For each project its labelled direct dependencies, by normalised name.

    From the security analysis (every direct vulnerable dependency: bloated or not) and the manual
    analysis (all bloated). What the first could not tell (`Undefined`) is left out.
    """
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(_read(artifact, "data/results/rq2a.csv"))):
        if row["dependency_type"] == "Direct" and row["activation_status"] != "Undefined":
            label = BLOATED if row["activation_status"] == "Bloated" else USED
            found.setdefault(row["project"], {})[requirement_name(row["package_name"])] = label
    manual = json.loads(_read(artifact, "data/results/qualitative_results.json"))
    for project, dependencies in manual.items():
        for name in dependencies:
            found.setdefault(project, {})[requirement_name(name)] = BLOATED
    return found


def resolved(artifact: Path) -> dict[str, set[str]]:
    """What the study resolved for each project: of other requirements it says nothing."""
    listed = json.loads(_read(artifact, "data/project_dependencies_final.json"))
    return {
        project: {requirement_name(text.partition(":")[0]) for text in texts}
        for entry in listed
        for project, texts in entry.items()
    }


def sweeping(artifact: Path) -> dict[str, str]:
    """The projects of whose direct dependencies the study found all used, or all bloated."""
    found: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(_read(artifact, "data/results/rq1b.csv"))):
        bloated, used = int(row["bloated_deps_count_1"]), int(row["used_direct_deps_count_1"])
        if bool(bloated) != bool(used):
            found[row["product"]] = BLOATED if bloated else USED
    return found


def _read(artifact: Path, path: str) -> str:
    if (artifact / path).is_file():
        return (artifact / path).read_text(encoding="utf-8")
    return _git(artifact, "show", f"HEAD:{path}").decode()


def _git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def unpacked(repository: Path, before: str, into: Path) -> str:
    """Unpacks the last commit before a date; gives its name, empty where there is none."""
    found = _git(repository, "rev-list", "-1", "--first-parent", f"--before={before}", "HEAD")
    commit = found.decode().strip()
    if commit:
        _write(repository, dict(_blobs(repository, commit)), into)
    return commit


def _blobs(repository: Path, commit: str) -> Iterator[tuple[str, str]]:
    """The files that may be read, by path, with the names of their contents."""
    listing = _git(repository, "ls-tree", "-r", "-z", commit).decode(errors="replace")
    for line in listing.split("\0"):
        about, _, path = line.partition("\t")
        mode, _, blob = [*about.split(" "), "", ""][:3]
        if mode.startswith("100") and _READ.search(path) and ".." not in path.split("/"):
            yield path, blob


def _write(repository: Path, blobs: dict[str, str], into: Path) -> None:
    """Writes files; what a snapshot lacks, because it is too big, stays away."""
    command = ["git", "-c", "safe.directory=*", "-C", str(repository), "cat-file", "--batch"]
    asked = "".join(f"{blob}\n" for blob in blobs.values()).encode()
    answer = subprocess.run(command, input=asked, capture_output=True, check=False).stdout
    at = 0
    for path in blobs:
        end = answer.find(b"\n", at)
        header = answer[at:end].split()
        at = end + 1
        if len(header) == 3 and header[1] == b"blob":
            content = answer[at : at + int(header[2])]
            at += int(header[2]) + 1
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_bytes(content)


def requirements(context: Context) -> tuple[list[Requirement], bool]:
    """The direct requirements of a project, and whether all are known."""
    known = declared(context, setup_script=True)
    groups = [group for group in known.groups if group.kind == PROJECT]
    listed = [r for group in groups for r in group.requirements if not r.optional]
    problems = known.problems
    if not listed and context.is_file("requirements.txt"):
        file = read_requirements(context, "requirements.txt")
        listed, problems = list(file.requirements), file.problems
    named = {r.name: r for r in reversed(listed) if r.name and may_apply(r.marker)}
    return list(reversed(named.values())), not problems


def judged(folder: Path, extra: dict[str, str]) -> tuple[Uses, set[str]]:
    """The verdicts on a project; labelled names count where its own list is not complete."""
    context = Context.open(folder)
    listed, complete = requirements(context)
    names = {r.name for r in listed}
    if not complete:
        listed += [Requirement(name, name, INDEX) for name in extra if name not in names]
    layout = Layout(context, module_files(context), ())
    evidence = Evidence(layout, frozenset(), None)
    return Uses(tuple(listed), evidence, {}, locked_requirements(context)), names


def repositories(folder: Path) -> Iterator[tuple[str, Path]]:
    """The repositories in a folder, by name: `owner+name/repo`, as bare or plain repository."""
    for path in sorted(folder.iterdir()):
        owner, plus, name = path.name.partition("+")
        inside = path / "repo" if (path / "repo").is_dir() else path
        if plus:
            yield f"{owner}/{name}", inside


def main(arguments: list[str] | None = None) -> int:
    """Prints precision and recall, and writes them with `--write`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artifact", type=Path, required=True, help="folder or bare repository")
    parser.add_argument("--projects", type=Path, required=True, help="folder of owner+name")
    parser.add_argument("--before", default=STATE)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    unseen = frozenset({NEVER, NEEDED})
    scores = {
        ONE_BY_ONE: Score(),
        f"{ONE_BY_ONE}, with those that only others need": Score(said=unseen),
        WHOLE: Score(),
        f"{WHOLE}, with those that only others need": Score(said=unseen),
    }
    single = labels(options.artifact)
    known_to_study = resolved(options.artifact)
    whole = {
        project: dict.fromkeys(known_to_study.get(project, ()), label)
        for project, label in sweeping(options.artifact).items()
    }
    lower = {name.lower(): name for name in (*single, *whole)}
    for project, repository in repositories(options.projects):
        known = lower.get(project.lower())
        if known:
            _measure(known, repository, options.before, single.get(known, {}), whole, scores)
    for title, score in scores.items():
        _show(title, score, options.verbose)
    if options.write:
        head = _git(options.artifact, "rev-parse", "HEAD").decode().strip()
        options.write.write_text(
            json.dumps(_figures(scores, head, options.before), indent=2) + "\n"
        )
    return 0


def _measure(
    project: str,
    repository: Path,
    before: str,
    single: dict[str, str],
    whole: dict[str, dict[str, str]],
    scores: dict[str, Score],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            commit = unpacked(repository, before, Path(folder))
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{project}: {error}", file=sys.stderr)
            return
        if not commit:
            return
        print(f"{project} at {commit[:12]}", file=sys.stderr, flush=True)
        uses, listed = judged(Path(folder), single)
        verdicts = by_name(uses.all)
        direct = {n: label for n, label in whole.get(project, {}).items() if n in listed}
        for title, score in scores.items():
            asked = single if title.startswith(ONE_BY_ONE) else direct
            for name, label in asked.items():
                if use := verdicts.get(name):
                    score.add(project, name, label, use.verdict, use.because)


def _show(title: str, score: Score, verbose: bool) -> None:
    print(f"{title}: {len(score.projects)} projects, {sum(score.counts.values())} dependencies")
    print(f"  precision {score.precision:.1%}, recall {score.recall:.1%}")
    for (label, verdict), number in sorted(score.verdicts.items()):
        print(f"  {label:8} {verdict:15} {number}")
    for heading, lines in (("wrong", score.wrong), ("missed", score.missed)) if verbose else ():
        for line in lines:
            print(f"  {heading}: {line}")


def _figures(scores: dict[str, Score], head: str, before: str) -> dict[str, object]:
    import datetime

    own = _git(Path(__file__).parent, "rev-parse", "--short", "HEAD").decode().strip()
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "dockopt": own,
        "source": f"https://github.com/gdrosos/bloat-study-artifact at {head}",
        "projects at": f"the last commit before {before}",
        "labels": _LABELS,
        **{
            title: {
                "projects": len(score.projects),
                "dependencies": sum(score.counts.values()),
                "labelled bloated": score.counts[BLOATED, True] + score.counts[BLOATED, False],
                "precision": round(score.precision, 3),
                "recall": round(score.recall, 3),
                "verdicts": {f"{a}: {b}": n for (a, b), n in sorted(score.verdicts.items())},
            }
            for title, score in scores.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
