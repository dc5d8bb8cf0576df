"""Distributions that load libraries of the operating system, which their wheels do not bundle.

Most wheels bundle what they need: that is what the manylinux policy demands
(https://peps.python.org/pep-0600/). The entries here are the others: distributions that are
published as source only, or that open a system library by name when they are imported. Each names
the development package whose run-time libraries (see `debian.runtime_packages_any`) are needed, or
run-time packages themselves.
"""

DEVELOPMENT: dict[str, tuple[str, ...]] = {
    # Source only on PyPI: compiled against the client library.
    "psycopg2": ("libpq-dev",),
    "psycopg-c": ("libpq-dev",),
    "mysqlclient": ("default-libmysqlclient-dev",),
    "mysql-python": ("default-libmysqlclient-dev",),
    "python-ldap": ("libldap-dev", "libsasl2-dev"),
    "uwsgi": ("libxml2-dev",),
    "pyuwsgi": (),
    "pycairo": ("libcairo2-dev",),
    "gssapi": ("libkrb5-dev",),
    "pykerberos": ("libkrb5-dev",),
    "kerberos": ("libkrb5-dev",),
    "requests-kerberos": ("libkrb5-dev",),
    "pycrypto": ("libgmp-dev",),
    "pybluez": ("libbluetooth-dev",),
    "pillow-simd": ("libjpeg-dev", "zlib1g-dev", "libwebp-dev"),
    "pycurl": ("libcurl4-openssl-dev",),
    # Opened by name with ctypes or cffi when imported.
    "psycopg": ("libpq-dev",),
    "python-magic": ("libmagic-dev",),
    "wand": ("libmagickwand-dev",),
    "cairocffi": ("libcairo2-dev",),
    "cairosvg": ("libcairo2-dev",),
    "weasyprint": ("libpango1.0-dev", "libharfbuzz-dev"),
    "django-weasyprint": ("libpango1.0-dev", "libharfbuzz-dev"),
}
RUNTIME: dict[str, tuple[str, ...]] = {
    "opencv-python": ("libgl1", "libglib2.0-0"),
    "opencv-contrib-python": ("libgl1", "libglib2.0-0"),
    "lightgbm": ("libgomp1",),
    "xgboost": ("libgomp1",),
    "gitpython": ("git",),
    "dvc": ("git",),
    "pre-commit": ("git",),
    "ansible": ("openssh-client",),
    "ansible-core": ("openssh-client",),
    "pexpect": (),
    "pydot": (),
}
"""Run-time packages by distribution; programs that the distribution calls are among them."""
UNKNOWN: frozenset[str] = frozenset(
    [
        "pygobject",
        "gdal",
        "fiona-gdal",
        "dbus-python",
        "pygraphviz",
        "pyaudio",
        "python-apt",
        "pycups",
        "pylibmc",
        "xmlsec",
        "pymssql",
        "ibm-db",
        "cx-oracle",
        "rpy2",
        "python-snappy",
        "pyopencl",
        "pycuda",
        "mpi4py",
    ]
)
"""Distributions whose needs differ too much between versions to be named here."""
