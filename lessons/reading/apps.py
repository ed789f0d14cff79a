"""Django's registration of the app."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Registers the app under its label and keeps progress and search up to date with what happens."""

    name = "lessons.reading"
    label = "reading"
    verbose_name = "Reading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Project every event as it is recorded, and every revision as it is published."""
        from lessons.catalogue.signals import event_recorded, revision_published
        from lessons.reading.projections import project_recorded
        from lessons.reading.receivers import index_published

        event_recorded.connect(project_recorded, dispatch_uid="reading.progress")
        revision_published.connect(index_published, dispatch_uid="reading.search")
