"""As what a distribution is imported, and which programs it brings.

The packaged data of wheels tells; for what it does not have, the pairs below, each as the project's
own documentation imports it. For the rest there is only the custom that both have one name, which is
a guess and said to be one.
"""

import re

from dockopt.immutable import immutable
from dockopt.knowledge.distributions import SEPARATORS, lookup


@immutable(slots=True)
class ImportNames:
    """The names of a distribution in code and on a command line."""

    modules: tuple[str, ...]
    """What is imported, by the shortest name that is its own."""
    scripts: tuple[str, ...]
    known: bool
    """Whether this is known; else it is what custom suggests."""


def import_names(distribution: str) -> ImportNames:
    """The names of a distribution, by any spelling of its own."""
    name = SEPARATORS.sub("-", distribution).lower()
    found = lookup(name)
    if found is not None and found.modules is not None:
        modules = tuple(m for m in found.modules if not m.startswith("_")) or found.modules
        more = _PAIRS.get(name, "").split()
        scripts = (*((name,) if found.scripts is None else found.scripts), *_scripts(name))
        return ImportNames(tuple(dict.fromkeys((*modules, *more))), scripts, True)
    if name in _PAIRS:
        return ImportNames(tuple(_PAIRS[name].split()), (name, *_scripts(name)), True)
    return ImportNames(tuple(_guesses(name)), (name, *_scripts(name)), False)


def _scripts(name: str) -> tuple[str, ...]:
    return tuple(_PROGRAMS.get(name, "").split())


def _guesses(name: str) -> dict[str, None]:
    """The import names that custom suggests: `python-x`, `x-python`, `pyx` and `x.py` for `x`."""
    plain = name.replace("-", "_")
    found = dict.fromkeys([plain, name.replace("-", ""), name.replace("-", ".")])
    for pattern in (
        r"^(?:python|py)[-_]",
        r"[-_](?:python|py|binary|bin|headless|client|sdk)\d?$",
        r"^py",
    ):
        shorter = re.sub(pattern, "", name)
        if shorter and shorter != name:
            found[shorter.replace("-", "_")] = None
    return found


_PROGRAMS = {
    "awscli": "aws",
    "babel": "pybabel",
    "ddtrace": "ddtrace-run",
    "django": "django-admin",
    "elastic-apm": "elasticapm-run",
    "huey": "huey_consumer huey_consumer.py",
    "httpie": "http https",
    "newrelic": "newrelic-admin",
    "opentelemetry-distro": "opentelemetry-instrument",
    "opentelemetry-instrumentation": "opentelemetry-instrument opentelemetry-bootstrap",
    "rq": "rqworker rq",
    "rq-scheduler": "rqscheduler",
    "supervisor": "supervisord supervisorctl",
    "twisted": "twistd twist trial",
    "waitress": "waitress-serve",
    "watchdog": "watchmedo",
}
"""Programs that are not called like their distribution."""
_PAIRS = {
    "adal": "adal",
    "antlr4-python3-runtime": "antlr4",
    "apache-airflow": "airflow",
    "attrs": "attr attrs",
    "autobahn": "autobahn",
    "azure-storage-blob": "azure.storage.blob",
    "backports-zoneinfo": "backports.zoneinfo",
    "beautifulsoup4": "bs4",
    "biopython": "Bio",
    "boto": "boto",
    "cached-property": "cached_property",
    "camel-tools": "camel_tools",
    "cleo": "cleo",
    "configobj": "configobj validate",
    "dj-database-url": "dj_database_url",
    "django-cors-headers": "corsheaders",
    "django-environ": "environ",
    "django-extensions": "django_extensions",
    "django-filter": "django_filters",
    "django-guardian": "guardian",
    "django-haystack": "haystack",
    "django-storages": "storages",
    "djangorestframework": "rest_framework",
    "djangorestframework-simplejwt": "rest_framework_simplejwt",
    "dnspython": "dns",
    "docker-compose": "compose",
    "docopt": "docopt",
    "enum34": "enum",
    "faiss-cpu": "faiss",
    "ffmpeg-python": "ffmpeg",
    "flask-login": "flask_login",
    "flask-wtf": "flask_wtf",
    "funcsigs": "funcsigs",
    "future": "future builtins past libfuturize libpasteurize",
    "futures": "concurrent",
    "gitpython": "git",
    "google-api-python-client": "googleapiclient apiclient",
    "google-cloud-storage": "google.cloud.storage",
    "graphql-core": "graphql",
    "grpcio": "grpc",
    "grpcio-tools": "grpc_tools",
    "ipaddress": "ipaddress",
    "jsonpath-rw": "jsonpath_rw",
    "kafka-python": "kafka",
    "levenshtein": "Levenshtein rapidfuzz",
    "mock": "mock",
    "mysql-connector-python": "mysql",
    "mysqlclient": "MySQLdb",
    "ndg-httpsclient": "ndg",
    "netaddr": "netaddr",
    "nose": "nose",
    "opencv-contrib-python": "cv2",
    "opencv-contrib-python-headless": "cv2",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "owslib": "owslib",
    "paho-mqtt": "paho",
    "pathlib2": "pathlib2",
    "pdfminer-six": "pdfminer",
    "pika": "pika",
    "prometheus-client": "prometheus_client",
    "protobuf": "google.protobuf",
    "psycopg2": "psycopg2",
    "pycrypto": "Crypto",
    "pycryptodome": "Crypto",
    "pycryptodomex": "Cryptodome",
    "pygithub": "github",
    "pyjwt": "jwt",
    "pymongo": "pymongo bson gridfs",
    "pymupdf": "fitz pymupdf",
    "pymysql": "pymysql",
    "pynacl": "nacl",
    "pyopenssl": "OpenSSL",
    "pypdf2": "PyPDF2",
    "pyqt5": "PyQt5",
    "pyserial": "serial",
    "pysocks": "socks",
    "python-box": "box",
    "python-consul": "consul",
    "python-decouple": "decouple",
    "python-dotenv": "dotenv",
    "python-editor": "editor",
    "python-gnupg": "gnupg",
    "python-jose": "jose",
    "python-keystoneclient": "keystoneclient",
    "python-ldap": "ldap ldif slapdtest",
    "python-levenshtein": "Levenshtein",
    "python-magic": "magic",
    "python-memcached": "memcache",
    "python-multipart": "multipart python_multipart",
    "python-pptx": "pptx",
    "python-slugify": "slugify",
    "python-snappy": "snappy",
    "python-telegram-bot": "telegram",
    "python3-saml": "onelogin",
    "pywin32": "win32api win32con win32com pywintypes pythoncom win32file win32event win32gui",
    "pyzmq": "zmq",
    "ruamel-yaml": "ruamel.yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "scrapy": "scrapy",
    "sentry-sdk": "sentry_sdk",
    "setuptools-scm": "setuptools_scm",
    "simplejson": "simplejson",
    "snowflake-connector-python": "snowflake.connector",
    "sphinx": "sphinx",
    "tables": "tables",
    "torchvision": "torchvision",
    "trafaret": "trafaret",
    "typing": "typing",
    "unittest2": "unittest2",
    "wagtail": "wagtail",
    "waitress": "waitress",
    "wxpython": "wx",
    "xmltodict": "xmltodict",
    "zope-interface": "zope.interface",
}
"""For what the packaged wheels lack; in the words of each project's documentation on PyPI."""
