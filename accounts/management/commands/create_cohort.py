"""Create a cohort of a bootcamp."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import AccountsError
from accounts.models import Organisation
from accounts.policy import OPERATOR


class Command(BaseCommand):
    """Creates a class of a bootcamp and says where to invite people into it."""

    help = "Create a cohort of a bootcamp."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("organisation", help="the bootcamp's short name")
        parser.add_argument("slug", help="short name in addresses, such as spring-2027")
        parser.add_argument("name", help="such as 'Spring 2027'")
        parser.add_argument(
            "--starts", required=True, type=date.fromisoformat, metavar="DATE", help="first day, ISO 8601"
        )
        parser.add_argument("--ends", required=True, type=date.fromisoformat, metavar="DATE", help="last day, ISO 8601")
        parser.add_argument(
            "--time-zone", default="UTC", metavar="ZONE", help="such as Europe/Berlin; UTC if not given"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Create the cohort, or say why not."""
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no bootcamp {options['organisation']!r}. Make it with create_organisation.")
        try:
            cohort = services.create_cohort(
                organisation=organisation,
                slug=options["slug"],
                name=options["name"],
                starts_on=options["starts"],
                ends_on=options["ends"],
                time_zone=options["time_zone"],
                actor=OPERATOR,
                now=timezone.now(),
            )
        except AccountsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{cohort.name} is made. Invite people at {reverse('accounts:invitations', args=(cohort.pk,))}"
        )
