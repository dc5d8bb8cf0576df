"""The Dockerfile on which passes over a finished environment are shown; cheap to load."""

from collections.abc import Callable

from dockopt.transform import Example

_TEXT = (
    "FROM python:3.12-slim AS builder\n"
    "RUN python -m venv /opt/venv\n"
    "RUN /opt/venv/bin/pip install {distribution}\n"
    "{steps}"
    "\n"
    "{others}"
    "FROM python:3.12-slim\n"
    "COPY --from={source} /opt/venv /opt/venv\n"
    "COPY app.py .\n"
)
_DEVELOPMENT = "FROM builder AS development\nRUN /opt/venv/bin/pip install pytest\n\n"
_OWN_STAGE = "\n# The environment as it is shipped\nFROM builder AS builder-slimmed\n"


def pass_example(
    distribution: str, steps: Callable[[], str], *, title: str = "", shared: bool = False
) -> Example:
    """An environment at /opt/venv that is copied, before and after the pass that `steps` renders.

    Where the builder is `shared`, another stage starts from it, and the pass has a stage of its own.
    """

    def text(source: str, steps: str) -> str:
        others = _DEVELOPMENT if shared else ""
        return _TEXT.format(distribution=distribution, steps=steps, others=others, source=source)

    source, head = ("builder-slimmed", _OWN_STAGE) if shared else ("builder", "\n")
    return Example(
        title=title,
        before=text("builder", ""),
        after=lambda: text(source, head + steps()),
        context=(("app.py", f"import {distribution}\n"),),
    )
