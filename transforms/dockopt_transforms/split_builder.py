"""Build in a stage of its own, and ship only what it built.

## What it does
- A stage that installs for itself becomes two: a builder that keeps what it starts from, its compilers
  and all that the install needs, and a runtime that copies the finished virtual environment.
- A stage that copies an environment and then installs more into it leaves that install to a builder
  that starts from where the environment comes from.
- A base stage that several stages share gives its compilers and installers to a new stage upon it,
  from which the stages that build then start; the shipped stage no longer inherits them. Of a base on
  a full image the stages that build get a copy, so that the shipped one can have the slim image.

## Why
Everything that is installed in a shipped stage stays in its layers, also what is removed later.
Compilers and headers are 200 to 400 MB that a running service does not read.

## Safety
Level `standard`. The builder keeps the original base image, so whatever compiled before still
compiles; the runtime keeps every other instruction in its order. Names of stages and build arguments
stay, and other targets keep what they had. Declined where an install is mixed with something else in
one RUN that cannot be told apart, where another stage installs upon the one that is split, where a
stage is named by its number, and where something calls an installer that would be left behind. What
is installed in editable form needs its sources where they were, and has them: its backend must put
nothing else beside them. With uv it is declined where uv may bring a Python of its own. On a slim
image without compilers it is only done when pip or an installer is left behind for certain. What takes
distributions out again moves with the installs.
Where the project itself is installed last, each change of the code makes the layer of the whole
environment anew: the price of storing it once.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import Example, Facts, Level, Phase, Proposal, Transform, Untouched

transform = Transform(
    __name__,
    phase=Phase.SPLIT,
    level=Level.STANDARD,
    examples=(
        Example(
            title="a stage that installs for itself",
            context=(
                ("app.py", "import psycopg2\n"),
                ("requirements.txt", "psycopg2==2.9.10\n"),
            ),
            before=(
                "FROM python:3.12-slim-bookworm\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "RUN pip install -r requirements.txt\n"
                "COPY . .\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            after=(
                "# Installs the distributions; only the finished environment leaves this stage\n"
                "FROM python:3.12-slim-bookworm AS builder\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "# All distributions in one folder that another stage can copy\n"
                "RUN python -m venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "RUN pip install -r requirements.txt\n"
                "\n"
                "FROM python:3.12-slim-bookworm\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y libatomic1 libgomp1 libpq5 && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "COPY . .\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            together=("venv-install", "runtime-packages"),
        ),
        Example(
            title="compilers in a base stage",
            context=(("app.py", "import flask\n"),),
            before=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
                "    curl \\\n"
                "    gcc \\\n"
                "    g++ \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "FROM base AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "COPY requirements.txt .\n"
                "RUN /opt/venv/bin/pip install -r requirements.txt\n"
                "\n"
                "FROM base AS runtime\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
                'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n'
            ),
            after=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
                "    curl \\\n"
                "    libatomic1 \\\n"
                "    libgomp1 \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "# What only building needs\n"
                "FROM base AS base-build\n"
                "RUN apt-get update \\\n"
                "    && apt-get install -y --no-install-recommends \\\n"
                "        gcc \\\n"
                "        g++ \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "FROM base-build AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "COPY requirements.txt .\n"
                "RUN /opt/venv/bin/pip install -r requirements.txt\n"
                "\n"
                "FROM base AS runtime\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
                'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n'
            ),
            together=(),
        ),
        Example(
            title="a base stage that other targets share",
            context=(("app.py", "import flask\n"), ("requirements.txt", "flask==3.1.0\n")),
            before=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "\n"
                "FROM base AS development\n"
                "RUN pip install -r requirements.txt pytest\n"
                "\n"
                "FROM base AS production\n"
                "RUN pip install -r requirements.txt\n"
                "COPY app.py .\n"
                'CMD ["flask", "run"]\n'
            ),
            after=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y libatomic1 libgomp1 && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "\n"
                "# What only building needs\n"
                "FROM base AS base-build\n"
                "RUN apt-get update \\\n"
                "    && apt-get install -y gcc \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "FROM base-build AS development\n"
                "RUN pip install -r requirements.txt pytest\n"
                "\n"
                "# Installs the distributions; only the finished environment leaves this stage\n"
                "FROM base-build AS builder\n"
                "# All distributions in one folder that another stage can copy\n"
                "RUN python -m venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "RUN pip install -r requirements.txt\n"
                "\n"
                "FROM base AS production\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "COPY app.py .\n"
                'CMD ["flask", "run"]\n'
            ),
            together=("venv-install",),
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install flask\n",
            why="no virtual environment that could be handed over, and nothing to leave behind",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one change per form, all about the target."""
    target = facts.dockerfile.target
    handed = [h for h in facts.handovers if h.receiver is target]
    if handed:
        yield from api.late_install_split(facts, handed[0])
    elif making := [link for link in target.chain if api.created_venvs(link)]:
        yield from api.single_stage_split(facts, making[-1])
    yield from api.full_base_split(facts, target)
    yield from api.inherited_split(facts, target)
