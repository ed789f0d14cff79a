"""`manage.py rebuild_progress`: make every progress row what its events say."""

from typing import Any

from django.core.management.base import BaseCommand

from lessons.reading.projections import rebuild


class Command(BaseCommand):
    """Rebuilds progress from events."""

    help = "Make every progress row what its events say. Writers wait meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many rows changed."""
        self.stdout.write(f"Rows corrected: {rebuild():,}.")
