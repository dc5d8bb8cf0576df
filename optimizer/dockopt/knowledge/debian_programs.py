"""Which Debian package brings a program, and which programs an official image has.

The owners of files below `bin` and `sbin` are the distribution's own Contents index. Names that
exist only as links made at installation time (https://wiki.debian.org/DebianAlternatives), or that
several packages offer, are in `PREFERRED`: the package to install when that program has to stay.
"""

from collections.abc import Iterable
from functools import cache

from dockopt.knowledge.debian_index import BaseKind, Release, load, unpacked

PROGRAMS_FILE = "debian-{}-programs.gz"

PREFERRED: dict[str, str] = {
    "awk": "mawk",
    "c++": "g++",
    "cc": "gcc",
    "compare": "imagemagick",
    "composite": "imagemagick",
    "convert": "imagemagick",
    "crontab": "cron",
    "identify": "imagemagick",
    "java": "default-jre-headless",
    "javac": "default-jdk-headless",
    "keytool": "default-jre-headless",
    "mogrify": "imagemagick",
    "montage": "imagemagick",
    "mpirun": "openmpi-bin",
    "mysql": "default-mysql-client",
    "mysqladmin": "default-mysql-client",
    "mysql_config": "default-libmysqlclient-dev",
    "mysqldump": "default-mysql-client",
    "nawk": "mawk",
    "nc": "netcat-openbsd",
    "netcat": "netcat-openbsd",
    "pager": "util-linux",
    "pg_config": "libpq-dev",
    "ping": "iputils-ping",
    "psql": "postgresql-client",
    "python": "python-is-python3",
    "python3": "python3",
    "rmt": "tar",
    "sendmail": "postfix",
    "sudo": "sudo",
    "telnet": "inetutils-telnet",
    "vi": "vim-tiny",
    "view": "vim-tiny",
    "vim": "vim",
    "which": "debianutils",
    **dict.fromkeys(
        [
            *("createdb", "createuser", "dropdb", "dropuser", "reindexdb", "vacuumdb"),
            *("pg_basebackup", "pg_dump", "pg_dumpall", "pg_isready", "pg_restore"),
        ],
        "postgresql-client",
    ),
}
"""program -> package to install for it, where the Contents index alone does not say."""

PYTHON_PROGRAMS = frozenset(
    [
        *("idle", "idle3", "pip", "pip3", "pydoc", "pydoc3"),
        *("python", "python3", "python-config", "python3-config"),
    ]
)
"""What the official Python images hold in /usr/local/bin, besides names that carry the version."""


@cache
def _owners(of: Release) -> dict[str, str]:
    lines = unpacked(PROGRAMS_FILE.format(of.value)).rstrip("\n").split("\n")[1:]
    return dict(line.split("\t", 1) for line in lines)


def owners(program: str, of: Release) -> tuple[str, ...]:
    """The packages of a release that hold a program of that name in the default PATH."""
    found = _owners(of).get(program)
    return tuple(found.split(",")) if found else ()


def programs_of(packages: Iterable[str], of: Release) -> frozenset[str]:
    """The programs that the packages bring, but for links made at installation time."""
    wanted = set(packages)
    return frozenset(
        program for program, names in _owners(of).items() if not wanted.isdisjoint(names.split(","))
    )


def provider_of(program: str, of: Release | None = None) -> str | None:
    """The package to install so that `program` is there; of a path, the last part counts.

    With no release stated, the answer must hold on every known one. None: no package is known, or
    several are and none is the usual one.
    """
    name = program.rpartition("/")[2]
    if name in PREFERRED:
        return PREFERRED[name]
    answers = {_provider(name, each) for each in ([of] if of else Release)}
    return answers.pop() if len(answers) == 1 else None


def _provider(name: str, of: Release) -> str | None:
    found = owners(name, of)
    return name if name in found else found[0] if len(found) == 1 else None


def in_slim(program: str, of: Release | None = None, kind: BaseKind = "python-slim") -> bool:
    """Whether an official image of that kind has the program; with no release, on every known one.

    `adduser`, `gpgv` and `last` are in bookworm's slim images and not in trixie's: False without a
    release.
    """
    name = program.rpartition("/")[2]
    return all(_in_base(name, each, kind) for each in ([of] if of else Release))


def _in_base(name: str, of: Release, kind: BaseKind) -> bool:
    if kind != "debian-slim" and name in PYTHON_PROGRAMS:
        return True
    base = load(of).base(kind)
    held = owners(name, of)
    return not base.isdisjoint(held) or (not held and PREFERRED.get(name) in base)
