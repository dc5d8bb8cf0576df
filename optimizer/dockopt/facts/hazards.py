"""What stands against moving a stage's distributions into a virtual environment.

Each check answers with a reason to decline, or with nothing.
"""

import re
from collections.abc import Callable, Iterator

from dockopt.facts.apt import apt_commands
from dockopt.facts.environments import path_entries
from dockopt.facts.installer_commands import NOT_FOLLOWED, installer_commands
from dockopt.facts.installs import ELSEWHERE, Install
from dockopt.facts.numbering import numbered_from
from dockopt.facts.project_hazards import editable_hazard, project_hazard
from dockopt.facts.runtime import RuntimeTexts
from dockopt.facts.uninstalls import uninstalled_basics, uninstalling_runs
from dockopt.model import Dockerfile, ImageReference, Stage
from dockopt.shell import Opaque

_OLD_PLACES = re.compile(
    r"/usr/local/bin/(?P<program>[\w.+-]+)|/usr/local/lib/python\S*|/\.local/(?:bin|lib)\b"
)
_LOGIN_SHELL = re.compile(
    r"(?<![\w-])(?:su\s+(?:-\s|-l\b|--login\b|-$)|runuser\s+-l|sudo\s+(?:-i|-u|-E)|"
    r"ba?sh\s+(?:-l\b|--login\b|-lc\b)|cron(?:d)?\b|sshd\b)"
)
_RESETS_PATH = frozenset({"anacron", "cron", "cronie", "openssh-server", "systemd"})
_SETTINGS = frozenset(
    [
        "PYTHONHOME",
        "PYTHONUSERBASE",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_USER",
        "PIP_ROOT",
        "CONDA_PREFIX",
        "PIP_PYTHON",
        "PIP_REQUIRE_VIRTUALENV",
    ]
)
_OTHER_INSTALLERS = re.compile(r"(?<![\w/.-])easy_install\s")
NOT_MOVED = {
    "conda": "uses conda, whose environments hold more than Python and cannot be moved as one folder",
    "pixi": "uses pixi, whose environments hold more than Python and cannot be moved as one folder",
    "setup.py": "calls setup.py, which may put files beside the code",
}
_INTERPRETER = re.compile(r"^(?:python|pip)[\d.]*$")


def hazard(
    dockerfile: Dockerfile, stage: Stage, found: tuple[Install, ...], runtime: RuntimeTexts
) -> str:
    """The first reason against it, empty where there is none."""
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _image(stage),
        lambda: _instructions(dockerfile),
        lambda: _settings(stage),
        lambda: _scripts(stage),
        lambda: _installs(found, runtime),
        lambda: _uninstalls(stage, found),
        lambda: _paths(stage, found, runtime),
        lambda: _login_shells(stage, runtime),
    )
    return next((reason for check in checks for reason in check()), "")


def own_hazard(
    dockerfile: Dockerfile, stage: Stage, found: tuple[Install, ...], runtime: RuntimeTexts
) -> str:
    """The same for an environment that stays where it is: no place changes, only the stage."""
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _image(stage),
        lambda: _instructions(dockerfile),
        lambda: _scripts(stage),
        lambda: _installs(found, runtime),
    )
    return next((reason for check in checks for reason in check()), "")


def _image(stage: Stage) -> Iterator[str]:
    image = stage.root.image
    if not isinstance(image, ImageReference):
        yield "the base image is not known"
        return
    tag = image.python_tag
    if not image.is_official_python:
        yield f"the base image {image.text} is not an official Python image"
    elif tag is None or tag.variant not in ("full", "slim"):
        yield f"the base image {image.text} is not of a known Debian variant"
    elif tag.is_before((3, 4)):
        yield f"Python {tag.version} has no venv module"


def _instructions(dockerfile: Dockerfile) -> Iterator[str]:
    for other in dockerfile.stages:
        if other.of("ONBUILD"):
            yield "an ONBUILD instruction runs in a build that is not seen here"
    if reason := numbered_from(dockerfile, 0):
        yield reason


def _settings(stage: Stage) -> Iterator[str]:
    for name in sorted(_SETTINGS & set(stage.final_environment)):
        yield f"ENV {name} chooses another place for distributions"
    python_path = stage.final_environment.get("PYTHONPATH")
    if isinstance(python_path, str) and "site-packages" in python_path:
        yield "ENV PYTHONPATH names a site-packages folder"
    if None not in path_entries(stage):
        yield "ENV PATH drops what the base image has in PATH"


def _scripts(stage: Stage) -> Iterator[str]:
    for link in stage.chain:
        for run in link.runs:
            text = run.logical.text
            line = run.instruction.line
            if isinstance(run.script, Opaque):
                yield f"the RUN on line {line} could not be read: {run.script.reason}"
            if match := _OTHER_INSTALLERS.search(text):
                yield f"line {line} installs with `{match[0].strip()}`, which is not handled yet"
            for command in installer_commands(run):
                if command.tool in NOT_FOLLOWED:
                    yield f"line {line} {NOT_MOVED[command.tool]}"


def _installs(found: tuple[Install, ...], runtime: RuntimeTexts) -> Iterator[str]:
    for install in found:
        line = install.run.instruction.line
        if reason := project_hazard(install, runtime):
            yield reason
        if install.environment == ELSEWHERE:
            yield f"line {line} installs into a folder of its own"
        if reason := editable_hazard(install, runtime.context):
            yield f"line {line} {reason}"
        if install.pip.option("--no-build-isolation"):
            yield f"line {line} builds with what the image brings, which an environment lacks"


def _uninstalls(stage: Stage, found: tuple[Install, ...]) -> Iterator[str]:
    """Who takes out what the image's own Python has wants an image without it."""
    for run in uninstalling_runs(stage, (i for i in found if i.stage is stage)):
        for name in uninstalled_basics(run):
            line = run.instruction.line
            yield f"line {line} takes {name} out of the image, not out of an environment in it"


def _paths(stage: Stage, found: tuple[Install, ...], runtime: RuntimeTexts) -> Iterator[str]:
    copied = {c.destination.rstrip("/") for link in stage.chain for c in link.copies}
    names = {s.rpartition("/")[2] for link in stage.chain for c in link.copies for s in c.sources}
    installing = {install.run.instruction.span.start for install in found}
    texts = [
        (f"line {i.line}", " ".join(i.value) or i.body.text)
        for link in stage.chain
        for i in link.instructions
        if i.keyword in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
        and i.span.start not in installing
    ]
    texts += list(runtime.files or ())
    texts = [(where, text) for where, text in texts if "/usr/local" in text or "/.local/" in text]
    written = " ".join(text for _, text in texts)
    for where, text in texts:
        for match in _OLD_PLACES.finditer(text):
            program = match["program"]
            own = program and (match[0] in copied or program in names or _made(match[0], written))
            if not own or (program and _INTERPRETER.match(program)):
                yield f"{where} names {match[0]}, which would not be the environment any more"


def _made(path: str, text: str) -> bool:
    """Whether a command puts something at `path` itself: a download, a link, a copy."""
    pattern = rf"(?:-o|-O|>|ln -sf?\s+\S+|(?:cp|mv|install)\s+\S+|-P)\s*{re.escape(path)}\b"
    return bool(re.search(pattern, text))


def _login_shells(stage: Stage, runtime: RuntimeTexts) -> Iterator[str]:
    place = runtime.mentions(_LOGIN_SHELL)
    if place:
        yield f"{place} starts a login shell, cron or sudo, which do not keep PATH"
    for link in stage.chain:
        for run in link.runs:
            line = run.instruction.line
            if re.search(r"/etc/(?:cron|crontab)|crontab\s|sshd?_config", run.logical.text):
                yield f"line {line} sets up cron or ssh, which do not keep PATH"
            for name in (n for c in apt_commands(run) if c.action == "install" for n in c.names):
                if name in _RESETS_PATH:
                    yield f"line {line} installs {name}, whose programs do not keep PATH"
        for copy in link.copies:
            if copy.destination.startswith(("/etc/cron", "/var/spool/cron")):
                yield f"line {copy.instruction.line} sets up cron, which does not keep PATH"
