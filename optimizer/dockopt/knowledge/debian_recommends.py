"""What an image can lose when a package is installed with `--no-install-recommends`, and why.

Debian recommends a package when it "would be found together with this one in all but unusual
installations" (https://www.debian.org/doc/debian-policy/ch-relationships.html): in a container
often untrue (manual pages, sessions, X11) and sometimes vital (certificates, fonts, plug-ins). The
relations come from the index; judged here is each pair of recommending and recommended package. A
pair that nobody judged counts as a loss.

A recommended package that only adds programs of its own (`less`, `unzip`) is no loss to the one
that recommends it; whether anything in the image calls these is for the caller to see
(`recommended_programs`).
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dockopt.immutable import immutable
from dockopt.knowledge.debian_index import BaseKind, DebianIndex, Release, load
from dockopt.knowledge.debian_programs import programs_of


@immutable(slots=True)
class Recommendation:
    """`by` recommends `package`; leaving it out can change the image, `because` says how."""

    by: str
    package: str
    because: str


def _any(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(each for text in names for each in text.split()))


_NO_LOSS = _any(
    # Manuals, translations, examples.
    r".*-(doc|docs|doc-.*|locales|l10n|translations|examples|manual|source|dbg|headers)",
    r"manpages(-dev)? man-db libc-devtools r-doc-html iso-codes qttranslations.* node-tap",
    # Desktop sessions, hardware, daemons that nothing starts in a container.
    r"systemd.* dbus(-.*)? default-dbus-.* default-logind lib(nss|pam)-.* libgpm2 at-spi2-core",
    r"xdg-user-dirs xdg-utils x11-x?.*utils appstream packagekit-tools geoclue.* .*-icon-theme",
    r"alsa-(ucm|topology)-conf va-driver-all vdpau-driver-all .*vulkan-drivers libaacs0 libatm1",
    r"qt.?-gtk-platformtheme qtwayland.* libdecor-.* libgail-common gtk-update-icon-cache",
    r"logrotate rsyslog sysstat bash-completion ncurses-term binfmt-support ssl-cert",
    # Data that the library holds itself, or that only improves what it shows.
    r"publicsuffix shared-mime-info libglib2\.0-data javascript-common libjs-.* fonts-lato",
    r"lib(file-fcntllock|locale-gettext|algorithm-merge|json-xs|archive-cpio)-perl",
    r"lib(mail-sendmail|xml-sax-expat|term-readkey|html-template|data-dump|html-form.*)-perl",
    r"lib(http-daemon|mailtools|file-mimeinfo|net-dbus|x11-protocol)-perl",
)
_PROGRAMS_ONLY = _any(
    r"less patch psmisc unzip zip xxd file bzip2 xz-utils pv sudo zstd debhelper fakeroot",
    r"libpng-tools libgdk-pixbuf2\.0-bin libgtk.*-bin libgts-bin libglib2\.0-bin proj-bin",
    r"libraw1394-tools lsb-release nftables mailutils default-mta libpaper-utils psutils",
    r"pkg-config pkgconf libtool libltdl-dev wget",
)
_NO_LOSS_PAIRS: tuple[tuple[str, str], ...] = (
    ("dpkg-dev", "gnupg"),  # signs packages
    ("openssh-(client|server)", "xauth"),  # X11 forwarding
    ("gettext", "curl"),  # team tools
    ("vim-common", "vim"),
    ("librsvg2-2", "librsvg2-common"),  # its users call the library, the plug-in is for GTK
    ("libpocketsphinx3", "pocketsphinx-en-us"),  # a model that ffmpeg must be given by path
)
_REACHED_BY_LDAP_ALONE = _any(r"libsasl2-modules.* libldap-common")
_LDAP = re.compile(r".*(ldap|sasl|postfix|exim|dovecot|slapd).*")
"""Half of all packages reach libldap through libcurl or libpq without speaking LDAP themselves."""

_REASONS: tuple[tuple[str, str, str], ...] = (
    (".*", "ca-certificates.*", "HTTPS connections fail without certificates"),
    (
        ".*",
        "netbase",
        "getservbyname() and getprotobyname() read its /etc/services, /etc/protocols",
    ),
    (".*", "libc6-dev", "compiling needs the C library's headers"),
    (".*", "python3-dev", "compiling extensions needs the interpreter's headers"),
    (".*", "gcc|g\\+\\+|make|build-essential", "it calls a compiler or make"),
    ("autoconf", "automake", "autoreconf calls automake"),
    ("dpkg-dev|gpg|gpg-agent|dirmngr", "gnupg", "keys are handled by programs of gnupg"),
    ("dpkg-dev", "sq", "signatures of source packages are checked with it"),
    (".*", "(openssh|ssh)-client", "ssh:// and git@ remotes are reached through ssh"),
    (".*", "xauth|xfonts-base", "xvfb-run calls xauth; X programs expect the base fonts"),
    (".*", ".*fonts.*|lmodern|tex-gyre|cm-super.*", "text is drawn in another font, or not at all"),
    (
        ".*",
        "ghostscript|netpbm|libjxr-tools|libmagickcore.*",
        "PDF, SVG and other formats are read through it",
    ),
    (".*", "poppler-data", "PDF text in East Asian encodings needs its tables"),
    (".*", "tesseract-ocr-.*", "recognition needs a language's model"),
    (".*", "librsvg2-common", "SVG images are loaded through this plug-in"),
    (".*", "libsasl2-modules", "SASL mechanisms are plug-ins of this package"),
    (".*", "libldap-common", "its ldap.conf names the certificates that LDAPS trusts"),
    (".*", "gstreamer1.*", "media formats are plug-ins"),
    (".*", "libqt.*", "image formats, platforms and databases of Qt are plug-ins"),
    (".*", "geoip-database", "look-ups need the database"),
    (".*", "(aspell|hunspell|myspell)-.*", "spelling needs a dictionary"),
    (".*", "(default|openjdk-.*)-jr[em].*", "parts of it are written in Java"),
    ("protobuf-compiler", "libprotobuf-dev", "it holds the google/protobuf/*.proto to import"),
)
"""(recommending, recommended, what goes missing); the first row that fits is quoted."""

_PAIRS = tuple((re.compile(by), re.compile(target)) for by, target in _NO_LOSS_PAIRS)
_COMPILED = tuple((re.compile(by), re.compile(target), why) for by, target, why in _REASONS)


@lru_cache(maxsize=4096)
def _because(by: str, package: str) -> str:
    fitting = (
        why for one, other, why in _COMPILED if one.fullmatch(by) and other.fullmatch(package)
    )
    return next(fitting, f"what {by} uses {package} for is not known")


@lru_cache(maxsize=8192)
def _is_no_loss(by: str, package: str) -> bool:
    if _NO_LOSS.fullmatch(package) or _PROGRAMS_ONLY.fullmatch(package):
        return True
    return any(one.fullmatch(by) and other.fullmatch(package) for one, other in _PAIRS)


def _missing(
    index: DebianIndex, closure: frozenset[str], over: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """(recommending, recommended) of each recommendation that a plain closure leaves open."""
    for name in sorted(closure):
        found = index.package(name)
        for group in found.recommends if found else ():
            if not index.satisfied(group, closure, over):
                yield name, index.first_of(group) or group[0]


def at_stake(
    packages: Iterable[str],
    of: Release,
    kind: BaseKind = "debian-slim",
    closure: frozenset[str] | None = None,
) -> tuple[Recommendation, ...]:
    """What can be lost by installing the packages without recommends on an image of that kind.

    One entry a recommended package, in the recommending packages' alphabetical order. Installing
    every entry's `package` beside `packages` keeps what matters; `()` means nothing does. Who knows
    the `closure` of the packages over that image passes it on: finding it is most of the work.
    """
    wanted = tuple(packages)
    index, base = load(of), load(of).base(kind)
    closure = index.closure(wanted, over=base) if closure is None else closure
    of_ldap = any(_LDAP.fullmatch(name) for name in wanted)
    found: dict[str, Recommendation] = {}
    for by, package in _missing(index, closure, base):
        relevant = of_ldap or not _REACHED_BY_LDAP_ALONE.fullmatch(package)
        if relevant and not _is_no_loss(by, package):
            found.setdefault(package, Recommendation(by, package, _because(by, package)))
    return tuple(found.values())


def recommends_matter(
    package: str, of: Release | None = None, kind: BaseKind = "debian-slim"
) -> str | None:
    """Why installing the package without recommends can change the image; None: it cannot.

    With no release stated, a reason on either is returned. The default image kind is the barest: on
    `python-slim`, certificates are there already. A package that the index does not know gets a
    reason, too.
    """
    for each in [of] if of else Release:
        if load(each).unknown([package]):
            return f"{package} is not in Debian {each.value}: what it recommends is not known"
        found = at_stake([package], each, kind)
        if found:
            return "; ".join(f"{one.package}: {one.because}" for one in found[:3])
    return None


def recommended_programs(
    packages: Iterable[str], of: Release, kind: BaseKind = "debian-slim"
) -> frozenset[str]:
    """The programs that are there only as long as recommends are installed, `less` with git."""
    return programs_of(load(of).recommended(packages, load(of).base(kind)), of)
