"""Recompute every grade from what learners answered, and report where the ledger differs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes.selectors import differing_grades


class Command(BaseCommand):
    """Exits with an error if any stored grade is not what its steps come to; changes nothing."""

    help = "Recompute every grade from its submitted steps and report differences."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each difference."""
        found = 0
        for difference in differing_grades():
            found += 1
            self.stdout.write(f"{difference.attempt_id}: {difference.message}")
        if found:
            raise CommandError(f"{found} {'difference' if found == 1 else 'differences'} found; nothing was changed.")
        self.stdout.write("Every grade is what its steps come to.")
