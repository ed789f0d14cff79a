"""`manage.py seed_demo`: make two bootcamps with people and histories to look at."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lessons.catalogue.errors import NothingToOffer
from lessons.reading.demo import make_demo


class Command(BaseCommand):
    """Makes the demo; a second time it changes nothing but the course's revision."""

    help = "Make two demo bootcamps with learners and their histories, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo, or say what is missing."""
        try:
            people = make_demo(now=timezone.now())
        except NothingToOffer as error:
            raise CommandError(f"{error} `manage.py course load lessons/courses/tradeoffs` does.") from error
        self.stdout.write(f"People made: {people}.")
