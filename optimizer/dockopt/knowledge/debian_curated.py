"""What is judged, not read from Debian's index: build-only packages, and what images hold.

A package that is missing here is not build-only: unknown is never "unneeded".
"""

import re
from functools import lru_cache

OPENMP_AND_ATOMICS = ("libatomic1", "libgomp1")
"""Run-time halves of gcc that wheels load from the system: OpenMP, which LightGBM asks for
(https://lightgbm.readthedocs.io/en/latest/Installation-Guide.html), and libatomic, which manylinux
lets wheels leave out
(https://github.com/pypa/auditwheel/blob/main/src/auditwheel/policy/manylinux-policy.json).
0.4 MB together; a missing one shows only when a library is first imported."""

CPLUSPLUS = (*OPENMP_AND_ATOMICS, "libstdc++6")
FORTRAN = (*OPENMP_AND_ATOMICS, "libgfortran5")

_COUNTERPARTS: dict[str, tuple[str, ...]] = {
    # Compilers: what they build may load the compiler's own run-time libraries.
    "gcc": OPENMP_AND_ATOMICS,
    "gcc-multilib": OPENMP_AND_ATOMICS,
    "g++": CPLUSPLUS,
    "g++-multilib": CPLUSPLUS,
    "build-essential": CPLUSPLUS,
    "gfortran": FORTRAN,
    "clang": CPLUSPLUS,
    # Nothing of these stays in what they build.
    **dict.fromkeys(
        [
            *("autoconf", "autoconf-archive", "automake", "autopoint", "autotools-dev"),
            *("binutils", "bindgen", "bison", "byacc", "ccache", "cargo", "checkinstall"),
            *("clang-format", "clang-tidy", "cmake", "cmake-data", "cpp", "cython3"),
            *("debhelper", "dh-autoreconf", "dh-python", "distcc", "dpkg-dev", "equivs"),
            *("fakeroot", "flex", "gperf", "intltool", "libc-dev-bin", "libtool", "libtool-bin"),
            *("lld", "llvm", "m4", "make", "meson", "nasm", "ninja-build", "patch", "patchelf"),
            *("pkg-config", "pkgconf", "protobuf-c-compiler", "protobuf-compiler"),
            *("python3-all-dev", "python3-dev", "ragel", "re2c", "rustc", "scons", "swig", "yasm"),
        ],
        (),
    ),
}

BUILD_ONLY: frozenset[str] = frozenset(_COUNTERPARTS)
"""Packages that only compiling needs, without version: `is_build_only` also knows `gcc-12`.

Left out on purpose, because programs or people call them in a running container: git, mercurial,
subversion, curl, wget, unzip, zip, bzip2, xz-utils, ca-certificates, gnupg, openssl,
openssh-client, libc-bin (ldconfig, which `ctypes.util.find_library` runs), procps, file (its
libmagic1 serves python-magic), perl, gettext (Django's compilemessages) and gettext-base
(envsubst), postgresql-client, default-mysql-client, graphviz, imagemagick, jq, nodejs, npm, gdb,
strace, doxygen, python3-pip, python3-venv, python3-setuptools, python3-distutils.

A member still matters at run time when the application calls its programs (make, patch, protoc,
cpp) or compiles (torch.compile, triton, cffi, pyximport, numba.pycc, CmdStan): that evidence is the
caller's. Without build-essential, dpkg-dev, automake or debhelper go perl, make, patch, bzip2 and
xz-utils as well.
"""

GONE_BUILD_ONLY: frozenset[str] = frozenset(
    {"cython", "pypy-dev", "python-all-dev", "python-dev", "python2-dev"}
)
"""Build-only packages of releases before bookworm."""

_VERSIONED: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"gcc-\d+(\.\d+)?(-multilib)?"), OPENMP_AND_ATOMICS),
    (re.compile(r"g\+\+-\d+(\.\d+)?(-multilib)?|clang-\d+(\.\d+)?"), CPLUSPLUS),
    (re.compile(r"gfortran-\d+(\.\d+)?"), FORTRAN),
    (re.compile(r"(cpp|llvm|lld|clang-format|clang-tidy)-\d+(\.\d+)?(-tools)?"), ()),
    (re.compile(r"(automake|autoconf)-?\d+\.\d+"), ()),
    (re.compile(r"python\d(\.\d+)?(-all)?-dev|libpython3(\.\d+)?(-all)?-dev"), ()),
    (re.compile(r"linux-libc-dev|libc6?-dev|libcrypt-dev|linux-headers-.+"), ()),
    (re.compile(r"libstdc\+\+-\d+-dev"), CPLUSPLUS),
    (re.compile(r"libgcc-\d+-dev"), OPENMP_AND_ATOMICS),
    (re.compile(r"libgfortran-\d+-dev"), FORTRAN),
)

_TOOLCHAIN = re.compile(
    r"linux-libc-dev|libc6?-dev|libcrypt-dev|lib(stdc\+\+|gcc|gfortran)-\d+-dev"
)

_RUNTIME_EXCEPTIONS: dict[str, tuple[str, ...]] = {
    # Four crypto back ends come along; the default, and what bindings link to, is OpenSSL
    # (`Libs:` of xmlsec1.pc in this package: -lxmlsec1-openssl).
    "libxmlsec1-dev": ("libxmlsec1", "libxmlsec1-openssl"),
    # trixie splits a decoder-only library off, which nothing finds unless it asks for it by name.
    "libwebp-dev": ("libwebp7", "libwebpdemux2", "libwebpmux3"),
}


@lru_cache(maxsize=4096)
def _counterpart(package: str) -> tuple[str, ...] | None:
    if package in _COUNTERPARTS:
        return _COUNTERPARTS[package]
    if package in GONE_BUILD_ONLY:
        return ()
    return next((found for pattern, found in _VERSIONED if pattern.fullmatch(package)), None)


def is_build_only(package: str) -> bool:
    """Whether only compiling needs the package: `gcc`, `gcc-12`, `python3.11-dev`."""
    return _counterpart(package) is not None


def runtime_counterpart(package: str) -> tuple[str, ...]:
    """What to install at run time in place of a build-only package; `()`: nothing, or it is none.

    `python3-dev` stands for nothing: the headers of an interpreter. Where the image's interpreter
    is Debian's own, the package also brought `python3`, which the caller must keep by name.
    """
    return _counterpart(package) or ()


def runtime_exception(dev_package: str) -> tuple[str, ...] | None:
    """Run-time packages stated here because the index alone would mislead; None: no exception."""
    return _RUNTIME_EXCEPTIONS.get(dev_package, _counterpart(dev_package))


def is_toolchain(package: str) -> bool:
    """Whether it is a development package that comes with compilers: no library's headers."""
    return _TOOLCHAIN.fullmatch(package) is not None


PYTHON_SLIM_PACKAGES = ("ca-certificates", "netbase", "tzdata")
"""https://github.com/docker-library/python/blob/master/Dockerfile-linux.template, variant slim."""

PYTHON_SLIM_LIBRARIES = (
    "libbz2-1.0",
    "libffi8",
    "libgdbm6",
    "liblzma5",
    "libncursesw6",
    "libreadline8",
    "libsqlite3-0",
    "libssl3",
    "libuuid1",
    "zlib1g",
)
"""What `ldd` finds below /usr/local there, which keeps it when apt clears the rest away. CPython is
built with its own expat, so libexpat1 is not part of the image."""

BUILDPACK_PACKAGES = (
    *("ca-certificates", "curl", "gnupg", "netbase", "sq", "wget"),
    *("git", "mercurial", "openssh-client", "subversion", "procps"),
    *("autoconf", "automake", "bzip2", "default-libmysqlclient-dev", "dpkg-dev", "file", "g++"),
    *("gcc", "imagemagick", "libbz2-dev", "libc6-dev", "libcurl4-openssl-dev", "libdb-dev"),
    *("libevent-dev", "libffi-dev", "libgdbm-dev", "libglib2.0-dev", "libgmp-dev", "libjpeg-dev"),
    *("libkrb5-dev", "liblzma-dev", "libmagickcore-dev", "libmagickwand-dev", "libmaxminddb-dev"),
    *("libncurses5-dev", "libncursesw5-dev", "libpng-dev", "libpq-dev", "libreadline-dev"),
    *("libsqlite3-dev", "libssl-dev", "libtool", "libwebp-dev", "libxml2-dev", "libxslt-dev"),
    *("libyaml-dev", "make", "patch", "unzip", "xz-utils", "zlib1g-dev"),
    *("libbluetooth-dev", "tk-dev", "uuid-dev"),
)
"""What buildpack-deps (curl, scm and full layers) and then python install; both releases agree.
https://github.com/docker-library/buildpack-deps, https://github.com/docker-library/python"""
