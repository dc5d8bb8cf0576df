"""Empty conda's package cache in the RUN that fills it.

## What it does
Adds `conda clean --all --yes` to the end of every RUN of a shipped stage that installs with conda,
mamba or micromamba and leaves the downloaded archives and unused packages behind.

## Why
conda keeps every archive that it downloads, the index of each channel, and what it unpacked of
packages that nothing uses any more: https://docs.conda.io/projects/conda/en/stable/commands/clean.html.
In a later layer they cannot be removed: files of a layer below stay in the image.

## Safety
Level `safe`. The environments stay as they are: files that they use are hard links, which live on
without the cache, and `--force-pkgs-dirs`, which would remove packages that are linked softly, is not
given. Declined where a later command installs from the cache (`--offline`, `--use-local`), where soft
links are asked for, where a stage copies the folder of packages, where the RUN goes on after a failure,
and where neither the image nor an installer tells that conda is 4.3 or later. What conda installs is
not moved to another stage: its environments hold libraries and programs beside Python, with the path
of the folder written into them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Saving,
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.SAFE,
    examples=(
        Example(
            "FROM condaforge/miniforge3\n"
            "COPY environment.yml .\n"
            "RUN mamba env create -f environment.yml\n"
            'CMD ["python", "app.py"]\n',
            "FROM condaforge/miniforge3\n"
            "COPY environment.yml .\n"
            "RUN mamba env create -f environment.yml \\\n"
            "    && mamba clean --all --yes\n"
            'CMD ["python", "app.py"]\n',
        ),
        Untouched(
            "FROM continuumio/miniconda3\nRUN conda install -y numpy && conda clean -afy\n",
            why="the cache is emptied already",
        ),
        Untouched(
            "FROM continuumio/miniconda3\n"
            "RUN --mount=type=cache,target=/opt/conda/pkgs conda install -y numpy\n",
            why="the cache is a mount: it is not in the layer, and makes the next build fast",
        ),
        Untouched(
            "FROM continuumio/miniconda3\n"
            "RUN conda install -y numpy\n"
            "RUN conda create -y -n b --offline numpy\n",
            why="the second command installs from the cache",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN of a shipped stage that fills the cache."""
    if "conda" not in facts.document.source and "mamba" not in facts.document.source:
        return
    for stage in facts.shipped:
        if api.is_windows(stage):
            continue
        for run in stage.runs:
            install = api.uncleaned_install(run)
            if install is None:
                continue
            at = run.instruction.span.start
            reason = api.cache_needed(facts.dockerfile, stage, run, install)
            if reason:
                yield Decline(at, f"conda's cache stays: {reason}")
                continue
            editor = api.RunEditor(facts.document, run)
            editor.append_step(api.clean_command(install))
            yield Change(
                title="Empty conda's package cache where it is filled",
                level=Level.SAFE,
                because="environments keep what they use as hard links; the cache is read only by the "
                "next install",
                edits=editor.edits(),
                at=at,
                evidence=(Evidence("installs with conda, and nothing empties the cache", at),),
                saves=Saving(None, "the archives of what is installed; a build tells how many"),
            )
