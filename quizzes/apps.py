"""Django's registration of the app."""

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    """Registers the app under its label."""

    name = "quizzes"
    label = "quizzes"
    verbose_name = "Quizzes"
    default_auto_field = "django.db.models.BigAutoField"
