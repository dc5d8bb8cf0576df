"""Refresh the packaged Debian data: `python -m dockopt.knowledge.debian_refresh [--mirror URL]`.

Reads the archive's own indexes: `InRelease` for date and checksums, `Packages.xz` of main/amd64 for
the packages, `Contents-*.gz` for the programs. Every file is checked against the SHA256 that
`InRelease` states; the signature of `InRelease` itself is not checked here.

Kept are the packages that were named before (flag `N`), that a `--names` file or our own tables
name, whole sections (libraries and their development packages among them), Debian's standard
system, and all that these depend on or recommend.
"""

import argparse
import gzip
import hashlib
import io
import json
import lzma
import re
import sys
import urllib.request
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from dockopt.knowledge.debian_archive import Archive
from dockopt.knowledge.debian_curated import BUILD_ONLY, BUILDPACK_PACKAGES, PYTHON_SLIM_PACKAGES
from dockopt.knowledge.debian_index import DATA_FILE, Release, load
from dockopt.knowledge.debian_programs import PREFERRED, PROGRAMS_FILE

PUBLIC_MIRROR = "https://deb.debian.org/debian"
INDEX = "main/binary-amd64/Packages.xz"
CONTENTS = ("main/Contents-amd64.gz", "main/Contents-all.gz")
MAX_DOWNLOAD_BYTES = 128 * 2**20
MAX_INDEX_BYTES = 512 * 2**20
PROGRAM_PATH = re.compile(r"(?:usr/)?s?bin/([^/\s]+)\s+(\S+)$")
CURATED = BUILD_ONLY | {*BUILDPACK_PACKAGES, *PYTHON_SLIM_PACKAGES, *PREFERRED.values()}


def _download(url: str, expected: str | None = None) -> bytes:
    """The bytes at a URL; raises ValueError when too many, or not those that `InRelease` lists."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url}: a mirror is an http or https address")
    with urllib.request.urlopen(url, timeout=120) as response:  # noqa: S310 (checked above)
        content: bytes = response.read(MAX_DOWNLOAD_BYTES + 1)
    if len(content) > MAX_DOWNLOAD_BYTES:
        raise ValueError(f"{url}: more than {MAX_DOWNLOAD_BYTES} bytes")
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{url}: not the file that InRelease lists; the mirror may be mid-update")
    return content


def _index_text(content: bytes) -> str:
    """The text of `Packages.xz`; raises ValueError when it unpacks to too much."""
    data = lzma.LZMADecompressor().decompress(content, MAX_INDEX_BYTES)
    if len(data) >= MAX_INDEX_BYTES:
        raise ValueError(f"{INDEX}: unpacks to more than {MAX_INDEX_BYTES} bytes")
    return data.decode()


def _checksums(inrelease: str) -> dict[str, str]:
    block = inrelease.partition("\nSHA256:\n")[2]
    rows = re.findall(r"^ ([0-9a-f]{64}) +\d+ (\S+)$", block, re.M)
    return {path: digest for digest, path in rows}


def _field(inrelease: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", inrelease, re.M)
    return found[1] if found else ""


def _programs(contents: bytes, packages: set[str]) -> Iterator[tuple[str, set[str]]]:
    """(program, packages that hold it) for files in a directory of the default PATH."""
    with gzip.open(io.BytesIO(contents)) as lines:  # half a gigabyte: never whole in memory
        for line in lines:
            found = PROGRAM_PATH.match(line.decode("utf-8", "replace")) if b"bin/" in line else None
            places = found[2].split(",") if found else []
            if found and (owners := {place.rpartition("/")[2] for place in places} & packages):
                yield found[1], owners


def _package_line(archive: Archive, name: str, named: set[str]) -> str:
    """`name flags:section KiB source depends recommends`, by tabs; the source only when named otherwise."""
    stanza = archive.packages[name]
    relations = [
        ",".join("|".join(group) for group in archive.groups(stanza, *fields))
        for fields in (("Pre-Depends", "Depends"), ("Recommends",))
    ]
    flags = f"{stanza.flags}{'N' if name in named else ''}:{stanza.section}"
    source = "" if stanza.source == name else stanza.source
    fields = (name, flags, stanza.get("Installed-Size") or "0", source, *relations)
    return "\t".join(fields).rstrip("\t")


def _write(path: Path, header: dict[str, str], lines: Iterable[str]) -> None:
    """A gzip file without time stamp: the same data make the same bytes."""
    text = "\n".join((json.dumps(header, sort_keys=True), *sorted(lines))) + "\n"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _program_lines(base: str, sums: dict[str, str], selected: set[str]) -> list[str]:
    programs: dict[str, set[str]] = {}
    for path in CONTENTS:
        for program, owners in _programs(_download(f"{base}/{path}", sums[path]), selected):
            programs.setdefault(program, set()).update(owners)
    return [f"{program}\t{','.join(sorted(owners))}" for program, owners in programs.items()]


def refresh(codename: str, mirror: str, names: set[str], output: Path) -> str:
    """Write one release's data files; returns a line of figures. Raises OSError, ValueError."""
    base = f"{mirror.rstrip('/')}/dists/{codename}"
    inrelease = _download(f"{base}/InRelease").decode("utf-8", "replace")
    sums = _checksums(inrelease)
    if missing := {INDEX, *CONTENTS} - sums.keys():
        raise ValueError(f"{base}/InRelease does not list {', '.join(sorted(missing))}")
    archive = Archive(_index_text(_download(f"{base}/{INDEX}", sums[INDEX])))
    named = {real for name in names for real in archive.reals(name)}
    selected = archive.closed(archive.wanted() | named)
    header = {
        "release": codename,
        "version": _field(inrelease, "Version"),
        "date": _field(inrelease, "Date"),
        "source": f"{base}/{INDEX}",
        "sha256": sums[INDEX],
        "required": " ".join(archive.required()),
    }
    programs = _program_lines(base, sums, selected)
    packages = [_package_line(archive, name, named) for name in selected]
    virtuals = [f"={name}\t{','.join(providers)}" for name, providers in archive.virtual(selected)]
    _write(output / DATA_FILE.format(codename), header, packages + virtuals)
    _write(output / PROGRAMS_FILE.format(codename), header, programs)
    return (
        f"{codename}: {len(packages)} packages, {len(virtuals)} virtual, {len(programs)} programs"
    )


def _named_before(codename: str) -> set[str]:
    try:
        return load(Release(codename)).named()
    except FileNotFoundError:
        return set()


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    codenames = [each.value for each in Release]
    parser = argparse.ArgumentParser(prog="python -m dockopt.knowledge.debian_refresh")
    parser.add_argument("--mirror", default=PUBLIC_MIRROR, help="default: %(default)s")
    parser.add_argument("--release", action="append", choices=codenames)
    parser.add_argument("--names", type=Path, help="file of further package names, one a line")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    try:
        further = set(options.names.read_text().split()) if options.names else set()
        for codename in options.release or codenames:
            names = further | CURATED | _named_before(codename)
            print(refresh(codename, options.mirror, names, options.output))
    except (OSError, ValueError, lzma.LZMAError, zlib.error) as error:
        print(f"debian_refresh: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
