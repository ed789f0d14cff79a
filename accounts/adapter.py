"""What allauth asks this project: how a login comes by its person, which addresses it takes, what mail does."""

from __future__ import annotations

import smtplib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.models import Login
from accounts.policy import is_demo
from accounts.sessions import guest_of, may_use_demo_logins

logger = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no annotations that mypy reads
    """Hangs allauth's pages on people: sign-up keeps the guest's person, demo logins stay on this machine."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "No login has this e-mail with this password. Check both, or reset the password.",
        "too_many_login_attempts": "Too many failed log-ins for this e-mail or from your address. Wait five minutes, "
        "or reset the password.",
        "email_taken": "There is a login for this e-mail already. Log in with it, or reset its password.",
        "incorrect_password": "This is not your current password. Nothing was changed.",
        "enter_current_password": "This is not your current password. Nothing was changed.",
    }

    def save_user(self, request: HttpRequest, user: Login, form: forms.Form, commit: bool = True) -> Login:  # noqa: FBT001, FBT002 - allauth's signature
        """Save a new login with its person: the guest of this session, whose work comes along, or a new one.

        Raises EmailTaken where somebody else signed up with the address since the form was checked.
        """
        login: Login = super().save_user(request, user, form, commit=False)
        login.name = form.cleaned_data.get("name", "")
        if commit:
            services.attach_login(login=login, guest=guest_of(request), now=timezone.now())
        return login

    def clean_email(self, email: str) -> str:
        """Refuse addresses kept for the demo."""
        if is_demo(email):
            raise forms.ValidationError(f"{email} is kept for the demo. Use an address at which you receive mail.")
        return email

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt against its limit, and say why a demo login does not work from elsewhere."""
        super().pre_authenticate(request, **credentials)
        if is_demo(credentials.get("email", "")) and not may_use_demo_logins(request):
            raise forms.ValidationError(
                "The demo logins work only in a browser on the machine that runs this site. Sign up instead."
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; where the mail server can't be reached, keep what was done and say so."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            logger.exception("mail not sent", template=template_prefix, error=type(error).__name__)
            messages.error(
                self.request,
                f"The mail to {email} could not be sent: our mail server does not answer. Nothing else is lost; "
                "ask for the mail again in a few minutes.",
            )
