"""Create somebody who can log in, such as the first operator of a new site."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from accounts import services
from accounts.errors import AccountsError


class Command(BaseCommand):
    """Creates a login with its person; the e-mail counts as verified."""

    help = "Create a login. The password is asked for, or read from standard input where that is not a terminal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="shown to instructors")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/Berlin")
        parser.add_argument("--operator", action="store_true", help="may open the admin and change everything there")

    def handle(self, *_: Any, **options: Any) -> None:
        """Create the login, or say why not."""
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_email(options["email"])
            validate_password(password)
            services.create_person_with_login(
                email=options["email"],
                password=password,
                name=options["name"],
                now=timezone.now(),
                time_zone=options["time_zone"],
                is_staff=options["operator"],
                is_superuser=options["operator"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except AccountsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['email']} can log in.")
