"""Django's registration of the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under its label."""

    name = "accounts"
    label = "accounts"
    verbose_name = "People and bootcamps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow log-ins and log-outs; the module needs the models, so it is imported when these are loaded."""
        from accounts import sessions

        sessions.connect()
