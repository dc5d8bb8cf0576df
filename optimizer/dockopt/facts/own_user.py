"""How the target could run as a user of its own: who it is, and what has to belong to it."""

import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.audience import for_development
from dockopt.facts.bases import base_image, base_kind, is_windows
from dockopt.facts.container import Facts
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import footprint, within
from dockopt.facts.handover import venvs_of
from dockopt.facts.pip import PYTHON
from dockopt.facts.users import Account, accounts
from dockopt.facts.venvs import created_venvs
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Command, Script
from dockopt.syntax import Instruction

NAME = "app"
FIRST_NUMBER = 10_001
"""Above the users of the host and of packages, which both count from 1000 or below."""
_MAKES_ACCOUNT = re.compile(r"\b(?:user|group)add\b|\badd(?:user|group)\b")
_ROOT = frozenset({"root", "0", "root:root", "0:0", "0:root"})
_TASKS = frozenset({"collectstatic", "compilemessages", "compress"})
"""Commands of Django that work upon the project's own files: they can run as the user."""
_SYSTEM = ("/etc", "/usr", "/bin", "/lib", "/opt", "/tmp", "/var/lib", "/var/cache")  # noqa: S108
SHARED = frozenset(
    {"/", "/bin", "/etc", "/home", "/lib", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp", "/usr", "/var",  # noqa: S108
     "/usr/local", "/usr/src", "/usr/bin", "/usr/local/bin", "/mnt", "/media", "/data"}
)  # fmt: skip
"""Folders that are not one program's own."""


class OwnUser:
    """The plan for one Dockerfile."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.stage: Stage = facts.dockerfile.target

    @cached_property
    def runs_as_root(self) -> bool:
        """Whether the target runs something as root, on an image that has no other user."""
        stage = self.stage
        user = stage.last("USER")
        if user is not None and (not user.value or user.value[0].lower() not in _ROOT):
            return False
        image = base_image(stage)
        if image is None or image.registry or is_windows(stage):
            return False
        known = self.has_useradd or image.is_official_python or image.repository == "alpine"
        starts = stage.last("CMD") is not None or stage.last("ENTRYPOINT") is not None
        facts = self.facts
        return (
            known
            and starts
            and not for_development(facts.dockerfile, stage, facts.file, facts.context)
        )

    @property
    def has_useradd(self) -> bool:
        """Whether the base image makes users as Debian does."""
        image = base_image(self.stage)
        return base_kind(self.stage) is not None or (
            image is not None and image.repository == "ubuntu"
        )

    @cached_property
    def workdir(self) -> str:
        """Where the program works, empty where that is not known."""
        return self.stage.workdir if isinstance(self.stage.workdir, str) else ""

    @cached_property
    def name(self) -> str:
        """The user: one that a RUN has made for certain, else the one to be made."""
        if self._made:
            return self._made[-1][1].names[-1]
        texts = [r.logical.text for r in self.runs if _MAKES_ACCOUNT.search(r.logical.text)]
        words = {word for text in texts for word in re.findall(r"[\w-]+", text)}
        return next(name for name in (NAME, "service", "runner", "process") if name not in words)

    @cached_property
    def number(self) -> str:
        """The number of the user; its name where a RUN makes it without one."""
        if not self._made:
            source = self.facts.document.source
            return next(
                str(n) for n in range(FIRST_NUMBER, FIRST_NUMBER + 99) if str(n) not in source
            )
        given = [v for name, v in self._made[-1][1].options if name in ("-u", "--uid")]
        return given[-1] if given and given[-1].isdecimal() else self.name

    @cached_property
    def group(self) -> str:
        """The user's group."""
        return self._made[-1][1].primary_group if self._made else self.name

    @cached_property
    def home(self) -> str:
        """A home folder that the user has by name and that is still to be made, else empty."""
        if not self._made or self._made[-1][1].makes_home:
            return ""
        return self._made[-1][1].home

    @cached_property
    def _made(self) -> list[tuple[Run, Account]]:
        """The users that the stages make, and where."""
        return [
            (run, account)
            for run in self.runs
            if isinstance(run.script, Script)
            for account in accounts(run.script.steps)
            if account.makes_user
            and account.names
            and account.primary_group
            and "$" not in account.names[-1]
        ]

    @property
    def maker(self) -> Run | None:
        """The RUN that makes the user, None where none does yet."""
        return self._made[-1][0] if self._made else None

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The RUNs of the target and of the stages below it, in order."""
        return tuple(run for link in reversed(self.stage.chain) for run in link.runs)

    def stage_of(self, run: Run) -> Stage:
        """The stage of a RUN."""
        return self.facts.dockerfile.stage_of(run.instruction) or self.stage

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that have to belong to the user, the working directory first."""
        found = [self.workdir]
        for run in self.runs:
            if run not in self.tasks:
                made = footprint(self.stage_of(run), run, self.workdir, filled=True).folders
                found += [*made, *self._made_elsewhere(run)]
        return tuple(dict.fromkeys(found))

    def _made_elsewhere(self, run: Run) -> Iterator[str]:
        for command in run.script.commands if isinstance(run.script, Script) else ():
            if command.name != "mkdir":
                continue
            for word in command.args:
                path = absolute(self.stage_of(run), run.instruction, word.text.strip("\"'"))
                if path and not word.text.startswith("-") and not word.text.isdigit():
                    standard = any(within(path, s) for s in _SYSTEM)
                    if not standard and path not in SHARED and not within(path, self.workdir):
                        yield path

    @cached_property
    def venvs(self) -> frozenset[str]:
        """The virtual environments that the target holds."""
        made = {venv.path for link in self.stage.chain for venv in created_venvs(link)}
        return venvs_of(self.facts.dockerfile, self.stage) | made

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The COPYs of the stage whose files have to belong to the user."""
        return tuple(copy for copy in self.stage.copies if self._is_own(copy))

    def _is_own(self, copy: Copy) -> bool:
        place = absolute(self.stage, copy.instruction, copy.destination)
        if place is None or copy.instruction.flag("chown") is not None:
            return False
        if copy.from_ is not None and place in self.venvs:
            return False
        return within(place, self.workdir) or not any(within(place, folder) for folder in _SYSTEM)

    @cached_property
    def tasks(self) -> tuple[Run, ...]:
        """The last RUNs of the stage that can run as the user, and then leave files of the user."""
        found: list[Run] = []
        for run in reversed(self.stage.runs):
            if (
                not isinstance(run.script, Script)
                or run.mounts
                or not all(map(_is_task, run.script.commands))
            ):
                break
            found.append(run)
        return tuple(reversed(found))

    @property
    def has_folder_first(self) -> bool:
        """Whether the working directory is there before the first COPY that names the user."""
        if not self.copies:
            return True
        instruction = self.copies[0].instruction
        there = self.stage.parent is not None and self.stage.parent.workdir == self.workdir
        set_here = any(i.start < instruction.start for i in self.stage.of("WORKDIR"))
        return (there or set_here) and self.stage.workdir_at(instruction) == self.workdir

    @cached_property
    def switch(self) -> Instruction:
        """The instruction behind which the user takes over."""
        stop = self.tasks[0].instruction.start if self.tasks else self.stage.instructions[-1].end
        found = [
            instruction
            for instruction in self.stage.of("RUN", "COPY", "ADD", "WORKDIR")
            if instruction.start < stop
        ]
        return found[-1] if found else self.stage.from_


def _is_task(command: Command) -> bool:
    values = [value or "" for value in command.values]
    if command.name == "manage.py":
        return bool(values) and values[0] in _TASKS
    return bool(
        PYTHON.match(command.name)
        and len(values) > 1
        and values[0].rpartition("/")[2] == "manage.py"
        and values[1] in _TASKS
    )
