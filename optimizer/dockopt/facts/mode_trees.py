"""`chmod -R` over folders that COPYs fill: what else is in there, and which folders need naming.

`COPY --chmod` gives its mode to all that it copies, folders included, but not to the folder that it
copies to, nor to those that it makes on the way: BuildKit makes these with mode 755, as WORKDIR does
(seen with Docker 26.1). So with any other mode they are left to a `chmod` that names them alone.
"""

import posixpath
from collections.abc import Iterator

from dockopt.facts.base_folders import may_have_files
from dockopt.facts.context import Context, normal
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import Footprint, footprint, within
from dockopt.facts.users import accounts
from dockopt.immutable import immutable
from dockopt.model import Copy, Run, Stage
from dockopt.remembering import cached_property
from dockopt.shell import Script, Word

DEFAULT_FOLDER_MODE = 0o755
"""What COPY and WORKDIR give to the folders that they make."""


@immutable(eq=False)
class ModeTree:
    """The folders of one `chmod -R`, and the COPYs that bring files there."""

    stage: Stage
    run: Run
    named: tuple[tuple[Word, str], ...]
    """The words that name the folders, and their absolute paths."""
    copies: tuple[Copy, ...]
    mode: int
    context: Context | None

    @property
    def _start(self) -> int:
        return self.run.instruction.span.start

    def obstacles(self) -> Iterator[str]:
        """Why the COPYs cannot do it: files of another origin, or folders without a name."""
        for _, path in self.named:
            if may_have_files(self.stage, path):
                yield f"the base image may have files in {path}"
            yield from self._other_copies(path)
            yield from self._homes(path)
        for run, path, found in self._footprints:
            if found.unknown:
                yield f"line {run.instruction.line} may write to {path} ({found.unknown})"
        if self._below and self._has_variables():
            yield "a variable may name folders in it"

    def _other_copies(self, path: str) -> Iterator[str]:
        for stage in self.stage.chain:
            for copy in stage.copies:
                if copy not in self.copies and copy.instruction.span.start < self._start:
                    place = absolute(stage, copy.instruction, copy.destination)
                    above = within(path, place or "") and not self._brings_files(copy)
                    if place is None or within(place, path) or above:
                        yield f"line {copy.instruction.line} may copy files there too"

    def _homes(self, path: str) -> Iterator[str]:
        for _, run in self._runs():
            steps = run.script.steps if isinstance(run.script, Script) else ()
            if any(a.home and within(a.home, path) for a in accounts(steps)):
                yield f"line {run.instruction.line} makes a home folder there"

    def _runs(self) -> Iterator[tuple[Stage, Run]]:
        """The RUNs of the stage and those below it, up to this one."""
        for stage in reversed(self.stage.chain):
            for run in stage.runs:
                if run.instruction.span.start <= self._start:
                    yield stage, run

    @cached_property
    def _footprints(self) -> tuple[tuple[Run, str, Footprint], ...]:
        """What every RUN up to this one may leave in which of the folders."""
        filled = self.copies[0].instruction.span.start
        return tuple(
            (run, path, footprint(stage, run, path, filled=run.instruction.span.start > filled))
            for stage, run in self._runs()
            for _, path in self.named
        )

    @property
    def assumed(self) -> str:
        """The command that is taken to write elsewhere though it runs in such a folder."""
        found = ((run, print_.assumed) for run, _, print_ in self._footprints if print_.assumed)
        run, name = next(found, (self.run, ""))
        return f"line {run.instruction.line} runs {name} there" if name else ""

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that a `chmod` without `-R` still has to name, as words of a shell."""
        own = [word.text for word, _ in self.named] if self.mode != DEFAULT_FOLDER_MODE else []
        return (*own, *self._below)

    @cached_property
    def _below(self) -> tuple[str, ...]:
        """The folders inside that no COPY brings: a mode of `mkdir` may be any."""
        made = {folder for _, _, found in self._footprints for folder in found.folders}
        if self.mode != DEFAULT_FOLDER_MODE:
            made |= {folder for path in self._made_on_the_way() for folder in self._down_to(path)}
        return tuple(sorted(made - {path for _, path in self.named}))

    def _made_on_the_way(self) -> Iterator[str]:
        """Where COPYs and WORKDIRs make folders."""
        for copy in self.copies:
            place = absolute(self.stage, copy.instruction, copy.destination) or ""
            yield posixpath.dirname(place) if self._brings_file(copy) else place
        for stage in self.stage.chain:
            for instruction in stage.of("WORKDIR"):
                if instruction.span.start < self._start and instruction.value:
                    yield absolute(stage, instruction, instruction.value[0]) or ""

    def _brings_file(self, copy: Copy) -> bool:
        """Whether a COPY brings one file, under the name that it is told."""
        if len(copy.sources) != 1 or copy.destination.endswith(("/", ".")):
            return False
        return self._brings_files(copy) and looks_like_file(copy.destination)

    def _brings_files(self, copy: Copy) -> bool:
        """Whether a COPY brings files of the build context, and no folder."""
        names = [normal(source) for source in copy.sources]
        if copy.from_ is None and self.context is not None and not self.context.truncated:
            return all(map(self.context.is_file, names))
        return all(map(looks_like_file, names))

    def _down_to(self, path: str) -> Iterator[str]:
        """`path` and the folders above it, as far as they are within one of those named."""
        while path and any(within(path, root) for _, root in self.named):
            yield path
            path = posixpath.dirname(path)

    def _has_variables(self) -> bool:
        texts = [word.text for word, _ in self.named]
        texts += [copy.destination for copy in self.copies]
        texts += [v for stage in self.stage.chain for i in stage.of("WORKDIR") for v in i.value]
        made = {run.logical.text for run, _, found in self._footprints if found.folders}
        return any("$" in text for text in (*texts, *made))


def looks_like_file(name: str) -> bool:
    """Whether the last part of a path has a suffix, other than that of folders (`conf.d`)."""
    stem, dot, suffix = posixpath.basename(name).strip(".").rpartition(".")
    return bool(stem and dot and suffix != "d")
