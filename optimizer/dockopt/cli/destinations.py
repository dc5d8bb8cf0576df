"""Where each new Dockerfile goes, and that no two of them go to the same place."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from dockopt.cli.order import Order
from dockopt.discovery import Source
from dockopt.errors import FileError
from dockopt.immutable import immutable


@immutable()
class Destinations:
    """The place of every source; None is standard output, or nowhere when nothing is written."""

    by_name: dict[str, Path | None]
    made: Path | None = None
    """The folder below which folders are made as needed."""

    @classmethod
    def of(cls, order: Order, sources: Sequence[Source]) -> "Destinations":
        """The places that `order` names; raises click.UsageError where they cannot all be."""
        if not order.writes:
            return cls({source.name: None for source in sources})
        if order.prints_dockerfile:
            _only_one(sources, "standard output takes one Dockerfile")
            return cls({source.name: None for source in sources})
        if order.in_place:
            return cls({source.name: source.path for source in sources})
        folder = Path(order.output or "")
        if folder.is_dir():
            return cls({s.name: folder / _below(s, sources) for s in sources}, folder)
        if str(order.output).endswith(("/", os.sep)):
            raise click.UsageError(f"-o {order.output}: there is no such folder")
        _only_one(sources, f"-o {order.output} is no folder and takes one Dockerfile")
        return cls({source.name: folder for source in sources})

    def ready(self, source: Source) -> Path | None:
        """The place of `source`, in a folder that is there; raises FileError."""
        path = self.by_name[source.name]
        if path is not None and self.made is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise FileError(f"{path.parent}: cannot be made: {error.strerror}") from None
        return path

    def refuse(self, changelog: str, sources: Sequence[Source]) -> None:
        """Raises click.UsageError when `changelog` is one of the Dockerfiles, before or after."""
        dockerfiles = [*self.by_name.values(), *(source.path for source in sources)]
        taken = {os.path.realpath(path) for path in dockerfiles if path is not None}
        if os.path.realpath(changelog) in taken:
            raise click.UsageError(f"--changelog {changelog} would overwrite a Dockerfile")


def _only_one(sources: Sequence[Source], why: str) -> None:
    if len(sources) > 1:
        raise click.UsageError(
            f"{why}, not {len(sources)}; use -i, -o with a folder, --dry-run or --check"
        )


def _below(source: Source, sources: Sequence[Source]) -> Path:
    """The path of `source` from the deepest folder that has all of `sources`."""
    if source.path is None:
        return Path("Dockerfile")
    folders = [s.path.parent.resolve() for s in sources if s.path is not None]
    return source.path.parent.resolve().relative_to(os.path.commonpath(folders)) / source.path.name
