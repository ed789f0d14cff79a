"""`manage.py demo_logins`: say with which addresses and password the demo can be entered."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lessons.reading.demo import PASSWORD, demo_logins


class Command(BaseCommand):
    """Prints the demo's logins."""

    help = "Print the demo logins and their password, which work on this machine alone."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a login, or say that there is none."""
        logins = list(demo_logins())
        if not logins:
            self.stdout.write("There is no demo here. `manage.py seed_demo` makes one.")
            return
        width = max(len(login.email) for login in logins)
        for login in logins:
            self.stdout.write(f"{login.email:<{width}}  {login.name}, {login.shows}")
        self.stdout.write(f"Password of each: {PASSWORD} (on this machine alone)")
