"""Counts the bytes that an image stores in vain: files that a later layer writes once more.

The archive is only listed, never unpacked. Its form is the one of `docker image save`: a
`manifest.json` that names one tar file a layer (https://github.com/moby/moby/tree/master/image/spec).
"""

import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tests.docker.engine import Engine, Image


def replaced_bytes(engine: Engine, image: Image, folder: str) -> int:
    """Return the bytes of files under the absolute path `folder` that a later layer replaces."""
    lost = 0
    current: dict[str, int] = {}
    for layer in _layers(engine, image, folder.strip("/")):
        lost += sum(current[path] for path in layer if path in current)
        current.update(layer)
    return lost


def _layers(engine: Engine, image: Image, folder: str) -> Iterator[dict[str, int]]:
    """Yield, lowest layer first, the regular files under `folder` with their bytes."""
    with tempfile.TemporaryDirectory(prefix="dockopt-layers-") as scratch:
        archive = Path(scratch) / "image.tar"
        engine.save(image, archive)
        with tarfile.open(archive) as saved:
            for name in _layer_names(saved):
                with tarfile.open(fileobj=saved.extractfile(name)) as layer:
                    yield dict(files_under(layer, PurePosixPath(folder)))


def _layer_names(saved: tarfile.TarFile) -> list[str]:
    manifest = saved.extractfile("manifest.json")
    assert manifest is not None
    names: list[str] = json.load(manifest)[0]["Layers"]
    return names


def files_under(layer: tarfile.TarFile, folder: PurePosixPath) -> Iterator[tuple[str, int]]:
    """Yield the regular files of one layer under `folder`, with their bytes."""
    for member in layer:
        if member.isreg() and PurePosixPath(member.name).is_relative_to(folder):
            yield member.name, member.size
