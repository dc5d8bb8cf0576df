"""How the target could run as a user of its own: what has to belong to the user, and what is in the way."""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from dockopt.facts.audience import for_development
from dockopt.facts.bases import base_image, base_kind
from dockopt.facts.container import Facts
from dockopt.facts.environments import absolute
from dockopt.facts.footprint import FILE_TOOLS, NO_FILES, footprint, within
from dockopt.facts.handover import venvs_of
from dockopt.facts.pip import PYTHON, pip_command
from dockopt.facts.prefixes import invocation
from dockopt.facts.privileges import READ_ONLY, needs_root
from dockopt.facts.users import Account, accounts
from dockopt.facts.venvs import created_venvs
from dockopt.model import Copy, Run, Stage
from dockopt.shell import Command, Script
from dockopt.syntax import Instruction

NAME = "app"
FIRST_NUMBER = 10_001
"""Above the users of the host and of packages, which both count from 1000 or below."""
_ROOT = frozenset({"root", "0", "root:root", "0:0", "0:root"})
_OF_ROOT = re.compile(r"(?<![\w.-])/root(?![\w.-])|~(?=[/\s\"']|$)|\$\{?HOME\b")
_FOR_USER = re.compile(r"\bpip[\d.]*\b[^;&|]*--user\b")
_CACHES = re.compile(r"(?:target|dst|destination)=\S+|rm\s[^;&|]*")
_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz")
_TASKS = frozenset({"collectstatic", "compilemessages", "compress"})
"""Commands of Django that work upon the project's own files: they can run as the user."""
_PATHS_READ = re.compile(r"^(?:PATH|PYTHONPATH|VIRTUAL_ENV|LD_LIBRARY_PATH|LANG|LC_\w+|TZ|PIP_\w+|UV_\w+|"
                         r"SSL_CERT_\w+|REQUESTS_CA_BUNDLE|PYTHON\w+|\w+_UR[LI]|\w*PREFIX)$")  # fmt: skip
_SYSTEM = ("/etc", "/usr", "/bin", "/lib", "/opt", "/tmp", "/var/lib", "/var/cache")  # noqa: S108
_CLOSED = ("/root", "/tmp", "/var/tmp", "/etc", "/proc", "/sys", "/dev", "/run")  # noqa: S108
_SHARED = frozenset(
    {"/", "/bin", "/etc", "/home", "/lib", "/opt", "/root", "/run", "/sbin", "/srv", "/tmp", "/usr", "/var",  # noqa: S108
     "/usr/local", "/usr/src", "/usr/bin", "/usr/local/bin", "/mnt", "/media", "/data"}
)  # fmt: skip


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
        known = base_kind(stage) is not None or (image is not None and image.repository == "ubuntu")
        starts = stage.last("CMD") is not None or stage.last("ENTRYPOINT") is not None
        facts = self.facts
        return (
            known
            and starts
            and not for_development(facts.dockerfile, stage, facts.file, facts.context)
        )

    @cached_property
    def obstacle(self) -> str:
        """Why the stage cannot be given a user, empty where it can."""
        return next((reason for reason in self._obstacles() if reason), "")

    def _obstacles(self) -> Iterator[str]:
        stage = self.stage
        if (user := stage.last("USER")) is not None:
            yield f"line {user.line} chooses root"
        if self.facts.dockerfile.children(stage):
            yield "other stages start from this one, and would run as the user too"
        for link in stage.chain:
            for instruction in (*link.of("VOLUME"), *link.of("ONBUILD")):
                yield f"line {instruction.line}: files of a {instruction.keyword} may belong to root"
        if self.home and not within(self.home, "/home"):
            yield f"the user {self.name} has no home of its own"
        folder = self.workdir
        if (
            folder in _SHARED
            or not folder.startswith("/")
            or any(within(folder, f) for f in _CLOSED)
        ):
            yield f"the program works in {folder or 'a folder that is not known'}, which is not its own"
        yield from self._of_home()
        yield from self._of_variables()
        yield from map(self._of_run, self._runs)
        yield from self._of_copies()
        yield from self._of_order()
        yield needs_root(
            stage,
            self.facts.runtime,
            self.facts.file,
            (folder, *self.folders, f"/home/{self.name}"),
        )

    @cached_property
    def workdir(self) -> str:
        """Where the program works, empty where that is not known."""
        return self.stage.workdir if isinstance(self.stage.workdir, str) else ""

    @cached_property
    def name(self) -> str:
        """The user: one that a RUN has made for certain, else the one to be made."""
        return self._made[-1][1].names[-1] if self._made else NAME

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
        return self._made[-1][1].primary_group if self._made else NAME

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
            for run in self._runs
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
    def _runs(self) -> tuple[Run, ...]:
        return tuple(run for link in reversed(self.stage.chain) for run in link.runs)

    def _stage_of(self, run: Run) -> Stage:
        return self.facts.dockerfile.stage_of(run.instruction) or self.stage

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that have to belong to the user, the working directory first."""
        found = [self.workdir]
        for run in self._runs:
            if run not in self.tasks:
                made = footprint(self._stage_of(run), run, self.workdir, filled=True).folders
                found += [*made, *self._made_elsewhere(run)]
        return tuple(dict.fromkeys(found))

    def _made_elsewhere(self, run: Run) -> Iterator[str]:
        for command in run.script.commands if isinstance(run.script, Script) else ():
            if command.name != "mkdir":
                continue
            for word in command.args:
                path = absolute(self._stage_of(run), run.instruction, word.text.strip("\"'"))
                if path and not word.text.startswith("-") and not word.text.isdigit():
                    standard = any(within(path, s) for s in _SYSTEM)
                    if not standard and path not in _SHARED and not within(path, self.workdir):
                        yield path

    def _of_home(self) -> Iterator[str]:
        """What is kept in root's home, which nobody else can enter."""
        for link in self.stage.chain:
            for instruction in (
                *link.of("RUN", "COPY", "ADD", "WORKDIR", "ENV"),
                *self.facts.runtime.commands,
            ):
                text = _CACHES.sub("", instruction.logical.text)
                if found := _OF_ROOT.search(text) or _FOR_USER.search(text):
                    yield f"line {instruction.line} names {found[0]}, and root's home is closed to others"

    def _of_variables(self) -> Iterator[str]:
        for name, value in self.stage.final_environment.items():
            if not isinstance(value, str) or _PATHS_READ.match(name):
                continue
            path = value.removeprefix("sqlite:///") if value.startswith("sqlite:") else value
            if path.startswith("/") and not any(
                within(posixpath.normpath(path), f)
                for f in (*READ_ONLY, self.workdir, *self._venvs)
            ):
                yield f"{name} is {value}, which the user may have to write to"

    @cached_property
    def _venvs(self) -> frozenset[str]:
        made = {venv.path for link in self.stage.chain for venv in created_venvs(link)}
        return venvs_of(self.facts.dockerfile, self.stage) | made

    def _of_run(self, run: Run) -> str:
        """Why a RUN may leave something that only root can use."""
        if run in self.tasks:
            return ""
        line = run.instruction.line
        if not isinstance(run.script, Script):
            return f"line {line} is not read: {run.script.reason}"
        for command in run.script.commands:
            if strange := self._unknown(command):
                return f"line {line} runs {strange}, which may leave files for root alone"
            if command.name == "chmod" and not self._opens(command):
                return f"line {line} may close files to others"
        unknown = footprint(self._stage_of(run), run, self.workdir, filled=False).unknown
        if unknown.partition(" ")[0] in ("pip", "uv") and self._only_installs(run.script):
            return ""  # what an installer leaves in the folder is only read
        return (
            f"line {line}: {unknown} may leave files of root in {self.workdir}" if unknown else ""
        )

    def _only_installs(self, script: Script) -> bool:
        return all(
            not command.words or command.name in NO_FILES or pip_command(command) is not None
            for command in script.commands
        )

    def _unknown(self, command: Command) -> str:
        called = invocation(command)
        name = called.name
        if not called.words or name in FILE_TOOLS or account_name(command):
            return ""
        if pip_command(command) is not None or name in (".", "source"):
            return ""
        if PYTHON.match(name) and "venv" in command.values:
            return ""
        return name or called.words[0].text

    def _opens(self, command: Command) -> bool:
        modes = [value or "" for value in command.values if not (value or "").startswith("-")]
        mode = modes[0] if modes else ""
        return bool(re.fullmatch(r"[augo]*\+[rwxX]+|0?[0-7]?[0-7][0-7][4567]", mode))

    def _of_copies(self) -> Iterator[str]:
        """Files that the user could not read, or that belong to root in the working directory."""
        context = self.facts.context
        for link in self.stage.chain:
            for copy in link.copies:
                line = copy.instruction.line
                place = absolute(link, copy.instruction, copy.destination)
                if place is None:
                    yield f"where line {line} copies to is not known"
                elif link is not self.stage and within(place, self.workdir):
                    yield f"line {line} copies into {self.workdir} in a stage that others share"
                elif copy.is_add and any(s.endswith(_ARCHIVES) or "://" in s for s in copy.sources):
                    yield f"line {line} unpacks or fetches something, with owners and modes of its own"
                elif copy.instruction.flag("chmod") not in (None, "755", "0755", "644", "0644"):
                    yield f"line {line} sets a mode of its own"
                elif copy.from_ is None and context is not None and copy not in self.copies:
                    for file in context.copied_files(*copy.sources):
                        if (context.mode(file) or 0o444) & 0o004 == 0:
                            yield f"{file} can be read by its owner alone, and line {line} copies it for root"

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """The COPYs of the stage whose files have to belong to the user."""
        return tuple(copy for copy in self.stage.copies if self._is_own(copy))

    def _is_own(self, copy: Copy) -> bool:
        place = absolute(self.stage, copy.instruction, copy.destination)
        if place is None or copy.instruction.flag("chown") is not None:
            return False
        if copy.from_ is not None and place in self._venvs:
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

    def _of_order(self) -> Iterator[str]:
        """The user has to be made before it is named, and the folder has to be there."""
        first = self.copies[0].instruction.start if self.copies else None
        if self.maker is not None and first is not None and self.maker.instruction.start > first:
            yield f"line {self.maker.instruction.line} makes the user {self.name} after files are copied"
        for task in self.tasks:
            if any(i.start > task.instruction.start for i in self.stage.of("WORKDIR")):
                yield f"line {task.instruction.line} runs before the working directory is set"

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


def account_name(command: Command) -> bool:
    """Whether a command makes or changes users or groups."""
    return command.name in ("useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod")


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
