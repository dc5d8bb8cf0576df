"""Refresh the packaged Debian data: `python -m dockopt.knowledge.debian_refresh [--mirror URL]`.

Reads the archive's own indexes (https://wiki.debian.org/DebianRepository/Format): `InRelease` for date and checksums,
`main/binary-amd64/Packages.xz` for the packages, `Contents-*.gz` for the programs. Every downloaded file is checked
against the SHA256 that `InRelease` states; the signature of `InRelease` itself is not checked here.

What is kept: packages named before (flag `N`) or in a `--names` file, every development package of section `libdevel`,
the sections in `WHOLE_SECTIONS`, Debian's standard system, and all that these depend on or recommend.
"""

import argparse
import gzip
import hashlib
import json
import lzma
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dockopt.knowledge.debian import DATA_FILE, PROGRAMS_FILE, Release, release
from dockopt.knowledge.debian_version import satisfies

PUBLIC_MIRROR = "https://deb.debian.org/debian"
INDEX = "main/binary-amd64/Packages.xz"
CONTENTS = ("main/Contents-amd64.gz", "main/Contents-all.gz")
MAX_DOWNLOAD_BYTES = 128 * 2**20
MAX_UNPACKED_BYTES = 2 * 2**30
MAX_PROVIDERS = 6
NOT_NAMED = ("librust-", "libghc-", "node-", "golang-")  # virtual names by the thousand that only packages use
WHOLE_SECTIONS = {"libs", "oldlibs", "libdevel", "introspection", "database", "httpd", "vcs", "shells", "admin"}
STANDARD_PRIORITIES = {"required", "important", "standard"}
RUNTIME_SECTIONS = {"libs", "oldlibs", "introspection"}
DEVELOPMENT = re.compile(r"(?:-|multi)dev(?:-compat)?$")
PROGRAM_PATH = re.compile(r"(?:usr/)?s?bin/([^/\s]+)\s+(\S+)$")
RELATION = re.compile(r"\s*([^\s:(|,]+)(?::\w+)?\s*(?:\(\s*([<>=]+)\s*([^)\s]+)\s*\))?")

Groups = list[list[str]]


@dataclass(frozen=True, slots=True)
class Stanza:
    """One package of the index; relations still carry their versions."""

    fields: dict[str, str]

    def get(self, field: str) -> str:
        """The text of a field, empty when absent."""
        return self.fields.get(field, "")

    @property
    def source(self) -> str:
        """The source package, without the version that a binary-only rebuild adds in parentheses."""
        return (self.get("Source") or self.get("Package")).split()[0]

    @property
    def section(self) -> str:
        """The section without an area such as `contrib/`."""
        return self.get("Section").rpartition("/")[2]

    @property
    def wanted(self) -> bool:
        """Whether the package is kept without being named; libraries for other architectures are not."""
        standard = self.get("Priority") in STANDARD_PRIORITIES
        return standard or (self.section in WHOLE_SECTIONS and "-cross" not in self.get("Package"))

    @property
    def flags(self) -> str:
        """L: runtime library or typelib; D: development package."""
        if DEVELOPMENT.search(self.get("Package")):
            return "D"
        return "L" if self.section in RUNTIME_SECTIONS else ""


class Archive:
    """A whole index in memory, able to say which alternatives can be installed."""

    def __init__(self, text: str) -> None:
        self.packages = {stanza.get("Package"): stanza for stanza in _stanzas(text)}
        self.provides: dict[str, list[tuple[str, str]]] = {}
        for name, stanza in self.packages.items():
            for virtual, _, version in _relations(stanza.get("Provides")):
                if virtual != name:
                    self.provides.setdefault(virtual, []).append((name, version))
        for providers in self.provides.values():
            providers.sort(key=lambda provider: self._rank(provider[0]))

    def _rank(self, name: str) -> tuple[int, str]:
        order = ("required", "important", "standard", "optional", "extra")
        priority = self.packages[name].get("Priority")
        return (order.index(priority) if priority in order else len(order), name)

    def installable(self, name: str, operator: str, version: str) -> bool:
        """Whether a real package or a provided one satisfies the relation."""
        stanza = self.packages.get(name)
        if stanza and satisfies(stanza.get("Version"), operator, version):
            return True
        return any(
            not operator or (provided and satisfies(provided, operator, version))
            for _, provided in self.provides.get(name, [])
        )

    def reals(self, name: str) -> list[str]:
        """The package itself, or the providers of a virtual one."""
        if name in self.packages:
            return [name]
        return [provider for provider, _ in self.provides.get(name, [])[:MAX_PROVIDERS]]

    def groups(self, stanza: Stanza, *fields: str) -> Groups:
        """The alternatives that can be installed, for each relation of the fields; impossible relations drop out."""
        found: Groups = []
        for relation in ",".join(stanza.get(field) for field in fields).split(","):
            wanted = [each for option in relation.split("|") for each in _relations(option)]
            names = list(dict.fromkeys(name for name, *rest in wanted if self.installable(name, *rest)))
            if names and names not in found:
                found.append(names)
        return found

    def chosen(self, group: list[str]) -> str:
        """What apt installs for a relation when nothing satisfies it yet: the first alternative, or its first provider."""
        return group[0] if group[0] in self.packages else self.provides[group[0]][0][0]

    def closed(self, seeds: Iterable[str]) -> set[str]:
        """The seeds with all they depend on or recommend, by their real names."""
        selected: set[str] = set()
        waiting = list(seeds)
        while waiting:
            for name in set(self.reals(waiting.pop())) - selected:
                selected.add(name)
                groups = self.groups(self.packages[name], "Pre-Depends", "Depends", "Recommends")
                waiting += [self.chosen(group) for group in groups]
        return selected


def _stanzas(text: str) -> Iterator[Stanza]:
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): (.*)$", paragraph, re.M))
        if "Package" in fields:
            yield Stanza(fields)


def _relations(text: str) -> list[tuple[str, str, str]]:
    """(name, operator, version) of each comma-separated relation without alternatives."""
    matches = (RELATION.match(part) for part in text.split(",") if part.strip())
    return [(match[1], match[2] or "", match[3] or "") for match in matches if match]


def _download(url: str, expected: str | None = None) -> bytes:
    """The bytes at a URL; raises ValueError when they are too many or not those that the release file states."""
    with urllib.request.urlopen(url, timeout=120) as response:
        content: bytes = response.read(MAX_DOWNLOAD_BYTES + 1)
    if len(content) > MAX_DOWNLOAD_BYTES:
        raise ValueError(f"{url}: more than {MAX_DOWNLOAD_BYTES} bytes")
    if expected is not None and hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{url}: not the file that InRelease lists (mirror in mid-update? try again)")
    return content


def _checksums(inrelease: str) -> dict[str, str]:
    block = inrelease.partition("\nSHA256:\n")[2]
    return {path: digest for digest, path in re.findall(r"^ ([0-9a-f]{64}) +\d+ (\S+)$", block, re.M)}


def _field(inrelease: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", inrelease, re.M)
    return found[1] if found else ""


def _programs(contents: bytes, packages: set[str]) -> dict[str, set[str]]:
    """program -> packages that hold it in a directory of the default PATH."""
    found: dict[str, set[str]] = {}
    for line in gzip.decompress(contents).decode("utf-8", "replace").split("\n"):
        match = PROGRAM_PATH.match(line)
        if match:
            owners = {owner.rpartition("/")[2] for owner in match[2].split(",")} & packages
            if owners:
                found.setdefault(match[1], set()).update(owners)
    return found


def _package_line(archive: Archive, name: str, named: set[str]) -> str:
    stanza = archive.packages[name]
    source = "" if stanza.source == name else stanza.source
    texts = (
        ",".join("|".join(group) for group in archive.groups(stanza, *fields))
        for fields in (("Pre-Depends", "Depends"), ("Recommends",))
    )
    flags = stanza.flags + ("N" if name in named else "")
    return "\t".join((name, flags, stanza.get("Installed-Size") or "0", source, *texts)).rstrip("\t")


def _virtual_lines(archive: Archive, selected: set[str]) -> Iterator[str]:
    """`=name<TAB>provider,...` for virtual packages that something selected provides; real packages come first."""
    for virtual, providers in archive.provides.items():
        names = list(dict.fromkeys(name for name, _ in providers))
        if virtual.startswith(NOT_NAMED):
            continue
        if any(name in selected for name in names):
            yield f"={virtual}\t{','.join(names[:MAX_PROVIDERS])}"


def _named_before(codename: str) -> set[str]:
    index = release(codename)
    return index.named() if index else set()


def _write(path: Path, header: dict[str, str], lines: Iterable[str]) -> None:
    """A gzip file without time stamp, so the same data make the same bytes."""
    text = "\n".join((json.dumps(header, sort_keys=True), *sorted(lines))) + "\n"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def refresh(codename: str, mirror: str, names: set[str], output: Path) -> str:
    """Write the data files of one release; returns a line of figures. Raises OSError or ValueError."""
    base = f"{mirror.rstrip('/')}/dists/{codename}"
    inrelease = _download(f"{base}/InRelease").decode("utf-8", "replace")
    sums = _checksums(inrelease)
    index = lzma.decompress(_download(f"{base}/{INDEX}", sums[INDEX]))
    archive = Archive(index.decode())
    named = {real for name in names for real in archive.reals(name)}
    seeds = {name for name, stanza in archive.packages.items() if stanza.wanted}
    selected = archive.closed(seeds | named)
    required = [name for name, stanza in archive.packages.items() if stanza.get("Priority") == "required"]
    header = {
        "release": codename,
        "version": _field(inrelease, "Version"),
        "date": _field(inrelease, "Date"),
        "source": f"{base}/{INDEX}",
        "sha256": sums[INDEX],
        "required": " ".join(sorted(required)),
    }
    package_lines = [_package_line(archive, name, named) for name in selected]
    virtual_lines = list(_virtual_lines(archive, selected))
    _write(output / DATA_FILE.format(codename), header, package_lines + virtual_lines)
    programs: dict[str, set[str]] = {}
    for path in CONTENTS:
        for program, owners in _programs(_download(f"{base}/{path}", sums[path]), selected).items():
            programs.setdefault(program, set()).update(owners)
    lines = [f"{program}\t{','.join(sorted(owners))}" for program, owners in programs.items()]
    _write(output / PROGRAMS_FILE.format(codename), header, lines)
    return f"{codename}: {len(package_lines)} packages, {len(virtual_lines)} virtual, {len(lines)} programs"


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m dockopt.knowledge.debian_refresh", description=__doc__)
    parser.add_argument("--mirror", default=PUBLIC_MIRROR, help="archive root (default: %(default)s)")
    parser.add_argument("--release", action="append", choices=[each.value for each in Release])
    parser.add_argument("--names", type=Path, help="a file of further package names to keep, one a line")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder of the data files")
    options = parser.parse_args(arguments)
    try:
        further = set(options.names.read_text().split()) if options.names else set()
        for codename in options.release or [each.value for each in Release]:
            print(refresh(codename, options.mirror, further | _named_before(codename), options.output))
    except (OSError, ValueError, KeyError, lzma.LZMAError, urllib.error.URLError) as error:
        print(f"debian_refresh: {error}; nothing was written for this release", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
