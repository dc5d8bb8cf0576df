"""Build in a stage of its own, and ship only what it built.

## What it does
- A stage that installs for itself becomes two: a builder that keeps its base image, its compilers and
  all that the install needs, and a runtime that copies the finished virtual environment.
- A stage that copies an environment and then installs more into it leaves that install to a builder
  that starts from where the environment comes from.
- A base stage that several stages share gives its compilers and installers to a new stage upon it,
  from which the stages that build then start; the shipped stage no longer inherits them.

## Why
Everything that is installed in a shipped stage stays in its layers, also what is removed later.
Compilers and headers are 200 to 400 MB that a running service does not read.

## Safety
Level `standard`. The builder keeps the original base image, so whatever compiled before still
compiles; the runtime keeps every other instruction in its order. Names of stages and build arguments
stay. Declined where an install is mixed with something else in one RUN that cannot be told apart, and
for stages that other stages start from.
"""

import re
from collections.abc import Iterator

from dockopt.api import (
    BuildPackage,
    Change,
    Decline,
    Document,
    Edit,
    Evidence,
    Example,
    Facts,
    Handover,
    Insert,
    Install,
    Instruction,
    Level,
    Phase,
    Proposal,
    Run,
    RunEditor,
    Saving,
    Script,
    Stage,
    Transform,
    Untouched,
    before_stage,
    builder_body,
    builds_upon,
    bytes_saved,
    copies_for_one_run,
    created_venvs,
    end_of_stage,
    free_name,
    has_gap_above,
    only_installs,
    program_called,
    relocation,
    removal,
    removals_of_copies,
    replace,
    stage_build_packages,
    stage_compiles,
    text_of,
    with_newline,
    without_packages,
    word_span,
)

transform = Transform(
    __name__,
    phase=Phase.SPLIT,
    level=Level.STANDARD,
    examples=(
        Example(
            title="a stage that installs for itself",
            context=(
                ("app.py", "import psycopg2\n"),
                ("requirements.txt", "psycopg2==2.9.10\n"),
            ),
            before=(
                "FROM python:3.12-slim-bookworm\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "RUN pip install -r requirements.txt\n"
                "COPY . .\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            after=(
                "# Installs the distributions; only the finished environment leaves this stage\n"
                "FROM python:3.12-slim-bookworm AS builder\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "# All distributions in one folder that another stage can copy\n"
                "RUN python -m venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "RUN pip install -r requirements.txt\n"
                "\n"
                "FROM python:3.12-slim-bookworm\n"
                "WORKDIR /app\n"
                "RUN apt-get update && apt-get install -y libatomic1 libgomp1 libpq5 && rm -rf /var/lib/apt/lists/*\n"
                "COPY requirements.txt .\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                'ENV PATH="/opt/venv/bin:$PATH"\n'
                "\n"
                "COPY . .\n"
                'CMD ["gunicorn", "app:app"]\n'
            ),
            together=("venv-install", "runtime-packages"),
        ),
        Example(
            title="compilers in a base stage",
            context=(("app.py", "import flask\n"),),
            before=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
                "    curl \\\n"
                "    gcc \\\n"
                "    g++ \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "FROM base AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "COPY requirements.txt .\n"
                "RUN /opt/venv/bin/pip install -r requirements.txt\n"
                "\n"
                "FROM base AS runtime\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
                'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n'
            ),
            after=(
                "FROM python:3.12-slim AS base\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
                "    curl \\\n"
                "    libatomic1 \\\n"
                "    libgomp1 \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "# What only building needs\n"
                "FROM base AS base-build\n"
                "RUN apt-get update && apt-get install -y --no-install-recommends \\\n"
                "    gcc \\\n"
                "    g++ \\\n"
                "    && rm -rf /var/lib/apt/lists/*\n"
                "\n"
                "FROM base-build AS builder\n"
                "RUN python -m venv /opt/venv\n"
                "COPY requirements.txt .\n"
                "RUN /opt/venv/bin/pip install -r requirements.txt\n"
                "\n"
                "FROM base AS runtime\n"
                "COPY --from=builder /opt/venv /opt/venv\n"
                "HEALTHCHECK CMD curl -f http://localhost:8000/\n"
                'CMD ["/opt/venv/bin/gunicorn", "app:app"]\n'
            ),
            together=(),
        ),
        Untouched(
            "FROM python:3.12-slim\nRUN pip install flask\n",
            why="no virtual environment that could be handed over, and nothing to leave behind",
        ),
    ),
)


def propose(facts: Facts) -> Iterator[Proposal]:
    """At most one change per form, all about the target."""
    target = facts.dockerfile.target
    handed = [h for h in facts.handovers if h.receiver is target]
    if handed:
        yield from _late_installs(facts, handed[0])
    elif created_venvs(target.root):
        yield from _single_stage(facts, target.root)
    yield from _inherited(facts, target)


# --- a stage that installs for itself ----------------------------------------------------------


def _single_stage(facts: Facts, stage: Stage) -> Iterator[Proposal]:
    venvs = created_venvs(stage)
    found = facts.installs(stage)
    at = venvs[0].run.instruction.span.start
    if not _leaves_something(stage) or not found:
        return
    reason = _cannot_move(facts, stage, found)
    if len({venv.path for venv in venvs}) > 1:
        reason = "the stage makes several virtual environments"
    if reason:
        yield Decline(at, reason)
        return
    yield _split(facts, stage, venvs[0].path, found)


def _leaves_something(stage: Stage) -> bool:
    image = stage.root.image
    tag = getattr(image, "python_tag", None)
    return bool(tag and tag.variant == "full") or bool(stage_build_packages(stage))


def _cannot_move(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> str:
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    if reason := builds_upon(facts.dockerfile, stage):
        return reason
    for install in found:
        if install.pip.editables:
            return f"line {install.run.instruction.line} installs in editable form"
        whole = _moves_whole(facts, stage, install.run, found)
        if not whole and _separable(facts, stage, install.run, found) is None:
            return (
                f"the RUN on line {install.run.instruction.line} does other things besides "
                "installing, which cannot be told apart"
            )
    return ""


def _moves_whole(facts: Facts, stage: Stage, run: Run, found: tuple[Install, ...]) -> bool:
    """Whether nothing of a RUN that installs has to stay with the runtime."""
    going = _going_copies(facts, stage, found)
    return only_installs(run, found) and removals_of_copies(stage, run, going) == ()


def _going_copies(facts: Facts, stage: Stage, found: tuple[Install, ...]) -> frozenset[int]:
    """The COPYs of a stage that only serve its installs, which remove their files again."""
    runs = [*(venv.run for venv in created_venvs(stage)), *(i.run for i in found)]
    return copies_for_one_run(stage, runs, facts.context)


def _installer_copies(facts: Facts, stage: Stage, moved: frozenset[int]) -> frozenset[int]:
    """The COPYs that bring uv from its own image, where nothing that stays calls it.

    https://docs.astral.sh/uv/guides/integration/docker/#installing-uv
    """
    staying = [r for r in stage.runs if r.instruction.span.start not in moved]
    if any(re.search(r"\buvx?\b", run.logical.text) for run in staying):
        return frozenset()
    if facts.runtime.calls("uv") or facts.runtime.calls("uvx"):
        return frozenset()
    return frozenset(
        copy.instruction.span.start
        for copy in stage.copies
        if "astral-sh/uv" in (copy.from_ or "")
        and {source.rpartition("/")[2] for source in copy.sources} <= {"uv", "uvx"}
    )


def _separable(
    facts: Facts, stage: Stage, run: Run, found: tuple[Install, ...]
) -> tuple[int, ...] | None:
    """The steps of a mixed RUN that stay with the runtime: those of apt, when all others install."""
    removing = removals_of_copies(stage, run, _going_copies(facts, stage, found))
    if not isinstance(run.script, Script) or run.instruction.heredocs or removing is None:
        return None
    if not run.script.stops_on_failure:
        return None
    apt = {id(c.command) for c in facts.apt.get(run.instruction.span.start, ())}
    ours = {id(i.pip.command) for i in found}
    stay: list[int] = []
    for index, step in enumerate(run.script.steps):
        command = step.command
        if command is None:
            return None
        lists = command.name == "rm" and "/var/lib/apt" in step_text(run, index)
        if id(command) in apt or lists or index in removing:
            stay.append(index)
        elif id(command) not in ours and command.name not in ("set", "rm", "echo", "cd"):
            return None
    return tuple(stay)


def step_text(run: Run, index: int) -> str:
    """The shell text of one step of a RUN."""
    script = run.script
    if not isinstance(script, Script):
        return ""
    return script.text[script.steps[index].start : script.steps[index].end]


def _split(facts: Facts, stage: Stage, path: str, found: tuple[Install, ...]) -> Change:
    venv_runs = [venv.run for venv in created_venvs(stage)]
    runs = {r.instruction.span.start: r for r in [*venv_runs, *(i.run for i in found)]}
    last = runs[max(runs)].instruction
    pure = frozenset(start for start, run in runs.items() if _moves_whole(facts, stage, run, found))
    going = _going_copies(facts, stage, found) | _installer_copies(facts, stage, frozenset(runs))
    name = free_name(facts, "builder", "python-builder")
    at = before_stage(facts, stage)
    edits = list(_builder(facts, stage, name, at, last, pure | going))
    edits += _runtime(facts, stage, name, path, runs, pure, found)
    return Change(
        title=f"Split stage {name} off: it installs, and the runtime copies {path}",
        level=Level.STANDARD,
        because="the runtime keeps every instruction but the installs; the builder keeps the base "
        "image and the tools that they need",
        edits=tuple(edits),
        at=stage.from_.span.start,
        alters=frozenset({"ARG", "files"} if going else {"ARG"}),
        evidence=(
            *(Evidence("installs distributions", i.run.instruction.span.start) for i in found),
            *(Evidence("only serves the installs", at) for at in sorted(going)),
        ),
        saves=Saving(None, "what it makes possible is counted there"),
        enables=("runtime-packages", "retarget-runtime", "split-builder"),
    )


def _builder(
    facts: Facts, stage: Stage, name: str, at: int, last: Instruction, moved: frozenset[int]
) -> Iterator[Edit]:
    document = facts.document
    newline = document.newline
    image = " ".join([*map(str, stage.from_.flags), stage.from_image_text])
    lines = (
        "# Installs the distributions; only the finished environment leaves this stage",
        f"FROM {image} AS {name}",
        "",
    )
    yield Insert(at, with_newline(document, at, newline.join(lines)), rank=0)
    yield from builder_body(facts, stage, at, last, moved)


def _runtime(
    facts: Facts,
    stage: Stage,
    name: str,
    path: str,
    runs: dict[int, Run],
    pure: frozenset[int],
    found: tuple[Install, ...],
) -> Iterator[Edit]:
    document = facts.document
    first = runs[min(runs)].instruction
    copy = f"COPY --from={name} {path} {path}{document.newline}"
    yield Insert(document.attached_start(first), copy)
    for start, run in runs.items():
        if start in pure:
            continue
        stay = _separable(facts, stage, run, found) or ()
        script = run.script
        if not isinstance(script, Script):
            continue
        if not stay:
            yield from removal(document, run.instruction)
            continue
        editor = RunEditor(document, run)
        editor.remove_steps(n for n in range(len(script.steps)) if n not in stay)
        yield from editor.edits()


# --- a stage that installs into an environment that it copied ------------------------------------


def _late_installs(facts: Facts, handed: Handover) -> Iterator[Proposal]:
    stage = handed.receiver
    found = tuple(i for i in facts.installs(stage) if i.environment == handed.path)
    if not found:
        return
    reason = _cannot_move(facts, stage, found)
    mixed = [
        i for i in found if not only_installs(i.run, found) or removals_of_copies(stage, i.run)
    ]
    if mixed and not reason:
        reason = f"the RUN on line {mixed[0].run.instruction.line} does more than install"
    if reason:
        yield Decline(found[0].run.instruction.span.start, reason)
        return
    yield _moved_up(facts, handed, found)


def _moved_up(facts: Facts, handed: Handover, found: tuple[Install, ...]) -> Change:
    stage, document = handed.receiver, facts.document
    name = free_name(facts, "builder", f"{stage.reference}-builder", "python-builder")
    at = before_stage(facts, stage)
    runs = {i.run.instruction.span.start: i.run for i in found}
    last = runs[max(runs)].instruction
    edits: list[Edit] = [
        Insert(
            at,
            with_newline(
                document, at, f"FROM {handed.builder.reference} AS {name}" + document.newline
            ),
        )
    ]
    edits += _after_header(facts, handed, at, last, frozenset(runs))
    edits += _copied_from(handed, name)
    return Change(
        title=f"Install in a new stage {name}, before {handed.path} is copied",
        level=Level.STANDARD,
        because="the environment is complete before it is copied, so the shipped stage needs no "
        "installer and stores it once",
        edits=tuple(edits),
        at=found[0].run.instruction.span.start,
        evidence=tuple(
            Evidence(
                f"installs into {handed.path}, which was copied before",
                i.run.instruction.span.start,
            )
            for i in found
        ),
        saves=Saving(None, "what it makes possible is counted there"),
    )


def _after_header(
    facts: Facts, handed: Handover, at: int, last: Instruction, moved: frozenset[int]
) -> Iterator[Edit]:
    """The body of the new stage, without what its base says already."""
    known = {
        text_of(facts.document, i)
        for link in handed.builder.chain
        for i in link.of("ENV", "ARG", "WORKDIR")
    }
    known |= {
        text_of(facts.document, c.instruction)
        for c in handed.receiver.copies
        if c.from_ == handed.copy.from_
    }
    yield from builder_body(facts, handed.receiver, at, last, moved, frozenset(known))


def _copied_from(handed: Handover, name: str) -> tuple[Edit, ...]:
    flag = next(f for f in handed.copy.instruction.flags if f.name == "from")
    return replace(flag.span, f"--from={name}")


# --- a base stage that several stages share -----------------------------------------------------


def _inherited(facts: Facts, target: Stage) -> Iterator[Proposal]:
    for base in target.chain[1:]:
        others = [s for s in facts.dockerfile.children(base) if s not in target.chain]
        packages = stage_build_packages(base)
        tools = _tool_runs(facts, base)
        if not others or not (packages or tools):
            continue
        reason = _shared_reason(facts, target, base)
        if reason:
            yield Decline(base.from_.span.start, reason)
            continue
        kept = {p.name for p in packages if program_called(p, facts.runtime)}
        moving = [p for p in packages if p.name not in kept and p.replacements is not None]
        if tools or (moving and _saving(base, moving).count != 0):
            yield _moved_down(facts, base, others, moving, tools)


def _tool_runs(facts: Facts, base: Stage) -> list[Run]:
    """RUNs of a base stage that only bring an installer that the target does not call."""
    found = [i for i in facts.installs(base) if i.only_tools]
    tools = {name for i in found for name in i.names or ()}
    if any(facts.runtime.calls(name) for name in tools):
        return []
    starts = {i.run.instruction.span.start for i in found}
    runs = [r for r in base.runs if r.instruction.span.start in starts]
    return [*(r for r in runs if only_installs(r, found)), *_downloaded_uv(facts, base)]


def _downloaded_uv(facts: Facts, base: Stage) -> list[Run]:
    """RUNs that fetch uv with its own installer: https://docs.astral.sh/uv/getting-started/installation/"""
    if facts.runtime.calls("uv"):
        return []
    return [r for r in base.runs if "astral.sh/uv/" in r.logical.text and len(_names(r)) <= 3]


def _names(run: Run) -> list[str]:
    script = run.script
    return [c.name for c in script.commands] if isinstance(script, Script) else ["?"] * 9


def _shared_reason(facts: Facts, target: Stage, base: Stage) -> str:
    if not facts.knows_sources:
        return "without the build context it is not known which programs scripts and sources call"
    if any(link.of("USER") for link in base.chain):
        return "the base stage switches USER, so a stage upon it could not install packages"
    above = [link for link in target.chain if link.index > base.index]
    for link in [*above, base]:
        tools = _tool_runs(facts, base) if link is base else []
        place = stage_compiles(facts, link, ignore=tools)
        if place is not None:
            return f"the shipped image still compiles: {place}"
    return ""


def _moved_down(
    facts: Facts, base: Stage, others: list[Stage], moving: list[BuildPackage], tools: list[Run]
) -> Change:
    document, newline = facts.document, facts.document.newline
    name = free_name(facts, f"{base.reference}-build", "build-tools")
    at = end_of_stage(base)
    lead = "" if _leaves_gap(document, base, tools) else newline
    lines = f"{lead}# What only building needs{newline}FROM {base.reference} AS {name}{newline}"
    gap = newline if tools and moving else ""
    edits: list[Edit] = [Insert(at, with_newline(document, at, lines), rank=0)]
    if moving:
        edits.append(Insert(at, _install_text(facts, moving) + gap, rank=1))
        edits += _without(facts, moving)
    edits += _moved_tools(facts, base, tools, at)
    for other in others:
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
            *(Evidence(f"stage {o.reference} builds upon it", o.from_.span.start) for o in others),
        ),
        saves=_saving(base, moving),
    )


def _leaves_gap(document: Document, base: Stage, tools: list[Run]) -> bool:
    """Whether the base ends in a blank line once `tools`, and the ENV about them, are gone."""
    going = {i.span.start for i in (*(t.instruction for t in tools), *_tool_paths(base, tools))}
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
    newline, escape = facts.document.newline, facts.document.escape
    options = "" if any(not p.command.no_recommends for p in moving) else " --no-install-recommends"
    words = list(dict.fromkeys(p.word.text for p in moving))
    lines = [
        f"RUN apt-get update && apt-get install -y{options}",
        *(f"    {word}" for word in words),
        "    && rm -rf /var/lib/apt/lists/*",
    ]
    return f" {escape}{newline}".join(lines) + newline


def _without(facts: Facts, moving: list[BuildPackage]) -> Iterator[Edit]:
    """The words of the moved packages go from the base; what stands for them at run time comes."""
    by_run: dict[int, list[BuildPackage]] = {}
    for package in moving:
        by_run.setdefault(package.run.instruction.span.start, []).append(package)
    for group in by_run.values():
        yield from without_packages(facts.document, group)


def _moved_tools(facts: Facts, base: Stage, tools: list[Run], at: int) -> Iterator[Edit]:
    document = facts.document
    rank = 2
    for run in tools:
        yield from relocation(document, run.instruction, at, rank)
        rank += 1
    for instruction in _tool_paths(base, tools):
        yield from relocation(document, instruction, at, rank)
        rank += 1


def _tool_paths(base: Stage, tools: list[Run]) -> list[Instruction]:
    """The ENVs of a base stage that only put the folder of an installer into PATH."""
    return [
        instruction
        for instruction in base.of("ENV")
        if tools
        and instruction.value[:1] == ("PATH",)
        and ".local/bin" in " ".join(instruction.value)
    ]
