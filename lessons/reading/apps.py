"""Django's registration of the app."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Registers the app under its label."""

    name = "lessons.reading"
    label = "reading"
    verbose_name = "Reading"
    default_auto_field = "django.db.models.BigAutoField"
