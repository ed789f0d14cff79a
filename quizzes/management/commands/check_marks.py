"""`manage.py check_marks`: report every kept mark of an assignment that is not what the ledger comes to."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes.selectors import differing_marks


class Command(BaseCommand):
    """Compares the marks of assignments with the ledger and fails where they differ; changes nothing."""

    help = "Report every kept mark of an assignment that is not what the ledger comes to; exit with 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each difference.

        Raises:
            CommandError: there is at least one.
        """
        found = 0
        for mark in differing_marks():
            found += 1
            self.stdout.write(
                f"enrolment {mark.enrolment_id}, assignment {mark.assignment_id}: "
                f"kept {mark.kept}, the ledger comes to {mark.expected}"
            )
        if found:
            raise CommandError(
                f"Marks that differ from the ledger: {found:,}. `manage.py rebuild_marks` corrects them."
            )
        self.stdout.write("Every mark is what the ledger comes to.")
