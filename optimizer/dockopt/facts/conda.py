"""conda's package cache: archives and unpacked packages that an install leaves behind in its layer.

https://docs.conda.io/projects/conda/en/stable/commands/clean.html: what an environment uses is linked
into it and stays. `--force-pkgs-dirs`, which would remove what is linked softly, is not asked for.
"""

import re

from dockopt.facts.bases import base_image
from dockopt.facts.cleanup import Junk, removed_paths, targets
from dockopt.facts.installer_commands import InstallerCommand, installer_commands
from dockopt.model import Dockerfile, Run, Stage
from dockopt.shell import Command, Script

_CONDA = re.compile(r"\b(?:micro)?(?:conda|mamba)\b")
_FROM_CACHE = re.compile(r"--offline\b|--use-local\b|--use-index-cache\b|softlink", re.IGNORECASE)
"""Later commands that need the cache, and links instead of hard links into it."""
_TOO_OLD = re.compile(r"^(?:[0-3]\.|4\.[012](?:\.|$))")
"""`--all` is of conda 4.1 (2016): https://docs.conda.io/projects/conda/en/stable/release-notes.html"""


_IMAGES = re.compile(
    r"continuumio/(?:mini|ana)conda[23]?|condaforge/[\w.-]+|mambaorg/[\w.-]+|jupyter/[\w.-]+"
)
_INSTALLER = re.compile(
    r"Mini(?:conda|forge)[23]?-latest|(?:Miniforge|Mambaforge)|Miniconda[23]-(?:py\d+_)?(?P<version>[\d.]+)"
)


def _is_recent(stage: Stage, install: InstallerCommand) -> bool:
    """Whether the conda that is called certainly knows the option: by its image, or its installer."""
    if install.program[0].text.rpartition("/")[2] == "micromamba":
        return True
    image = base_image(stage)
    if image is not None and _IMAGES.fullmatch(image.repository):
        return not _TOO_OLD.match(image.tag)
    texts = (run.logical.text for link in stage.chain for run in link.runs)
    found = [match for text in texts for match in _INSTALLER.finditer(text)]
    versions = [match["version"] or "" for match in found]
    return bool(found) and not any(_TOO_OLD.match(version) for version in versions)


def uncleaned_install(run: Run) -> InstallerCommand | None:
    """The last conda command of a RUN that fills the cache, where the RUN does not empty it again."""
    text = run.logical.text
    if ("conda" not in text and "mamba" not in text) or not isinstance(run.script, Script):
        return None
    if any(mount.kind == "cache" for mount in run.mounts):
        return None
    if any(_empties(command) for command in run.script.commands):
        return None
    found = [c for c in installer_commands(run) if c.tool == "conda" and c.installs]
    return found[-1] if found else None


def _empties(command: Command) -> bool:
    """Whether a command cleans conda's cache, or removes a folder of packages."""
    if "clean" in command.values and _CONDA.search(command.path):
        return True
    if any(target.junk is Junk.CONDA for target in targets(command) or ()):
        return True
    return any("pkgs" in path for path in removed_paths(command))


def clean_command(install: InstallerCommand) -> str:
    """How the tool that installed is called to empty its cache."""
    return f"{install.program[0].text} clean --all --yes"


def cache_needed(dockerfile: Dockerfile, stage: Stage, run: Run, install: InstallerCommand) -> str:
    """Why the cache has to stay, or cannot be emptied in the RUN; empty where it can."""
    script, image = run.script, base_image(stage)
    command = install.command
    if not isinstance(script, Script) or not script.stops_on_failure or run.instruction.heredocs:
        return "the RUN goes on where one of its commands fails, or is a here-document"
    if command.depth or command.conditional or install.program[0].start != command.start:
        return "conda is called under a condition, or through another program"
    if not _is_recent(stage, install):
        name = image.text if image else stage.root.from_image_text
        return f"conda in {name} may be older than the option --all"
    for other in dockerfile.stages:
        if any("pkgs" in source for copy in other.copies for source in copy.sources):
            return f"stage {other.reference} copies a folder of packages"
        for later in other.runs:
            if _FROM_CACHE.search(later.logical.text):
                return f"line {later.instruction.line} may install from the cache, or link to it"
    return ""
