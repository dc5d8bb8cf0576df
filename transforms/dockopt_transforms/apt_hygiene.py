"""Install Debian packages without recommends, lists and repetitions.

## What it does
In shipped stages: adds `--no-install-recommends` to `apt-get install`; removes the package lists
in the RUN that fetched them; fetches them in the RUN that installs, instead of in an earlier one;
takes out packages that are listed twice, or that an earlier RUN installed already.

## Why
Recommended packages are manuals, desktop services and helpers that a container seldom runs. The
lists of Debian bookworm are 19 MB, and a later `rm` frees nothing of the layer they are in. A
separate `RUN apt-get update` is cached for months: the next install then asks for packages that are
gone (https://docs.docker.com/build/building/best-practices/#apt-get).

## Safety
Level `safe` for lists that nothing uses any more, and for repetitions. Level `standard` for updates
that move, and for recommends where Debian's index tells what is left out, none of it is known to
matter (certificates for curl, libc6-dev for gcc, plug-ins, fonts) and no command of the Dockerfile
calls it; `aggressive` where the image or a package is not in the index. Builder stages keep their
recommends. Lists are left alone where a later RUN may install with them, and in RUNs with a cache
mount on apt's folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
    Saving,
    Transform,
    Untouched,
)

NOT_MEASURED = Saving(None, "the size of this image's package lists is not known")
TITLE = "Install without recommended packages"
_INSTALLS = re.compile(r"\b(?:apt|apt-get|aptitude)\b[^;&|]*\binstall\b")
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
            "RUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends ffmpeg \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            title="Update and install in one RUN",
            before="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update\n"
            "RUN apt-get install -y libpq5 tzdata libpq5\n",
            after="FROM python:3.12-slim-bookworm\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends libpq5 tzdata \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n",
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
        if api.is_windows(stage):
            continue
        for run in stage.runs:
            commands = facts.apt.get(run.instruction.start)
            if commands is None:
                yield from _unread(run)
                continue
            installs = [command for command in commands if command.action == "install"]
            yield from _lists(facts, stage, run)
            if not installs or stage.is_beyond_layers(run.instruction):
                continue
            yield from _once(facts, stage, run, installs)
            yield from _without_recommends(facts, stage, run, installs)


def _unread(run: api.Run) -> Iterator[Decline]:
    text = run.logical.text
    if "apt" in text and _INSTALLS.search(text) and isinstance(run.script, api.Opaque):
        reason = f"apt installs in a RUN that is not read: {run.script.reason}"
        yield Decline(run.instruction.start, reason)


def _lists(facts: Facts, stage: api.Stage, run: api.Run) -> Iterator[Proposal]:
    """Removes the lists that a RUN leaves, after those who use them have been given their own."""
    update = api.lists_left_behind(run)
    if update is None:
        return
    at = run.instruction.span.start
    uses = api.lists_used_after(facts.dockerfile, stage, run, facts.context)
    edits = api.fixed_lists(facts.document, run, uses, facts.shipped)
    if isinstance(edits, str):
        yield Decline(at, f"the package lists stay: {edits}")
        return
    alone = api.only_fetches_lists(run) or api.idle_update(run) is not None
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
        saves=_where_it_runs(
            _list_bytes() if api.debian_indexes(stage) else NOT_MEASURED, [update]
        ),
    )


def _list_bytes() -> Saving:
    return Saving(api.LIST_BYTES, "measured: Debian bookworm's package lists")


def _where_it_runs(saving: Saving, commands: Iterable[api.AptCommand]) -> Saving:
    """No number for commands under a condition: there is nothing to save where they do not run."""
    if saving.count and any(command.command.conditional for command in commands):
        return Saving(None, f"nothing where the condition does not hold; else {saving.basis}")
    return saving


def _lists_title(uses: tuple[api.ListUse, ...], alone: bool) -> str:
    if uses:
        return "Fetch the package lists in the RUN that installs, and remove them there"
    return "Drop an update that nothing uses" if alone else "Remove the package lists after use"


def _once(
    facts: Facts, stage: api.Stage, run: api.Run, installs: list[api.AptCommand]
) -> Iterator[Proposal]:
    """Takes out packages that are installed already."""
    history = facts.apt_history(stage)
    found = [
        repeated
        for command in installs
        for repeated in api.repeated_packages(history, run, command)
        # What stands in a variable may be named by other commands too.
        if repeated.word in command.command.words
    ]
    if not found:
        return
    editor = api.RunEditor(facts.document, run)
    editor.remove_words(entry.word for entry in found)
    names = list(dict.fromkeys(entry.word.text for entry in found))
    alone = api.left_alone(facts.document, run, edits := editor.edits())
    yield Change(
        title=f"Install {_listed(names)} once",
        level=Level.SAFE,
        because="the package is installed already when apt comes to it: it does nothing",
        edits=(*edits, *api.without_comments(alone)),
        at=run.instruction.span.start,
        evidence=tuple(
            Evidence(f"installs {entry.word.text}", entry.run.instruction.span.start)
            for entry in found
        ),
        saves=NO_BYTES,
        drops=tuple(comment.text for comment in alone),
    )


def _without_recommends(
    facts: Facts, stage: api.Stage, run: api.Run, installs: list[api.AptCommand]
) -> Iterator[Proposal]:
    """Adds `--no-install-recommends`, unless something that matters would be left out."""
    at = run.instruction.span.start
    known: list[tuple[api.AptCommand, api.Recommended]] = []
    unknown: list[tuple[api.AptCommand, api.Recommended]] = []
    for command in installs:
        if command.program == "aptitude" or api.recommends_decided(stage, run, command):
            continue
        if command.has_unknown or command.action_word is None:
            yield Decline(at, "a variable names packages: what they recommend is not known")
            continue
        earlier = api.installed_before(facts.apt_history(stage), run, command)
        if earlier is None:
            yield Decline(at, "too many packages were installed before to tell what they recommend")
            continue
        found = api.apt_recommended(facts.dockerfile, stage, run, command, earlier)
        if found.hold:
            yield Decline(at, f"recommended packages stay: {found.hold}")
        elif found.unknown:
            unknown.append((command, found))
        elif found.packages:
            known.append((command, found))
    if known:
        yield _known_change(facts, run, known)
    if unknown:
        yield _unknown_change(facts, run, unknown)


def _known_change(
    facts: Facts, run: api.Run, entries: list[tuple[api.AptCommand, api.Recommended]]
) -> Change:
    at = run.instruction.span.start
    packages = sorted({name for _, found in entries for name in found.packages})
    releases = " and ".join(entries[0][1].releases)
    saving = Saving(
        sum(found.count or 0 for _, found in entries),
        f"installed sizes in the package index of Debian {releases}: "
        f"{len(packages)} recommended package{'' if len(packages) == 1 else 's'}",
    )
    return Change(
        title=TITLE,
        level=Level.STANDARD,
        because="none of the recommended packages is known to matter, nor called in the Dockerfile",
        edits=_with_option(facts, run, entries),
        at=at,
        evidence=(Evidence(f"only recommended: {_listed(packages)}", at),),
        saves=_where_it_runs(saving, (command for command, _ in entries)),
    )


def _unknown_change(
    facts: Facts, run: api.Run, entries: list[tuple[api.AptCommand, api.Recommended]]
) -> Change:
    at = run.instruction.span.start
    reason = entries[0][1].unknown
    return Change(
        title=TITLE,
        level=Level.AGGRESSIVE,
        because=f"{reason}: something used at run time may be missed",
        edits=_with_option(facts, run, entries),
        at=at,
        evidence=(Evidence(reason, at),),
        saves=Saving(None, reason),
    )


def _with_option(
    facts: Facts, run: api.Run, entries: list[tuple[api.AptCommand, api.Recommended]]
) -> tuple[api.Edit, ...]:
    editor = api.RunEditor(facts.document, run)
    for command, _ in entries:
        editor.insert_after(command.place_for_option, " --no-install-recommends")
    return editor.edits()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
