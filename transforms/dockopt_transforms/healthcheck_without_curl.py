"""Ask for the page of a HEALTHCHECK with Python, and leave curl or wget out.

## What it does
A HEALTHCHECK that only asks for one page of its own host becomes a line of Python that says the same of
the same answers, and curl or wget is no longer installed. The flags of HEALTHCHECK stay, a variable in the port
too, and so does the form, shell or exec.

## Why
Python is in the image anyway. For that one request curl brings 15 packages with 5.8 MB to a slim bookworm image,
22 with 14.7 MB to trixie, by Debian's package index: libraries that have to be patched.

## Safety
Level `aggressive`: somebody may call curl in a running container, or in a health check that is written
elsewhere. It declines without a build context, where a script, source, RUN, compose file or manifest calls the
program, where a distribution may load a library that comes with it, and for a request that is more than one: headers,
data, https, another host, several commands. The answer counts as it did. `curl --fail` and wget take 400 and above for
unhealthy, curl alone takes any answer for healthy; wget and `curl --location` follow redirects; `--max-time` and
`--timeout` become a timeout for each step of the request. Python is started as `python -I`, so that neither a file
`http.py` beside the application nor `PYTHONPATH` changes what it imports. Starting it takes 35 to 65 ms more than
curl, and a failed check writes a traceback to the health log. What differs is the User-Agent, and for curl without
`--location` that `http_proxy` is not used.
"""

from __future__ import annotations

import json
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
    Transform,
    Untouched,
)

transform = Transform(
    __name__,
    phase=Phase.PACKAGES,
    level=Level.AGGRESSIVE,
    examples=(
        Example(
            title="curl",
            context=(("app.py", "import flask\n"),),
            before="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "COPY app.py .\n"
            "HEALTHCHECK --interval=30s --timeout=3s \\\n"
            "    CMD curl -f http://localhost:8000/health || exit 1\n"
            'CMD ["flask", "run"]\n',
            after="FROM python:3.12-slim-bookworm\n"
            "COPY app.py .\n"
            "HEALTHCHECK --interval=30s --timeout=3s \\\n"
            "    CMD python -I -c \"import http.client, sys; c = http.client.HTTPConnection('localhost:8000'); "
            "c.request('GET', '/health'); r = c.getresponse(); r.read(); sys.exit(r.status >= 400)\"\n"
            'CMD ["flask", "run"]\n',
        ),
        Example(
            title="wget follows redirects",
            context=(("app.py", "import flask\n"),),
            before="FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 wget \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            'HEALTHCHECK CMD ["wget", "-qO-", "--timeout=5", "http://localhost/"]\n',
            after="FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            'HEALTHCHECK CMD ["python", "-I", "-c", '
            "\"import urllib.request; urllib.request.urlopen('http://localhost/', timeout=5).read()\"]\n",
        ),
        Untouched(
            "FROM python:3.12-slim\n"
            "RUN apt-get update && apt-get install -y curl && curl -fsSO http://example.com/data\n"
            "HEALTHCHECK CMD curl -f http://localhost/\n",
            why="the build calls curl as well",
            context=(("app.py", ""),),
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """One change for the HEALTHCHECK in force, with the package that it alone needs."""
    target = facts.dockerfile.target
    check = target.last("HEALTHCHECK")
    if check is None or api.is_windows(target):
        return
    probe = api.probe_of(target, check)
    if probe is None:
        return
    if check.comments:
        probe = "comments stand between its lines"
    if isinstance(probe, str):
        yield Decline(check.start, f"the request stays as it is: {probe}")
        return
    package = api.installed_as(target, probe.program)
    if package is None:
        yield Decline(check.start, f"apt does not install {probe.program} here, so it cannot go")
    elif not api.calls_python(target):
        yield Decline(check.start, "whether the image has a Python to ask with is not known")
    elif reason := api.other_use(facts.dockerfile, facts.runtime, package, check):
        yield Decline(check.start, f"{probe.program} stays: {reason}")
    else:
        yield _change(facts, check, probe, package)


def _change(
    facts: Facts, check: api.Instruction, probe: api.HttpProbe, package: api.BuildPackage
) -> Proposal:
    saves = api.bytes_saved(package.stage, [package.name], [])
    if saves[0] == 0:
        return Decline(check.start, f"{package.name} comes with another package in any case")
    left = tuple(api.without_packages(facts.document, [package]))
    for later in api.removed_later(
        facts.dockerfile.stages, package.stage, package.run, frozenset({package.name})
    ):
        return Decline(
            check.start, f"line {later.instruction.line} removes packages, and would fail"
        )
    farewell = api.Farewell.to(facts.dockerfile, [package], left)
    return Change(
        title=f"Ask with Python whether the service is healthy, leave {package.name} out",
        level=Level.AGGRESSIVE,
        because=f"nothing else that is known calls {package.name}, and the answer counts as it did",
        edits=(*_asking(check, probe), *left, *farewell.edits),
        at=check.start,
        alters=frozenset({"HEALTHCHECK"}),
        evidence=(
            Evidence(f"{package.name} serves this request alone", check.start),
            Evidence("installs it", package.run.instruction.start),
            Evidence(f"{len(facts.runtime.files or ())} scripts and sources were searched"),
        ),
        saves=api.Saving(*saves),
        drops=farewell.dropped,
    )


def _asking(check: api.Instruction, probe: api.HttpProbe) -> Iterator[api.Edit]:
    """Puts the line of Python in the place of the command, in the same form."""
    start = len("CMD")
    start += len(check.body.text[start:]) - len(check.body.text[start:].lstrip())
    words = ["python", "-I", "-c"]
    command = (
        json.dumps([*words, probe.code]) if check.is_json else f'{" ".join(words)} "{probe.code}"'
    )
    span = check.body.span(start, len(check.body.text))
    yield api.Insert(span.start, command)
    yield api.Delete(span)
