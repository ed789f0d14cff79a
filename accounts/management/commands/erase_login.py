"""Erase a login on its person's behalf."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import services
from accounts.errors import AccountsError
from accounts.models import Login
from accounts.policy import OPERATOR


class Command(BaseCommand):
    """Erases name, e-mail, password, sessions and tokens; the person's work stands, unnamed."""

    help = "Erase the login with this e-mail for somebody who asked for it and can't log in to do it themself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("email")

    def handle(self, *_: Any, **options: Any) -> None:
        """Erase the login, or say why not."""
        login = Login.objects.select_related("person").filter(email__iexact=options["email"]).first()
        if login is None:
            raise CommandError(f"Nobody logs in with {options['email']}; nothing was erased.")
        try:
            services.erase_login(person=login.person, actor=OPERATOR, now=timezone.now())
        except AccountsError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The login is erased.")
