"""What stands against mounting a cache over a RUN.

Each check answers with a reason to decline, or with nothing. What a user moved, copied or turned off
on purpose stays as it is, and so does a cache whose owner is not root: a mount belongs to root.
"""

import re
from collections.abc import Iterator

from dockopt.facts.apt import AptCommand, apt_commands
from dockopt.facts.apt_lists import lists_used_after
from dockopt.facts.caches import Cache, Filling
from dockopt.facts.context import Context
from dockopt.facts.pip_cache import is_configured
from dockopt.model import Dockerfile, ImageReference, Run, Stage
from dockopt.remembering import remembered
from dockopt.shell import Script, Word

_OFFICIAL = frozenset({"buildpack-deps", "debian", "python", "ubuntu"})
_UV_IMAGES = ("ghcr.io", "astral-sh/uv")
_SETTINGS_FILES = re.compile(
    r"(?:^|[\s/\"'])(?:pip\.(?:conf|ini)|uv\.toml|poetry\.toml|pdm\.toml)\b"
)
_PROJECT_SETTINGS = ("pyproject.toml", "uv.toml", "poetry.toml", "pdm.toml", "pip.conf")
_MOVED = re.compile(
    r"^\s*[\"']?(?:[\w.-]+\.)?(?:cache-dir|no-cache(?:-dir)?|install\.cache)\b", re.MULTILINE
)
_OTHER_UV = re.compile(
    r"\buvx\b|\buv\s+(?:\S+\s+)*?(?:run|python)\b|link-mode|LINK_MODE=[\"']?symlink"
)
_APT_FOLDERS = re.compile(
    r"Dir::|APT::Keep-Downloaded|Binary::apt|/etc/apt/apt\.conf\.d/(?!docker-clean)"
)


def cache_obstacle(
    dockerfile: Dockerfile,
    context: Context | None,
    stage: Stage,
    run: Run,
    filled: tuple[Filling, ...],
) -> str:
    """The first reason against mounting the cache that `filled` fill, empty where there is none."""
    cache = filled[0].cache
    checks = (
        _image(stage),
        _user(stage, run),
        _variables(stage, run, filled),
        _commands(stage, run, filled),
        _files(dockerfile, context, cache),
        _of_tool(dockerfile, context, stage, run, cache),
    )
    return next((reason for check in checks for reason in check), "")


def _image(stage: Stage) -> Iterator[str]:
    image = stage.root.image
    if not isinstance(image, ImageReference):
        yield "the base image is not known, nor who its user is"
    elif not _is_known(image):
        yield f"who the user of the base image {image.text} is, and where its HOME, is not known"
    if stage.of("ONBUILD"):
        yield "an ONBUILD instruction runs in a build that is not seen here"


def _is_known(image: ImageReference) -> bool:
    """Whether root is the user of the image, at home in /root."""
    if image.registry:
        return (image.registry, image.repository) == _UV_IMAGES and "python" in image.tag
    return image.repository in _OFFICIAL


def _user(stage: Stage, run: Run) -> Iterator[str]:
    user = _user_at(stage, run)
    if user not in ("root", "0"):
        yield f"the RUN is not root's but {user}'s, to whom the folder would not belong"


def _user_at(stage: Stage, run: Run) -> str:
    """The user of a RUN without the group; root where none is set, as official images do."""
    before = run.instruction.start
    for link in stage.chain:
        found = [i for i in link.of("USER") if i.start < before and i.value]
        if found:
            return found[-1].value[0].partition(":")[0]
    return "root"


def _variables(stage: Stage, run: Run, filled: tuple[Filling, ...]) -> Iterator[str]:
    cache, scope = filled[0].cache, stage.scope_at(run.instruction).values
    for name in cache.variables:
        if name in scope:
            yield f"{name} is set, which moves the cache or turns it off"
        named = len(re.findall(rf"(?<!\w){name}=", run.logical.text))
        own = sum(name == n for f in filled for n, _ in off_assignments(f))
        if named > own:
            yield f"the RUN sets {name}, which moves the cache or turns it off"


def off_assignments(filling: Filling) -> Iterator[tuple[str, Word]]:
    """The assignments before a command that only turn its cache off."""
    for name, word in filling.command.assignments:
        if name in ("PIP_NO_CACHE_DIR", "UV_NO_CACHE") and name in filling.cache.variables and word:
            yield name, word


def _commands(stage: Stage, run: Run, filled: tuple[Filling, ...]) -> Iterator[str]:
    for filling in filled:
        texts = [word.text for word in filling.command.words]
        if texts and texts[0].rpartition("/")[2] in ("sudo", "su", "runuser", "gosu", "conda"):
            yield f"{filling.cache.tool} runs through {texts[0]}"
        if any("cache-dir" in text and text not in filling.cache.off for text in texts):
            yield "the command says where its cache is"
        if filling.cache.tool == "uv" and any(re.fullmatch(r"-\w*n\w+|-\w+n\w*", t) for t in texts):
            yield "options of uv stand together in one word"
    if is_configured(stage, run):
        yield "the configuration of pip turns its cache off"


def _files(dockerfile: Dockerfile, context: Context | None, cache: Cache) -> Iterator[str]:
    """What is copied from or to such a folder, and settings that may say where it is."""
    for instruction in dockerfile.document.instructions:
        text = instruction.body.text
        if instruction.keyword in ("COPY", "ADD", "VOLUME") and _names_folder(text, cache):
            yield f"line {instruction.line} names a folder of {cache.tool}'s cache"
        copies = instruction.keyword in ("COPY", "ADD") and cache.tool != "apt"
        if copies and _SETTINGS_FILES.search(text):
            yield f"line {instruction.line} copies settings that may say where the cache is"
    if context is not None and cache.tool != "apt":
        yield from _settings(context)


def _names_folder(text: str, cache: Cache) -> bool:
    if cache.tool == "apt":
        return "/var/cache" in text or "/var/lib/apt" in text
    return ".cache" in text


@remembered
def _settings(context: Context) -> tuple[str, ...]:
    for name in _PROJECT_SETTINGS:
        text = context.read_text(name)
        if text and _MOVED.search(text):
            return (f"{name} may say where the cache is, or that there is none",)
    return ()


def _of_tool(
    dockerfile: Dockerfile, context: Context | None, stage: Stage, run: Run, cache: Cache
) -> Iterator[str]:
    if cache.tool == "uv" and (_OTHER_UV.search(run.logical.text) or _links(stage, run)):
        yield "uv runs programs out of its cache, or links to it"
    if cache.tool == "pdm" and (context is None or "install.cache" in dockerfile.document.source):
        yield "whether PDM links to its cache (install.cache) is not known"
    if cache.tool == "apt":
        yield from _of_apt(dockerfile, context, stage, run)


def _links(stage: Stage, run: Run) -> bool:
    mode = stage.scope_at(run.instruction).values.get("UV_LINK_MODE", "")
    return mode not in ("", "copy", "hardlink", "clone")


def _of_apt(
    dockerfile: Dockerfile, context: Context | None, stage: Stage, run: Run
) -> Iterator[str]:
    commands = apt_commands(run)
    if other := next((c.program for c in commands if c.program != "apt-get"), ""):
        yield f"{other}, unlike apt-get, does not keep what it downloads"
    if _APT_FOLDERS.search(run.logical.text):
        yield "the RUN sets where apt keeps what, or for how long"
    update = next((c for c in commands if c.action == "update"), None)
    install = next((c for c in commands if c.action == "install"), None)
    if install is None or update is None or update.command.start > install.command.start:
        yield "the RUN does not fetch lists and then install with them"
    elif not _is_step(run, update):
        yield "apt-get update runs under a condition only"
    elif lists_used_after(dockerfile, stage, run, context):
        yield "a later RUN may install with the lists that this one leaves"


def _is_step(run: Run, update: AptCommand) -> bool:
    script = run.script
    return isinstance(script, Script) and any(s.command is update.command for s in script.steps)
