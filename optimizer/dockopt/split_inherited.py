"""The third form of the split: a shared base stage gives its compilers to the stages that build."""

from collections.abc import Iterator

from dockopt.chaining import install_run
from dockopt.facts import Facts
from dockopt.facts.installer_runs import brought_tools, only_brings_tools
from dockopt.facts.numbering import numbered_from
from dockopt.facts.packages import BuildPackage, bytes_saved, program_called, removed_later
from dockopt.facts.packages import build_packages as stage_build_packages
from dockopt.facts.scripts import unseen_script
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.package_edits import without_packages
from dockopt.remarks import Farewell
from dockopt.shell import Script
from dockopt.staging import (
    end_of_stage,
    free_name,
    has_gap_above,
    only_installs,
    relocation,
    stage_compiles,
    with_newline,
    word_span,
)
from dockopt.syntax import Document, Instruction
from dockopt.text import Edit, Insert, replace
from dockopt.transform import Change, Decline, Evidence, Level, Proposal, Saving


def inherited_split(facts: Facts, target: Stage) -> Iterator[Proposal]:
    """The move of compilers and installers out of base stages that the target shares."""
    for base in target.chain[1:]:
        found = branches(facts, target, base)
        if not found:
            continue
        place, others = found[0]
        packages = stage_build_packages(base)
        tools = tool_runs(facts, base) if place is base else []
        if not (packages or tools):
            continue
        reason = shared_reason(facts, target, base, place)
        if len(found) > 1:
            reason = (
                f"some stages that build start from {place.reference} and others from "
                f"{found[1][0].reference}: no one stage could bring what only building needs"
            )
        if reason:
            yield Decline(base.from_.span.start, reason)
            continue
        kept = {p.name for p in packages if program_called(p, facts.runtime)}
        moving = [p for p in packages if p.name not in kept and p.replacements is not None]
        for package in list(moving):
            if line := _removed(target, package):
                reason = f"{package.name} stays: line {line} removes it, and would fail without it"
                yield Decline(package.run.instruction.start, reason)
                moving.remove(package)
        if tools or (moving and _saving(base, moving).count != 0):
            yield _moved_down(facts, _Move(base, place, others, moving, tools))


def _removed(target: Stage, package: BuildPackage) -> int:
    """The line where the target, or a stage that it consists of, removes a package; 0 for none."""
    chain = target.chain
    found = removed_later(chain, package.stage, package.run, frozenset({package.name}))
    return next((run.instruction.line for run in found), 0)


def branches(facts: Facts, target: Stage, base: Stage) -> list[tuple[Stage, list[Stage]]]:
    """Where other stages branch off the target's chain, from `base` upwards, and which do.

    They have what `base` installs. Of those that start further up only the ones that build count:
    no other can miss a compiler.
    """
    found: list[tuple[Stage, list[Stage]]] = []
    for place in (link for link in reversed(target.chain) if link.index >= base.index):
        others = [s for s in facts.dockerfile.children(place) if s not in target.chain]
        if others and (place is base or any(_builds(facts, other) for other in others)):
            found.append((place, others))
    return found


def _builds(facts: Facts, stage: Stage) -> bool:
    """Whether a stage, or one that starts from it, may call a compiler."""
    return any(stage_compiles(facts, user) for user in facts.dockerfile.built_upon(stage))


def tool_runs(facts: Facts, base: Stage) -> list[Run]:
    """RUNs of a base stage that only bring an installer that the target does not call."""
    found = [i for i in facts.installs(base) if i.only_tools]
    tools = {name for i in found for name in i.names or ()}
    if any(facts.runtime.calls(name) for name in tools):
        return []
    starts = {i.run.instruction.span.start for i in found}
    runs = [r for r in base.runs if r.instruction.span.start in starts]
    return [*(r for r in runs if only_installs(r, found)), *_downloaded(facts, base)]


def _downloaded(facts: Facts, base: Stage) -> list[Run]:
    """RUNs that fetch an installer with its own script, where nothing calls it at run time."""
    found: list[Run] = []
    for run in base.runs:
        brought = brought_tools(run)
        alone = only_brings_tools(run) or ("uv" in brought and len(_names(run)) <= 3)
        if brought and alone and not any(facts.runtime.calls(name) for name in brought):
            found.append(run)
    return found


def _names(run: Run) -> list[str]:
    script = run.script
    return [c.name for c in script.commands] if isinstance(script, Script) else ["?"] * 9


def shared_reason(facts: Facts, target: Stage, base: Stage, place: Stage) -> str:
    """Why `base` has to keep what builds, or no stage upon `place` can bring it; empty otherwise."""
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    if reference := facts.references.to(base) or facts.references.to(place):
        return (
            f"{reference.by} in {reference.place} is built as far as the base stage, and has it all"
        )
    if any(link.of("USER") for link in place.chain):
        return "the base stage switches USER, so a stage upon it could not install packages"
    if reason := numbered_from(facts.dockerfile, place.index + 1):
        return reason
    above = [link for link in target.chain if link.index > base.index]
    for link in [*above, base]:
        tools = tool_runs(facts, base) if link is base else []
        if found := stage_compiles(facts, link, ignore=tools):
            return f"the shipped image still compiles: {found}"
    return unseen_script(target, facts.runtime)


@immutable()
class _Move:
    """What leaves a base stage, and for which stages."""

    base: Stage
    place: Stage
    """The stage of the target's chain that the others start from: the base, or one upon it."""
    others: list[Stage]
    moving: list[BuildPackage]
    tools: list[Run]


def _moved_down(facts: Facts, move: _Move) -> Change:
    document, newline = facts.document, facts.document.newline
    base, place, moving, tools = move.base, move.place, move.moving, move.tools
    name = free_name(facts, f"{place.reference}-build", "build-tools")
    at = end_of_stage(place)
    lead = "" if _leaves_gap(document, place, tools) else newline
    lines = f"{lead}# What only building needs{newline}FROM {place.reference} AS {name}{newline}"
    gap = newline if tools and moving else ""
    edits: list[Edit] = [Insert(at, with_newline(document, at, lines), rank=0)]
    if moving:
        cuts, told = _without(facts, moving)
        edits.append(Insert(at, told + _install_text(facts, moving) + gap, rank=1))
        edits += cuts
    edits += _moved_tools(facts, base, tools, at)
    for other in move.others:
        edits += replace(word_span(other.from_, 0), name)
    gone = sorted({p.name for p in moving})
    what = ", ".join([*gone, *("an installer" for _ in tools[:1])])
    return Change(
        title=f"Move {what} out of {base.reference} into a stage {name} for the stages that build",
        level=Level.STANDARD,
        because="the stages that the shipped image consists of compile nothing, and no command, "
        "script or source of theirs calls these programs",
        edits=tuple(edits),
        at=base.from_.span.start,
        alters=frozenset({"ENV PATH"}) if tools else frozenset(),
        evidence=(
            *(Evidence(f"installs {p.name}", p.run.instruction.span.start) for p in moving),
            *(Evidence("brings an installer", t.instruction.span.start) for t in tools),
            *(
                Evidence(f"stage {o.reference} builds upon it", o.from_.span.start)
                for o in move.others
            ),
            *_staying(moving),
        ),
        saves=_saving(base, moving),
    )


def _staying(moving: list[BuildPackage]) -> Iterator[Evidence]:
    """What the shipped stage keeps of them."""
    for name, kept in {p.name: p.replacements for p in moving if p.replacements}.items():
        yield Evidence(f"kept for what was built with {name}: {', '.join(kept)}")


def _leaves_gap(document: Document, base: Stage, tools: list[Run]) -> bool:
    """Whether the base ends in a blank line once `tools`, and the ENV about them, are gone."""
    going = {i.span.start for i in (*(t.instruction for t in tools), *tool_paths(base, tools))}
    for instruction in reversed(base.instructions):
        if instruction.span.start not in going:
            return False
        if has_gap_above(document, instruction):
            return True
    return False


def _saving(base: Stage, moving: list[BuildPackage]) -> Saving:
    brought = sorted({r for p in moving for r in p.replacements or ()})
    return Saving(*bytes_saved(base, sorted({p.name for p in moving}), brought))


def _install_text(facts: Facts, moving: list[BuildPackage]) -> str:
    words = list(dict.fromkeys(p.word.text for p in moving))
    recommends = any(not p.command.no_recommends for p in moving)
    return install_run(facts.document, words, recommends=recommends)


def _without(facts: Facts, moving: list[BuildPackage]) -> tuple[list[Edit], str]:
    """The words of the moved packages go from the base; what stands for them at run time comes.

    And the comments about them, for where they go to.
    """
    edits: list[Edit] = []
    told: list[str] = []
    by_run: dict[int, list[BuildPackage]] = {}
    for package in moving:
        by_run.setdefault(package.run.instruction.span.start, []).append(package)
    for group in by_run.values():
        left = list(without_packages(facts.document, group))
        farewell = Farewell.to(facts.dockerfile, group, left, is_written_elsewhere=True)
        edits += [*left, *farewell.edits]
        told += [comment.text + facts.document.newline for comment in farewell.comments]
    return edits, "".join(told)


def _moved_tools(facts: Facts, base: Stage, tools: list[Run], at: int) -> Iterator[Edit]:
    document = facts.document
    rank = 2
    for run in tools:
        yield from relocation(document, run.instruction, at, rank)
        rank += 1
    for instruction in tool_paths(base, tools):
        yield from relocation(document, instruction, at, rank)
        rank += 1


def tool_paths(base: Stage, tools: list[Run]) -> list[Instruction]:
    """The ENVs of a base stage that only put the folder of an installer into PATH."""
    return [
        instruction
        for instruction in base.of("ENV")
        if tools
        and instruction.value[:1] == ("PATH",)
        and ".local/bin" in " ".join(instruction.value)
    ]
