"""The plan for one RUN that gives copied files away: what changes, and why it may."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from dockopt.crowding import crowds
from dockopt.facts import Facts
from dockopt.facts.claim_obstacles import obstacle
from dockopt.facts.claims import Claim, claims
from dockopt.facts.footprint import within
from dockopt.facts.mode_trees import looks_like_file
from dockopt.facts.user_moves import UserMove
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.owner_edits import OwnerEdits, copy_flag
from dockopt.remarks import left_alone
from dockopt.syntax import Instruction
from dockopt.text import Delete, Edit, Insert, Move, Span
from dockopt.transform import Evidence, Level, Saving


def owner_plans(facts: Facts) -> Iterator["OwnerPlan"]:
    """A plan for every RUN of a shipped stage that recursively gives copied files away."""
    for stage in facts.shipped:
        for run in stage.runs:
            if "chown" not in run.logical.text and "chgrp" not in run.logical.text:
                continue
            found = claims(stage, run, facts.context)
            if found:
                yield OwnerPlan(facts, stage, run, found)


@immutable(eq=False)
class OwnerPlan:
    """What becomes of one RUN and of the COPYs that it reaches."""

    facts: Facts
    stage: Stage
    run: Run
    claims: tuple[Claim, ...]

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The COPYs that get `--chown`, in order."""
        found = {c.instruction.span.start: c for claim in self.claims for c in claim.to_own}
        return tuple(found[start] for start in sorted(found))

    @cached_property
    def reached(self) -> tuple[Copy, ...]:
        """The COPYs whose files are stored twice."""
        found = {c.instruction.span.start: c for claim in self.claims for c in claim.reached}
        return tuple(found[start] for start in sorted(found))

    @cached_property
    def move(self) -> UserMove | None:
        """What has to go above the first COPY, None where no COPY changes."""
        if not self.copies:
            return None
        owner = self.claims[0].change.owner
        return UserMove(self.stage, self.run, owner, self.copies[0].instruction)

    @cached_property
    def obstacle(self) -> str:
        """Why nothing is proposed; empty where something is."""
        if self.run.instruction.heredocs or self.run.instruction.flags:
            return "the RUN has options or a here-document"
        if not self._is_root():
            return "the RUN is not run by root"
        if len({claim.change.owner for claim in self.claims}) > 1:
            return "the RUN names several owners"
        paths = sorted(claim.path for claim in self.claims)
        if any(within(b, a) for a, b in pairwise(paths)):
            return "the RUN names a folder twice"
        refused = next(filter(None, map(obstacle, self.claims)), "")
        if not refused and self.move:
            return self.move.obstacle
        if self.claims[0].change.owner.login_group and not self._login_group:
            return refused or "which group the user logs in with is not known"
        return refused

    @cached_property
    def _login_group(self) -> str:
        """The group that `user:` means, empty where it is not known."""
        owner = self.claims[0].change.owner
        return UserMove(self.stage, self.run, owner, self.run.instruction).login_group

    def _is_root(self) -> bool:
        start = self.run.instruction.span.start
        user = ""
        for stage in reversed(self.stage.chain):
            for instruction in stage.of("USER"):
                if instruction.span.start < start and instruction.value:
                    user = instruction.value[0]
        return user.partition(":")[0] in ("", "root", "0")

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Flags on the COPYs, less to do for the RUN, and the user's steps moved up.

        Among the ways to write that, the first that leaves no RUN more that linters want joined.
        """
        ways = [self._edits(move, join) for move in self._moves() for join in (False, True)]
        way = next((way for way in ways if not crowds(self.facts.document, way)), ways[0])
        return (*way, *self._remarks(way))

    def _remarks(self, way: tuple[Edit, ...]) -> Iterator[Edit]:
        """Comments within RUNs, about steps that go: those that move take them along."""
        document = self.facts.document
        for run in self.stage.runs:
            for comment in left_alone(document, run, way):
                yield Delete(Span(comment.start, comment.end))
                after = (e for e in way if isinstance(e, Move) and e.span.start >= comment.end)
                step = min(after, key=lambda move: move.span.start, default=None)
                if step and step.span.start < run.instruction.span.end:
                    yield Insert(step.to, comment.text + document.newline, -1)

    @property
    def drops(self) -> tuple[str, ...]:
        """The texts of comments within RUNs about steps that go for good."""
        told = {e.text.strip() for e in self.edits if isinstance(e, Insert)}
        cut = (e.span for e in self.edits if isinstance(e, Delete))
        inner = {c.start: c for run in self.stage.runs for c in run.instruction.comments}
        found = (inner[span.start] for span in cut if span.start in inner)
        return tuple(comment.text for comment in found if comment.text not in told)

    def _moves(self) -> Iterator[UserMove | None]:
        """Where the user can be made: above the first COPY, or above an instruction before it."""
        yield self.move
        if self.move is None or not self.move.steps:
            return
        before: Instruction | None = None
        earlier: list[Instruction] = []
        for instruction in self.stage.instructions:
            if instruction.span.start >= self.move.to.span.start:
                break
            if instruction.keyword != "RUN" and (before is None or before.keyword != "RUN"):
                earlier.append(instruction)
            before = instruction
        for instruction in reversed(earlier):
            move = UserMove(self.stage, self.run, self.move.owner, instruction)
            if not move.obstacle:
                yield move

    def _edits(self, move: UserMove | None, join: bool) -> tuple[Edit, ...]:
        owner = self.claims[0].change.owner
        group = self._login_group
        text = f"{owner.user}:{group}" if owner.login_group else owner.for_copy
        flags = (copy_flag(copy, f"--chown={text}") for copy in self.copies)
        to = move.to if move else self.run.instruction
        moving = move.steps if move else ()
        rest = OwnerEdits(
            self.facts.document, self.run, self.stage.runs, self.claims, to, moving, group, join
        )
        return (*flags, *rest.edits())

    @property
    def largest(self) -> str:
        """The folder to name first: one that another stage fills is likely an environment."""
        staged = (c.path for c in self.claims if any(copy.from_ for copy in c.reached))
        return next(staged, self.claims[0].path)

    @cached_property
    def level(self) -> Level:
        """Safe, unless a command is taken to write elsewhere than where it runs."""
        assumed = any(claim.assumed and not claim.others for claim in self.claims)
        return Level.STANDARD if assumed else Level.SAFE

    @cached_property
    def because(self) -> str:
        """Why the level holds."""
        others = next((claim.others for claim in self.claims if claim.others), "")
        if others:
            return f"every file keeps its owner; {others}, so `find` looks for what is left"
        assumed = next((claim.assumed for claim in self.claims if claim.assumed), "")
        if assumed:
            return f"every file keeps its owner: {assumed}, which leaves no files in the folder"
        return "every file keeps its owner: nothing but these COPYs brings files to the folder"

    def evidence(self) -> Iterator[Evidence]:
        """The lines that the change rests on."""
        paths = ", ".join(claim.path for claim in self.claims)
        yield Evidence(f"gives {paths} away recursively", self.run.instruction.span.start)
        for copy in self.reached:
            yield Evidence("copies files there", copy.instruction.span.start)
        for claim in self.claims:
            for run, found in claim.footprints:
                if found.folders and run is not self.run:
                    yield Evidence("makes folders there", run.instruction.span.start)

    @cached_property
    def saving(self) -> Saving:
        """The bytes that are no longer stored twice, as far as the build context tells."""
        staged = [copy.destination for copy in self.reached if copy.from_]
        wholes = ", ".join(name for name in staged if not looks_like_file(name))
        files = ", ".join(name for name in staged if looks_like_file(name))
        count, basis = self._in_context()
        parts = [basis] if basis else []
        also = "on top" if count else "a second time"
        parts += [f"{names} {also}, whose size needs a build" for names in (wholes, files) if names]
        return Saving(count, "; ".join(parts), wholes)

    def _in_context(self) -> tuple[int | None, str]:
        """The bytes of the copied files of the build context, and how they were found."""
        copies = [copy for copy in self.reached if not copy.from_]
        if not copies:
            return None, ""
        context = self.facts.context
        if context is None or context.truncated:
            return None, "the copied files a second time; no build context to size them"
        sources = [s for copy in copies for s in copy.sources if not s.startswith("<<")]
        files = set(context.copied_files(*sources))
        count = sum(context.size_bytes(file) for file in files)
        number = "copied file" if len(files) == 1 else f"{len(files)} copied files"
        return count, f"size of the {number} in the build context"
