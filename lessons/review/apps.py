"""Django's registration of the app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Registers the app under its label and notes what is answered in reviews."""

    name = "lessons.review"
    label = "review"
    verbose_name = "Review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take every answer to a question that a card asked as that card's review."""
        from lessons.catalogue.signals import event_recorded
        from lessons.review.receivers import take_answer_as_review

        event_recorded.connect(take_answer_as_review, dispatch_uid="review.answers")
