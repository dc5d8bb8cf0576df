"""One requirement: what is asked for, from where, under which condition, and where that is written.

https://packaging.python.org/en/latest/specifications/dependency-specifiers/ and, for what stands in
requirements files, https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

import re
from dataclasses import replace
from posixpath import basename

from dockopt.facts.installs import requirement_name
from dockopt.immutable import immutable

INDEX, URL, VCS, PATH = "index", "URL", "VCS", "path"
_VCS = re.compile(r"^(?:git|hg|svn|bzr)(?:\+|://)")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:(?://|/)")
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$", re.IGNORECASE)
_DIRECT = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*@\s*(\S+)\s*(?:;(.*))?$")
_NAMED = re.compile(
    r"^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(\(?[^;]*?\)?)\s*(?:;(.*))?$"
)
_SPECIFIER = re.compile(r"^(?:(?:===|[~=!<>]=|[<>])[\w.*+!-]+(?:,|$))*$")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?")
_PATH_EXTRAS = re.compile(r"^(.*?)(?:\[([^\]]*)\])?$")
_WHEEL = re.compile(r"^([A-Za-z0-9][\w.]*)-[^-]+(?:-[^-]+)?-[^-]+-[^-]+-[^-]+\.whl$")


@immutable()
class Requirement:
    """A distribution that is asked for."""

    text: str
    """As written, without comment and without options such as hashes."""
    name: str
    """Normalised; empty where a URL or path does not tell it."""
    kind: str
    """`index`, `URL`, `VCS` or `path`."""
    extras: frozenset[str] = frozenset()
    """Normalised."""
    specifier: str = ""
    """The versions, as `>=3,<4`, without blanks; empty for any."""
    marker: str = ""
    """The condition after `;`, as written; empty for none."""
    target: str = ""
    """The URL or path, without fragment; empty for `index`."""
    editable: bool = False
    hashed: bool = False
    """Whether a hash is given."""
    optional: bool = False
    """Whether it is installed only with an extra."""
    group: str = ""
    """What asks for it; see `facts.declared`. Empty for a requirements file."""
    file: str = ""
    """Path in the build context."""
    line: int = 0
    """Where in `file`, from 1; 0 where that is not known."""
    via: tuple[str, ...] = ()
    """The distributions that a compiled file says it is there for, normalised; none for one that
    the project itself asks for."""
    remark: str = ""
    """What the comments beside it and above it say."""

    @property
    def version(self) -> str:
        """The one version that `==` or `===` names, empty where there is none."""
        found = re.fullmatch(r"={2,3}([^,*]+)", self.specifier)
        return found[1] if found else ""

    @property
    def place(self) -> str:
        """Where it is written, as `app/base.txt:3`; empty for the command line."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def at(self, file: str, line: int, group: str = "") -> "Requirement":
        """The same, written there."""
        return replace(self, file=file, line=line, group=group)


def requirement(text: str, *, editable: bool = False) -> Requirement | None:
    """Reads a requirement as pip takes it; None for what is none, or depends on a variable."""
    text = text.strip()
    if not text or "$" in text or text.startswith("-"):
        return None
    if direct := _DIRECT.match(text):
        kind = _kind_of(direct[3])
        target, hashed = _without_fragment(direct[3])
        name, extras, marker = requirement_name(direct[1]), _extras(direct[2]), direct[4] or ""
        return Requirement(text, name, kind, extras, "", marker.strip(), target, editable, hashed)
    if _SCHEME.match(text) or _VCS.match(text):
        return _of_url(text, editable)
    if _is_path(text):
        return _of_path(text, editable)
    return None if editable else _of_index(text)


def _kind_of(target: str) -> str:
    if _VCS.match(target):
        return VCS
    return URL if _SCHEME.match(target) and not target.startswith("file:") else PATH


def _without_fragment(url: str) -> tuple[str, bool]:
    """The URL, and whether its fragment has a hash."""
    target, _, fragment = url.partition("#")
    return target, bool(re.search(r"(?:^|&)(?:md5|sha\d+)=", fragment))


def _extras(text: str | None) -> frozenset[str]:
    return frozenset(requirement_name(e.strip()) for e in (text or "").split(",") if e.strip())


def _split_marker(text: str) -> tuple[str, str]:
    """A URL or path ends at ` ;`: one alone may be part of it."""
    target, _, marker = text.partition(" ;")
    return target.strip(), marker.strip()


def _of_url(text: str, editable: bool) -> Requirement:
    url, marker = _split_marker(text)
    target, hashed = _without_fragment(url)
    egg = _EGG.search(url)
    name, extras = (egg[1], egg[2]) if egg else (_name_of_wheel(target), "")
    return Requirement(
        text, requirement_name(name), _kind_of(target), _extras(extras), "", marker, target,
        editable, hashed,
    )  # fmt: skip


def _name_of_wheel(target: str) -> str:
    """https://packaging.python.org/en/latest/specifications/binary-distribution-format/"""
    found = _WHEEL.match(basename(target))
    return found[1] if found else ""


def _is_path(text: str) -> bool:
    first = re.split(r"[\[;\s]", text, maxsplit=1)[0]
    return first.startswith((".", "/")) or "/" in first or bool(_ARCHIVE.search(first))


def _of_path(text: str, editable: bool) -> Requirement | None:
    path, marker = _split_marker(text)
    found = _PATH_EXTRAS.match(path)
    if found is None:
        return None
    target = found[1].partition("#")[0]
    egg = _EGG.search(path)
    name = requirement_name(egg[1] if egg else _name_of_wheel(target))
    return Requirement(text, name, PATH, _extras(found[2]), "", marker, target, editable)


def _of_index(text: str) -> Requirement | None:
    found = _NAMED.match(text)
    if found is None:
        return None
    specifier = re.sub(r"\s", "", found[3]).removeprefix("(").removesuffix(")")
    if not _SPECIFIER.match(specifier):
        return None
    return Requirement(
        text, requirement_name(found[1]), INDEX, _extras(found[2]), specifier, (found[4] or "").strip()
    )  # fmt: skip
