"""Django's registration of the app."""

from django.apps import AppConfig


class SimulationsConfig(AppConfig):
    """Registers the app under its label."""

    name = "simulations"
    label = "simulations"
    verbose_name = "Simulations"
    default_auto_field = "django.db.models.BigAutoField"
