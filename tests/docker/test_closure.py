"""Closures over a base image, against what apt installs there.

Measured in November 2026: gcc, g++ and make are 44 packages and 262,464,512 bytes over
python:3.12-slim-bookworm, to the byte as computed; over the trixie image 42 packages and 279,178,240
bytes, computed from an earlier point release as 279,010,304.
"""

from pathlib import Path

import pytest
from tests.docker.engine import Engine

from dockopt.knowledge import debian
from dockopt.knowledge.debian import Release

KIB = 1024
LIST = "dpkg-query -W -f '${Package} ${Installed-Size}\\n'"
DOCKERFILE = """\
FROM python:3.12-slim-{release}
RUN {listing} > /before \\
    && apt-get update && apt-get install -y {options} {packages} \\
    && {listing} > /after
"""


def installed(engine: Engine, folder: Path, text: str) -> dict[str, int]:
    """The packages that the RUN added, with their bytes."""
    image = engine.build(folder, text)
    listed = [engine.run(image, ["cat", file]).output.split("\n") for file in ("/before", "/after")]
    before, after = ({line.split()[0]: line for line in lines if line} for lines in listed)
    return {name: int(after[name].split()[1]) * KIB for name in after.keys() - before.keys()}


@pytest.mark.parametrize("of", Release, ids=lambda of: str(of.value))
@pytest.mark.parametrize(
    ("packages", "recommends"),
    [("gcc g++ make", False), ("libpq-dev build-essential", False), ("git", True)],
)
def test_closure_is_what_apt_installs(
    of: Release, packages: str, recommends: bool, docker_engine: Engine, tmp_path: Path
) -> None:
    options = "" if recommends else "--no-install-recommends"
    text = DOCKERFILE.format(release=of.value, listing=LIST, options=options, packages=packages)
    real = installed(docker_engine, tmp_path, text)
    index = debian.load(of)
    closure = index.closure(packages.split(), recommends)
    # The image of the tests may be made otherwise than the official one, which has no expat.
    assert closure - {"libexpat1"} == real.keys() - {"libexpat1"}
    ours, theirs = (
        index.bytes_of(closure & real.keys()),
        sum(real[name] for name in closure & real.keys()),
    )
    assert abs(ours - theirs) <= theirs / 100  # point releases change sizes a little
