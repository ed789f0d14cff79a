"""`manage.py rebuild_marks`: make every kept mark of an assignment what the ledger comes to."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from quizzes.services import rebuild_marks


class Command(BaseCommand):
    """Rebuilds the marks of assignments from the ledger."""

    help = "Make every kept mark of an assignment what the ledger comes to. Writers of an assignment wait meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many rows changed."""
        self.stdout.write(f"Marks corrected: {rebuild_marks():,}.")
