"""Install the CPU build of PyTorch where the service runs without a GPU.

## What it does
With `--assume no-gpu`, commands of pip that bring torch get `--extra-index-url` with the index of its
CPU builds, and those of `uv pip` get `--torch-backend cpu`, where the environment becomes part of the
shipped image. Without the assumption it says what that would save.

## Why
On PyPI the Linux wheels of torch are CUDA builds: they require NVIDIA's libraries and triton, several
GB that a service without a GPU never loads. The CPU builds have the same version with `+cpu` behind
it. See https://docs.pytorch.org/get-started/locally/ and
https://docs.astral.sh/uv/guides/integration/pytorch/.

## Safety
Level `advice`: whether there is a GPU is not for dockopt to say. With the assumption it is `standard`.
pip prefers `2.6.0+cpu` to `2.6.0`
(https://packaging.python.org/en/latest/specifications/version-specifiers/), so every distribution
keeps its version, and torch, torchvision and torchaudio all come as CPU builds. Declined where that
cannot hold: hashes (other wheels have others), a lock (it names the wheels), an exact build (`+cu121`,
`===`, a URL), another index of PyTorch's, NVIDIA's libraries as requirements (they would be installed
all the same), base images made for GPUs, a uv without the option, and what is not read. The index
becomes one more source that pip trusts, for other distributions too.
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

ASSUMPTION = "no-gpu"
_REQUIREMENTS = (("requirements.txt", "fastapi==0.115.6\ntorch==2.6.0\n"),)

transform = Transform(
    __name__,
    phase=Phase.COMMANDS,
    level=Level.STANDARD,
    examples=(
        Example(
            before=(
                "FROM python:3.12-slim\n"
                "COPY requirements.txt .\n"
                "RUN pip install --no-cache-dir -r requirements.txt\n"
            ),
            after=(
                "FROM python:3.12-slim\n"
                "COPY requirements.txt .\n"
                "RUN pip install --extra-index-url https://download.pytorch.org/whl/cpu"
                " --no-cache-dir -r requirements.txt\n"
            ),
            context=_REQUIREMENTS,
            assume=(ASSUMPTION,),
        ),
        Example(
            before="FROM python:3.12-slim\nRUN uv pip install --system torch==2.6.0\n",
            after="FROM python:3.12-slim\n"
            "RUN uv pip install --torch-backend cpu --system torch==2.6.0\n",
            assume=(ASSUMPTION,),
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "RUN pip install --index-url https://download.pytorch.org/whl/cpu torch\n",
            why="it is the CPU build already",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN that brings a CUDA build into the shipped image."""
    for found in facts.cuda_installs:
        run = found.install.run
        if found.obstacle:
            if facts.assumes(ASSUMPTION):
                yield Decline(run.instruction.span.start, _sentence(found))
        elif action := found.install.pip.action_word:
            editor = api.RunEditor(facts.document, run)
            editor.insert_after(action.end, f" {_option(found)}")
            yield _change(facts, found, editor.edits())


def _option(found: api.CudaInstall) -> str:
    if found.install.pip.tool == "uv":
        return "--torch-backend cpu"
    return f"--extra-index-url {api.CPU_INDEX}"


def _sentence(found: api.CudaInstall) -> str:
    return f"torch stays a CUDA build{_by(found)}: {found.obstacle}"


def _by(found: api.CudaInstall) -> str:
    """Who brings it, where nobody asks for it by name."""
    if "torch" in found.brought_by:
        return ""
    return f" ({', '.join(found.brought_by[:3])} requires it)"


def _change(facts: Facts, found: api.CudaInstall, edits: tuple[api.Edit, ...]) -> Change:
    at = found.install.run.instruction.span.start
    said = facts.assumes(ASSUMPTION)
    return Change(
        title=f"Install the CPU build of torch{_by(found)}",
        level=Level.STANDARD if said else Level.ADVICE,
        because="the service runs without a GPU, as was stated; every version stays as it is"
        if said
        else "only you know that the service runs without a GPU",
        edits=edits,
        at=at,
        evidence=tuple(_evidence(facts, found, at)),
        saves=_saving(found),
        asks="" if said else ASSUMPTION,
    )


def _evidence(facts: Facts, found: api.CudaInstall, at: int) -> Iterator[Evidence]:
    yield Evidence(f"brings torch through {', '.join(found.brought_by)}", at)
    if found.libraries:
        names = ", ".join(member.name for member in found.libraries[:4])
        yield Evidence(f"only the CUDA build requires {names}: {len(found.libraries)} in all")
    weights = facts.weights
    for weighed in weights.all if isinstance(weights, api.Weights) else ():
        if weighed.name in found.brought_by:
            yield Evidence(f"{weighed.name} is {weighed.verdict}: {weighed.because}")


def _saving(found: api.CudaInstall) -> Saving:
    if found.bytes is None:
        return Saving(None, "the sizes of the CUDA libraries are not known")
    return Saving(
        found.bytes,
        f"the {len(found.libraries)} libraries that only the CUDA build requires; {found.basis}",
    )
