"""Making a user earlier: which steps have to go above a COPY so that it can name the user."""

import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.base_folders import is_system_image
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import within
from dockopt.facts.ownership import Owner
from dockopt.facts.users import DEBIAN_USERS, PROGRAMS, Account, accounts
from dockopt.immutable import immutable
from dockopt.model import Run, Stage
from dockopt.shell import Command, Opaque, Script
from dockopt.syntax import Instruction

_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_PACKAGES = frozenset({"apt-get", "apt", "aptitude", "apk", "yum", "dnf", "microdnf", "dpkg"})
_OTHERS = frozenset(
    {
        "pip", "pip3", "uv", "python", "python3", "echo", "mkdir", "rm", "chown", "chgrp", "chmod",
        "cd", "ls", "cp", "mv", "ln", "touch", "sed", "find", "set", "export", "cat", "curl",
        "wget", "tar", "unzip", "true", ":", "test", "[", "poetry", "pipenv", "playwright", "npm",
    }
)  # fmt: skip
"""Programs that make no user."""


@immutable(eq=False)
class UserMove:
    """What it takes for `owner` to be known at `to`, an instruction before `run`."""

    stage: Stage
    run: Run
    owner: Owner
    to: Instruction

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that must be known: variables as `$NAME`."""
        both = (self.owner.user, self.owner.group)
        return frozenset(_plain(name) for name in both if name and not name.isdigit())

    @cached_property
    def between(self) -> tuple[Run, ...]:
        """The RUNs from `to` up to and with `run`."""
        start, end = self.to.span.start, self.run.instruction.span.start
        return tuple(r for r in self.stage.runs if start <= r.instruction.span.start <= end)

    @cached_property
    def steps(self) -> tuple[tuple[Run, tuple[Account, ...]], ...]:
        """The RUNs with steps that have to move, and these steps; none where nothing has to."""
        missing = self.names - self._known_before
        found = [(run, made) for run in self.between if (made := self._accounts(run))]
        makes = {_plain(name) for _, made in found for account in made for name in account.names}
        return tuple(found) if missing & makes else ()

    def _accounts(self, run: Run) -> tuple[Account, ...]:
        return accounts(run.script.steps) if isinstance(run.script, Script) else ()

    @cached_property
    def _known_before(self) -> frozenset[str]:
        """The users and groups that are certain to exist at `to`."""
        known = set(DEBIAN_USERS) if is_system_image(self.stage) else {"root", "nobody"}
        for run in self._runs_before():
            for account in self._accounts(run):
                known.update(_plain(name) for name in account.names)
        return frozenset(known)

    def _runs_before(self) -> Iterator[Run]:
        for stage in self.stage.chain:
            for run in stage.runs:
                if run.instruction.span.start < self.to.span.start:
                    yield run

    @cached_property
    def obstacle(self) -> str:
        """Why the user cannot be known there; empty where it can."""
        return self._undeclared() or self._group() or (self._moving() if self.names else "")

    def _undeclared(self) -> str:
        scope = self.stage.scope_at(self.to).values
        for name in sorted(self.owner.variables):
            if name not in scope:
                return f"${name} is not set where the COPY would need it"
        return ""

    def _group(self) -> str:
        if self.owner.login_group and not self.login_group:
            return f"which group {self.owner.user} logs in with is not known"
        return ""

    @cached_property
    def login_group(self) -> str:
        """The group that the user logs in with, empty where it is not known."""
        for run in (*self._runs_before(), *self.between):
            for account in self._accounts(run):
                if account.makes_user and self.owner.user in account.names[:1]:
                    return account.primary_group
        return ""

    def _moving(self) -> str:
        missing = self.names - self._known_before
        if not missing:
            return ""
        made = {_plain(n) for _, found in self.steps for a in found for n in a.names}
        if not self.steps:
            return self._from_elsewhere(missing)
        if missing - made:
            return f"where {', '.join(sorted(missing - made))} comes from is not known"
        return next(filter(None, self._movable()), "")

    def _from_elsewhere(self, missing: frozenset[str]) -> str:
        """The base image has the user, unless a command in between may make it."""
        for run in self.between:
            for command in self._commands(run):
                if command.name not in _OTHERS:
                    who = ", ".join(sorted(missing))
                    return f"line {run.instruction.line} may be what makes {who}"
        return ""

    def _commands(self, run: Run) -> tuple[Command, ...]:
        if isinstance(run.script, Script):
            return tuple(c for c in run.script.commands if c.words)
        return (Command((), (), (), 0, 0, 0, True),)

    def _movable(self) -> Iterator[str]:
        end = self.run.instruction.span.start
        for instruction in self.stage.of("USER", "SHELL"):
            if self.to.span.start < instruction.span.start < end:
                yield f"line {instruction.line} has a {instruction.keyword} in between"
        for run, found in self.steps:
            line = run.instruction.line
            if run.instruction.flags or run.instruction.heredocs:
                yield f"line {line} makes the user in a RUN with options or a here-document"
            if not isinstance(run.script, Script) or not run.script.stops_on_failure:
                yield f"line {line} does not stop where making the user fails"
            for account in found:
                yield from self._account(run, account)
        for run in self.between:
            yield from self._unread(run)

    def _unread(self, run: Run) -> Iterator[str]:
        if isinstance(run.script, Opaque):
            if any(program in run.logical.text for program in PROGRAMS):
                yield f"line {run.instruction.line} may make users, but its shell is not read"
            return
        seen = {id(account.step) for account in self._accounts(run)}
        for step in run.script.steps:
            if id(step) not in seen and any(c.name in PROGRAMS for c in step.commands):
                yield f"line {run.instruction.line} makes a user only under a condition"

    def _account(self, run: Run, account: Account) -> Iterator[str]:
        line, text = run.instruction.line, _text(run, account)
        if "$(" in text or "`" in text:
            yield f"line {line} makes the user with what a command prints"
        scope = self.stage.scope_at(self.to).values
        assigned = {name for c in self._commands(run) for name, _ in c.assignments}
        for name in _VARIABLE.findall(text):
            if name not in scope or name in assigned:
                yield f"${name} of line {line} is not set above the COPY"
        yield from self._over_packages(account)
        yield from self._over_home(account)

    def _passed(self, account: Account) -> Iterator[tuple[Run, Command]]:
        """The commands that would run after the step instead of before it."""
        for run in self.between:
            for command in self._commands(run):
                own = isinstance(run.script, Script) and account.step in run.script.steps
                if own and command.start >= account.step.start:
                    return
                yield run, command

    def _over_packages(self, account: Account) -> Iterator[str]:
        for run, command in self._passed(account):
            if command.name in _PACKAGES and "install" in command.values + ("install",) * (
                command.name == "apk"
            ):
                everywhere = account.program in ("useradd", "groupadd") and command.name != "apk"
                if not everywhere or account.takes_next_system_id:
                    yield f"line {run.instruction.line} installs packages before the user is made"
                    return

    def _over_home(self, account: Account) -> Iterator[str]:
        """A home folder must be there before and after the move, or neither."""
        home = account.home
        if not home:
            return
        start, end = self.to.span.start, self.run.instruction.span.start
        for instruction in self.stage.instructions:
            inside = start <= instruction.span.start < end
            if inside and instruction.keyword in ("COPY", "ADD", "WORKDIR") and instruction.value:
                place = absolute(self.stage, instruction, instruction.value[-1])
                if (place is None or within(place, home)) and not self._made_before(home):
                    yield f"line {instruction.line} makes the home folder {home} before the user"
                    return
        for run, command in self._passed(account):
            if command.name == "mkdir" and home in run.logical.text:
                yield f"line {run.instruction.line} makes the home folder {home} before the user"
                return

    def _made_before(self, home: str) -> bool:
        for stage in self.stage.chain:
            for instruction in stage.of("WORKDIR"):
                if instruction.span.start < self.to.span.start and instruction.value:
                    place = absolute(stage, instruction, instruction.value[0])
                    if place is not None and within(place, home):
                        return True
        return False


def _text(run: Run, account: Account) -> str:
    return run.logical.text[account.step.start : account.step.end]


def _plain(name: str) -> str:
    return name.replace("${", "$").replace("}", "").strip("\"'")
