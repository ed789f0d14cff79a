"""`manage.py check_cards`: report every card that its reviews don't explain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lessons.review.services import check_cards


class Command(BaseCommand):
    """Compares cards with the log of reviews and fails where they differ."""

    help = "Report every card that its reviews don't explain; exit with 1 if there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference on a line of its own.

        Raises:
            CommandError: there is at least one difference.
        """
        found = check_cards()
        for difference in found:
            self.stdout.write(
                f"enrolment {difference.enrolment_id}, item {difference.item_id}: "
                f"stored {difference.stored}, reviews say {difference.expected}"
            )
        if found:
            raise CommandError(
                f"Cards that differ from their reviews: {len(found):,}. `manage.py rebuild_cards` corrects them."
            )
        self.stdout.write("Cards agree with their reviews.")
