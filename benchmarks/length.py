"""Whether time grows like the length of the Dockerfile."""

from dataclasses import dataclass

from benchmarks.clock import cpu_seconds

HEAD = "FROM python:3.12\nWORKDIR /app\n"
BLOCK = """\
# Service {n}: its packages, its code, its settings.
RUN apt-get update && \\
    # what it talks to
    apt-get install -y \\
        curl \\
        library{n} \\
        postgresql-client

ENV SERVICE{n}=on \\
    LEVEL{n}="info"
COPY services/{n}/requirements.txt \\
    services/{n}/settings.toml \\
    /app/{n}/
RUN pip install -r /app/{n}/requirements.txt \\
    && python -m compileall /app/{n} \\
    && echo done

COPY services/{n} /app/{n}
LABEL service{n}="yes"

"""


@dataclass(frozen=True)
class Grown:
    """One Dockerfile of a given length."""

    lines: int
    parse: float
    rewrite: float
    changes: int


def measure(most: int) -> list[Grown]:
    """A hundredth, a tenth and all of `most` lines."""
    return [_one(lines) for lines in (most // 100, most // 10, most) if lines >= 10]


def _one(lines: int) -> Grown:
    from dockopt import rewrite
    from dockopt.syntax import parse

    text = HEAD + "".join(BLOCK.format(n=n) for n in range(lines // BLOCK.count("\n")))
    changes: list[int] = []
    parsing = cpu_seconds(lambda: parse(text))
    rewriting = cpu_seconds(lambda: changes.append(len(rewrite(text).applied)))
    return Grown(text.count("\n"), parsing, rewriting, changes[0])
