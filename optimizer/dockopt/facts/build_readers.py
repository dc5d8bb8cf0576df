"""What each kind of file says of the builds of images: a reader for each of them.

A Dockerfile or a target that a variable names is unknown, and may be any. The formats:
https://docs.docker.com/reference/compose-file/build/, https://docs.docker.com/build/bake/reference/,
https://github.com/docker/build-push-action#inputs, https://skaffold.dev/docs/references/yaml/,
https://docs.railway.com/reference/config-as-code, https://fly.io/docs/reference/configuration/,
https://render.com/docs/blueprint-spec,
https://devcenter.heroku.com/articles/build-docker-images-heroku-yml,
https://containers.dev/implementors/json_reference/,
https://cloud.google.com/build/docs/build-config-file-schema.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from dockopt.facts.bake import bake_targets
from dockopt.facts.build_commands import BuildCommand, build_commands
from dockopt.facts.build_files import BuildFile
from dockopt.facts.compose_services import mounted
from dockopt.facts.settings_files import (
    Data,
    Told,
    child,
    documents,
    entries,
    items,
    text_of,
    texts_in,
)
from dockopt.immutable import immutable

_FOREIGN = re.compile(r"(?:docker-image|oci-layout|target|service|https?|git|ssh)(?:://|:)|git@")
"""Named contexts that are no folder: https://docs.docker.com/reference/cli/docker/buildx/build/#build-context"""
_DEFAULT = re.compile(r"\$\{\w+:?-(?P<value>[\w./-]*)\}")


@immutable(slots=True)
class Reference:
    """One build of an image that a file tells of."""

    file: str
    """Where it stands: a path from the build context, with `../` for what lies above."""
    line: int
    by: str
    """What builds, such as `the service web`."""
    dockerfiles: frozenset[Path] | None
    """The Dockerfile, an absolute path; several where the folder is not certain, None for unknown."""
    contexts: frozenset[Path] | None
    """The build context, in the same way."""
    target: str | None
    """The stage that is built, empty for the last one, None where it is unknown."""
    starts: bool = False
    """Whether what is built is run or deployed by the same file."""
    words: frozenset[str] = frozenset()
    """What the command that is run in it says."""
    mounts: tuple[str, ...] = ()
    """The paths in the container over which something is mounted."""
    named_contexts: frozenset[Path] | None = frozenset()
    """Folders that its Dockerfile may copy from by a name; None where they are not known."""

    @property
    def place(self) -> str:
        """`compose.yml:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file


def told_builds(file: BuildFile, root: Path) -> Iterator[Reference]:
    """The builds that a file tells of; `root` is that of its repository."""
    name = file.shown.rpartition("/")[2].lower()
    if name.endswith(".hcl"):
        yield from _hcl(file)
        return
    for pattern, reader in _READERS:
        if pattern.search(name):
            for document in documents(name, file.text) or ():
                yield from reader(file, document)
    if name.endswith((".yml", ".yaml")) and "build-push-action" in file.text:
        for document in documents(name, file.text) or ():
            yield from _workflow(file, document, root)
    for command in build_commands(file.text):
        yield _of_command(file, command, root)


def _folder(base: Path, text: str | None) -> Path | None:
    """The folder `text` seen from `base`; None where it is not certain, or no folder of this host."""
    text = text or "."
    if "$" in text or "://" in text or text.startswith(("git@", "github.com/")) or "\0" in text:
        return None
    return Path(os.path.normpath(base / text))


def _one(path: Path | None) -> frozenset[Path] | None:
    return None if path is None else frozenset({path})


def _target(text: str | None) -> str | None:
    """The stage that is named; of a variable its default, None where it has none."""
    if text is None:
        return ""
    if default := _DEFAULT.fullmatch(text):
        return default["value"] or None
    return None if "$" in text or "{{" in text else str(text)


def _compose(file: BuildFile, data: Data) -> Iterator[Reference]:
    for name, service in entries(child(data, "services")):
        build = child(service, "build")
        if build is None or child(build, "dockerfile_inline") is not None:
            continue
        short = text_of(build)
        context = _folder(file.folder, short or text_of(child(build, "context")))
        dockerfile = text_of(child(build, "dockerfile")) or "Dockerfile"
        yield Reference(
            file.shown,
            name.line,
            f"the service {name}",
            _one(_folder(context, dockerfile) if context else None),
            _one(context),
            _target(text_of(child(build, "target"))),
            starts=True,
            words=frozenset(_said(service)),
            mounts=tuple(one.target for one in mounted(child(service, "volumes"))),
            named_contexts=_named(file.folder, child(build, "additional_contexts")),
        )


def _named(base: Path, data: Data) -> frozenset[Path] | None:
    """The folders of a mapping from names, or of a list or lines of `name=folder`."""
    values = [text_of(value) for _, value in entries(data)]
    lines = (text_of(data) or "").split("\n") if not isinstance(data, list) else items(data)
    values += [Told(str(line).partition("=")[2]) for line in lines if "=" in str(line)]
    folders = [_folder(base, value) for value in values if value and not _FOREIGN.match(value)]
    return None if None in folders else frozenset(f for f in folders if f is not None)


def _said(service: Data) -> Iterator[str]:
    for key in ("command", "entrypoint", "healthcheck"):
        yield from (word for text in texts_in(child(service, key)) for word in text.split())


def _hcl(file: BuildFile) -> Iterator[Reference]:
    for target in bake_targets(file.text) or ():
        get = target.attributes.get
        unknown = {key for key, value in target.attributes.items() if value is None}
        if "dockerfile-inline" in target.attributes:
            continue
        yield _baked(
            file,
            target.line,
            target.name,
            None if "context" in unknown else get("context") or ".",
            None if "dockerfile" in unknown else get("dockerfile") or "Dockerfile",
            None if "target" in unknown else get("target") or "",
            None if "contexts" in target.attributes else frozenset(),
        )


def _bake_json(file: BuildFile, data: Data) -> Iterator[Reference]:
    for name, target in entries(child(data, "target")):
        context, dockerfile = (
            text_of(child(target, "context")),
            text_of(child(target, "dockerfile")),
        )
        stage = text_of(child(target, "target"))
        found = _baked(
            file, name.line, name, context or ".", dockerfile or "Dockerfile", stage or ""
        )
        yield replace(found, named_contexts=_named(file.folder, child(target, "contexts")))


def _baked(
    file: BuildFile,
    line: int,
    name: str,
    context: str | None,
    dockerfile: str | None,
    target: str | None,
    named: frozenset[Path] | None = frozenset(),
) -> Reference:
    folder = _folder(file.folder, context) if context is not None else None
    path = _folder(folder, dockerfile) if folder and dockerfile is not None else None
    stage = _target(target) if target is not None else None
    by = f"the bake target {name}"
    found = Reference(file.shown, line, by, _one(path), _one(folder), stage)
    return replace(found, named_contexts=named)


def _workflow(file: BuildFile, data: Data, root: Path) -> Iterator[Reference]:
    for step in _steps(data):
        uses = text_of(child(step, "uses")) or ""
        if "build-push-action" not in uses:
            continue
        settings = child(step, "with")
        context = _folder(root, text_of(child(settings, "context")))
        named = text_of(child(settings, "file"))
        path = _folder(root, named) if named else (context / "Dockerfile" if context else None)
        target = _target(text_of(child(settings, "target")))
        line = getattr(uses, "line", 0)
        found = Reference(file.shown, line, "a step", _one(path), _one(context), target)
        yield replace(found, named_contexts=_named(root, child(settings, "build-contexts")))


def _steps(data: Data) -> Iterator[Data]:
    for _, job in entries(child(data, "jobs")):
        yield from items(child(job, "steps"))
    yield from items(child(data, "runs", "steps"))


def _skaffold(file: BuildFile, data: Data) -> Iterator[Reference]:
    builds = [child(data, "build"), *(child(p, "build") for p in items(child(data, "profiles")))]
    for artifact in (a for build in builds for a in items(child(build, "artifacts"))):
        image = text_of(child(artifact, "image"))
        context = _folder(file.folder, text_of(child(artifact, "context")))
        settings = child(artifact, "docker") or child(artifact, "kaniko")
        named = text_of(child(settings, "dockerfile")) or "Dockerfile"
        yield Reference(
            file.shown,
            image.line if image is not None else 0,
            f"the artifact {image}",
            _one(_folder(context, named) if context else None),
            _one(context),
            _target(text_of(child(settings, "target"))),
            starts=True,
        )


def _fly(file: BuildFile, data: Data) -> Iterator[Reference]:
    build = child(data, "build")
    if build is None or child(build, "image") is not None:
        return
    target = text_of(child(build, "build-target"))
    named = text_of(child(build, "dockerfile")) or "Dockerfile"
    line = target.line if target is not None else 0
    yield _deployed(file, line, "fly.io", named, ".", target)


def _railway(file: BuildFile, data: Data) -> Iterator[Reference]:
    named = text_of(child(data, "build", "dockerfilePath"))
    if named is not None:
        yield _deployed(file, named.line, "railway", named.lstrip("/"), ".", None)


def _render(file: BuildFile, data: Data) -> Iterator[Reference]:
    for service in items(child(data, "services")):
        named = text_of(child(service, "dockerfilePath"))
        context = text_of(child(service, "dockerContext"))
        if named is not None or context is not None:
            line = named.line if named is not None else 0
            yield _deployed(file, line, "render", named or "Dockerfile", context or ".", None)


def _heroku(file: BuildFile, data: Data) -> Iterator[Reference]:
    for name, process in entries(child(data, "build", "docker")):
        named = text_of(process) or text_of(child(process, "dockerfile"))
        target = text_of(child(process, "target"))
        if named is not None:
            yield _deployed(file, name.line, "heroku", named, str(Path(named).parent), target)


def _deployed(
    file: BuildFile, line: int, by: str, named: str, context: str, target: str | None
) -> Reference:
    """What a host builds; its paths are relative to the file's folder."""
    path, folder = _folder(file.folder, named), _folder(file.folder, context)
    stage = _target(target)
    return Reference(file.shown, line, by, _one(path), _one(folder), stage, starts=True)


def _devcontainer(file: BuildFile, data: Data) -> Iterator[Reference]:
    build = child(data, "build")
    named = text_of(child(build, "dockerfile")) or text_of(child(data, "dockerFile"))
    if named is None:
        return
    context = text_of(child(build, "context")) or text_of(child(data, "context"))
    target = text_of(child(build, "target"))
    path, folder = _folder(file.folder, named), _folder(file.folder, context)
    by = "the development container"
    yield Reference(file.shown, named.line, by, _one(path), _one(folder), _target(target))


def _cloudbuild(file: BuildFile, data: Data) -> Iterator[Reference]:
    for step in items(child(data, "steps")):
        args = [text_of(a) or "" for a in items(child(step, "args"))]
        if "build" in args[:2] or "kaniko" in (text_of(child(step, "name")) or ""):
            folder = text_of(child(step, "dir")) or "."
            line = getattr(args[0], "line", 0) if args else 0
            text = "docker build " + " ".join(a for a in args if a not in ("build", "buildx"))
            for command in build_commands(text):
                found = _of_command(file, command, _folder(file.folder, folder) or file.folder)
                yield replace(found, line=line)


def _of_command(file: BuildFile, command: BuildCommand, root: Path) -> Reference:
    """A `docker build`; its folder is that of the script, of one above it, or the repository's root."""
    bases = {file.folder, file.folder.parent, root}
    contexts = _all(bases, command.context)
    if command.file is None:
        paths = None
    elif command.file:
        paths = _all(bases, command.file)
    else:
        paths = None if contexts is None else frozenset(c / "Dockerfile" for c in contexts)
    by = "a build command"
    named = [_all(bases, text) for text in command.named_contexts]
    return Reference(
        file.shown,
        command.line,
        by,
        paths,
        contexts,
        command.target,
        named_contexts=None
        if None in named
        else frozenset(path for paths in named if paths for path in paths),
    )


def _all(bases: set[Path], text: str | None) -> frozenset[Path] | None:
    found = {_folder(base, text) for base in bases} if text is not None else {None}
    return None if None in found else frozenset(path for path in found if path is not None)


_Reader = Callable[[BuildFile, Data], Iterator[Reference]]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"compose[\w.-]*\.ya?ml$"), _compose),
    (re.compile(r"bake[\w.-]*\.json$"), _bake_json),
    (re.compile(r"^skaffold.*\.ya?ml$"), _skaffold),
    (re.compile(r"^fly[\w.-]*\.toml$"), _fly),
    (re.compile(r"^railway\."), _railway),
    (re.compile(r"^render\.ya?ml$"), _render),
    (re.compile(r"^heroku\.ya?ml$"), _heroku),
    (re.compile(r"^\.?devcontainer\.json$"), _devcontainer),
    (re.compile(r"^cloudbuild.*\.(?:ya?ml|json)$"), _cloudbuild),
)
