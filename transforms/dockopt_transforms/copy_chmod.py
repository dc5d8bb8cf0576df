"""Set file modes at COPY instead of in a RUN of their own.

## What it does

`COPY entrypoint.sh /` with `RUN chmod +x /entrypoint.sh` becomes `COPY --chmod=755`, and a RUN that
does nothing else goes. The same for `chmod -R` over folders that COPYs fill. With another mode than 755
the folders that COPY, WORKDIR and `mkdir` made are still named one by one, in a `chmod` without `-R`.

## Why

A layer holds whole files: changing a mode stores the file a second time, and the RUN is one more
layer and one more step of the build.

## Safety

`--chmod` needs BuildKit: nothing is proposed with `--assume legacy-builder`, or with a `# syntax=`
older than 1.2. It gives one mode to all that is copied, so it is used only where the RUN names just
that; of a folder it has to be known that nothing but these COPYs brings files there. `+x` is 755 for
a file of mode 644 or 755, the two modes that git keeps; a file with another mode in the build context
is declined, and so are other symbolic modes.
https://docs.docker.com/reference/dockerfile/#copy---chown---chmod
"""

from __future__ import annotations

from collections.abc import Iterator

from dockopt import api
from dockopt.api import (
    Change,
    Decline,
    Example,
    Facts,
    Level,
    Phase,
    Proposal,
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.COPY,
    level=Level.STANDARD,
    examples=(
        Example(
            """\
FROM python:3.12-slim
COPY docker/entrypoint.sh /entrypoint.sh
RUN chmod +x /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
""",
            """\
FROM python:3.12-slim
COPY --chmod=755 docker/entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
""",
            title="A script that has to be executable",
        ),
        Example(
            """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
COPY src/ ./src/
RUN chmod -R 775 /app
""",
            """\
FROM python:3.12-slim
WORKDIR /app
COPY --chmod=775 requirements.txt ./
COPY --chmod=775 src/ ./src/
RUN chmod 775 /app /app/src
""",
            title="A folder with all that was copied there",
        ),
        Untouched(
            """\
FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN chmod +x /app/entrypoint.sh
""",
            why="the COPY brings other files too, which must not become executable",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for every RUN that sets the mode of copied files, or why not."""
    for plan in api.mode_plans(facts):
        at = plan.run.instruction.span.start
        if plan.obstacle:
            yield Decline(at, plan.obstacle)
            continue
        yield Change(
            title=f"Set the mode {plan.modes} at COPY instead of in a layer of its own",
            level=Level.STANDARD,
            because=plan.because,
            edits=(*plan.edits, *api.without_comments(plan.comments)),
            at=at,
            evidence=tuple(plan.evidence()),
            saves=plan.saving,
            drops=tuple(comment.text for comment in plan.comments),
        )
