"""Django's registration of the site's own templates and tags."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers template tags and the Celery application."""

    name = "config"
    verbose_name = "Site"

    def ready(self) -> None:
        """Make the Celery application current, so that services can send tasks by name."""
        from config.celery import application

        application.set_default()
