"""Settings: SQLite by default, PostgreSQL where BOARD_POSTGRES_HOST is set."""

import os
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "only-for-development")
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "board.urls"
WSGI_APPLICATION = "board.wsgi.application"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.staticfiles", "notices"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def database() -> dict[str, Any]:
    """Choose the database by the environment."""
    host = os.environ.get("BOARD_POSTGRES_HOST")
    if host is None:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "board.sqlite3"}
    return {"ENGINE": "django.db.backends.postgresql", "HOST": host, "NAME": "board"}


DATABASES = {"default": database()}
