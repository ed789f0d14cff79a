"""How a login proves itself: e-mail and password, and for the demo logins also being on this machine."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.models import Login
from accounts.policy import is_demo
from accounts.sessions import may_use_demo_logins


class LoginBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no annotations that mypy reads
    """allauth's check of e-mail and password, closed to demo logins from elsewhere; loads the person with the login."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Login | None:
        """Return the login, or None where the credentials are wrong or belong to a demo login used from elsewhere."""
        login: Login | None = super().authenticate(request, **credentials)
        if login is not None and is_demo(login.email) and not may_use_demo_logins(request):
            return None
        return login

    def get_user(self, user_id: uuid.UUID) -> Login | None:
        """Return the active login of a session, with its person and `email_verified`, in one query."""
        verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=Lower(OuterRef("email")), verified=True)
        logins = Login.objects.select_related("person").annotate(email_verified=Exists(verified))
        return logins.filter(pk=user_id, is_active=True).first()
