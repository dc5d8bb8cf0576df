"""The application's name for Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices with a picture."""

    name = "notices"
