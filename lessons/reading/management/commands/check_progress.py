"""`manage.py check_progress`: report every progress row that its events don't explain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lessons.reading.projections import Standing, check


class Command(BaseCommand):
    """Compares progress with events and fails where they differ."""

    help = "Report every progress row that its events don't explain; exit with 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference on a line of its own.

        Raises:
            CommandError: there is at least one difference.
        """
        found = check()
        for difference in found:
            self.stdout.write(
                f"enrolment {difference.enrolment_id}, item {difference.item_id}: "
                f"stored {_said(difference.stored)}, events say {_said(difference.expected)}"
            )
        if found:
            raise CommandError(
                f"Rows that differ from their events: {len(found):,}. `manage.py rebuild_progress` corrects them."
            )
        self.stdout.write("Progress agrees with its events.")


def _said(standing: Standing | None) -> str:
    if standing is None:
        return "nothing"
    fraction = "" if standing.fraction is None else f" with {standing.fraction}"
    return f"{standing.state}{fraction}, {standing.first_at.isoformat()} to {standing.last_at.isoformat()}"
