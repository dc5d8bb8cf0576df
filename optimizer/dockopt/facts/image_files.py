"""Which files of the build context may end up in an image, as far as COPY and ADD tell."""

import re
from collections.abc import Iterable, Iterator

from dockopt.facts.context import Context, normal
from dockopt.facts.handover import copied_path, venvs_of
from dockopt.facts.shipping import contributing_stages
from dockopt.model import Copy, Dockerfile, Stage

_VARIABLE = re.compile(r"\$\{?(\w+)")


def files_in_image(
    dockerfile: Dockerfile, stages: Iterable[Stage], context: Context
) -> frozenset[str] | None:
    """The files that stages hold of the build context; None where it may be any of them.

    Those that are only installed into a virtual environment are not among them: what such an
    environment holds is another question.
    """

    def taken_from(stage: Stage) -> Iterator[Stage]:
        for copy in stage.copies:
            source = dockerfile.stage_named(copy.from_ or "") if copy.from_ else None
            if source is not None and not _is_environment(dockerfile, source, copy):
                yield source

    found: set[str] = set()
    for stage in contributing_stages(dockerfile, stages, taken_from):
        for mount in (m for run in stage.runs for m in run.mounts if m.kind == "bind"):
            source = mount.get("source", "src")
            if mount.get("from"):
                continue
            if not context.is_file(source):
                return None
            found.add(normal(source))
        for copy in stage.copies:
            sources = _sources(stage, copy) if copy.from_ is None else ()
            if sources is None:
                return None
            found.update(context.copied_files(*sources))
    return frozenset(found)


def _sources(stage: Stage, copy: Copy) -> tuple[str, ...] | None:
    """The paths of the context that a COPY names; None where a build argument may name another."""
    arguments = {
        word.partition("=")[0] for link in stage.chain for i in link.of("ARG") for word in i.value
    }
    found: list[str] = []
    for source in copy.sources:
        if "://" in source or source.startswith("<<"):
            continue
        text = stage.expand(source, copy.instruction)
        if not isinstance(text, str) or arguments & set(_VARIABLE.findall(source)):
            return None
        found.append(text)
    return tuple(found)


def _is_environment(dockerfile: Dockerfile, source: Stage, copy: Copy) -> bool:
    venvs = venvs_of(dockerfile, source)
    return all(copied_path(path) in venvs for path in copy.sources)
