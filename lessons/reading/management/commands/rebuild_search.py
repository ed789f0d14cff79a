"""`manage.py rebuild_search`: write anew what can be searched of the courses that are read."""

from typing import Any

from django.core.management.base import BaseCommand

from lessons.reading.services import rebuild_search


class Command(BaseCommand):
    """Rebuilds what is searched from the revisions that offerings read."""

    help = "Write anew what can be searched of every revision that an offering reads."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many entries there are."""
        self.stdout.write(f"Entries that can be found: {rebuild_search():,}.")
