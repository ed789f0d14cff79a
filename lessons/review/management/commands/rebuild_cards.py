"""`manage.py rebuild_cards`: make every card what its reviews say."""

from typing import Any

from django.core.management.base import BaseCommand

from lessons.review.services import rebuild_cards


class Command(BaseCommand):
    """Rebuilds cards from the log of reviews."""

    help = "Make every card what its reviews say. Writers wait meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many rows changed."""
        self.stdout.write(f"Rows corrected: {rebuild_cards():,}.")
