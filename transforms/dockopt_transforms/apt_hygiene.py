"""Install Debian packages without recommends, lists and repetitions.

## What it does
In shipped stages: adds `--no-install-recommends` to `apt-get install`; removes the package lists in the
RUN that fetched them; fetches them in the RUN that installs, instead of in an earlier one; takes out
packages that are listed twice, or that an earlier RUN installed already.

## Why
Recommended packages are manuals, desktop services and helpers that a container seldom runs. The lists
of Debian bookworm are 19 MB, and a later `rm` frees nothing of the layer they are in. A separate
`RUN apt-get update` is cached for months: the next install then asks for packages that are gone
(https://docs.docker.com/build/building/best-practices/#apt-get).

## Safety
Level `safe` for lists that nothing uses any more, and for repetitions. Level `standard` for recommends, where
Debian's index tells what is left out, none of it is known to matter (certificates for curl, libc6-dev
for gcc, plug-ins, fonts) and no command of the Dockerfile calls it; `aggressive` where the image or a
package is not in the index. Builder stages keep their recommends. Lists are left alone where a later
RUN may install with them, and in RUNs with a cache mount on apt's folders.
"""

from collections.abc import Iterator

from dockopt.api import (
    LIST_BYTES,
    REMOVE_LISTS,
    AptCommand,
    Change,
    Decline,
    Evidence,
    Example,
    Facts,
    Level,
    ListUse,
    Phase,
    Proposal,
    Recommended,
    Run,
    RunEditor,
    Saving,
    Stage,
    Transform,
    Untouched,
    apt_recommended,
    debian_indexes,
    fixed_lists,
    idle_update,
    installed_before,
    is_windows,
    lists_left_behind,
    lists_used_after,
    only_fetches_lists,
    recommends_decided,
    repeated_packages,
)

MEASURED = Saving(LIST_BYTES, "measured: Debian bookworm's package lists")
NOT_MEASURED = Saving(None, "the size of this image's package lists is not known")
NO_BYTES = Saving(0, "the package is installed once in any case")

transform = Transform(
    __name__,
    phase=Phase.PACKAGES,
    level=Level.SAFE,
    examples=(
        Example(
            title="Recommends and lists",
            before="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y ffmpeg\n",
            after="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg"
            f" && {REMOVE_LISTS}\n",
        ),
        Example(
            title="Update and install in one RUN",
            before="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update\n"
            "RUN apt-get install -y libpq5 tzdata libpq5\n",
            after="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 tzdata"
            f" && {REMOVE_LISTS}\n",
        ),
        Untouched(
            "FROM python:3.12-slim-bookworm AS builder\n"
            "RUN apt-get update && apt-get install -y gcc\n"
            "FROM python:3.12-slim-bookworm\n"
            "COPY --from=builder /opt/venv /opt/venv\n",
            why="the builder is not shipped, and gcc needs the recommended libc6-dev",
        ),
        Untouched(
            "FROM debian:bookworm-slim\n"
            "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
            why="without the recommended ca-certificates, curl cannot verify a server",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """Lists first; what else is to be done in the same RUN follows in the next round."""
    for stage in facts.shipped:
        if is_windows(stage):
            continue
        for run in stage.runs:
            yield from _lists(facts, stage, run)
            for command in facts.apt.get(run.instruction.span.start, ()):
                if command.action == "install":
                    yield from _once(facts, stage, run, command)
                    yield from _without_recommends(facts, stage, run, command)


def _lists(facts: Facts, stage: Stage, run: Run) -> Iterator[Proposal]:
    """Removes the lists that a RUN leaves, after those who use them have been given their own."""
    if lists_left_behind(run) is None:
        return
    at = run.instruction.span.start
    uses = lists_used_after(facts.dockerfile, stage, run, facts.context)
    edits = fixed_lists(facts.document, stage, run, uses, facts.shipped)
    if isinstance(edits, str):
        yield Decline(at, f"the package lists stay: {edits}")
        return
    alone = only_fetches_lists(run) or idle_update(run) is not None
    yield Change(
        title=_lists_title(uses, alone),
        level=Level.STANDARD if uses or alone else Level.SAFE,
        because="every later RUN that installs gets an update of its own, word for word the same"
        if uses
        else "no later instruction installs with these lists, and no program reads them",
        edits=edits,
        at=at,
        evidence=(
            Evidence("fetches package lists, and leaves them in its layer", at),
            *(Evidence("installs with them", u.run.instruction.span.start) for u in uses),
        ),
        saves=MEASURED if debian_indexes(stage) else NOT_MEASURED,
    )


def _lists_title(uses: tuple[ListUse, ...], alone: bool) -> str:
    if uses:
        return "Fetch the package lists in the RUN that installs, and remove them there"
    return "Drop an update that nothing uses" if alone else "Remove the package lists after use"


def _once(facts: Facts, stage: Stage, run: Run, command: AptCommand) -> Iterator[Proposal]:
    """Takes out packages that are installed already."""
    found = repeated_packages(facts.apt, stage, run, command)
    if not found:
        return
    editor = RunEditor(facts.document, run)
    editor.remove_words(entry.word for entry in found)
    names = ", ".join(dict.fromkeys(entry.word.text for entry in found))
    yield Change(
        title=f"Install {names} once",
        level=Level.SAFE,
        because="the package is installed already when apt comes to it: it does nothing",
        edits=editor.edits(),
        at=run.instruction.span.start,
        evidence=tuple(
            Evidence(f"installs {entry.word.text}", entry.run.instruction.span.start)
            for entry in found
        ),
        saves=NO_BYTES,
    )


def _without_recommends(
    facts: Facts, stage: Stage, run: Run, command: AptCommand
) -> Iterator[Proposal]:
    """Adds `--no-install-recommends`, unless something that matters would be left out."""
    if command.program == "aptitude" or recommends_decided(stage, run, command):
        return
    at = run.instruction.span.start
    if command.has_unknown or command.action_word is None:
        yield Decline(at, "a variable names packages: what they recommend is not known")
        return
    earlier = installed_before(facts.apt, stage, run, command)
    found = apt_recommended(facts.dockerfile, stage, run, command, earlier)
    if found.hold:
        yield Decline(at, f"recommended packages stay: {found.hold}")
    elif found.packages or found.unknown:
        editor = RunEditor(facts.document, run)
        editor.insert_after(command.place_for_option, " --no-install-recommends")
        yield _recommends_change(found, editor, at)


def _recommends_change(found: Recommended, editor: RunEditor, at: int) -> Change:
    number = len(found.packages)
    some = ", ".join(found.packages[:5]) + (", …" if number > 5 else "")
    if found.unknown:
        evidence = Evidence(found.unknown, at)
        saves = Saving(None, found.unknown)
    else:
        evidence = Evidence(f"{number} packages are only recommended: {some}", at)
        basis = f"installed sizes in the package index of Debian {' and '.join(found.releases)}"
        saves = Saving(found.count, f"{basis}: {number} recommended packages")
    return Change(
        title="Install without recommended packages",
        level=Level.AGGRESSIVE if found.unknown else Level.STANDARD,
        because=f"{found.unknown}: something used at run time may be missed"
        if found.unknown
        else "none of the recommended packages is known to matter, nor called in the Dockerfile",
        edits=editor.edits(),
        at=at,
        evidence=(evidence,),
        saves=saves,
    )
