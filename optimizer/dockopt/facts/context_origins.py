"""Which file of the build context a path of the image is a copy of.

Whoever asks needs another kind of answer:

- `brought_from`: for certain, by the COPYs of one stage before an instruction. What must not be
  wrong rests on it, as moving an install before the code.
- `origin`: the same through the stages that a stage starts from, else the likeliest by name. For the
  requirements files and projects that an install names.
- `located`: the likeliest by name, where nothing says where a file stands.
- `facts.source.image_paths`: all that it may be, through stages that are copied from. For following
  what starts, where one file too many does no harm.
- `facts.manifests`: the other way round, where in the image a manifest may be.
- `facts.image_files`: all files of the context that are in an image.
"""

import posixpath

from dockopt.facts.context import Context
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import within
from dockopt.model import Stage
from dockopt.syntax import Instruction

METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
"""Files by which the folder of a project is known that pip can build."""


def brought_from(context: Context, stage: Stage, before: Instruction, path: str) -> str | None:
    """The file of the context that a COPY before an instruction brings to an absolute path."""
    found = None
    for copy in stage.copies:
        target = absolute(stage, copy.instruction, copy.destination)
        if copy.instruction.start >= before.start or copy.from_ is not None or target is None:
            continue
        for text in copy.sources:
            source = posixpath.normpath("/" + text).lstrip("/")
            if context.is_dir(source) and within(path, target):
                inside = posixpath.normpath(posixpath.join(source, posixpath.relpath(path, target)))
            elif path in (target, posixpath.join(target, posixpath.basename(source))):
                inside = source
            else:
                continue
            found = inside if context.is_file(inside) and context.sent(inside) else found
    return found


def origin(context: Context, stage: Stage, before: Instruction, path: str) -> str | None:
    """The file of the context that a path of the image is a copy of, or most likely is."""
    return traced(context, stage, before, path) or located(context, path)


def traced(context: Context, stage: Stage, before: Instruction, path: str) -> str | None:
    """The file of the context that COPYs of a stage, or of those it starts from, bring to a path."""
    where = absolute(stage, before, path)
    links = stage.chain if where is not None else ()
    found = (brought_from(context, link, before, where or "") for link in links)
    return next((file for file in found if file is not None), None)


def project_folder(context: Context, stage: Stage, before: Instruction, path: str) -> str:
    """The folder of the context that a project's folder in the image is, or has the name of."""
    plain = path.removeprefix("file:").removeprefix("//")
    files = (traced(context, stage, before, f"{plain}/{name}") for name in METADATA)
    found = next((file for file in files if file is not None), None)
    return plain.strip("./") if found is None else found.rpartition("/")[0]


def located(context: Context, path: str) -> str | None:
    """The file of the context that has the name of a path of the image, and is sent to the builder.

    It is one that ends as the path does, else the only one in the context with the last part.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if context.is_file(candidate) and context.sent(candidate):
            return candidate
        if context.exists(candidate) and not context.is_dir(candidate):
            return None  # a link, or what is not sent
    ending = "/" + parts[-1] if parts else "/"
    same = [f for f in context.files_under("") if f.endswith(ending) and context.sent(f)]
    return same[0] if len(same) == 1 else None
