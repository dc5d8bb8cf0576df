"""What is in the way of a user of its own for the target: each reason for a decline, in one line."""

import posixpath
import re
from collections.abc import Iterator

from dockopt.facts.environments import absolute, word_path
from dockopt.facts.footprint import FILE_TOOLS, NO_FILES, footprint, within
from dockopt.facts.own_user import SHARED, OwnUser
from dockopt.facts.pip import PYTHON, pip_command
from dockopt.facts.prefixes import invocation
from dockopt.facts.privileges import READ_ONLY, needs_root
from dockopt.facts.users import PROGRAMS
from dockopt.model import Copy, Run
from dockopt.shell import Command, Script

_OF_ROOT = re.compile(r"(?<![\w.-])/root(?![\w.-])|~(?=[/\s\"']|$)|\$\{?HOME\b")
_FOR_USER = re.compile(r"\bpip[\d.]*\b[^;&|]*--user\b")
_CACHES = re.compile(r"(?:target|dst|destination)=\S+|rm\s[^;&|]*")
_ARCHIVES = (".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz")
_PATHS_READ = re.compile(r"^(?:PATH|PYTHONPATH|VIRTUAL_ENV|LD_LIBRARY_PATH|LANG|LC_\w+|TZ|PIP_\w+|UV_\w+|"
                         r"SSL_CERT_\w+|REQUESTS_CA_BUNDLE|PYTHON\w+|\w+_UR[LI]|\w*PREFIX)$")  # fmt: skip
_CLOSED = ("/root", "/tmp", "/var/tmp", "/etc", "/proc", "/sys", "/dev", "/run")  # noqa: S108
_OPEN = re.compile(r"(?:a|[ug]*o[ug]*)?\+[rwxX]+|0?[0-7]?(?:[0-7][0-7][57]|[0246][0246][46])")
"""Modes with which others can do what the owner can."""
_OPEN_TO_OWNER = re.compile(r"[augo]*\+[rwxX]+|0?[0-7]?[4567][0-7]{2}")


def user_obstacle(plan: OwnUser) -> str:
    """Why the target cannot be given a user, empty where it can."""
    return _Obstacles(plan).find()


class _Obstacles:
    """Looks for what is in the way."""

    def __init__(self, plan: OwnUser) -> None:
        self.plan = plan

    def find(self) -> str:
        """Why the stage cannot be given a user, empty where it can."""
        return next((reason for reason in self._obstacles() if reason), "")

    def _obstacles(self) -> Iterator[str]:
        stage = self.plan.stage
        if (user := stage.last("USER")) is not None:
            yield f"line {user.line} chooses root"
        if not self.plan.has_useradd:
            yield "its base image is not Debian's or Ubuntu's, and makes users by other commands"
        if self.plan.facts.dockerfile.children(stage):
            yield "other stages start from this one, and would run as the user too"
        for link in stage.chain:
            for instruction in (*link.of("VOLUME"), *link.of("ONBUILD")):
                yield f"line {instruction.line}: files of a {instruction.keyword} may belong to root"
        if self.plan.home and not within(self.plan.home, "/home"):
            yield f"the user {self.plan.name} has no home of its own"
        folder = self.plan.workdir
        if (
            folder in SHARED
            or not folder.startswith("/")
            or any(within(folder, f) for f in _CLOSED)
        ):
            yield f"the program works in {folder or 'a folder that is not known'}, which is not its own"
        yield from self._of_home()
        yield from self._of_variables()
        yield from map(self._of_run, self.plan.runs)
        yield from self._of_copies()
        yield from self._of_order()
        yield needs_root(
            stage,
            self.plan.facts.runtime,
            self.plan.facts.file,
            (folder, *self.plan.folders, f"/home/{self.plan.name}"),
        )

    def _of_home(self) -> Iterator[str]:
        """What is kept in root's home, which nobody else can enter."""
        for link in self.plan.stage.chain:
            for instruction in (
                *link.of("RUN", "COPY", "ADD", "WORKDIR", "ENV"),
                *self.plan.facts.runtime.commands,
            ):
                text = _CACHES.sub("", instruction.logical.text)
                if found := _OF_ROOT.search(text) or _FOR_USER.search(text):
                    yield f"line {instruction.line} names {found[0]}, and root's home is closed to others"

    def _of_variables(self) -> Iterator[str]:
        for name, value in self.plan.stage.final_environment.items():
            if not isinstance(value, str) or _PATHS_READ.match(name):
                continue
            path = value.removeprefix("sqlite:///") if value.startswith("sqlite:") else value
            if path.startswith("/") and not any(
                within(posixpath.normpath(path), f)
                for f in (*READ_ONLY, self.plan.workdir, *self.plan.venvs)
            ):
                yield f"{name} is {value}, which the user may have to write to"

    def _of_run(self, run: Run) -> str:
        """Why a RUN may leave something that only root can use."""
        if run in self.plan.tasks:
            return ""
        line = run.instruction.line
        if not isinstance(run.script, Script):
            return f"line {line} is not read: {run.script.reason}"
        for command in run.script.commands:
            if strange := self._unknown(command):
                return f"line {line} runs {strange}, which may leave files for root alone"
            if command.name == "chmod" and not self._opens(run, command):
                return f"line {line} may close files to others"
        unknown = footprint(self.plan.stage_of(run), run, self.plan.workdir, filled=False).unknown
        if unknown.partition(" ")[0] in ("pip", "uv") and self._only_installs(run.script):
            return ""  # what an installer leaves in the folder is only read
        return (
            f"line {line}: {unknown} may leave files of root in {self.plan.workdir}"
            if unknown
            else ""
        )

    def _only_installs(self, script: Script) -> bool:
        return all(
            not command.words or command.name in NO_FILES or pip_command(command) is not None
            for command in script.commands
        )

    def _unknown(self, command: Command) -> str:
        called = invocation(command)
        name = called.name
        if not called.words or name in FILE_TOOLS or command.name in PROGRAMS:
            return ""
        if pip_command(command) is not None or name in (".", "source"):
            return ""
        if PYTHON.match(name) and "venv" in command.values:
            return ""
        return name or called.words[0].text

    def _opens(self, run: Run, command: Command) -> bool:
        """Whether a chmod leaves what others need: of files of the user, what their owner needs."""
        plain = [word for word in command.args if not word.text.startswith("-")]
        if not plain:
            return False
        mode = plain[0].value or ""
        paths = [word_path(self.plan.stage_of(run), run, word) for word in plain[1:]]
        own = all(path is not None and within(path, self.plan.workdir) for path in paths)
        return bool(_OPEN.fullmatch(mode) or (own and _OPEN_TO_OWNER.fullmatch(mode)))

    def _of_copies(self) -> Iterator[str]:
        """Files that the user could not read, or that belong to root in the working directory."""
        context = self.plan.facts.context
        for link in self.plan.stage.chain:
            for copy in link.copies:
                line = copy.instruction.line
                place = absolute(link, copy.instruction, copy.destination)
                if place is None:
                    yield f"where line {line} copies to is not known"
                elif link is not self.plan.stage and within(place, self.plan.workdir):
                    yield f"line {line} copies into {self.plan.workdir} in a stage that others share"
                elif copy.is_add and any(s.endswith(_ARCHIVES) or "://" in s for s in copy.sources):
                    yield f"line {line} unpacks or fetches something, with owners and modes of its own"
                elif self._is_linked(copy) and self.plan.maker is not None:
                    yield f"line {line} has --link, which does not know users by name"
                elif copy.instruction.flag("chmod") not in (None, "755", "0755", "644", "0644"):
                    yield f"line {line} sets a mode of its own"
                elif copy.from_ is None and context is not None and copy not in self.plan.copies:
                    for file in context.copied_files(*copy.sources):
                        if (context.mode(file) or 0o444) & 0o004 == 0:
                            yield f"{file} can be read by its owner alone, and line {line} copies it for root"

    def _of_order(self) -> Iterator[str]:
        """The user has to be made before it is named, and the folder has to be there."""
        first = self.plan.copies[0].instruction.start if self.plan.copies else None
        if (
            self.plan.maker is not None
            and first is not None
            and self.plan.maker.instruction.start > first
        ):
            yield f"line {self.plan.maker.instruction.line} makes the user {self.plan.name} after files are copied"
        for task in self.plan.tasks:
            if any(i.start > task.instruction.start for i in self.plan.stage.of("WORKDIR")):
                yield f"line {task.instruction.line} runs before the working directory is set"

    def _is_linked(self, copy: Copy) -> bool:
        return copy in self.plan.copies and bool(copy.instruction.flags_named("link"))
