"""Django's registration of the app."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Registers the app under its label and keeps progress up to date with events."""

    name = "lessons.reading"
    label = "reading"
    verbose_name = "Reading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Project every event as it is recorded."""
        from lessons.catalogue.signals import event_recorded
        from lessons.reading.projections import project_recorded

        event_recorded.connect(project_recorded, dispatch_uid="reading.progress")
