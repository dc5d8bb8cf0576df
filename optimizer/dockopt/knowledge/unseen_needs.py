"""Distributions that others use without any import in the application.

A database driver is chosen by an address, a parser by an argument, a server loads its event loop by
itself. Each line: the distributions, what uses them when it is there, and where that is said.
"""

import re
from collections.abc import Iterable

from dockopt.immutable import immutable


@immutable(slots=True)
class Need:
    """Who may use a distribution unseen."""

    by: str
    """The distribution that uses it."""
    source: str
    """Where that is documented, of the distribution itself or of another one that uses it alike."""

    @property
    def own_source(self) -> str:
        """The source where its address names the distribution; else empty."""
        by, address = (re.sub(r"[-_.]", "", text.lower()) for text in (self.by, self.source))
        return self.source if by == "*" or by in address else ""


def unseen_need(name: str, others: Iterable[str]) -> Need | None:
    """Who among `others` may use the distribution `name`; all names are normalised.

    None where nobody is known to; `*` as the user stands for any program.
    """
    there = frozenset(others)
    for users, source in _NEEDS.get(name, ()):
        for user in users.split():
            if user == "*" or user in there:
                return Need(user, source)
    for pattern, users, source in _PATTERNS:
        if pattern.match(name):
            for user in users.split():
                if user == "*" or user in there - {name}:
                    return Need(user, source)
    return None


_DJANGO_DB = "https://docs.djangoproject.com/en/stable/ref/databases/"
_SQLALCHEMY = "https://docs.sqlalchemy.org/en/20/dialects/"
_PANDAS = "https://pandas.pydata.org/docs/getting_started/install.html#optional-dependencies"
_UVICORN = "https://www.uvicorn.org/#quickstart"
_GUNICORN = "https://docs.gunicorn.org/en/stable/settings.html#worker-class"
_FASTAPI = "https://fastapi.tiangolo.com/#dependencies"
_DJANGO = "https://docs.djangoproject.com/en/stable/topics/install/"
_CELERY = "https://docs.celeryq.dev/en/stable/getting-started/introduction.html#bundles"
_REQUESTS = "https://requests.readthedocs.io/en/latest/user/advanced/"
_ORMS = (
    "sqlalchemy django peewee tortoise-orm databases flask-sqlalchemy sqlmodel alembic pony "
    "pandas dj-database-url records ormar piccolo gino orator django-environ fastapi-users"
)
_SERVERS = "uvicorn gunicorn hypercorn daphne granian"

_DRIVERS = (
    "psycopg2 psycopg2-binary psycopg psycopg-binary psycopg-c pg8000 asyncpg aiopg mysqlclient "
    "pymysql mysql-connector-python aiomysql asyncmy aiosqlite cx-oracle oracledb pyodbc aioodbc "
    "pymssql ibm-db fdb duckdb-engine clickhouse-sqlalchemy psycopg2cffi mariadb"
)
_NEEDS: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        _DRIVERS.split(), ((_ORMS, _SQLALCHEMY), ("airflow apache-airflow superset", _SQLALCHEMY))
    ),
    **dict.fromkeys(
        ("psycopg-binary", "psycopg-c", "psycopg-pool"),
        (
            ("psycopg", "https://www.psycopg.org/psycopg3/docs/basic/install.html"),
            (_ORMS, _SQLALCHEMY),
        ),
    ),
    "greenlet": (
        (
            "sqlalchemy flask-sqlalchemy sqlmodel alembic gevent eventlet playwright",
            "https://docs.sqlalchemy.org/en/20/orm/extensions/asyncio.html",
        ),
    ),
    "gevent": (("gunicorn celery locust flask-socketio uwsgi", _GUNICORN),),
    "eventlet": (("gunicorn celery flask-socketio", _GUNICORN),),
    "setproctitle": (
        (
            "gunicorn celery airflow apache-airflow",
            "https://docs.gunicorn.org/en/stable/install.html#extra-packages",
        ),
    ),
    "tornado": (("gunicorn", _GUNICORN),),
    "meinheld": (("gunicorn", _GUNICORN),),
    "inotify": (("gunicorn", "https://docs.gunicorn.org/en/stable/settings.html#reload-engine"),),
    "uvloop": ((f"{_SERVERS} sanic aiohttp", _UVICORN),),
    "httptools": ((f"{_SERVERS} sanic", _UVICORN),),
    "websockets": ((f"{_SERVERS} fastapi starlette sanic", _UVICORN),),
    "wsproto": ((f"{_SERVERS}", _UVICORN),),
    "watchfiles": ((f"{_SERVERS} fastapi", _UVICORN),),
    "watchgod": ((f"{_SERVERS}", _UVICORN),),
    "h11": ((f"{_SERVERS} httpx", _UVICORN),),
    "h2": (("hypercorn httpx aioquic", "https://www.python-httpx.org/http2/"),),
    "colorama": (("uvicorn click loguru tqdm", _UVICORN),),
    "python-dotenv": (
        (
            "uvicorn flask pydantic-settings starlette pipenv honcho",
            "https://flask.palletsprojects.com/en/stable/cli/#environment-variables-from-dotenv",
        ),
    ),
    "watchdog": (
        (
            "flask werkzeug celery streamlit",
            "https://flask.palletsprojects.com/en/stable/installation/#optional-dependencies",
        ),
    ),
    "python-multipart": (("fastapi starlette litestar nicegui", _FASTAPI),),
    "email-validator": (
        ("fastapi pydantic wtforms flask-wtf flask-security flask-security-too", _FASTAPI),
    ),
    "itsdangerous": (("starlette fastapi flask", _FASTAPI),),
    "ujson": (("fastapi starlette sanic tinydb", _FASTAPI),),
    "orjson": (("fastapi starlette litestar", _FASTAPI),),
    "jinja2": (("fastapi starlette flask django aiohttp-jinja2 pandas sanic nicegui", _FASTAPI),),
    "aiofiles": (("fastapi starlette sanic quart", _FASTAPI),),
    "pydantic-settings": (("fastapi", _FASTAPI),),
    "pydantic-extra-types": (("fastapi", _FASTAPI),),
    "httpx": (("starlette fastapi", "https://www.starlette.io/#dependencies"),),
    "fastapi-cli": (("fastapi", _FASTAPI),),
    "cryptography": (
        (
            "apprise pyjwt python-jose pymysql pyopenssl redis authlib "
            "asyncssh paramiko apache-airflow snowflake-connector-python oracledb josepy",
            "https://pymysql.readthedocs.io/en/latest/user/installation.html",
        ),
    ),
    "pycryptodome": (
        (
            "python-jose pysnmp pypdf pypdf2",
            "https://python-jose.readthedocs.io/en/latest/#cryptographic-backends",
        ),
    ),
    "pyopenssl": (("twisted scrapy flask werkzeug", _REQUESTS),),
    "pyasn1": (("ldap3 python-ldap rsa python-jose", _REQUESTS),),
    "idna": (("requests twisted urllib3 cryptography", _REQUESTS),),
    "certifi": (("requests httpx urllib3 aiohttp tornado kivy elasticsearch pymongo", _REQUESTS),),
    "pysocks": (("requests urllib3 telethon python-telegram-bot", _REQUESTS),),
    "brotli": (("requests urllib3 httpx aiohttp scrapy flask-compress whitenoise", _REQUESTS),),
    "brotlicffi": (("requests urllib3 httpx aiohttp", _REQUESTS),),
    "brotlipy": (("requests urllib3 httpx aiohttp", _REQUESTS),),
    "zstandard": (("urllib3 httpx celery kombu", _REQUESTS),),
    "chardet": (("requests beautifulsoup4 aiohttp", _REQUESTS),),
    "charset-normalizer": (("requests beautifulsoup4 aiohttp", _REQUESTS),),
    "cchardet": (
        ("aiohttp beautifulsoup4", "https://docs.aiohttp.org/en/stable/#library-installation"),
    ),
    "aiodns": (("aiohttp", "https://docs.aiohttp.org/en/stable/#library-installation"),),
    "lxml": (("beautifulsoup4 bs4 pandas premailer python-docx zeep", _PANDAS),),
    "html5lib": (("beautifulsoup4 bs4 pandas bleach", _PANDAS),),
    "openpyxl": (("pandas tablib django-import-export agate pyexcel-xlsx", _PANDAS),),
    "xlrd": (("pandas tablib agate pyexcel-xls", _PANDAS),),
    "xlwt": (("pandas tablib", _PANDAS),),
    "xlsxwriter": (("pandas polars", _PANDAS),),
    "odfpy": (("pandas tablib", _PANDAS),),
    "pyxlsb": (("pandas", _PANDAS),),
    "tables": (("pandas", _PANDAS),),
    "pyarrow": (
        (
            "pandas polars dask datasets streamlit google-cloud-bigquery snowflake-connector-python",
            _PANDAS,
        ),
    ),
    "fastparquet": (("pandas dask", _PANDAS),),
    "numexpr": (("pandas", _PANDAS),),
    "bottleneck": (("pandas xarray", _PANDAS),),
    "tabulate": (("pandas", _PANDAS),),
    "matplotlib": (("pandas seaborn", _PANDAS),),
    "scipy": (("pandas scikit-learn networkx xarray", _PANDAS),),
    "netcdf4": (
        ("xarray", "https://docs.xarray.dev/en/stable/getting-started-guide/installing.html"),
    ),
    "h5netcdf": (
        ("xarray", "https://docs.xarray.dev/en/stable/getting-started-guide/installing.html"),
    ),
    "h5py": (
        (
            "keras tensorflow xarray",
            "https://docs.xarray.dev/en/stable/getting-started-guide/installing.html",
        ),
    ),
    "zarr": (
        ("xarray", "https://docs.xarray.dev/en/stable/getting-started-guide/installing.html"),
    ),
    "dask": (
        ("xarray", "https://docs.xarray.dev/en/stable/getting-started-guide/installing.html"),
    ),
    "s3fs": (("pandas dask fsspec polars", _PANDAS),),
    "gcsfs": (("pandas dask fsspec", _PANDAS),),
    "adlfs": (("pandas dask fsspec", _PANDAS),),
    "fsspec": (("pandas dask", _PANDAS),),
    "pillow": (
        (
            "django reportlab wagtail sorl-thumbnail easy-thumbnails qrcode matplotlib "
            "flask-admin django-imagekit python-barcode wordcloud torchvision streamlit kivy",
            "https://docs.djangoproject.com/en/stable/ref/models/fields/#imagefield",
        ),
    ),
    "bcrypt": (
        (
            "passlib django flask-security flask-security-too libpass paramiko",
            "https://passlib.readthedocs.io/en/stable/install.html#optional-libraries",
        ),
    ),
    "argon2-cffi": (
        (
            "passlib django flask-security flask-security-too libpass",
            "https://docs.djangoproject.com/en/stable/topics/auth/passwords/#using-argon2-with-django",
        ),
    ),
    "django-argon2": (("django", _DJANGO),),
    "sqlparse": (("django", _DJANGO),),
    "asgiref": (("django", _DJANGO),),
    "pytz": (("django celery pandas django-celery-beat apscheduler", _DJANGO),),
    "tzdata": (("*", "https://docs.python.org/3/library/zoneinfo.html#data-sources"),),
    "tzlocal": (("django celery apscheduler", _DJANGO),),
    "docutils": (
        (
            "django readme-renderer",
            "https://docs.djangoproject.com/en/stable/ref/contrib/admin/admindocs/",
        ),
    ),
    "pymemcache": (
        (
            "django flask-caching",
            "https://docs.djangoproject.com/en/stable/topics/cache/#memcached",
        ),
    ),
    "pylibmc": (
        (
            "django flask-caching flask-session celery",
            "https://docs.djangoproject.com/en/stable/topics/cache/#memcached",
        ),
    ),
    "python-memcached": (
        (
            "django flask-caching flask-session celery",
            "https://docs.djangoproject.com/en/stable/topics/cache/#memcached",
        ),
    ),
    "redis": (
        (
            "django django-redis celery kombu flask-caching flask-limiter limits "
            "rq huey dramatiq channels-redis flask-session taskiq flask-socketio python-socketio",
            "https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html",
        ),
    ),
    "hiredis": (
        (
            "redis django-redis aioredis channels-redis arq txredisapi",
            "https://github.com/redis/redis-py#installation",
        ),
    ),
    "django-redis": (("django", "https://docs.djangoproject.com/en/stable/topics/cache/"),),
    "pika": (("dramatiq", "https://dramatiq.io/installation.html"),),
    "librabbitmq": (("celery kombu", _CELERY),),
    "pycurl": (("celery kombu tornado", _CELERY),),
    "boto3": (("celery kombu django-storages", _CELERY),),
    "msgpack": (("celery kombu channels-redis", _CELERY),),
    "kombu": (("celery", _CELERY),),
    "vine": (("celery", _CELERY),),
    "billiard": (("celery", _CELERY),),
    "amqp": (("celery kombu", _CELERY),),
    "couchbase": (("celery flask-caching", _CELERY),),
    "ephem": (("celery", _CELERY),),
    "blinker": (
        (
            "flask sentry-sdk raven flask-mail",
            "https://flask.palletsprojects.com/en/stable/signals/",
        ),
    ),
    "simple-websocket": (
        (
            "flask-socketio python-socketio python-engineio flask-sock",
            "https://flask-socketio.readthedocs.io/en/latest/deployment.html",
        ),
    ),
    "websocket-client": (
        (
            "python-engineio python-socketio docker kubernetes",
            "https://python-socketio.readthedocs.io/en/latest/client.html",
        ),
    ),
    "babel": (
        (
            "flask-babel flask-babelex python-docx jinja2 django-money sphinx",
            "https://python-babel.github.io/flask-babel/",
        ),
    ),
    "pygments": (
        (
            "markdown ipython rich django-debug-toolbar drf-spectacular mkdocs djangorestframework",
            "https://www.django-rest-framework.org/#installation",
        ),
    ),
    "markdown": (("djangorestframework", "https://www.django-rest-framework.org/#installation"),),
    "django-filter": (
        ("djangorestframework", "https://www.django-rest-framework.org/#installation"),
    ),
    "coreapi": (
        ("djangorestframework drf-yasg", "https://www.django-rest-framework.org/#installation"),
    ),
    "pyyaml": (
        (
            "djangorestframework uvicorn apispec flasgger",
            "https://www.django-rest-framework.org/#installation",
        ),
    ),
    "uritemplate": (
        (
            "djangorestframework google-api-python-client",
            "https://www.django-rest-framework.org/#installation",
        ),
    ),
    "inflection": (
        ("djangorestframework drf-yasg", "https://www.django-rest-framework.org/#installation"),
    ),
    "oauth2client": (
        (
            "google-api-python-client gspread",
            "https://github.com/googleapis/google-api-python-client",
        ),
    ),
    "google-auth-httplib2": (
        ("google-api-python-client", "https://github.com/googleapis/google-api-python-client"),
    ),
    "sentencepiece": (
        ("transformers torchtext", "https://huggingface.co/docs/transformers/installation"),
    ),
    "tokenizers": (("transformers", "https://huggingface.co/docs/transformers/installation"),),
    "safetensors": (
        ("transformers diffusers", "https://huggingface.co/docs/transformers/installation"),
    ),
    "accelerate": (
        (
            "transformers diffusers peft",
            "https://huggingface.co/docs/accelerate/usage_guides/big_modeling",
        ),
    ),
    "bitsandbytes": (
        ("transformers", "https://huggingface.co/docs/transformers/quantization/bitsandbytes"),
    ),
    "optimum": (("transformers", "https://huggingface.co/docs/optimum"),),
    "protobuf": (
        (
            "transformers grpcio tensorflow google-api-core",
            "https://huggingface.co/docs/transformers/installation",
        ),
    ),
    "tiktoken": (
        (
            "transformers langchain langchain-openai",
            "https://huggingface.co/docs/transformers/tiktoken",
        ),
    ),
    "einops": (("transformers", "https://huggingface.co/docs/transformers/custom_models"),),
    "timm": (("transformers", "https://huggingface.co/docs/transformers/custom_models"),),
    "flash-attn": (
        ("transformers torch", "https://huggingface.co/docs/transformers/attention_interface"),
    ),
    "xformers": (
        ("diffusers torch", "https://huggingface.co/docs/diffusers/optimization/xformers"),
    ),
    "torch": (
        (
            "transformers sentence-transformers diffusers openai-whisper easyocr ultralytics spacy-transformers "
            "stanza flair fastai pytorch-lightning accelerate torchvision torchaudio",
            "https://huggingface.co/docs/transformers/installation",
        ),
    ),
    "tensorflow": (
        (
            "transformers keras tensorflow-hub deepface",
            "https://keras.io/getting_started/#configuring-your-backend",
        ),
    ),
    "jax": (
        ("transformers keras flax", "https://keras.io/getting_started/#configuring-your-backend"),
    ),
    "onnxruntime": (
        (
            "transformers optimum sentence-transformers rembg insightface",
            "https://huggingface.co/docs/optimum",
        ),
    ),
    "faiss-cpu": (
        (
            "langchain langchain-community haystack-ai llama-index datasets",
            "https://python.langchain.com/docs/integrations/vectorstores/faiss/",
        ),
    ),
    "chromadb": (
        (
            "langchain langchain-community llama-index",
            "https://python.langchain.com/docs/integrations/vectorstores/",
        ),
    ),
    "pypdf": (
        (
            "langchain langchain-community llama-index",
            "https://python.langchain.com/docs/integrations/document_loaders/",
        ),
    ),
    "unstructured": (
        (
            "langchain langchain-community llama-index",
            "https://python.langchain.com/docs/integrations/document_loaders/",
        ),
    ),
    "sentence-transformers": (
        (
            "langchain langchain-community langchain-huggingface chromadb",
            "https://python.langchain.com/docs/integrations/text_embedding/",
        ),
    ),
    "docx2txt": (
        (
            "langchain langchain-community llama-index",
            "https://python.langchain.com/docs/integrations/document_loaders/",
        ),
    ),
    "rank-bm25": (
        (
            "langchain langchain-community",
            "https://python.langchain.com/docs/integrations/retrievers/bm25/",
        ),
    ),
    **dict.fromkeys(
        ("google-cloud-storage", "azure-storage-blob", "azure-identity", "dropbox", "paramiko"),
        (("django-storages", "https://django-storages.readthedocs.io/en/latest/"),),
    ),
    **dict.fromkeys(
        ("requests-oauthlib", "python3-saml", "python3-openid", "fido2", "qrcode"),
        (("django-allauth", "https://docs.allauth.org/en/latest/installation/quickstart.html"),),
    ),
    **dict.fromkeys(
        ("paho-mqtt", "gntp", "pgpy", "smpplib", "slixmpp"),
        (("apprise", "https://github.com/caronc/apprise/wiki"),),
    ),
    "python-socketio": (("flask-socketio", "https://flask-socketio.readthedocs.io/"),),
    "python-engineio": (
        ("flask-socketio python-socketio", "https://flask-socketio.readthedocs.io/"),
    ),
    "referencing": (("jsonschema", "https://python-jsonschema.readthedocs.io/"),),
    "pyjwt": (
        (
            "django-allauth djangorestframework-simplejwt flask-jwt-extended social-auth-core",
            "https://docs.allauth.org/en/latest/installation/quickstart.html",
        ),
    ),
    "llvmlite": (("numba", "https://numba.readthedocs.io/en/stable/user/installing.html"),),
    "kaleido": (("plotly", "https://plotly.com/python/static-image-export/"),),
    "nbformat": (("plotly", "https://plotly.com/python/renderers/"),),
    "pydot": (
        ("networkx keras tensorflow", "https://networkx.org/documentation/stable/install.html"),
    ),
    "pygraphviz": (
        ("networkx django-extensions", "https://networkx.org/documentation/stable/install.html"),
    ),
    "graphviz": (("keras tensorflow", "https://keras.io/api/utils/model_plotting_utils/"),),
    "imageio-ffmpeg": (
        ("imageio moviepy", "https://imageio.readthedocs.io/en/stable/reference/format.html"),
    ),
    "soundfile": (("librosa torchaudio datasets", "https://librosa.org/doc/latest/install.html"),),
    "resampy": (("librosa", "https://librosa.org/doc/latest/install.html"),),
    "pyqt5": (
        (
            "matplotlib pyqtgraph qtpy",
            "https://matplotlib.org/stable/users/explain/figure/backends.html",
        ),
    ),
    "pyside6": (
        (
            "matplotlib pyqtgraph qtpy",
            "https://matplotlib.org/stable/users/explain/figure/backends.html",
        ),
    ),
    "pyqt6": (
        (
            "matplotlib pyqtgraph qtpy",
            "https://matplotlib.org/stable/users/explain/figure/backends.html",
        ),
    ),
    "whitenoise": (("django", "https://whitenoise.readthedocs.io/en/stable/django.html"),),
    "service-identity": (
        ("twisted scrapy", "https://docs.twisted.org/en/stable/installation/howto/optional.html"),
    ),
    "pyhamcrest": (
        ("twisted", "https://docs.twisted.org/en/stable/installation/howto/optional.html"),
    ),
    "async-timeout": (("aiohttp redis asyncpg", "https://github.com/redis/redis-py#installation"),),
    "dnspython": (
        (
            "pymongo motor mongoengine eventlet email-validator flask-pymongo beanie",
            "https://pymongo.readthedocs.io/en/stable/examples/tls.html",
        ),
    ),
    "python-snappy": (
        (
            "pymongo kafka-python fastavro dask",
            "https://pymongo.readthedocs.io/en/stable/installation.html",
        ),
    ),
    "snappy": (("pymongo", "https://pymongo.readthedocs.io/en/stable/installation.html"),),
    "lz4": (
        (
            "kafka-python clickhouse-driver dask",
            "https://kafka-python.readthedocs.io/en/master/install.html",
        ),
    ),
    "crc32c": (
        ("kafka-python aiokafka", "https://kafka-python.readthedocs.io/en/master/install.html"),
    ),
    "keyrings-alt": (("keyring", "https://keyring.readthedocs.io/en/latest/"),),
    "secretstorage": (("keyring", "https://keyring.readthedocs.io/en/latest/"),),
    "flower": (("celery", "https://flower.readthedocs.io/en/latest/"),),
    "pandas": (
        (
            "plotly altair streamlit polars dask statsmodels seaborn",
            "https://plotly.com/python/getting-started/",
        ),
    ),
    "numpy": (
        (
            "pandas scipy matplotlib scikit-learn torch opencv-python opencv-python-headless h5py plotly",
            "https://plotly.com/python/getting-started/",
        ),
    ),
    "sympy": (("torch", "https://pytorch.org/docs/stable/"),),
    "typing-extensions": (("pydantic sqlalchemy", "https://pypi.org/project/typing-extensions/"),),
}
_PATTERNS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"pytest-"), "pytest", "https://docs.pytest.org/en/stable/how-to/plugins.html"),
    (
        re.compile(r"sphinx(?:-|contrib)"),
        "sphinx",
        "https://www.sphinx-doc.org/en/master/usage/extensions/",
    ),
    (re.compile(r"mkdocs-|pymdown-"), "mkdocs", "https://www.mkdocs.org/dev-guide/plugins/"),
    (
        re.compile(r"flake8-|pep8-|pyflakes|pycodestyle"),
        "flake8",
        "https://flake8.pycqa.org/en/latest/plugin-development/",
    ),
    (re.compile(r"opentelemetry-"), "*", "https://opentelemetry.io/docs/zero-code/python/"),
    (
        re.compile(r"apache-airflow-|airflow-"),
        "apache-airflow",
        "https://airflow.apache.org/docs/apache-airflow-providers/",
    ),
    (re.compile(r"dbt-"), "dbt-core dbt", "https://docs.getdbt.com/docs/supported-data-platforms"),
    (
        re.compile(r"jupyter|ipykernel|ipywidgets|nbconvert|notebook"),
        "jupyter jupyterlab notebook jupyterhub ipykernel",
        "https://docs.jupyter.org/",
    ),
    (
        re.compile(r"nvidia-|triton$|cuda-"),
        "torch tensorflow jax cupy",
        "https://pytorch.org/get-started/locally/",
    ),
    (
        re.compile(r"sqlalchemy-|.*-sqlalchemy$|.*-dialect$|.*-engine$"),
        "sqlalchemy flask-sqlalchemy superset",
        _SQLALCHEMY,
    ),
    (re.compile(r"keyrings?-"), "keyring", "https://keyring.readthedocs.io/en/latest/"),
    (re.compile(r"locust-"), "locust", "https://docs.locust.io/en/stable/extensions.html"),
    (re.compile(r"markdown-|mdx-"), "markdown", "https://python-markdown.github.io/extensions/"),
    (
        re.compile(r"spacy-|en-core-|xx-|de-core-|fr-core-"),
        "spacy",
        "https://spacy.io/usage/models",
    ),
    (
        re.compile(r"llama-index-|langchain-"),
        "llama-index langchain",
        "https://python.langchain.com/docs/integrations/providers/",
    ),
    (
        re.compile(r"keras-|tf-keras"),
        "tensorflow keras transformers",
        "https://huggingface.co/docs/transformers/installation",
    ),
    (
        re.compile(r"zope-|zc-"),
        "pyramid zope.interface zodb plone buildout",
        "https://zope.readthedocs.io/",
    ),
)
"""Plug-ins that their host finds by entry points. `*`: whatever uses them shows it nowhere."""
