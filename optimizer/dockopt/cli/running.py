"""Carries out `dockopt rewrite`: each file for itself, errors in one line, the worst exit code."""

import os
from collections.abc import Sequence
from pathlib import Path

from dockopt import config, discovery, files
from dockopt.cli.console import Console
from dockopt.cli.destinations import Destinations
from dockopt.cli.order import Order
from dockopt.cli.reporting import Reporter
from dockopt.discovery import Source
from dockopt.errors import ConfigurationError, DockoptError
from dockopt.immutable import immutable
from dockopt.report.escaping import one_line
from dockopt.result import Rewrite, WrittenFile
from dockopt.session import rewrite_text

WOULD_CHANGE = 1


@immutable()
class Outcome:
    """What became of one file."""

    name: str
    code: int
    rewrite: Rewrite | None = None
    error: str = ""


def run(order: Order, console: Console) -> int:
    """Rewrites what `order` names, and gives the exit code."""
    sources, problems = discovery.find(order.files)
    destinations = Destinations.of(order, sources)
    if order.changelog is not None:
        destinations.refuse(order.changelog, sources)
    for problem in problems:
        console.error(str(problem))
    reporter = Reporter(order, console, many=len(sources) > 1)
    outcomes = [Outcome("", p.exit_code, error=str(p)) for p in problems]
    for source in sources:
        outcomes.append(_guarded(order, source, destinations, console, reporter))
    rewrites = [o.rewrite for o in outcomes if o.rewrite is not None]
    errors = [(o.name, o.error, o.code) for o in outcomes if o.error]
    reporter.finish(rewrites, errors)
    if not errors:  # of a file that failed, the changes are not known
        _warn_of_unknown_changes(order, rewrites, console)
    written = _write_changelog(order, reporter, console, rewrites, errors)
    return max(written, *(outcome.code for outcome in outcomes))


def _guarded(
    order: Order, source: Source, destinations: Destinations, console: Console, reporter: Reporter
) -> Outcome:
    """One file; whatever goes wrong with it is said in one line and does not stop the others."""
    try:
        rewrite = _rewrite(order, source)
        _deliver(order, source, destinations, rewrite, console)
    except DockoptError as error:
        console.error(str(error))
        return Outcome(source.name, error.exit_code, error=str(error))
    except BrokenPipeError:
        raise
    except Exception as error:  # a fault of dockopt's own, or of a plug-in
        message = console.internal_error(error, f"{source.name}: not written")
        return Outcome(source.name, DockoptError.exit_code, error=message)
    reporter.one(rewrite)
    if rewrite.files and order.writes and not order.in_place:
        names = ", ".join(file.name for file in rewrite.files)
        console.warning(f"{source.name}: {names} is not written; -i writes it, --dry-run shows it")
    wanting = order.check and rewrite.changed
    return Outcome(source.name, WOULD_CHANGE if wanting else 0, rewrite)


def _rewrite(order: Order, source: Source) -> Rewrite:
    settings = settings_for(order, source)
    text = files.read_stdin() if source.path is None else files.read(source.path, source.name)
    return rewrite_text(
        text,
        context=_context(settings, source),
        file=source.name,
        target=settings.target,
        level=settings.level or "standard",
        names=(
            frozenset(settings.select or ()),
            frozenset(settings.ignore or ()),
            frozenset(settings.assume or ()),
            frozenset(order.exclude),
        ),
        origins={**settings.origins, "exclude": "--exclude-change"},
        variants=settings.variants or (),
    )


def settings_for(order: Order, source: Source) -> config.Settings:
    """What holds for `source`: its file of settings, the environment, the command line."""
    path = Path(order.config) if order.config else None
    if path is None and not order.no_config:
        path = config.find(source.folder)
    filed = config.load(path) if path else config.Settings()
    return filed.under(config.from_environment(os.environ)).under(order.stated)


def _context(settings: config.Settings, source: Source) -> Path | None:
    """The build context: as set, or the folder of the file; standard input has none by itself."""
    if settings.context is None:
        return None if source.path is None else source.folder
    if not settings.context.is_dir():
        where = settings.origins.get("context", "dockopt")
        raise ConfigurationError(f"{where}: the build context {settings.context} is not a folder")
    return settings.context


def _deliver(
    order: Order, source: Source, destinations: Destinations, rewrite: Rewrite, console: Console
) -> None:
    if order.prints_dockerfile:
        console.out_bytes(files.encode(rewrite.text))
        return
    path = destinations.ready(source)
    if path is None:
        return
    if not order.in_place:
        files.write(path, rewrite.text)
        return
    _replace(path, rewrite.source, rewrite.text, order, console)
    for file in rewrite.files:
        _replace(_place(order, source, file), file.before, file.after, order, console)


def _place(order: Order, source: Source, file: WrittenFile) -> Path:
    """Where a file of the build context is written."""
    context = _context(settings_for(order, source), source)
    return Path(file.name) if context is None else context / file.path


def _replace(path: Path, before: str | None, after: str, order: Order, console: Console) -> None:
    if before == after:
        return
    if before is None:
        files.create(path, after)
        return
    saved = files.rewrite(path, before, after, backup=order.backup)
    if saved is not None and console.verbose:
        console.note(f"{one_line(str(path))}: kept as {one_line(str(saved))}\n")


def _write_changelog(
    order: Order,
    reporter: Reporter,
    console: Console,
    rewrites: Sequence[Rewrite],
    errors: Sequence[tuple[str, str, int]],
) -> int:
    if order.changelog is None or not order.writes:
        return 0
    try:
        files.write(Path(order.changelog), reporter.text(order.changelog_form, rewrites, errors))
    except DockoptError as error:
        console.error(str(error))
        return error.exit_code
    return 0


def _warn_of_unknown_changes(order: Order, rewrites: Sequence[Rewrite], console: Console) -> None:
    excluded = {n.record.id for r in rewrites for n in r.not_applied if n.kind == "excluded"}
    for identifier in sorted(set(order.exclude) - excluded):
        console.warning(f"--exclude-change: there was no change {identifier!r} to leave out")
