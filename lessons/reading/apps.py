"""Django's registration of the app."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Registers the app under its label and keeps progress, search and notes up to date with what happens."""

    name = "lessons.reading"
    label = "reading"
    verbose_name = "Reading"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Project events as they are recorded and revisions as they are published; let notes follow their person."""
        from accounts.signals import guest_claimed, login_erased
        from lessons.catalogue.signals import event_recorded, revision_published
        from lessons.reading.projections import project_recorded
        from lessons.reading.receivers import erase_own_notes, index_published, move_guest_notes

        event_recorded.connect(project_recorded, dispatch_uid="reading.progress")
        revision_published.connect(index_published, dispatch_uid="reading.search")
        guest_claimed.connect(move_guest_notes, dispatch_uid="reading.notes.guest")
        login_erased.connect(erase_own_notes, dispatch_uid="reading.notes.erased")
