"""Facts about Debian, checked against what apt and the official images say."""

import time
from pathlib import Path

import pytest

from dockopt.knowledge import debian, debian_curated, debian_programs, debian_refresh
from dockopt.knowledge.debian import BaseKind, DebianIndex, Release
from dockopt.knowledge.debian_archive import Archive
from dockopt.knowledge.debian_index import load
from dockopt.knowledge.debian_recommends import at_stake, recommended_programs, recommends_matter
from dockopt.knowledge.debian_version import compare, satisfies

MB = 1_000_000
BOTH = tuple(Release)
KINDS: tuple[BaseKind, ...] = ("debian-slim", "python-slim", "python")
FOLDER = Path(debian.__file__).parent


@pytest.fixture(params=BOTH, ids=lambda each: str(each.value))
def index(request: pytest.FixtureRequest) -> DebianIndex:
    of: Release = request.param
    return load(of)


# --- the data ------------------------------------------------------------------------------------


def test_data_are_small_and_say_where_they_come_from(index: DebianIndex) -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("debian-*.gz")) <= 1_500_000
    assert index.header["release"] == index.release.value
    assert "/dists/" in index.header["source"]
    assert index.header["date"].endswith("UTC")
    assert len(index.header["sha256"]) == 64


def test_loading_takes_at_most_thirty_milliseconds(index: DebianIndex) -> None:
    def once() -> float:
        start = time.process_time()
        assert DebianIndex(index.release).package("curl")
        return time.process_time() - start

    assert min(once() for _ in range(5)) <= 0.030


def test_releases_by_name_and_number() -> None:
    assert debian.release("12") is debian.release("bookworm") is load(Release.BOOKWORM)
    assert debian.release("Trixie") is load(Release.TRIXIE)
    assert debian.release("bullseye") is None
    assert debian.release("") is None


def test_every_line_can_be_found_again(index: DebianIndex) -> None:
    names = list(index.names())
    assert names == sorted(names)
    assert len(names) > 20_000
    assert all(index.package(name) for name in (names[0], *names[::97], names[-1]))
    assert index.package("=mail-transport-agent") is None


def test_every_relation_leads_to_a_packaged_package(index: DebianIndex) -> None:
    found = (index.package(name) for name in index.names())
    groups = {group for each in found if each for group in (*each.depends, *each.recommends)}
    assert {group for group in groups if index.first_of(group) is None} == set()


def test_sizes_are_bytes(index: DebianIndex) -> None:
    # apt-cache show libpq5 | grep Installed-Size, in KiB: some hundreds on either release.
    size = index.installed_bytes("libpq5")
    assert size is not None
    assert size % 1024 == 0
    assert 500_000 < size < 3 * MB
    assert index.installed_bytes("no-such-package") is None


# --- closures: expected sets are what `apt-get install --simulate` says -----------------------


def test_closure_of_libpq_dev_is_what_apt_installs() -> None:
    common = {
        *("libpq-dev", "libpq5", "libssl-dev", "libgssapi-krb5-2", "libk5crypto3", "libkeyutils1"),
        *("libkrb5-3", "libkrb5support0", "libsasl2-2", "libsasl2-modules-db"),
    }
    bookworm = load(Release.BOOKWORM).closure(["libpq-dev"])
    trixie = load(Release.TRIXIE).closure(["libpq-dev"])
    assert bookworm == common | {"libldap-2.5-0"}
    assert trixie == common | {"libldap2", "libcom-err2"}


def test_compilers_cost_more_than_a_hundred_megabytes(index: DebianIndex) -> None:
    gcc = index.closure_bytes(["gcc"])
    essential = index.closure_bytes(["build-essential"])
    assert gcc is not None
    assert essential is not None
    assert 100 * MB < gcc < essential < 400 * MB
    assert "libc6-dev" not in index.closure(["gcc"])
    assert "libc6-dev" in index.closure(["gcc"], recommends=True)


def test_what_the_base_holds_costs_nothing(index: DebianIndex) -> None:
    assert index.closure(["ca-certificates", "zlib1g", "bash"]) == frozenset()
    assert index.closure_bytes(["zlib1g"]) == 0
    assert "ca-certificates" in index.closure(["ca-certificates"], over=index.base("debian-slim"))


def test_alternatives_and_virtual_packages(index: DebianIndex) -> None:
    assert index.satisfied(("awk",), {"mawk"})
    assert index.resolve("mail-transport-agent") is None
    assert len(index.providers("mail-transport-agent")) > 1
    # debconf is there, so `debconf (>= 0.5) | debconf-2.0` brings no second implementation.
    assert "cdebconf" not in index.closure(["tzdata", "postfix"])


def test_closures_are_closed_and_monotonous(index: DebianIndex) -> None:
    alone, both = index.closure(["git"]), index.closure(["git", "curl"])
    assert alone <= both
    assert index.closure(both) == both
    assert index.closure(["git"], over=index.base("python-slim") | alone) == frozenset()
    assert index.closure(["git"], recommends=True) == alone | index.recommended(["git"])


def test_unknown_packages_are_unknown_not_free(index: DebianIndex) -> None:
    assert index.closure_bytes(["curl", "no-such-package"]) is None
    assert index.unknown(["curl", "no-such-package"]) == ("no-such-package",)
    assert index.closure(["no-such-package"]) == frozenset()
    assert index.closure_bytes([]) == 0


# --- official images --------------------------------------------------------------------------


def test_base_packages_grow_from_slim_to_full(index: DebianIndex) -> None:
    slim, python, full = (debian.base_packages(kind, index.release) for kind in KINDS)
    assert slim < python < full
    assert python - slim >= {"ca-certificates", "openssl", "netbase", "libsqlite3-0"} - slim
    assert {"gcc", "git", "curl", "wget", "libpq-dev", "imagemagick"} <= full - python
    assert {"ca-certificates", "curl", "perl", "python3"}.isdisjoint(slim)
    assert {"libexpat1", "perl", "curl"}.isdisjoint(python)
    assert full == index.closure(full, over=frozenset())


def test_number_of_packages_is_that_of_a_minbase_system() -> None:
    # debootstrap --variant=minbase: 88 packages on bookworm, 78 on trixie, without certificates.
    assert len(debian.base_packages("debian-slim", Release.BOOKWORM)) == 88
    assert len(debian.base_packages("debian-slim", Release.TRIXIE)) == 78


def test_full_image_is_some_hundred_megabytes_larger(index: DebianIndex) -> None:
    slim, full = index.base("python-slim"), index.base("python")
    assert 600 * MB < index.bytes_of(full - slim) < 1_100 * MB


# --- development packages ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("development", "bookworm", "trixie", "everywhere"),
    [
        ("libpq-dev", "libpq5", "libpq5", "libpq5"),
        ("default-libmysqlclient-dev", "libmariadb3", "libmariadb3", "libmariadb3"),
        ("libjpeg-dev", "libjpeg62-turbo", "libjpeg62-turbo", "libjpeg62-turbo"),
        ("libffi-dev", "libffi8", "libffi8", "libffi8"),
        ("zlib1g-dev", "zlib1g", "zlib1g", "zlib1g"),
        ("libxslt-dev", "libxslt1.1", "libxslt1.1", "libxslt1.1"),
        ("libmagic-dev", "libmagic1", "libmagic1t64", "libmagic1"),
        ("libssl-dev", "libssl3", "libssl3t64", "libssl3"),
        ("libcurl4-openssl-dev", "libcurl4", "libcurl4t64", "libcurl4"),
        ("libgdal-dev", "libgdal32", "libgdal36", None),
        ("libicu-dev", "libicu72", "libicu76", None),
        ("libldap2-dev", "libldap-2.5-0", "libldap2", None),
        # trixie's libaio1t64 does not provide libaio1: its soname changed.
        ("libaio-dev", "libaio1", "libaio1t64", None),
        (
            "libxmlsec1-dev",
            "libxmlsec1 libxmlsec1-openssl",
            "libxmlsec1t64 libxmlsec1t64-openssl",
            "libxmlsec1 libxmlsec1-openssl",
        ),
        ("tk-dev", "libtcl8.6 libtk8.6", "libtcl8.6 libtk8.6", "libtcl8.6 libtk8.6"),
        ("libeigen3-dev", "", "", ""),
        ("python3-dev", "", "", ""),
        ("libc6-dev", "", "", ""),
        ("curl", None, None, None),
        ("no-such-dev", None, None, None),
    ],
)
def test_runtime_packages(
    development: str, bookworm: str | None, trixie: str | None, everywhere: str | None
) -> None:
    def names(text: str | None) -> tuple[str, ...] | None:
        return None if text is None else tuple(text.split())

    assert load(Release.BOOKWORM).runtime_packages(development) == names(bookworm)
    assert load(Release.TRIXIE).runtime_packages(development) == names(trixie)
    assert debian.runtime_packages_any(development, None) == names(everywhere)
    assert debian.runtime_packages_any(development, Release.TRIXIE) == names(trixie)


@pytest.mark.parametrize(
    ("development", "library"),
    [
        ("libcairo2-dev", "libcairo2"),
        ("libpango1.0-dev", "libpangoft2-1.0-0"),
        ("libsasl2-dev", "libsasl2-2"),
        ("unixodbc-dev", "libodbc2"),
        ("freetds-dev", "libsybdb5"),
        ("libgirepository1.0-dev", "gir1.2-freedesktop"),
        ("portaudio19-dev", "libportaudio2"),
        ("libsndfile1-dev", "libsndfile1"),
        ("libgl1-mesa-dev", "libgl1"),
        ("libkrb5-dev", "libgssapi-krb5-2"),
    ],
)
def test_runtime_packages_hold_the_library(
    index: DebianIndex, development: str, library: str
) -> None:
    assert library in (index.runtime_packages(development) or ())


def test_runtime_packages_are_never_development_packages(index: DebianIndex) -> None:
    named = [name for name in sorted(index.named()) if name.endswith("-dev")]
    answers = {name: index.runtime_packages(name) for name in named}
    found = {each for names in answers.values() for each in names or ()}
    assert len(found) > 300
    assert [name for name in found if name.endswith(("-dev", "-doc", "-dbg"))] == []
    assert [name for name in named if answers[name] is None] == []


@pytest.mark.parametrize("of", BOTH)
def test_libraries_come_along_with_what_replaces_the_development_package(of: Release) -> None:
    """What the development package would have installed of its own libraries, its answer does."""
    index = load(of)
    for name in ("libpq-dev", "libgdal-dev", "libopencv-dev", "libmagickwand-dev"):
        answer = index.runtime_packages(name)
        assert answer
        assert set(answer) <= index.closure([name], over=frozenset())
        with_headers = index.closure_bytes([name])
        without = index.closure_bytes(answer)
        assert with_headers is not None
        assert without is not None
        assert without < with_headers


def test_names_for_both_releases() -> None:
    assert debian.in_both("libmagic1t64") == debian.in_both("libmagic1") == "libmagic1"
    assert debian.in_both("libssl3t64") == "libssl3"
    assert debian.in_both("curl") == "curl"
    assert debian.in_both("libicu72") is None
    assert debian.in_both("libicu76") is None
    assert debian.in_both("no-such-package") is None


@pytest.mark.parametrize("name", ["libpq-dev", "libmagic-dev", "libxmlsec1-dev", "libevent-dev"])
def test_names_for_both_releases_install_the_same_as_own_names(name: str) -> None:
    everywhere = debian.runtime_packages_any(name, None)
    assert everywhere
    for each in BOTH:
        own = load(each).runtime_packages(name)
        assert own == tuple(sorted(str(load(each).resolve(one)) for one in everywhere))


# --- build-only packages ----------------------------------------------------------------------


def test_build_only_packages_and_their_counterparts_exist(index: DebianIndex) -> None:
    counterparts = {each for name in debian.BUILD_ONLY for each in debian.runtime_counterpart(name)}
    assert index.unknown(sorted(debian.BUILD_ONLY | counterparts)) == ()
    gone = sorted(debian_curated.GONE_BUILD_ONLY)
    assert [name for name in gone if index.resolve(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        *("gcc", "gcc-12", "g++-14", "build-essential", "clang-19", "llvm-14", "gfortran-12"),
        *("python3.11-dev", "python-dev", "libpython3-dev", "libstdc++-12-dev", "linux-libc-dev"),
        *("cmake", "make", "pkg-config", "cython3", "automake1.11", "linux-headers-amd64"),
    ],
)
def test_build_only(name: str) -> None:
    assert debian.is_build_only(name)


@pytest.mark.parametrize(
    "name",
    [
        *("git", "curl", "wget", "unzip", "ca-certificates", "gnupg", "openssl", "xz-utils"),
        *("libc-bin", "procps", "postgresql-client", "default-mysql-client", "gettext", "perl"),
        *("gcc-12-base", "libgcc-s1", "libllvm14", "python3", "python3-pip", "libgomp1", "file"),
        *("gettext-base", "libpq-dev", "clangd", "makepasswd", "golang-go"),
    ],
)
def test_not_build_only(name: str) -> None:
    assert not debian.is_build_only(name)
    assert debian.runtime_counterpart(name) == ()


def test_compilers_leave_their_run_time_libraries(index: DebianIndex) -> None:
    for name in ("gcc", "g++", "build-essential", "clang", "gfortran"):
        counterpart = debian.runtime_counterpart(name)
        assert "libgomp1" in counterpart
        assert set(counterpart) <= index.closure([name], over=frozenset())
    assert "libgfortran5" in debian.runtime_counterpart("gfortran-12")
    assert (index.closure_bytes(debian.runtime_counterpart("gcc")) or 0) < MB


# --- recommends -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "kept"),
    [
        ("gcc", "libc6-dev"),
        ("git", "openssh-client"),
        ("xvfb", "xauth"),
        ("poppler-utils", "poppler-data"),
        ("imagemagick", "ghostscript"),
        ("python3-pip", "python3-dev"),
        ("libldap2-dev", "libldap-common"),
        ("curl", "ca-certificates"),
        ("cmake", "make"),
        ("protobuf-compiler", "libprotobuf-dev"),
    ],
)
def test_recommends_that_matter(package: str, kept: str) -> None:
    assert recommends_matter(package, Release.BOOKWORM)
    stake = at_stake([package], Release.BOOKWORM)
    assert kept in [one.package for one in stake]
    assert all(one.because for one in stake)


@pytest.mark.parametrize(
    "package", ["curl", "libpq-dev", "build-essential", "gettext", "ffmpeg", "postgresql-client"]
)
def test_recommends_that_do_not_matter_on_python_slim(package: str) -> None:
    assert load(Release.BOOKWORM).recommended([package])
    assert recommends_matter(package, Release.BOOKWORM, "python-slim") is None


def test_recommends_of_unknown_packages_are_unknown() -> None:
    reason = recommends_matter("no-such-package")
    assert reason is not None
    assert "not known" in reason


def test_keeping_what_matters_leaves_nothing_at_stake(index: DebianIndex) -> None:
    for name in ("gcc", "graphviz", "imagemagick", "xvfb", "tesseract-ocr", "git"):
        wanted = [name]
        for _ in range(6):
            stake = at_stake(wanted, index.release)
            wanted += [one.package for one in stake]
        assert at_stake(wanted, index.release) == ()


def test_every_recommendation_at_stake_is_in_the_index(index: DebianIndex) -> None:
    for name in ("gcc", "graphviz", "chromium", "libreoffice-writer", "texlive", "r-base"):
        for one in at_stake([name], index.release):
            by = index.package(one.by)
            assert by is not None
            assert index.package(one.package) is not None
            assert one.package in {index.first_of(group) for group in by.recommends}


def test_programs_that_only_recommends_bring(index: DebianIndex) -> None:
    programs = recommended_programs(["git"], index.release)
    assert {"less", "ssh", "patch"} <= programs
    assert "git" not in programs


# --- programs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "package"),
    [
        *(("curl", "curl"), ("wget", "wget"), ("git", "git"), ("ssh", "openssh-client")),
        *(("ps", "procps"), ("top", "procps"), ("pgrep", "procps"), ("pkill", "procps")),
        *(("free", "procps"), ("unzip", "unzip"), ("xz", "xz-utils"), ("cc", "gcc")),
        *(("hg", "mercurial"), ("svn", "subversion"), ("convert", "imagemagick")),
        *(("mysql_config", "default-libmysqlclient-dev"), ("pg_config", "libpq-dev")),
        *(("psql", "postgresql-client"), ("pg_isready", "postgresql-client")),
        *(("mysqladmin", "default-mysql-client"), ("redis-cli", "redis-tools")),
        *(("nc", "netcat-openbsd"), ("netstat", "net-tools"), ("ip", "iproute2")),
        *(("ping", "iputils-ping"), ("dig", "bind9-dnsutils"), ("envsubst", "gettext-base")),
        *(("msgfmt", "gettext"), ("node", "nodejs"), ("tini", "tini"), ("gosu", "gosu")),
        *(("supervisord", "supervisor"), ("locale-gen", "locales"), ("killall", "psmisc")),
        *(("java", "default-jre-headless"), ("/usr/bin/lsof", "lsof"), ("vim", "vim")),
        ("no-such-program", None),
    ],
)
def test_provider_of_a_program(program: str, package: str | None) -> None:
    assert debian_programs.provider_of(program) == package
    if package:
        assert all(load(each).resolve(package) for each in BOTH)


def test_preferred_packages_exist(index: DebianIndex) -> None:
    assert index.unknown(sorted(set(debian_programs.PREFERRED.values()))) == ()


@pytest.mark.parametrize(
    "program",
    [
        *("bash", "sh", "ls", "cp", "sed", "grep", "awk", "find", "xargs", "tar", "gzip", "which"),
        *("useradd", "groupadd", "getent", "perl", "su", "ldconfig", "python", "pip", "openssl"),
        *("hostname", "mount", "env", "timeout", "/bin/cat", "update-ca-certificates", "apt-get"),
    ],
)
def test_programs_in_slim_images(program: str) -> None:
    assert debian_programs.in_slim(program)


@pytest.mark.parametrize(
    "program",
    [
        *("curl", "wget", "git", "ps", "xz", "bzip2", "unzip", "make", "gcc", "ping", "ip", "less"),
        *("vim", "gpg", "ssh", "file", "patch", "nc", "sudo", "adduser", "gpgv", "gunicorn"),
    ],
)
def test_programs_not_in_every_slim_image(program: str) -> None:
    assert not debian_programs.in_slim(program)


def test_slim_images_differ_between_releases_and_kinds() -> None:
    assert debian_programs.in_slim("adduser", Release.BOOKWORM)
    assert not debian_programs.in_slim("adduser", Release.TRIXIE)
    assert not debian_programs.in_slim("openssl", kind="debian-slim")
    assert not debian_programs.in_slim("python", kind="debian-slim")
    assert debian_programs.in_slim("gcc", kind="python")
    assert debian_programs.in_slim("convert", kind="python")


# --- the refresh ------------------------------------------------------------------------------

INDEX_TEXT = """\
Package: app
Version: 1.0-1
Installed-Size: 10
Depends: libnew1 (>= 2) | libold1, tool:any (>= 1:1.0), virtual-thing
Recommends: never-built, docs
Section: misc

Package: libnew1
Source: new (1.5-1)
Version: 1.5-1+b1
Installed-Size: 20
Section: libs

Package: libold1
Version: 0.9~rc1-1
Installed-Size: 30
Section: oldlibs

Package: tool
Version: 1:1.0-2
Installed-Size: 5
Priority: required
Provides: virtual-thing (= 3)
Section: utils

Package: docs
Version: 1
Section: doc

Package: app-dev
Version: 1.0-1
Section: libdevel
"""


def test_archive_drops_what_cannot_be_installed() -> None:
    archive = Archive(INDEX_TEXT)
    app = archive.packages["app"]
    assert archive.groups(app, "Depends") == [["libold1"], ["tool"], ["virtual-thing"]]
    assert archive.groups(app, "Recommends") == [["docs"]]
    assert archive.closed(["app"]) == {"app", "libold1", "tool", "docs"}
    assert archive.packages["libnew1"].source == "new"
    assert archive.packages["libnew1"].flags == "L"
    assert archive.packages["app-dev"].flags == "D"
    assert archive.required() == ["tool"]
    assert dict(archive.virtual({"tool"})) == {"virtual-thing": ["tool"]}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0~rc1", "1.0"),
        ("1.0", "1.0-1"),
        ("1.9", "1.10"),
        ("9.9", "1:0.1"),
        ("1.0a", "1.0+b"),
        ("1.0-1", "1.0-1+deb12u1"),
        ("2.36-9+deb12u9", "2.36-9+deb12u10"),
    ],
)
def test_versions_compare_as_dpkg_does(older: str, newer: str) -> None:
    assert compare(older, newer) == -1
    assert compare(newer, older) == 1
    assert compare(older, older) == 0
    assert satisfies(newer, ">>", older)
    assert not satisfies(older, ">=", newer)
    assert satisfies(older, "", newer)


@pytest.mark.parametrize(
    ("mirror", "complaint"),
    [("file:///etc", "http or https"), ("http://127.0.0.1:9/debian", "refused")],
)
def test_refresh_fails_in_one_line(
    mirror: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = debian_refresh.main(["--mirror", mirror, "--output", str(tmp_path)])
    message = capsys.readouterr().err
    assert status == 1
    assert message.startswith("debian_refresh: ")
    assert complaint in message
    assert message.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("codename", ["bookworm", "trixie"])
@pytest.mark.parametrize(
    ("name", "section"),
    [("gcc", "devel"), ("libpq-dev", "libdevel"), ("libpq5", "libs"), ("curl", "web")],
)
def test_sections_are_those_of_the_archive(codename: str, name: str, section: str) -> None:
    package = load(Release(codename)).package(name)
    assert package is not None
    assert package.section == section
