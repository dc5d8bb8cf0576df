"""What distributions need of the operating system, beyond what their wheels bundle.

Most wheels bundle what they need: that is what the manylinux policy demands
(https://peps.python.org/pep-0600/). The entries here are the others: distributions that are published
as source only, that open a system library by name when they are imported, whose wheels leave a library
out, or that call programs.

"Read off its wheel" means that the NEEDED entries of all its shared objects were compared with what the
wheel holds and what the slim image has; so done in November 2026 for the newest wheels of 880
distributions (CPython 3.11, x86-64). Of these, numpy, scipy, pandas, pillow, lxml, h5py, shapely,
psycopg-binary and all others that are not listed here need nothing more.
"""

from collections.abc import Iterator

from dockopt.immutable import immutable

__all__ = ["NEEDS", "SystemNeed"]


@immutable(slots=True)
class SystemNeed:
    """What one distribution needs, by Debian's names."""

    name: str
    """Normalised."""
    build: tuple[str, ...] = ()
    """Packages for compiling it, besides a compiler and the interpreter's headers."""
    loads: tuple[str, ...] = ()
    """Development packages whose run-time libraries (`debian.runtime_packages_any`) it loads."""
    packages: tuple[str, ...] = ()
    """Further packages at run time: libraries by their own name, and programs that it calls."""
    source: str = ""
    """Where that is said, or how it was found."""
    unknown: str = ""
    """Why its needs cannot be named, in words that follow "as"; empty where they can."""


_WHEEL = "read off its wheel"
_SCAN_ABSENT = "published as source only for Linux; links to what it is built with"


def _linked(name: str, *development: str, source: str, build: tuple[str, ...] = ()) -> SystemNeed:
    """A distribution that is compiled against libraries, and loads these."""
    return SystemNeed(name, (*development, *build), development, source=source)


def _opened(name: str, *development: str, source: str) -> SystemNeed:
    """A distribution that opens libraries by name when it is imported, with ctypes or cffi."""
    return SystemNeed(name, loads=development, source=source)


def _calls(name: str, *packages: str, source: str) -> SystemNeed:
    return SystemNeed(name, packages=packages, source=source)


def _unknown(why: str, *names: str) -> Iterator[SystemNeed]:
    for name in names:
        yield SystemNeed(name, unknown=why)


_MYSQL = "https://github.com/PyMySQL/mysqlclient#install"
_PSYCOPG = "https://www.psycopg.org/docs/install.html"
_PSYCOPG3 = "https://www.psycopg.org/psycopg3/docs/basic/install.html"
_KERBEROS = "https://github.com/pythongssapi/python-gssapi#installation"
_WEASYPRINT = "https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"
_OPENCV = "https://github.com/opencv/opencv-python#frequently-asked-questions"
_JAVA = "its own documentation: it starts a Java virtual machine"

_ENTRIES: tuple[SystemNeed, ...] = (
    # Databases
    _linked("psycopg2", "libpq-dev", source=_PSYCOPG),
    _linked("psycopg2cffi", "libpq-dev", source="https://github.com/chtd/psycopg2cffi#installation"),
    _linked("psycopg-c", "libpq-dev", source=_PSYCOPG3),
    _opened("psycopg", "libpq-dev", source=_PSYCOPG3),
    _linked("mysqlclient", "default-libmysqlclient-dev", build=("pkg-config",), source=_MYSQL),
    _linked("mysql-python", "default-libmysqlclient-dev", source=_MYSQL),
    SystemNeed("pyodbc", ("unixodbc-dev",), ("unixodbc-dev",), source=f"{_WHEEL}: libodbc.so.2"),
    _linked("pylibmc", "libmemcached-dev", source="https://sendapatch.se/projects/pylibmc/install.html"),
    _linked("pysqlcipher3", "libsqlcipher-dev", source="https://github.com/rigglemania/pysqlcipher3"),
    _linked("bsddb3", "libdb-dev", source="https://pypi.org/project/bsddb3/"),
    # Directories, cryptography, network
    _linked(
        "python-ldap", "libldap-dev", "libsasl2-dev",
        source="https://www.python-ldap.org/en/latest/installing.html",
    ),
    _linked("gssapi", "libkrb5-dev", source=_KERBEROS),
    _linked("pykerberos", "libkrb5-dev", source="https://pypi.org/project/pykerberos/"),
    _linked("kerberos", "libkrb5-dev", source="https://pypi.org/project/kerberos/"),
    _linked("requests-kerberos", "libkrb5-dev", source="https://github.com/requests/requests-kerberos"),
    _linked(
        "xmlsec", "libxmlsec1-dev", build=("libxml2-dev", "pkg-config"),
        source="https://xmlsec.readthedocs.io/en/stable/install.html; wheels of 1.3.17 bundle it",
    ),
    _linked("pycrypto", "libgmp-dev", source="https://pypi.org/project/pycrypto/"),
    _linked(
        "pycurl", "libcurl4-openssl-dev", build=("libssl-dev",),
        source="http://pycurl.io/docs/latest/install.html",
    ),
    _linked("m2crypto", "libssl-dev", build=("swig",), source="https://pypi.org/project/M2Crypto/"),
    _linked("easysnmp", "libsnmp-dev", source="https://easysnmp.readthedocs.io/en/latest/"),
    _calls("pysaml2", "xmlsec1", source="https://pysaml2.readthedocs.io/en/latest/install.html"),
    _linked("pybluez", "libbluetooth-dev", source="https://github.com/pybluez/pybluez"),
    # Web servers
    SystemNeed(
        "uwsgi", ("libpcre2-dev", "libxml2-dev"), ("libxml2-dev",),
        source="https://uwsgi-docs.readthedocs.io/en/latest/Install.html: takes libxml2 where it is",
    ),
    SystemNeed("pyuwsgi", source="https://pypi.org/project/pyuwsgi/: wheels that bundle all"),
    # Documents, pictures, sound
    _linked("pycairo", "libcairo2-dev", build=("pkg-config",), source="https://pycairo.readthedocs.io/en/latest/getting_started.html"),
    _opened("cairocffi", "libcairo2-dev", source="https://doc.courtbouillon.org/cairocffi/stable/overview.html"),
    _opened("cairosvg", "libcairo2-dev", source="https://cairosvg.org/documentation/"),
    _opened("weasyprint", "libpango1.0-dev", "libharfbuzz-dev", source=_WEASYPRINT),
    _opened("django-weasyprint", "libpango1.0-dev", "libharfbuzz-dev", source=_WEASYPRINT),
    _opened("wand", "libmagickwand-dev", source="https://docs.wand-py.org/en/latest/guide/install.html"),
    _opened("python-magic", "libmagic-dev", source="https://github.com/ahupp/python-magic#installation"),
    _opened("pyvips", "libvips-dev", source="https://libvips.github.io/pyvips/README.html"),
    _opened("libarchive-c", "libarchive-dev", source="https://github.com/Changaco/python-libarchive-c"),
    _opened("pyzbar", "libzbar-dev", source="https://github.com/NaturalHistoryMuseum/pyzbar#installation"),
    _opened("pyenchant", "libenchant-2-dev", source="https://pyenchant.github.io/pyenchant/install.html"),
    _linked("pillow-simd", "libjpeg-dev", "zlib1g-dev", "libwebp-dev", source=_SCAN_ABSENT),
    _linked("pdftotext", "libpoppler-cpp-dev", source="https://github.com/jalan/pdftotext#os-dependencies"),
    _linked("tesserocr", "libtesseract-dev", "libleptonica-dev", source="https://github.com/sirfz/tesserocr#requirements"),
    _linked("pyaudio", "portaudio19-dev", source="https://people.csail.mit.edu/hubert/pyaudio/"),
    _calls("pdf2image", "poppler-utils", source="https://github.com/Belval/pdf2image#how-to-install"),
    _calls("pytesseract", "tesseract-ocr", source="https://github.com/madmaze/pytesseract#installation"),
    _calls("ocrmypdf", "tesseract-ocr", "ghostscript", source="https://ocrmypdf.readthedocs.io/en/latest/installation.html"),
    _calls("pydub", "ffmpeg", source="https://github.com/jiaaro/pydub#installation"),
    _calls("ffmpeg-python", "ffmpeg", source="https://github.com/kkroening/ffmpeg-python#installation"),
    _calls("openai-whisper", "ffmpeg", source="https://github.com/openai/whisper#setup"),
    _calls("pdfkit", "wkhtmltopdf", source="https://github.com/JazzCore/python-pdfkit#installation"),
    _calls("imgkit", "wkhtmltopdf", source="https://github.com/jarrekk/imgkit#installation"),
    _calls("pydot", "graphviz", source="https://github.com/pydot/pydot#installation"),
    _calls("graphviz", "graphviz", source="https://graphviz.readthedocs.io/en/stable/#installation"),
    SystemNeed(
        "pygraphviz", ("libgraphviz-dev",), ("libgraphviz-dev",), ("graphviz",),
        source="https://pygraphviz.github.io/documentation/stable/install.html",
    ),
    SystemNeed(
        "opencv-python", packages=("libgl1", "libglib2.0-0"),
        source=f"{_WHEEL}: libGL.so.1, libgthread-2.0.so.0; {_OPENCV}",
    ),
    SystemNeed("opencv-contrib-python", packages=("libgl1", "libglib2.0-0"), source=_OPENCV),
    SystemNeed(
        "pygame", packages=("libglib2.0-0", "libx11-6"),
        source=f"{_WHEEL}: libgthread-2.0.so.0, libX11.so.6",
    ),
    # Geography: the wheels' own GDAL takes expat from the system.
    SystemNeed("fiona", packages=("libexpat1",), source=f"{_WHEEL}: libexpat.so.1"),
    SystemNeed("rasterio", packages=("libexpat1",), source=f"{_WHEEL}: libexpat.so.1"),
    SystemNeed(
        "pyogrio", packages=("libexpat1",),
        source="the wheel of 0.13.0 bundles it; of earlier ones, made like rasterio's, it is not known",
    ),
    _linked("gdal", "libgdal-dev", source="https://pypi.org/project/GDAL/"),
    # OpenMP and other numerical libraries
    SystemNeed("lightgbm", packages=("libgomp1",), source=f"{_WHEEL}: libgomp.so.1"),
    SystemNeed(
        "xgboost", packages=("libgomp1",),
        source="https://xgboost.readthedocs.io/en/stable/install.html",
    ),
    SystemNeed(
        "paddlepaddle", packages=("libgomp1",),
        source="https://www.paddlepaddle.org.cn/en/install/quick",
    ),
    SystemNeed("llama-cpp-python", packages=("libgomp1",), source=_SCAN_ABSENT),
    SystemNeed("hnswlib", packages=("libgomp1",), source=_SCAN_ABSENT),
    SystemNeed("lightfm", packages=("libgomp1",), source=_SCAN_ABSENT),
    *(
        SystemNeed(
            name, packages=("libexpat1", "libx11-6", "libxext6", "libxrender1"),
            source=f"{_WHEEL}: libexpat.so.1, libX11.so.6, libXext.so.6, libXrender.so.1",
        )
        for name in ("rdkit", "rdkit-pypi")
    ),
    _linked("pyicu", "libicu-dev", source="https://pypi.org/project/PyICU/"),
    # Programs
    _calls("gitpython", "git", source="https://gitpython.readthedocs.io/en/stable/intro.html"),
    _calls("dvc", "git", source="https://dvc.org/doc/install"),
    _calls("pre-commit", "git", source="https://pre-commit.com/"),
    _calls("ansible", "openssh-client", source="https://docs.ansible.com/ansible/latest/"),
    _calls("ansible-core", "openssh-client", source="https://docs.ansible.com/ansible/latest/"),
    SystemNeed("pexpect", source="pure Python"),
    *(
        _calls(name, "default-jre-headless", source=_JAVA)
        for name in ("pyspark", "tabula-py", "jpype1", "konlpy", "language-tool-python", "tika", "h2o")
    ),
    # What cannot be named
    *_unknown(
        "they differ too much between its versions",
        *("pygobject", "fiona-gdal", "dbus-python", "python-apt", "pycups", "pymssql", "ibm-db"),
        *("cx-oracle", "rpy2", "python-snappy", "pyopencl", "pycuda"),
    ),
    *_unknown("it loads whichever MPI it finds", "mpi4py"),
    *_unknown(
        "a browser is installed by a program of its own", "playwright", "pyppeteer", "kaleido"
    ),
    *_unknown(
        "it loads many libraries of the window system",
        *("pyqt5", "pyqt6", "pyside2", "pyside6", "pyside6-essentials", "wxpython", "gmsh", "vtk"),
        *("pyvista", "open3d", "kivy"),
    ),
    *_unknown("its build takes those that it finds", "dlib"),
    *_unknown("it calls a program for each kind of document", "textract"),
)  # fmt: skip
NEEDS: dict[str, SystemNeed] = {need.name: need for need in _ENTRIES}
