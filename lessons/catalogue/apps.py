"""Django's registration of the app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Registers the app under its label and takes over what guests did."""

    name = "lessons.catalogue"
    label = "catalogue"
    verbose_name = "Catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for guests who log in to an account they have."""
        from accounts.signals import guest_claimed
        from lessons.catalogue.receivers import move_guest_work

        guest_claimed.connect(move_guest_work, dispatch_uid="catalogue.enrolments")
