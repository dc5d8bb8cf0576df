"""Why a recursive change of owner cannot be left to the COPYs that it reaches."""

import re
from collections.abc import Iterator

from dockopt.facts.base_folders import has_find
from dockopt.facts.claims import Claim
from dockopt.facts.environments import absolute, word_path
from dockopt.facts.footprint import FILE_TOOLS, within
from dockopt.facts.ownership import Owner
from dockopt.facts.pip import PYTHON, pip_command, spec_text
from dockopt.facts.prefixes import Invocation, invocation
from dockopt.immutable import immutable
from dockopt.model import Copy, Run
from dockopt.shell import Script

_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".Z")
_OCTAL = re.compile(r"^0?[0-7]{3,4}$")


def obstacle(claim: Claim) -> str:
    """Why the claim has to stay as it is; empty where it can be replaced."""
    return _Obstacles(claim).find()


@immutable(eq=False)
class _Obstacles:
    claim: Claim

    def find(self) -> str:
        """Why the claim has to stay as it is; empty where it can be replaced."""
        if self.claim.path == "/":
            return "the whole file system is given away"
        return (
            self._volume()
            or self._other_arguments()
            or next((why for copy in self.claim.reached if (why := self._refuses(copy))), "")
            or self._between()
            or self._changed_mode()
            or (
                ""
                if not self.claim.others or has_find(self.claim.stage)
                else f"{self.claim.others}, and it may lack `find`"
            )
        )

    def _changed_mode(self) -> str:
        """A `chmod -R` that no COPY can do stores the same files again, whoever owns them."""
        start = self.claim.run.instruction.span.start
        for run in self.claim.stage.runs:
            if run.instruction.span.start < start or not isinstance(run.script, Script):
                continue
            for command in run.script.commands:
                if (
                    command.name == "chmod"
                    and command.has("-R", "--recursive")
                    and any(
                        within(self.claim.path, word_path(self.claim.stage, run, word) or "")
                        for word in command.args
                    )
                    and not any(value and _OCTAL.match(value) for value in command.values)
                ):
                    return f"line {run.instruction.line} has a chmod -R that stores the files again"
        return ""

    def _volume(self) -> str:
        for stage in self.claim.stage.chain:
            for instruction in stage.of("VOLUME"):
                if instruction.span.start < self.claim.run.instruction.span.start:
                    places = [absolute(stage, instruction, v) for v in instruction.value]
                    if any(
                        p is None or within(p, self.claim.path) or within(self.claim.path, p)
                        for p in places
                    ):
                        return f"line {instruction.line} makes a volume there before"
        return ""

    def _other_arguments(self) -> str:
        """A path that a build argument decides must be decided by the same one everywhere."""
        wanted = self.claim.arguments(self.claim.word.text, self.claim.run.instruction)
        for copy in self.claim.reached:
            if self.claim.arguments(copy.destination, copy.instruction) != wanted:
                return "a build argument decides the folder in one place, and not in the other"
        return ""

    def _refuses(self, copy: Copy) -> str:
        line, owner = copy.instruction.line, self.claim.change.owner
        given = copy.instruction.flag("chown")
        if given is not None:
            return "" if same_owner(given, owner) else f"line {line} has --chown={given}"
        linked = any(flag.name == "link" for flag in copy.instruction.flags)
        if linked and (owner.names or owner.user is None or owner.group is None):
            return f"line {line} has --link, which knows no user names"
        if copy.is_add and any(_is_fetched(source) for source in copy.sources):
            return f"line {line} unpacks or fetches what it adds"
        return ""

    def _between(self) -> str:
        """Commands after the COPY that look at who owns the folder they work in."""
        first = min((c.instruction.span.start for c in self.claim.to_own), default=None)
        for run, print_ in self.claim.footprints:
            if first is None or run.instruction.span.start < first or not print_.unknown:
                continue
            for program in _suspects(run):
                line = f"line {run.instruction.line} ({program})"
                if program in ("npm", "npx", "yarn", "pnpm"):
                    return f"{line} works as the owner of the folder"
                if self._git_possible():
                    return f"{line} may use git, which refuses a work tree of another owner"
        return ""

    def _git_possible(self) -> bool:
        if all(copy.from_ for copy in self.claim.to_own):
            return False
        known = self.claim.context is not None and not self.claim.context.truncated
        if (
            known
            and self.claim.context
            and not (self.claim.context.exists(".git") and self.claim.context.sent(".git"))
        ):
            return False
        image = self.claim.stage.root.image
        tag = getattr(image, "python_tag", None)
        slim = tag is not None and tag.variant in ("slim", "alpine")
        return not slim or any("git" in run.logical.text.split() for _, run in self.claim.runs())


def _suspects(run: Run) -> Iterator[str]:
    """The programs of a RUN that may look at the owner of a folder, or call one that does."""
    if not isinstance(run.script, Script):
        yield "a shell that is not read"
        return
    for command in run.script.commands:
        called = invocation(command)
        pip = pip_command(command)
        if pip and not (pip.editables or any(_is_local(spec_text(w)) for w in pip.specs)):
            if pip.group == "pip":
                continue
        elif called.name in FILE_TOOLS or not called.words or _runs_python(called):
            continue
        yield called.name or called.words[0].text


def _runs_python(called: Invocation) -> bool:
    return bool(PYTHON.match(called.name)) and not any("setup.py" in w.text for w in called.words)


def _is_local(spec: str | None) -> bool:
    return spec is None or spec.startswith((".", "/"))


def same_owner(given: str, owner: Owner) -> bool:
    """Whether a `--chown` says the same as `owner`."""
    user, _, group = given.partition(":")
    if owner.login_group:
        return user == owner.user
    return user == (owner.user or "root") and (group or user) == (owner.group or "root")


def _is_fetched(source: str) -> bool:
    return "://" in source or source.startswith("git@") or source.endswith(_ARCHIVES)
