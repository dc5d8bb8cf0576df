"""What must hold after every change; a change that breaks one of these is dropped.

The contract of a stage is what the outside relies on: USER, WORKDIR, ENV, ENTRYPOINT, CMD, EXPOSE,
VOLUME, LABEL, STOPSIGNAL, HEALTHCHECK, SHELL, the build arguments, the names of stages, and where
copied files end up. A change says in `alters` what of it it changes on purpose.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from dockopt.model import Dockerfile, Stage, Unknown
from dockopt.syntax import Document, Instruction
from dockopt.text import Draft

Contract = Mapping[str, Mapping[str, object]]
_LAST = ("USER", "STOPSIGNAL", "HEALTHCHECK", "CMD", "ENTRYPOINT", "SHELL")
_UNION = ("EXPOSE", "VOLUME", "ONBUILD")
FILE = "(file)"


def contract_text(dockerfile: Dockerfile) -> tuple[object, ...]:
    """Everything that the contract is made of; where two of these are equal, the contracts are."""
    instructions = dockerfile.document.instructions
    return (
        dockerfile.target.index,
        tuple(dockerfile.document.directives.items()),
        tuple(i.logical.text for i in instructions if i.keyword != "RUN"),
    )


def contract(dockerfile: Dockerfile, numbers: Iterable[str] = ()) -> Contract:
    """The contract of every named stage and of the target, and of the file as a whole.

    `numbers` are those by which other files build stages: what they stand for may not change.
    """
    found: dict[str, Mapping[str, object]] = {FILE: _file_contract(dockerfile)}
    for stage in dockerfile.stages:
        if stage.name:
            found[stage.name.lower()] = _stage_contract(stage)
    for number in numbers:
        stage_there = dockerfile.stage_named(number)
        if stage_there is not None:
            found[number] = _stage_contract(stage_there)
    found["(target)"] = _stage_contract(dockerfile.target)
    return found


def _file_contract(dockerfile: Dockerfile) -> Mapping[str, object]:
    arguments = {
        word.partition("=")[0]
        for instruction in dockerfile.document.instructions
        if instruction.keyword == "ARG"
        for word in instruction.value
    }
    return {
        "ARG": frozenset(arguments),
        "target name": dockerfile.target.name.lower(),
        "directives": tuple(dockerfile.document.directives.items()),
    }


def _stage_contract(stage: Stage) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for keyword in _LAST:
        instruction = stage.last(keyword)
        found[keyword] = _meaning(instruction) if instruction else None
    for keyword in _UNION:
        found[keyword] = frozenset((i.value, i.is_json) for s in stage.chain for i in s.of(keyword))
    found["WORKDIR"] = _plain(stage.workdir)
    for name, value in stage.final_environment.items():
        found[f"ENV {name}"] = _plain(value)
    for link in reversed(stage.chain):
        for instruction in link.of("LABEL"):
            for name, text in zip(instruction.value[::2], instruction.value[1::2], strict=False):
                found[f"LABEL {name}"] = text
    found["ARG"] = frozenset(w.partition("=")[0] for i in stage.of("ARG") for w in i.value)
    found["files"] = frozenset(_destinations(stage))
    found["base image"] = _base(stage)
    return found


def _meaning(instruction: Instruction) -> tuple[object, ...]:
    flags = tuple(sorted(str(flag) for flag in instruction.flags))
    return (flags, instruction.value, instruction.is_json)


def _plain(value: str | Unknown) -> object:
    return value if isinstance(value, str) else ("unknown", value.reason)


def _base(stage: Stage) -> object:
    image = stage.root.image
    return image.text if image is not None and not isinstance(image, Unknown) else None


def _destinations(stage: Stage) -> Iterator[str]:
    """Where files of the build context end up in this stage."""
    for link in stage.chain:
        for copy in link.copies:
            if copy.from_ is None:
                workdir = link.workdir_at(copy.instruction)
                prefix = workdir if isinstance(workdir, str) else "?"
                absolute = copy.destination.startswith("/")
                yield copy.destination if absolute else f"{prefix}/{copy.destination}"


def broken(before: Contract, after: Contract, alters: frozenset[str]) -> list[str]:
    """What of `before` does not hold in `after`, but for what `alters` declares."""
    problems: list[str] = []
    for name, aspects in before.items():
        if name not in after:
            problems.append(f"stage {name} is gone")
            continue
        found = after[name]
        for aspect in sorted({*aspects, *found}):
            if aspect in alters or aspect.partition(" ")[0] in alters:
                continue
            if aspects.get(aspect) != found.get(aspect):
                where = "the Dockerfile" if name == FILE else f"stage {name}"
                problems.append(f"{aspect} of {where} would change")
    return problems


def lost_comments(
    source: Document, draft: Draft, result: Document, dropped: Iterable[str] = ()
) -> list[str]:
    """Comments of the input that the output lacks, but for those of removed instructions.

    `dropped` are the texts of those that changes take out on purpose; see `Change.drops`.
    """
    before, after = ([c.text for c in document.comments] for document in (source, result))
    if before == after:
        return []
    missing = Counter(before) - Counter(after) - Counter(dropped)
    if not missing:
        return []
    kept = _kept_offsets(draft)
    for instruction in source.instructions:
        if kept.find(1, instruction.start, instruction.after) < 0:
            gone = (*source.attached_comments(instruction), *instruction.comments)
            missing -= Counter(comment.text for comment in gone)
    return sorted(missing.elements())


def _kept_offsets(draft: Draft) -> bytearray:
    length = sum(len(p.text) for p in (*draft.pieces, *draft.cuts) if p.origin is not None)
    kept = bytearray(length)
    for piece in draft.pieces:
        if piece.origin is not None:
            kept[piece.origin : piece.origin + len(piece.text)] = b"\1" * len(piece.text)
    return kept


def unsigned(source: str, draft: Draft) -> bool:
    """Whether the draft has text that is neither original nor signed, or lost some unsigned."""
    spans = sorted(
        (piece.origin, piece.origin + len(piece.text), piece.text)
        for piece in (*draft.pieces, *draft.cuts)
        if piece.origin is not None and piece.text
    )
    position = 0
    for start, end, text in spans:
        if start != position or source[start:end] != text:
            return True
        position = end
    added = any(p.origin is None and p.author is None for p in draft.pieces)
    return added or position != len(source)


def second_reader_disagrees(text: str, document: Document) -> str:
    """How dockerfile-parse reads `text` otherwise than we do; empty where it agrees.

    It knows no here-documents and no escape directive, so files with these are not put to it.
    """
    if document.escape != "\\" or any(i.heredocs for i in document.instructions):
        return ""
    ours = [i.keyword for i in document.instructions]
    theirs = _keywords_by_second_reader(text)
    if ours != theirs:
        return f"dockerfile-parse sees {len(theirs)} instructions where dockopt sees {len(ours)}"
    return ""


def _keywords_by_second_reader(text: str) -> list[str]:
    from dockerfile_parse import DockerfileParser

    stream = io.BytesIO(text.encode("utf-8", "replace"))  # it takes nothing but UTF-8
    parser = DockerfileParser(fileobj=stream)
    return [e["instruction"] for e in parser.structure if e["instruction"] != "COMMENT"]
