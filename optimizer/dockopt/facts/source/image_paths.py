"""Which file of the build context stands at a path of the image, as far as COPY and ADD tell."""

import posixpath
from collections.abc import Iterator

from dockopt.facts.context import Context, normal
from dockopt.facts.environments import absolute
from dockopt.model import Copy, Dockerfile, Stage

_MAX_DEPTH = 12


class ImagePaths:
    """Where the files of a context are in the image of a stage, and the way back."""

    def __init__(self, dockerfile: Dockerfile, stage: Stage, context: Context) -> None:
        self.dockerfile = dockerfile
        self.stage = stage
        self.context = context

    def in_context(self, path: str) -> tuple[str, ...]:
        """The paths of the context that `path` of the image may be a copy of, the last copy first.

        Folders count as well; a folder that only lies above copies is none of them.
        """
        found = self._origins(self.stage, posixpath.normpath(path), 0, set())
        return tuple(dict.fromkeys(found))

    def below_cwd(self, path: str) -> str | None:
        """`path` as an absolute one, seen from the last WORKDIR; None where that is not known."""
        if path.startswith("/"):
            return posixpath.normpath(path)
        workdir = self.stage.workdir
        if not isinstance(workdir, str):
            return None
        return posixpath.normpath(f"{workdir.rstrip('/')}/{path}")

    def _origins(
        self, stage: Stage, path: str, depth: int, seen: set[tuple[int, str]]
    ) -> Iterator[str]:
        if depth > _MAX_DEPTH or (stage.index, path) in seen:
            return
        seen.add((stage.index, path))
        for link in stage.chain:
            for copy in reversed(link.copies):
                yield from self._through(link, copy, path, depth, seen)

    def _through(
        self, stage: Stage, copy: Copy, path: str, depth: int, seen: set[tuple[int, str]]
    ) -> Iterator[str]:
        """Where `path` comes from, if this COPY brings it."""
        destination = absolute(stage, copy.instruction, copy.destination)
        if destination is None:
            return
        source_stage = self.dockerfile.stage_named(copy.from_) if copy.from_ else None
        if copy.from_ and (source_stage is None or source_stage.index >= stage.index):
            return
        for source in self._sources(stage, copy):
            for inner in self._places(copy, source, destination, path, source_stage is not None):
                if source_stage is None:
                    if self.context.exists(inner) and self.context.sent(inner):
                        yield normal(inner)
                else:
                    yield from self._origins(source_stage, inner, depth + 1, seen)

    def _sources(self, stage: Stage, copy: Copy) -> Iterator[str]:
        for source in copy.sources:
            text = stage.expand(source, copy.instruction)
            if not isinstance(text, str) or "://" in text or text.startswith("<<"):
                continue
            if copy.from_ is not None:
                yield posixpath.normpath("/" + text)
            else:
                yield from self.context.matching(text) or (normal(text),)

    def _places(
        self, copy: Copy, source: str, destination: str, path: str, from_stage: bool
    ) -> Iterator[str]:
        """The paths below `source` that may stand at `path` when it is copied to `destination`."""
        if path == destination or path.startswith(destination.rstrip("/") + "/"):
            rest = path[len(destination.rstrip("/")) :].lstrip("/")
            name = posixpath.basename(source)
            is_file = not from_stage and self.context.is_file(source)
            if not is_file:
                yield posixpath.join(source, rest) if rest else source
            # Of a stage it is not known whether a source is a file or a folder.
            into_folder = len(copy.sources) > 1 or copy.destination.endswith(("/", "."))
            if (is_file or from_stage) and rest == (name if into_folder else ""):
                yield source
