"""Create a bootcamp."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import services
from accounts.errors import AccountsError
from accounts.models import Login


class Command(BaseCommand):
    """Creates a bootcamp whose owner has a login already."""

    help = "Create a bootcamp with its first owner, who makes cohorts and brings in the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("slug", help="short name in addresses, such as north")
        parser.add_argument("name", help="such as 'North School of Data Systems'")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="the e-mail of the owner's login")

    def handle(self, *_: Any, **options: Any) -> None:
        """Create the bootcamp, or say why not."""
        login = Login.objects.select_related("person").filter(email__iexact=options["owner"]).first()
        if login is None:
            raise CommandError(f"Nobody logs in with {options['owner']}. Have them sign up first.")
        try:
            organisation = services.create_organisation(
                slug=options["slug"], name=options["name"], owner=login.person, now=timezone.now()
            )
        except AccountsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{organisation.name} is made; {login.email} owns it.")
